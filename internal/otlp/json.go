package otlp

import (
	"bytes"
	"encoding/json"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/span"
)

// DecodeJSON decodes an OTLP/JSON ExportTraceServiceRequest. The result shares
// no memory with body.
//
// It takes what exporters send rather than what the specification says: names in
// camelCase and snake_case, ids as text, numbers or a Buffer, 64-bit integers as
// number, text or {high, low}, enums as number or name. Unknown members are
// passed over, of repeated ones the last counts, null is absent, text that is
// not UTF-8 is repaired. Ids are kept as sent, except that 16 or 32 hex digits
// become lower-case.
//
// Errors: [fault.Invalid] for text that is not one JSON object or an export with
// a broken structure, [fault.TooLarge] for more spans or elements than l allows.
// Other limits refuse single spans, see [span.Span].Refused.
func DecodeJSON(body []byte, l Limits) (span.Batch, error) {
	d := &jsonDecoder{scanner: scanner{data: body}}
	d.init(l, len(body))
	batch, broken := d.request()
	if d.err != nil {
		if fault.Is(d.err, fault.TooLarge) {
			return span.Batch{}, d.err
		}
		return span.Batch{}, fault.Wrap(fault.Invalid, d.err, "Failed to parse OTel JSON Trace")
	}
	if err := broken.err(); err != nil {
		return span.Batch{}, err
	}
	return batch, nil
}

// jsonDecoder decodes one request. Its methods read the value at the cursor and
// move behind it, whatever it is.
type jsonDecoder struct {
	scanner
	intake
	octets []byte // an id that came as numbers
	kept   int    // how much of the body was kept as JSON text
}

// element counts a list element and reports whether reading goes on.
func (d *jsonDecoder) element() bool {
	if err := d.countElement(); err != nil {
		d.stop(err)
		return false
	}
	return true
}

// list opens the array at the cursor and reports whether there is one. Anything
// else is passed over; wrong says that it was not null.
func (d *jsonDecoder) list() (ok, wrong bool) {
	switch {
	case d.peek() == '[':
		d.open()
		return true, false
	case d.null():
		return false, false
	}
	d.skip()
	return false, true
}

// object opens the object at the cursor and reports whether there is one.
// Anything else is passed over: it has no members.
func (d *jsonDecoder) object() bool {
	if d.peek() != '{' {
		d.skip()
		return false
	}
	d.open()
	return true
}

// request reads the whole body.
func (d *jsonDecoder) request() (batch span.Batch, broken structure) {
	if d.peek() != '{' {
		d.fail("want an object")
		return batch, broken
	}
	for d.open(); d.more('}'); {
		switch string(d.key()) {
		case "resourceSpans", "resource_spans":
			batch.Resources, broken = d.resources()
		default:
			d.skip()
		}
	}
	d.end()
	return batch, broken
}

func (d *jsonDecoder) resources() (list []span.Resource, broken structure) {
	ok, wrong := d.list()
	if wrong {
		broken.tally[resourceSpansNotArray]++
	}
	if !ok {
		return nil, broken
	}
	for d.more(']') {
		if !d.element() {
			return nil, broken
		}
		var r span.Resource
		broken.merge(d.resource(&r))
		list = append(list, r)
	}
	return list, broken
}

// resource reads a ResourceSpans object.
func (d *jsonDecoder) resource(r *span.Resource) (broken structure) {
	if !d.object() {
		return broken
	}
	var why string
	var attrsWrong, scopesWrong bool
	for d.more('}') {
		switch string(d.key()) {
		case "resource":
			r.Attributes, attrsWrong = nil, false
			if !d.object() {
				continue
			}
			d.refusal = why
			for d.more('}') {
				switch string(d.key()) {
				case "attributes":
					r.Attributes, attrsWrong = d.attributes()
				default:
					d.skip()
				}
			}
			why = d.takeRefusal()
		case "scopeSpans", "scope_spans":
			r.Scopes, scopesWrong, broken = d.scopes()
		case "schemaUrl", "schema_url":
			d.refusal = why
			r.SchemaURL = d.plainText("schema URL")
			why = d.takeRefusal()
		default:
			d.skip()
		}
	}
	if attrsWrong {
		broken.tally[resourceAttributesNotArray]++
	}
	if scopesWrong {
		broken.tally[scopeSpansNotArray]++
	}
	closeResource(r, why)
	return broken
}

func (d *jsonDecoder) scopes() (list []span.Scope, wrong bool, broken structure) {
	ok, wrong := d.list()
	if !ok {
		return nil, wrong, broken
	}
	for d.more(']') {
		if !d.element() {
			return nil, false, broken
		}
		var s span.Scope
		faults := d.scope(&s)
		broken.inScope(s.Name, faults)
		list = append(list, s)
	}
	return list, false, broken
}

// scope reads a ScopeSpans object.
func (d *jsonDecoder) scope(s *span.Scope) (faults tally) {
	if !d.object() {
		return faults
	}
	var why string
	var attrsWrong, spansWrong bool
	for d.more('}') {
		switch string(d.key()) {
		case "scope":
			s.Name, s.Version, s.Attributes = "", "", nil
			d.refusal = why
			attrsWrong = d.scopeHead(s)
			why = d.takeRefusal()
		case "spans":
			s.Spans, spansWrong, faults = d.spanList()
		case "schemaUrl", "schema_url":
			d.refusal = why
			s.SchemaURL = d.plainText("schema URL")
			why = d.takeRefusal()
		default:
			d.skip()
		}
	}
	if attrsWrong {
		faults[scopeAttributesNotArray]++
	}
	if spansWrong {
		faults[spansNotArray]++
	}
	closeScope(s, why)
	return faults
}

// scopeHead reads an InstrumentationScope object.
func (d *jsonDecoder) scopeHead(s *span.Scope) (attrsWrong bool) {
	if !d.object() {
		return false
	}
	for d.more('}') {
		switch string(d.key()) {
		case "name":
			s.Name = d.plainText("scope name")
		case "version":
			s.Version = d.plainText("scope version")
		case "attributes":
			s.Attributes, attrsWrong = d.attributes()
		default:
			d.skip()
		}
	}
	return attrsWrong
}

// plainText reads a text outside attributes. What is not text is kept as it was
// written.
func (d *jsonDecoder) plainText(what string) string {
	if d.null() {
		return ""
	}
	b := d.stringOrRest()
	if !d.fits(len(b), what) {
		return ""
	}
	return d.text.copy(b)
}

// stringOrRest reads a string, or the text of any other value without its white
// space.
func (d *jsonDecoder) stringOrRest() []byte {
	if d.peek() == '"' {
		return d.str()
	}
	return compact(d.rest())
}

// compact removes the white space between the tokens of checked JSON.
func compact(b []byte) []byte {
	var buf bytes.Buffer
	if err := json.Compact(&buf, b); err != nil {
		return b
	}
	return buf.Bytes()
}
