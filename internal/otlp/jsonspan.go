package otlp

import (
	"bytes"
	"math"

	"github.com/fusebox-llm/fusebox/internal/span"
)

// spanList reads the spans of a scope. What is not an object is a span without
// ids.
func (d *jsonDecoder) spanList() (list []span.Span, wrong bool, faults tally) {
	ok, wrong := d.list()
	if !ok {
		return nil, wrong, faults
	}
	first := len(d.spans)
	for d.more(']') {
		if err := d.countSpan(); err != nil {
			d.stop(err)
			return nil, false, faults
		}
		d.spans = append(d.spans, span.Span{})
		d.span(&d.spans[len(d.spans)-1], &faults)
	}
	list = append(list, d.spans[first:]...)
	d.spans = d.spans[:first]
	return list, false, faults
}

// span reads a Span object and counts what is wrong with its structure, once
// its last member has been seen.
func (d *jsonDecoder) span(s *span.Span, faults *tally) {
	var traceID, spanID, parentID idForm
	var attrsWrong, eventsWrong bool
	var eventAttrsWrong int
	if d.object() {
		for d.more('}') {
			switch string(d.key()) {
			case "traceId", "trace_id":
				s.TraceID, traceID = d.id("trace id")
			case "spanId", "span_id":
				s.SpanID, spanID = d.id("span id")
			case "parentSpanId", "parent_span_id":
				s.ParentSpanID, parentID = d.id("parent span id")
			case "traceState", "trace_state":
				s.TraceState = d.plainText("trace state")
			case "name":
				s.Name = d.plainText("span name")
			case "kind":
				s.Kind = d.enum(kindNumber)
			case "flags":
				s.Flags = d.count()
			case "startTimeUnixNano", "start_time_unix_nano":
				s.Start, s.HasStart = d.time("start time")
			case "endTimeUnixNano", "end_time_unix_nano":
				s.End, s.HasEnd = d.time("end time")
			case "attributes":
				s.Attributes, attrsWrong = d.attributes()
			case "droppedAttributesCount", "dropped_attributes_count":
				s.DroppedAttributes = d.count()
			case "events":
				s.Events, eventsWrong, eventAttrsWrong = d.eventList()
			case "droppedEventsCount", "dropped_events_count":
				s.DroppedEvents = d.count()
			case "links":
				s.Links = d.linkList()
			case "droppedLinksCount", "dropped_links_count":
				s.DroppedLinks = d.count()
			case "status":
				d.status(s)
			default:
				d.skip()
			}
		}
	}
	faults.id(traceID, traceIDAbsent, traceIDNotAnID)
	faults.id(spanID, spanIDAbsent, spanIDNotAnID)
	if parentID == idWrong {
		faults[parentNotAnID]++
	}
	if attrsWrong {
		faults[attributesNotArray]++
	}
	if eventsWrong {
		faults[eventsNotArray]++
	}
	faults[eventAttributesNotArray] += eventAttrsWrong
	d.closeSpan(s)
}

// id counts an id that a span cannot do without.
func (t *tally) id(form idForm, absent, wrong reason) {
	switch form {
	case idAbsent:
		t[absent]++
	case idWrong, idFalse:
		t[wrong]++
	case idGood:
	}
}

// status reads a Status object into a span.
func (d *jsonDecoder) status(s *span.Span) {
	s.StatusCode, s.StatusMessage = 0, ""
	if !d.object() {
		return
	}
	for d.more('}') {
		switch string(d.key()) {
		case "code":
			s.StatusCode = d.enum(statusNumber)
		case "message":
			s.StatusMessage = d.plainText("status message")
		default:
			d.skip()
		}
	}
}

