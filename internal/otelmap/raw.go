package otelmap

import (
	"strconv"
	"time"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/jsontext"
	"github.com/fusebox-llm/fusebox/internal/span"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// The raw side value is one JSON object of what no rule put anywhere. Each key is
// there only when it says something:
//
//	attributes             attributes that are shown in no field and in no
//	                       metadata, or only in part; with their types
//	repeatedAttributes     earlier values of repeated keys, as {key, value};
//	                       repeatedResourceAttributes and repeatedScopeAttributes
//	                       likewise
//	resourceAttributes     what user metadata of the same name hides;
//	scope                  likewise
//	name                   the span name, where an attribute gave the name
//	kind                   the span kind, other than unspecified and internal
//	traceState, flags      flags only when they say more than "sampled, parent
//	                       local"
//	status                 {code, message} as far as level and status message do
//	                       not hold them
//	events                 {time, name, attributes, droppedAttributesCount};
//	                       attributes that became input or output are left out
//	links                  {traceId, spanId, traceState, attributes, flags,
//	                       droppedAttributesCount}
//	droppedAttributesCount, droppedEventsCount, droppedLinksCount
//	resourceSchemaUrl, scopeSchemaUrl
func (c *call) raw() {
	dst := append(c.out[:0], '{')
	empty := len(dst)
	dst = c.rawAttributes(dst, empty)
	dst = appendRepeated(dst, empty, "repeatedAttributes", c.sp.Attributes)
	dst = appendRepeated(dst, empty, "repeatedResourceAttributes", c.res.Attributes)
	dst = appendRepeated(dst, empty, "repeatedScopeAttributes", c.scope.Attributes)
	if c.resourceHidden {
		dst = appendObject(appendKey(dst, empty, "resourceAttributes"), c.res.Attributes)
	}
	if c.scopeHidden {
		dst, _ = appendScope(appendKey(dst, empty, "scope"), c.scope)
	}
	if !c.nameKept {
		dst = appendText(dst, empty, "name", c.sp.Name)
	}
	dst = appendKind(dst, empty, c.sp.Kind)
	dst = appendText(dst, empty, "traceState", c.sp.TraceState)
	dst = appendCount(dst, empty, "flags", tellingFlags(c.sp.Flags))
	dst = c.rawStatus(dst, empty)
	dst = c.rawEvents(dst, empty)
	dst = c.rawLinks(dst, empty)
	dst = appendCount(dst, empty, "droppedAttributesCount", c.sp.DroppedAttributes)
	dst = appendCount(dst, empty, "droppedEventsCount", c.sp.DroppedEvents)
	dst = appendCount(dst, empty, "droppedLinksCount", c.sp.DroppedLinks)
	dst = appendText(dst, empty, "resourceSchemaUrl", c.res.SchemaURL)
	dst = appendText(dst, empty, "scopeSchemaUrl", c.scope.SchemaURL)
	c.out = dst
	if len(dst) > empty {
		c.set(fold.Raw, fold.Text(string(append(dst, '}'))), "")
	}
}

func (c *call) rawAttributes(dst []byte, empty int) []byte {
	first := true
	for i := range c.attrs.attrs {
		m := c.attrs.info[i].marks
		if m&markRepeated != 0 || c.attributesShown && m&(markDropped|markMoved) == 0 {
			continue
		}
		if m&markLost == 0 && m&markField != 0 {
			continue
		}
		if first {
			dst = append(appendKey(dst, empty, "attributes"), '{')
			first = false
		} else {
			dst = append(dst, ',')
		}
		dst = append(jsontext.AppendString(dst, c.attrs.attrs[i].Key), ':')
		dst = appendValue(dst, &c.attrs.attrs[i].Value)
	}
	if !first {
		dst = append(dst, '}')
	}
	return dst
}

func appendRepeated(dst []byte, empty int, key string, attrs []span.Attribute) []byte {
	first := true
	positions := positionsOf(attrs)
	for i := range attrs {
		if !repeatedLater(attrs, positions, i) {
			continue
		}
		if first {
			dst = append(appendKey(dst, empty, key), '[')
			first = false
		} else {
			dst = append(dst, ',')
		}
		dst = jsontext.AppendString(append(dst, `{"key":`...), attrs[i].Key)
		dst = appendValue(append(dst, `,"value":`...), &attrs[i].Value)
		dst = append(dst, '}')
	}
	if !first {
		dst = append(dst, ']')
	}
	return dst
}

func appendKind(dst []byte, empty int, kind int32) []byte {
	names := [...]string{2: "SERVER", 3: "CLIENT", 4: "PRODUCER", 5: "CONSUMER"}
	switch {
	case kind == 0 || kind == 1:
		return dst
	case kind > 0 && int(kind) < len(names):
		return appendText(dst, empty, "kind", names[kind])
	}
	return strconv.AppendInt(appendKey(dst, empty, "kind"), int64(kind), 10)
}

// tellingFlags returns flags unless they only say what holds for nearly every
// span: that it is sampled, and that it is known not to have a remote parent.
func tellingFlags(flags uint32) uint32 {
	const sampled, knowsRemote = 1, 0x100
	if flags&^(sampled|knowsRemote) == 0 {
		return 0
	}
	return flags
}

func (c *call) rawStatus(dst []byte, empty int) []byte {
	code := c.sp.StatusCode != 0 && !c.statusKept
	message := c.sp.StatusMessage != "" && !c.messageKept
	if !code && !message {
		return dst
	}
	dst = append(appendKey(dst, empty, "status"), '{')
	inner := len(dst)
	if code {
		dst = strconv.AppendInt(appendKey(dst, inner, "code"), int64(c.sp.StatusCode), 10)
	}
	if message {
		dst = appendText(dst, inner, "message", c.sp.StatusMessage)
	}
	return append(dst, '}')
}

func (c *call) rawEvents(dst []byte, empty int) []byte {
	if len(c.sp.Events) == 0 {
		return dst
	}
	dst = append(appendKey(dst, empty, "events"), '[')
	for i := range c.sp.Events {
		e := &c.sp.Events[i]
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, '{')
		inner := len(dst)
		dst = appendTime(dst, inner, e.Time)
		dst = appendText(dst, inner, "name", e.Name)
		if attrs := c.notTaken(i); len(attrs) > 0 {
			dst = appendObject(appendKey(dst, inner, "attributes"), attrs)
		}
		dst = appendCount(dst, inner, "droppedAttributesCount", e.Dropped)
		dst = append(dst, '}')
	}
	return append(dst, ']')
}

