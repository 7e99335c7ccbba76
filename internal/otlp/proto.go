package otlp

import (
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/span"
)

// DecodeProto decodes a protobuf ExportTraceServiceRequest, over HTTP or gRPC.
// The result shares no memory with body.
//
// Unknown fields and fields of an unexpected wire type are passed over; a
// message that comes in parts is put together; text that is not UTF-8 is
// repaired. A start or end of 0 is absent, because protobuf cannot tell the two
// apart, and so is an id without bytes.
//
// Errors: [fault.Invalid] for bytes that are not protobuf or spans without ids,
// [fault.TooLarge] for more spans or elements than l allows. Other limits refuse
// single spans, see [span.Span].Refused.
func DecodeProto(body []byte, l Limits) (span.Batch, error) {
	d := &protoDecoder{}
	d.init(l, len(body))
	var batch span.Batch
	for m := (message{rest: body}); d.next(&m); {
		if m.tag == 1<<3|delimited {
			var r span.Resource
			d.resource(m.data, &r)
			batch.Resources = append(batch.Resources, r)
		}
	}
	if d.err != nil {
		if fault.Is(d.err, fault.TooLarge) {
			return span.Batch{}, d.err
		}
		return span.Batch{}, fault.Wrap(fault.Invalid, d.err, "Failed to parse OTel Protobuf Trace")
	}
	if err := d.broken.err(); err != nil {
		return span.Batch{}, err
	}
	return batch, nil
}

// protoDecoder decodes one request. Its methods take the bytes of one message;
// the first error stays in err and ends every loop.
type protoDecoder struct {
	intake
	broken structure
	err    error
}

// Wire types, in the low bits of a tag.
const (
	varint    = uint64(protowire.VarintType)
	fixed64   = uint64(protowire.Fixed64Type)
	delimited = uint64(protowire.BytesType)
	fixed32   = uint64(protowire.Fixed32Type)
)

// message walks the fields of one message. tag is field number << 3 | wire type;
// a field with the wrong wire type so matches no case, like an unknown one.
type message struct {
	rest []byte
	tag  uint64
	num  uint64 // of a varint, fixed32 or fixed64 field
	data []byte // of a delimited field; part of the body
}

// next reads one field. It returns false at the end of the message and after an
// error.
func (d *protoDecoder) next(m *message) bool {
	if len(m.rest) == 0 || d.err != nil {
		return false
	}
	num, typ, n := protowire.ConsumeTag(m.rest)
	if n < 0 {
		return d.malformed(n)
	}
	m.tag = uint64(num)<<3 | uint64(typ)
	m.rest = m.rest[n:]
	switch typ {
	case protowire.BytesType:
		m.data, n = protowire.ConsumeBytes(m.rest)
	case protowire.VarintType:
		m.num, n = protowire.ConsumeVarint(m.rest)
	case protowire.Fixed64Type:
		m.num, n = protowire.ConsumeFixed64(m.rest)
	case protowire.Fixed32Type:
		var v uint32
		v, n = protowire.ConsumeFixed32(m.rest)
		m.num = uint64(v)
	default: // a group is passed over; its depth is limited by protowire
		n = protowire.ConsumeFieldValue(num, typ, m.rest)
	}
	if n < 0 {
		return d.malformed(n)
	}
	m.rest = m.rest[n:]
	return true
}

func (d *protoDecoder) malformed(code int) bool {
	d.fail(protowire.ParseError(code))
	return false
}

func (d *protoDecoder) fail(err error) {
	if d.err == nil {
		d.err = err
	}
}

// element counts a list element and reports whether reading goes on.
func (d *protoDecoder) element() bool {
	if err := d.countElement(); err != nil {
		d.fail(err)
		return false
	}
	return true
}

// plain returns a text outside attributes.
func (d *protoDecoder) plain(b []byte, what string) string {
	if !d.fits(len(b), what) {
		return ""
	}
	return d.text.copy(b)
}

// resource decodes a ResourceSpans message.
func (d *protoDecoder) resource(b []byte, r *span.Resource) {
	if !d.element() {
		return
	}
	var why string
	for m := (message{rest: b}); d.next(&m); {
		switch m.tag {
		case 1<<3 | delimited: // resource; may come in parts
			d.refusal = why
			first := len(d.attrs)
			for f := (message{rest: m.data}); d.next(&f); {
				if f.tag == 1<<3|delimited {
					d.attribute(f.data, len(r.Attributes)+len(d.attrs)-first)
				}
			}
			r.Attributes = d.attributes(r.Attributes, first)
			why = d.takeRefusal()
		case 2<<3 | delimited: // scope_spans
			var s span.Scope
			d.scope(m.data, &s)
			r.Scopes = append(r.Scopes, s)
		case 3<<3 | delimited: // schema_url
			d.refusal = why
			r.SchemaURL = d.plain(m.data, "schema URL")
			why = d.takeRefusal()
		}
	}
	closeResource(r, why)
}

// scope decodes a ScopeSpans message.
func (d *protoDecoder) scope(b []byte, s *span.Scope) {
	if !d.element() {
		return
	}
	var why string
	var faults tally
	first := len(d.spans)
	for m := (message{rest: b}); d.next(&m); {
		switch m.tag {
		case 1<<3 | delimited: // scope; may come in parts
			d.refusal = why
			list := len(d.attrs)
			for f := (message{rest: m.data}); d.next(&f); {
				switch f.tag {
				case 1<<3 | delimited:
					s.Name = d.plain(f.data, "scope name")
				case 2<<3 | delimited:
					s.Version = d.plain(f.data, "scope version")
				case 3<<3 | delimited:
					d.attribute(f.data, len(s.Attributes)+len(d.attrs)-list)
				}
			}
			s.Attributes = d.attributes(s.Attributes, list)
			why = d.takeRefusal()
		case 2<<3 | delimited: // spans
			if err := d.countSpan(); err != nil {
				d.fail(err)
				return
			}
			d.spans = append(d.spans, span.Span{})
			d.span(m.data, &d.spans[len(d.spans)-1], &faults)
		case 3<<3 | delimited: // schema_url
			d.refusal = why
			s.SchemaURL = d.plain(m.data, "schema URL")
			why = d.takeRefusal()
		}
	}
	s.Spans = append(s.Spans, d.spans[first:]...)
	d.spans = d.spans[:first]
	closeScope(s, why)
	d.broken.inScope(s.Name, faults)
}