// eventList reads the events of a span. attrsWrong counts the events whose
// attributes are not an array.
func (d *jsonDecoder) eventList() (list []span.Event, wrong bool, attrsWrong int) {
	ok, wrong := d.list()
	if !ok {
		return nil, wrong, 0
	}
	first := len(d.events)
	for d.more(']') {
		if !d.object() {
			continue
		}
		if d.refusal == "" && !d.element() {
			return nil, false, 0
		}
		var e span.Event
		var bad bool
		for d.more('}') {
			switch string(d.key()) {
			case "timeUnixNano", "time_unix_nano":
				e.Time, _ = d.time("event time")
			case "name":
				e.Name = d.plainText("event name")
			case "attributes":
				e.Attributes, bad = d.attributes()
			case "droppedAttributesCount", "dropped_attributes_count":
				e.Dropped = d.count()
			default:
				d.skip()
			}
		}
		if bad {
			attrsWrong++
		}
		if d.refusal == "" {
			d.events = append(d.events, e)
		}
	}
	list = append(list, d.events[first:]...)
	d.events = d.events[:first]
	return list, false, attrsWrong
}

// linkList reads the links of a span. Links refuse nothing: what is wrong with
// them is absent.
func (d *jsonDecoder) linkList() (list []span.Link) {
	if ok, _ := d.list(); !ok {
		return nil
	}
	first := len(d.links)
	for d.more(']') {
		if d.refusal != "" {
			d.skip()
			continue
		}
		if !d.object() {
			continue
		}
		if !d.element() {
			return nil
		}
		var l span.Link
		for d.more('}') {
			switch string(d.key()) {
			case "traceId", "trace_id":
				l.TraceID, _ = d.id("linked trace id")
			case "spanId", "span_id":
				l.SpanID, _ = d.id("linked span id")
			case "traceState", "trace_state":
				l.TraceState = d.plainText("trace state")
			case "attributes":
				l.Attributes, _ = d.attributes()
			case "droppedAttributesCount", "dropped_attributes_count":
				l.Dropped = d.count()
			case "flags":
				l.Flags = d.count()
			default:
				d.skip()
			}
		}
		d.links = append(d.links, l)
	}
	list = append(list, d.links[first:]...)
	d.links = d.links[:first]
	return list
}

// count reads an unsigned 32-bit number, as number or text; 0 for anything else.
func (d *jsonDecoder) count() uint32 {
	n, _ := d.integer()
	return uint32(min(max(n, 0), math.MaxUint32))
}

// enum reads a number or a name; 0 for anything else.
func (d *jsonDecoder) enum(number func([]byte) int32) int32 {
	if d.peek() == '"' {
		name := d.str()
		if n := number(name); n != 0 {
			return n
		}
		n, _ := integerOf(name)
		return enumOf(n)
	}
	n, _ := d.integer()
	return enumOf(n)
}

func enumOf(n int64) int32 {
	return int32(min(max(n, math.MinInt32), math.MaxInt32))
}

// integer reads a whole number, as number or text.
func (d *jsonDecoder) integer() (n int64, ok bool) {
	switch c := d.peek(); {
	case c == '"':
		return integerOf(d.str())
	case c == '-' || c-'0' <= 9:
		return integerOf(d.number())
	}
	d.skip()
	return 0, false
}

// integerOf reads a whole number from text, however it is written.
func integerOf(b []byte) (n int64, ok bool) {
	dec, ok := parseDecimal(b)
	if !ok {
		return 0, false
	}
	n, exact, fits := dec.integer()
	return n, exact && fits
}

// kindNumber returns the number of a span kind's name.
func kindNumber(name []byte) int32 {
	switch string(bytes.TrimPrefix(name, []byte("SPAN_KIND_"))) {
	case "INTERNAL":
		return 1
	case "SERVER":
		return 2
	case "CLIENT":
		return 3
	case "PRODUCER":
		return 4
	case "CONSUMER":
		return 5
	}
	return 0
}

// statusNumber returns the number of a status code's name.
func statusNumber(name []byte) int32 {
	switch string(bytes.TrimPrefix(name, []byte("STATUS_CODE_"))) {
	case "OK":
		return 1
	case "ERROR":
		return 2
	}
	return 0
}
