package sqlite

import (
	"encoding/binary"
	"errors"
	"slices"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// errMalformed says that a stored blob is not what this package writes.
var errMalformed = errors.New("malformed blob")

// decoder reads what the append functions of this package write. The first error
// sticks; after it everything reads as zero.
type decoder struct {
	b   []byte
	err error
}

func (d *decoder) fail() {
	d.b, d.err = nil, errMalformed
}

func (d *decoder) more() bool { return len(d.b) > 0 }

func (d *decoder) byte() byte {
	if len(d.b) == 0 {
		d.fail()
		return 0
	}
	c := d.b[0]
	d.b = d.b[1:]
	return c
}

func (d *decoder) uvarint() uint64 {
	v, n := binary.Uvarint(d.b)
	if n <= 0 {
		d.fail()
		return 0
	}
	d.b = d.b[n:]
	return v
}

func (d *decoder) varint() int64 {
	v, n := binary.Varint(d.b)
	if n <= 0 {
		d.fail()
		return 0
	}
	d.b = d.b[n:]
	return v
}

// count reads the length of a list whose elements take a byte or more each.
func (d *decoder) count() int {
	n := d.uvarint()
	if n > uint64(len(d.b)) {
		d.fail()
		return 0
	}
	return int(n)
}

func (d *decoder) text() string {
	n := d.count()
	s := string(d.b[:n])
	d.b = d.b[n:]
	return s
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// The parts of a value that are there, in a register's second byte.
const (
	partText    = 1 << iota // S
	partNumber              // N
	partHasN                // HasN
	partWeak                // Weak
	partAmounts             // A
	partRef                 // Ref and Size
	partNull                // Null
	partDefault             // the register's Default
)

// appendRegister writes a register without its key. A null register is its field
// and flags alone.
func appendRegister(b []byte, r fold.Register) []byte {
	v := &r.Value
	var parts byte
	if v.S != "" {
		parts |= partText
	}
	if v.N != 0 {
		parts |= partNumber
	}
	if v.HasN {
		parts |= partHasN
	}
	if v.Weak {
		parts |= partWeak
	}
	if len(v.A) > 0 {
		parts |= partAmounts
	}
	if v.Ref != "" || v.Size != 0 {
		parts |= partRef
	}
	if v.Null {
		parts = partNull
	}
	if r.Default {
		parts |= partDefault
	}
	b = append(b, byte(r.Field), parts)
	if parts&partText != 0 {
		b = appendText(b, v.S)
	}
	if parts&partNumber != 0 {
		b = binary.AppendVarint(b, v.N)
	}
	if parts&partAmounts != 0 {
		b = appendText(b, string(appendAmounts(nil, v.A)))
	}
	if parts&partRef != 0 {
		b = binary.AppendVarint(appendText(b, v.Ref), v.Size)
	}
	return b
}

func (d *decoder) register() fold.Register {
	r := fold.Register{Field: fold.Field(d.byte())}
	parts := d.byte()
	r.Default = parts&partDefault != 0
	v := &r.Value
	v.Null, v.Weak, v.HasN = parts&partNull != 0, parts&partWeak != 0, parts&partHasN != 0
	if parts&partText != 0 {
		v.S = d.text()
	}
	if parts&partNumber != 0 {
		v.N = d.varint()
	}
	if parts&partAmounts != 0 {
		a, err := amountsOf([]byte(d.text()))
		if err != nil {
			d.fail()
		}
		v.A = a
	}
	if parts&partRef != 0 {
		v.Ref, v.Size = d.text(), d.varint()
	}
	return r
}

// amountNames are the names that usage and cost maps usually have. Their places
// are stored: never reorder, only append.
func amountNames() []string {
	return []string{
		"input", "output", "total",
		"input_cached_tokens", "input_cache_read", "input_cache_creation", "input_audio_tokens", "input_text_tokens", "input_image_tokens",
		"output_reasoning_tokens", "output_reasoning", "output_audio_tokens", "output_text_tokens",
		"cache_read_input_tokens", "cache_creation_input_tokens", "input_tokens", "output_tokens", "total_tokens",
		"prompt_tokens", "completion_tokens", "reasoning_tokens", "input_accepted_prediction_tokens", "output_accepted_prediction_tokens",
	}
}

// appendAmounts writes a usage or cost map: for each entry the place of its name
// plus one, or 0 and the name, then the amount.
func appendAmounts(b []byte, a trace.Amounts) []byte {
	for _, e := range a {
		if i := slices.Index(amountNames(), e.Name); i >= 0 {
			b = append(b, byte(i+1))
		} else {
			b = appendText(append(b, 0), e.Name)
		}
		b = binary.AppendVarint(b, e.N)
	}
	return b
}

func amountsOf(b []byte) (trace.Amounts, error) {
	if len(b) == 0 {
		return nil, nil
	}
	d := decoder{b: b}
	a := d.amounts()
	if d.more() {
		d.fail()
	}
	return a, d.err
}

// amounts reads what appendAmounts wrote, up to the end or to mapText.
func (d *decoder) amounts() trace.Amounts {
	var a trace.Amounts
	names := amountNames()
	for d.more() && d.b[0] != mapText {
		var e trace.Amount
		switch i := int(d.byte()); {
		case i == 0:
			e.Name = d.text()
		case i <= len(names):
			e.Name = names[i-1]
		default:
			d.fail()
		}
		e.N = d.varint()
		a = append(a, e)
	}
	return a
}

// mapText stands in a map where the place of a name would, and says that the rest
// is the text of the value.
const mapText = 255

// appendMap writes a value that has amounts, and its text if it has one.
func appendMap(b []byte, v *fold.Value) []byte {
	b = appendAmounts(b, v.A)
	if v.S != "" {
		b = append(append(b, mapText), v.S...)
	}
	return b
}

// mapOf reads what appendMap wrote.
func mapOf(b []byte) (fold.Value, error) {
	d := decoder{b: b}
	v := fold.Map(d.amounts())
	if d.more() {
		v.S = string(d.b[1:])
	}
	return v, d.err
}