// notTaken returns the attributes of an event that are not in input or output.
func (c *call) notTaken(event int) []span.Attribute {
	attrs := c.sp.Events[event].Attributes
	for _, t := range c.taken {
		if t.event != event {
			continue
		}
		if t.all {
			return nil
		}
		var rest []span.Attribute
		for i, a := range attrs {
			if !t.attrs[i] {
				rest = append(rest, a)
			}
		}
		return rest
	}
	return attrs
}

// appendTime appends the time of an event with all six digits that it has.
func appendTime(dst []byte, empty int, t int64) []byte {
	switch {
	case t == 0:
		return dst
	case !trace.Micros(t).InRange():
		return strconv.AppendInt(appendKey(dst, empty, "time"), t, 10)
	}
	dst = append(appendKey(dst, empty, "time"), '"')
	dst = time.UnixMicro(t).UTC().AppendFormat(dst, "2006-01-02T15:04:05.000000Z")
	return append(dst, '"')
}

func (c *call) rawLinks(dst []byte, empty int) []byte {
	if len(c.sp.Links) == 0 {
		return dst
	}
	dst = append(appendKey(dst, empty, "links"), '[')
	for i := range c.sp.Links {
		l := &c.sp.Links[i]
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, '{')
		inner := len(dst)
		dst = appendText(dst, inner, "traceId", l.TraceID)
		dst = appendText(dst, inner, "spanId", l.SpanID)
		dst = appendText(dst, inner, "traceState", l.TraceState)
		if len(l.Attributes) > 0 {
			dst = appendObject(appendKey(dst, inner, "attributes"), l.Attributes)
		}
		dst = appendCount(dst, inner, "flags", tellingFlags(l.Flags))
		dst = appendCount(dst, inner, "droppedAttributesCount", l.Dropped)
		dst = append(dst, '}')
	}
	return append(dst, ']')
}

func appendText(dst []byte, empty int, key, text string) []byte {
	if text == "" {
		return dst
	}
	return jsontext.AppendString(appendKey(dst, empty, key), text)
}

func appendCount(dst []byte, empty int, key string, n uint32) []byte {
	if n == 0 {
		return dst
	}
	return strconv.AppendUint(appendKey(dst, empty, key), uint64(n), 10)
}
