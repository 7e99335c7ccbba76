package sqlite

import (
	"encoding/binary"
	"fmt"
	"slices"
	"sync"

	"github.com/klauspost/compress/zstd"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// squeezer compresses and expands blobs; it is safe for concurrent use.
type squeezer struct {
	enc     *zstd.Encoder
	dec     *zstd.Decoder
	scratch sync.Pool // of *[]byte
}

// maxScratch is the largest buffer that is kept for the next payload.
const maxScratch = 1 << 20

// The first byte of a blob that passed through a squeezer.
const (
	squeezedNot  = 0
	squeezedZstd = 1
)

// worthSqueezing is the size from which compression gains more than it costs.
const worthSqueezing = 160

func newSqueezer() (*squeezer, error) {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderCRC(true),
		zstd.WithLowerEncoderMem(true), zstd.WithWindowSize(1<<20))
	if err != nil {
		return nil, fmt.Errorf("zstd encoder: %w", err)
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(1<<30), zstd.WithDecoderLowmem(true))
	if err != nil {
		return nil, fmt.Errorf("zstd decoder: %w", err)
	}
	return &squeezer{enc: enc, dec: dec, scratch: sync.Pool{New: func() any { return new([]byte) }}}, nil
}

func (s *squeezer) close() {
	s.enc.Close()
	s.dec.Close()
}

// squeeze returns what is stored for b; nil for nothing.
func (s *squeezer) squeeze(b []byte) []byte {
	if len(b) == 0 {
		return nil
	}
	if len(b) >= worthSqueezing {
		buf := s.scratch.Get().(*[]byte)
		defer s.giveBack(buf)
		*buf = s.enc.EncodeAll(b, append((*buf)[:0], squeezedZstd))
		if len(*buf) < len(b) {
			return slices.Clone(*buf)
		}
	}
	return append([]byte{squeezedNot}, b...)
}

// squeezeBody returns what is stored for the body of a state.
func (s *squeezer) squeezeBody(state *fold.State) []byte {
	buf := s.scratch.Get().(*[]byte)
	defer s.giveBack(buf)
	*buf = appendBody((*buf)[:0], state)
	return s.squeeze(*buf)
}

func (s *squeezer) giveBack(buf *[]byte) {
	if cap(*buf) <= maxScratch {
		s.scratch.Put(buf)
	}
}

func (s *squeezer) expand(b []byte) ([]byte, error) {
	if len(b) == 0 {
		return nil, nil
	}
	switch b[0] {
	case squeezedNot:
		return b[1:], nil
	case squeezedZstd:
		out, err := s.dec.DecodeAll(b[1:], nil)
		if err != nil {
			return nil, fmt.Errorf("expand payload: %w", err)
		}
		return out, nil
	}
	return nil, errMalformed
}

// inBody reports whether a field lies in the payload's body.
func inBody(f fold.Field) bool { return f == fold.Input || f == fold.Output || f == fold.Raw }

// How the metadata of a body is written.
const (
	metadataNone = iota
	metadataWhole
	metadataLeaves
)

// hasBody reports whether a state has something that lies in a payload's body.
func hasBody(s *fold.State) bool {
	return !s.Metadata.Empty() || slices.ContainsFunc(s.Registers, func(r fold.Register) bool { return inBody(r.Field) && !r.Value.Null })
}

// sameBody reports whether two states have the same body.
func sameBody(a, b *fold.State) bool {
	ma, _, wholeA := a.Metadata.Whole()
	mb, _, wholeB := b.Metadata.Whole()
	if wholeA != wholeB || wholeA && !sameMetadata(ma, mb) || !wholeA && !sameLeafs(a.Metadata, b.Metadata) {
		return false
	}
	for _, f := range []fold.Field{fold.Input, fold.Output, fold.Raw} {
		x, _ := a.Get(f)
		y, _ := b.Get(f)
		if x.Field != y.Field || x.Default != y.Default || !x.Value.Equal(y.Value) {
			return false
		}
	}
	return true
}

// appendBody writes a payload body: input, output and raw without their keys,
// and the metadata, whose leaves have theirs; nothing when there is nothing in it.
func appendBody(b []byte, s *fold.State) []byte {
	if !hasBody(s) {
		return b
	}
	n := 0
	for i := range s.Registers {
		if r := &s.Registers[i]; inBody(r.Field) && !r.Value.Null {
			n++
		}
	}
	whole, _, isWhole := s.Metadata.Whole()
	b = append(b, byte(n))
	for i := range s.Registers {
		if r := s.Registers[i]; inBody(r.Field) && !r.Value.Null {
			b = appendRegister(b, r)
		}
	}
	switch {
	case s.Metadata.Empty():
		return append(b, metadataNone)
	case isWhole:
		return appendWhole(append(b, metadataWhole), whole)
	}
	return appendLeaves(append(b, metadataLeaves), s.Metadata.Leaves())
}

func appendWhole(b []byte, m trace.Metadata) []byte {
	b = binary.AppendUvarint(appendText(b, m.Object), uint64(len(m.Blobs)))
	for _, l := range m.Blobs {
		b = binary.AppendVarint(appendText(appendPath(b, l.Path), l.Ref), l.Size)
	}
	return b
}

func appendLeaves(b []byte, leaves []fold.Leaf) []byte {
	table := keyTable{base: withoutArrival(leaves[0].Key)}
	b = appendKey(b, table.base)
	var list []byte
	for _, l := range leaves {
		list = binary.AppendUvarint(appendText(appendPath(list, l.Path), l.JSON), table.place(l.Key))
		list = binary.AppendVarint(appendText(list, l.Ref), l.Size)
	}
	return append(table.append(b), list...)
}

func appendPath(b []byte, path []string) []byte {
	b = binary.AppendUvarint(b, uint64(len(path)))
	for _, k := range path {
		b = appendText(b, k)
	}
	return b
}

func (d *decoder) path() []string {
	path := make([]string, d.count())
	for i := range path {
		path[i] = d.text()
	}
	return path
}

// readBody adds what appendBody wrote to a state, with the base key everywhere;
// exceptions are applied later. Registers are appended unsorted.
func readBody(b []byte, s *fold.State, base fold.Key) error {
	if len(b) == 0 {
		return nil
	}
	d := decoder{b: b}
	for range d.byte() {
		r := d.register()
		r.Key = base
		s.Registers = append(s.Registers, r)
	}
	switch d.byte() {
	case metadataNone:
	case metadataWhole:
		m := trace.Metadata{Object: d.text()}
		for range d.count() {
			m.Blobs = append(m.Blobs, trace.BlobLeaf{Path: d.path(), Ref: d.text(), Size: d.varint()})
		}
		s.Metadata = fold.LeafsOf(m, base)
	case metadataLeaves:
		table := d.keyTable(d.absoluteKey())
		var leaves []fold.Leaf
		for d.more() {
			l := fold.Leaf{Path: d.path(), JSON: d.text()}
			l.Key = d.key(&table)
			l.Ref, l.Size = d.text(), d.varint()
			leaves = append(leaves, l)
		}
		s.Metadata = fold.LeafsFrom(leaves)
	default:
		d.fail()
	}
	return d.err
}
