package otelmap

import (
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/span"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// call is the state of one Map call. Calls are pooled for their buffers; nothing
// of a span outlives its call in them.
type call struct {
	m     *Mapper
	res   *span.Resource
	scope *span.Scope
	sp    *span.Span

	attrs, resource, event index
	spanName, spanMessage  span.Value

	observation, ofTrace []fold.Register
	tags                 []string
	start                trace.Micros

	// What of the span needs no place in the raw value any more, or needs one
	// because user metadata hides it.
	nameKept, statusKept, messageKept            bool
	attributesShown, resourceHidden, scopeHidden bool
	taken                                        []taken

	object    object
	counts    []count
	reasons   []reason
	rest      []rewritten
	userTools uint64 // rows by which tools of the metadata are in the input
	asked     string // by objectText, and the answer
	answer    bool
	out, buf  []byte // out holds results, buf what is only looked at
}

func (c *call) begin(res *span.Resource, sc *span.Scope, sp *span.Span) {
	c.res, c.scope, c.sp = res, sc, sp
	c.attrs.reset(c.m.rings.span, sp.Attributes)
	c.resource.reset(c.m.rings.resource, res.Attributes)
	c.spanName, c.spanMessage = spanText(sp.Name), spanText(sp.StatusMessage)
	c.nameKept, c.statusKept, c.messageKept = false, false, false
	c.attributesShown, c.resourceHidden, c.scopeHidden = false, false, false
	c.userTools = 0
}

// keptBytes is the size up to which a pooled call keeps its buffers.
const keptBytes = 64 << 10

// release forgets the span and gives the call back.
func (c *call) release() {
	m := c.m
	if max(cap(c.out), cap(c.buf), cap(c.object.values)) > keptBytes || max(cap(c.attrs.info), cap(c.object.list)) > keptBytes/64 {
		return
	}
	c.res, c.scope, c.sp, c.tags, c.asked = nil, nil, nil, nil, ""
	c.spanName, c.spanMessage = span.Value{}, span.Value{}
	c.attrs.release()
	c.resource.release()
	c.event.release()
	c.object.reset()
	clear(c.observation)
	clear(c.ofTrace)
	clear(c.counts)
	clear(c.taken)
	clear(c.rest)
	c.reasons, c.rest = c.reasons[:0], c.rest[:0]
	c.observation, c.ofTrace, c.counts, c.taken = c.observation[:0], c.ofTrace[:0], c.counts[:0], c.taken[:0]
	m.calls.Put(c)
}

// records maps the span. Rules that mark attributes as shown come first, the raw
// value, which holds the rest, last.
func (c *call) records(arrival trace.Micros, dst []fold.Record) []fold.Record {
	at := c.times(arrival)
	if c.sp.ParentSpanID != "" {
		c.set(fold.Parent, fold.Text(normalID(c.sp.ParentSpanID)), "")
	}
	c.name()
	kind := c.observationType()
	c.level()
	c.statusMessage()
	c.environment()
	c.traceFields()
	c.experiment()
	payload, payloadRow := c.payload()
	answered := c.answered(&payload, payloadRow)
	c.moveTools(&payload.input)
	model, usage := c.countsOf()
	if model {
		c.model()
	}
	switch {
	case usage:
		c.usage()
		c.cost()
	case model: // a model without any usage would have it estimated
		c.zeroUsage()
	}
	c.parameters()
	c.completionStart()
	if kind == trace.Generation {
		c.prompt()
	}
	metadata := c.metadata(&payload.input)
	c.setPayload(&payload, payloadRow)
	ofTrace := c.traceMetadata()
	c.setReasons()
	c.raw()

	traceID := normalID(c.sp.TraceID)
	dst = append(dst, fold.Record{
		Kind: fold.Observation, TraceID: traceID, ID: normalID(c.sp.SpanID),
		Time: at, Rank: fold.Complete, OTel: true, Answered: answered,
		Fields: fieldsOf(c.observation), Metadata: metadata,
	})
	if len(c.ofTrace) == 0 && len(c.tags) == 0 && ofTrace.Empty() {
		return dst
	}
	return append(dst, fold.Record{
		Kind: fold.Trace, TraceID: traceID, ID: traceID,
		Time: at, Rank: fold.Complete, OTel: true,
		Fields: fieldsOf(c.ofTrace), Metadata: ofTrace, Tags: c.tags,
	})
}

// fieldsOf returns a copy for a record to keep; nil without fields.
func fieldsOf(registers []fold.Register) []fold.Register {
	return append([]fold.Register(nil), registers...)
}

// times sets start and end and returns the event time.
func (c *call) times(arrival trace.Micros) trace.Micros {
	start, end := trace.Micros(c.sp.Start), trace.Micros(c.sp.End)
	switch {
	case !c.sp.HasStart && !c.sp.HasEnd:
		start, end = arrival, arrival
	case !c.sp.HasStart:
		start = end
	case !c.sp.HasEnd:
		end = start
	}
	c.start = start
	c.setEdge(fold.Start, start, c.sp.HasStart)
	c.setEdge(fold.End, end, c.sp.HasEnd)
	return end
}

func (c *call) setEdge(f fold.Field, t trace.Micros, explicit bool) {
	c.observation = append(c.observation, fold.Register{Field: f, Value: fold.Time(t), Default: !explicit})
}

// set sets a field that a row gave; row is empty where none did, or where it is
// noted already.
func (c *call) set(f fold.Field, v fold.Value, row string) {
	c.observation = append(c.observation, fold.Register{Field: f, Value: v})
	c.because("", f, row)
}

func (c *call) setDefault(f fold.Field, v fold.Value) {
	c.observation = append(c.observation, fold.Register{Field: f, Value: v, Default: true})
}

func (c *call) setTrace(f fold.Field, v fold.Value, row string) {
	c.ofTrace = append(c.ofTrace, fold.Register{Field: f, Value: v})
	c.because("trace.", f, row)
}

// normalID returns an id in the case in which it is stored: 32 or 16 hex digits
// are lower-cased, everything else is kept as it is.
func normalID(id string) string {
	if len(id) != 32 && len(id) != 16 {
		return id
	}
	upper := false
	for i := range len(id) {
		switch b := id[i]; {
		case b >= '0' && b <= '9' || b >= 'a' && b <= 'f':
		case b >= 'A' && b <= 'F':
			upper = true
		default:
			return id
		}
	}
	if !upper {
		return id
	}
	lower := []byte(id)
	for i, b := range lower {
		if b >= 'A' {
			lower[i] = b | 0x20
		}
	}
	return string(lower)
}
