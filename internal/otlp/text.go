package otlp

import (
	"bytes"
	"hash/maphash"
	"strings"
	"unicode/utf8"
)

const (
	chunkBytes = 16 << 10 // how much one small string can keep alive
	largeText  = 1 << 10  // longer strings get memory of their own
	keySlots   = 512
	maxKey     = 128 // longer keys are not worth remembering
)

// text makes the strings of one request.
//
// Substrings of one copy of the body would be cheapest, but then whoever keeps a
// model name in a cache keeps up to 128 MiB alive. A string of its own for each
// text costs some forty allocations a span. So small strings share chunks, which
// bounds what a kept string can pin to chunkBytes, and large ones stand alone.
// Attribute keys repeat from span to span and are made once.
type text struct {
	chunk strings.Builder
	size  int // of the next chunk
	seed  maphash.Seed
	keys  [keySlots]string
}

// init prepares for a body of n bytes; a small request needs no full chunk.
func (t *text) init(n int) {
	t.size = min(chunkBytes, max(n, 256))
	t.seed = maphash.MakeSeed()
}

// copy returns b as a string. Bytes that are not UTF-8 become U+FFFD: the stores
// take only text, and a span is worth more than a broken character in it.
func (t *text) copy(b []byte) string {
	if !utf8.Valid(b) {
		b = bytes.ToValidUTF8(b, []byte("\uFFFD"))
	}
	return t.raw(b)
}

// raw returns b as a string, byte for byte.
func (t *text) raw(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	if len(b) > largeText {
		return string(b)
	}
	if t.chunk.Cap()-t.chunk.Len() < len(b) {
		t.chunk.Reset() // leaves the old chunk to the strings in it
		t.chunk.Grow(max(t.size, len(b)))
	}
	at := t.chunk.Len()
	t.chunk.Write(b)
	return t.chunk.String()[at:]
}

// key is copy for text that is likely to come again. The table forgets on
// collision, so that a request full of different keys makes it no larger.
func (t *text) key(b []byte) string {
	if len(b) > maxKey {
		return t.copy(b)
	}
	slot := &t.keys[maphash.Bytes(t.seed, b)%keySlots]
	if *slot != string(b) {
		*slot = t.copy(b)
	}
	return *slot
}
