package otlp

import "encoding/hex"

// idForm says what was found in the place of an id.
type idForm uint8

const (
	idAbsent idForm = iota // null or nothing
	idGood
	idWrong // something that is no id
	idFalse // the same, but false or 0: for a parent it means that there is none
)

// id reads an id. Text is kept as it is, also when it is empty, except that 16
// or 32 hex digits become lower-case: the same id may come as bytes from another
// exporter. Numbers and Buffers are bytes and become hex; none of them is no id.
func (d *jsonDecoder) id(what string) (id string, form idForm) {
	switch c := d.peek(); {
	case c == '"':
		b := d.str()
		if !d.fitsID(len(b), what) {
			return "", idGood
		}
		return d.text.copy(d.lowerHex(b)), idGood
	case c == '[':
		return d.hex(d.numbers(), what)
	case c == '{':
		return d.hex(d.buffer(), what)
	case c == '-' || c-'0' <= 9:
		if n, ok := parseDecimal(d.number()); ok && n.digits == 0 {
			return "", idFalse
		}
		return "", idWrong
	case c == 'f':
		d.literal("false")
		return "", idFalse
	case c == 'n':
		d.literal("null")
		return "", idAbsent
	}
	d.skip()
	return "", idWrong
}

// hex turns the bytes read last into an id.
func (d *jsonDecoder) hex(ok bool, what string) (id string, form idForm) {
	switch {
	case !ok:
		return "", idWrong
	case len(d.octets) == 0:
		return "", idAbsent
	case !d.fitsID(hex.EncodedLen(len(d.octets)), what):
		return "", idGood
	}
	var small [64]byte
	return d.text.raw(hex.AppendEncode(small[:0], d.octets)), idGood
}

// numbers reads an array of whole numbers into octets and reports whether there
// was one. Of each number the low eight bits count: some languages have signed
// bytes.
func (d *jsonDecoder) numbers() bool {
	d.octets = d.octets[:0]
	list, _ := d.list()
	if !list {
		return false
	}
	ok := true
	for d.more(']') {
		if c := d.peek(); c != '-' && c-'0' > 9 {
			d.skip()
			ok = false
			continue
		}
		n, whole := integerOf(d.number())
		d.octets = append(d.octets, byte(n))
		ok = ok && whole
	}
	return ok
}

// buffer reads {"type":"Buffer","data":[…]}, which is how Node.js writes bytes,
// into octets and reports whether there was one.
func (d *jsonDecoder) buffer() bool {
	var named, data bool
	for d.open(); d.more('}'); {
		switch string(d.key()) {
		case "type":
			named = string(d.stringOrRest()) == "Buffer"
		case "data":
			data = d.numbers()
		default:
			d.skip()
		}
	}
	return named && data
}

// lowerHex returns b in lower case if it is 16 or 32 hex digits, and b as it is
// if not. It leaves the body alone.
func (d *jsonDecoder) lowerHex(b []byte) []byte {
	if len(b) != 16 && len(b) != 32 {
		return b
	}
	upper := false
	for _, c := range b {
		switch {
		case c-'0' <= 9 || c-'a' <= 5:
		case c-'A' <= 5:
			upper = true
		default:
			return b
		}
	}
	if !upper {
		return b
	}
	d.octets = append(d.octets[:0], b...)
	for i, c := range d.octets {
		if c-'A' <= 5 {
			d.octets[i] = c | 0x20
		}
	}
	return d.octets
}
