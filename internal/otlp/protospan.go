package otlp

import (
	"encoding/hex"

	"github.com/fusebox-llm/fusebox/internal/span"
)

// span decodes a Span message and counts the ids it lacks.
func (d *protoDecoder) span(b []byte, s *span.Span, faults *tally) {
	attrs, events, links := len(d.attrs), len(d.events), len(d.links)
	var hasTrace, hasSpan bool
	for m := (message{rest: b}); d.next(&m); {
		switch m.tag {
		case 1<<3 | delimited:
			hasTrace = len(m.data) > 0
			s.TraceID = d.id(m.data, "trace id")
		case 2<<3 | delimited:
			hasSpan = len(m.data) > 0
			s.SpanID = d.id(m.data, "span id")
		case 3<<3 | delimited:
			s.TraceState = d.plain(m.data, "trace state")
		case 4<<3 | delimited:
			s.ParentSpanID = d.id(m.data, "parent span id")
		case 5<<3 | delimited:
			s.Name = d.plain(m.data, "span name")
		case 6<<3 | varint:
			s.Kind = int32(m.num) // enums are cut to 32 bits, as protobuf says
		case 7<<3 | fixed64:
			s.Start, s.HasStart = micros(m.num), m.num != 0
		case 8<<3 | fixed64:
			s.End, s.HasEnd = micros(m.num), m.num != 0
		case 9<<3 | delimited:
			d.attribute(m.data, len(d.attrs)-attrs)
		case 10<<3 | varint:
			s.DroppedAttributes = uint32(m.num) // cut to 32 bits, as protobuf says
		case 11<<3 | delimited:
			d.event(m.data)
		case 12<<3 | varint:
			s.DroppedEvents = uint32(m.num)
		case 13<<3 | delimited:
			d.link(m.data)
		case 14<<3 | varint:
			s.DroppedLinks = uint32(m.num)
		case 15<<3 | delimited: // status; may come in parts
			d.status(m.data, s)
		case 16<<3 | fixed32:
			s.Flags = uint32(m.num)
		}
	}
	s.Attributes = d.attributes(nil, attrs)
	s.Events = append(s.Events, d.events[events:]...)
	s.Links = append(s.Links, d.links[links:]...)
	d.events, d.links = d.events[:events], d.links[:links]
	if !hasTrace {
		faults[traceIDAbsent]++
	}
	if !hasSpan {
		faults[spanIDAbsent]++
	}
	d.closeSpan(s)
}

// id returns an id as lower-case hex.
func (d *protoDecoder) id(b []byte, what string) string {
	if !d.fitsID(hex.EncodedLen(len(b)), what) {
		return ""
	}
	var small [64]byte
	return d.text.raw(hex.AppendEncode(small[:0], b))
}

// status decodes a Status message into a span.
func (d *protoDecoder) status(b []byte, s *span.Span) {
	for m := (message{rest: b}); d.next(&m); {
		switch m.tag {
		case 2<<3 | delimited:
			s.StatusMessage = d.plain(m.data, "status message")
		case 3<<3 | varint:
			s.StatusCode = int32(m.num) // enums are cut to 32 bits, as protobuf says
		}
	}
}

// event decodes an Event message.
func (d *protoDecoder) event(b []byte) {
	if d.refusal != "" || !d.element() {
		return
	}
	var e span.Event
	attrs := len(d.attrs)
	for m := (message{rest: b}); d.next(&m); {
		switch m.tag {
		case 1<<3 | fixed64:
			e.Time = micros(m.num)
		case 2<<3 | delimited:
			e.Name = d.plain(m.data, "event name")
		case 3<<3 | delimited:
			d.attribute(m.data, len(d.attrs)-attrs)
		case 4<<3 | varint:
			e.Dropped = uint32(m.num) // cut to 32 bits, as protobuf says
		}
	}
	e.Attributes = d.attributes(nil, attrs)
	d.events = append(d.events, e)
}

// link decodes a Link message.
func (d *protoDecoder) link(b []byte) {
	if d.refusal != "" || !d.element() {
		return
	}
	var l span.Link
	attrs := len(d.attrs)
	for m := (message{rest: b}); d.next(&m); {
		switch m.tag {
		case 1<<3 | delimited:
			l.TraceID = d.id(m.data, "linked trace id")
		case 2<<3 | delimited:
			l.SpanID = d.id(m.data, "linked span id")
		case 3<<3 | delimited:
			l.TraceState = d.plain(m.data, "trace state")
		case 4<<3 | delimited:
			d.attribute(m.data, len(d.attrs)-attrs)
		case 5<<3 | varint:
			l.Dropped = uint32(m.num) // cut to 32 bits, as protobuf says
		case 6<<3 | fixed32:
			l.Flags = uint32(m.num)
		}
	}
	l.Attributes = d.attributes(nil, attrs)
	d.links = append(d.links, l)
}

// micros turns nanoseconds since the epoch into microseconds. The largest
// uint64 is in the year 2554, so there is nothing to refuse.
func micros(nanos uint64) int64 {
	return int64(nanos / 1000) // at most MaxUint64/1000
}
