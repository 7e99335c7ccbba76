package tokens

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"hash/maphash"
	"math/bits"
	"sync"

	"github.com/pkoukk/tiktoken-go-loader/assets"
)

// vocabulary says which byte sequences are tokens, and how early each was learned.
// It is a hash table made for memory: some 20 bytes a token.
type vocabulary struct {
	seed    maphash.Seed
	bytes   []byte   // all tokens, one behind the other, by rank
	ends    []uint32 // where the token before rank i ends; one more than there are tokens
	slots   []uint32 // rank + 1 of the token whose hash leads here; 0 is free
	longest int      // bytes of the longest token
}

// noRank is the rank of what is no token: behind all others.
const noRank = 1<<32 - 1

// rank returns the rank of a token, noRank when the text is none.
func (v *vocabulary) rank(token string) uint32 {
	if len(token) > v.longest {
		return noRank
	}
	mask := len(v.slots) - 1
	for i := int(maphash.String(v.seed, token)) & mask; ; i = (i + 1) & mask {
		slot := v.slots[i]
		if slot == 0 {
			return noRank
		}
		if string(v.bytes[v.ends[slot-1]:v.ends[slot]]) == token {
			return slot - 1
		}
	}
}

// readVocabulary reads a list of tokens: one a line, by rank, as base64 with
// something behind a space. Ranks are where a token stands in the list; the
// gaps that lists leave for special tokens change no order.
func readVocabulary(list []byte) (*vocabulary, error) {
	n := bytes.Count(list, []byte{'\n'})
	v := &vocabulary{
		seed:  maphash.MakeSeed(),
		bytes: make([]byte, 0, len(list)/2),
		ends:  make([]uint32, 1, n+1),
		slots: make([]uint32, 1<<bits.Len(uint(2*n))),
	}
	mask := len(v.slots) - 1
	for line := range bytes.Lines(list) {
		text, _, _ := bytes.Cut(line, []byte{' '})
		start := len(v.bytes)
		var err error
		if v.bytes, err = base64.StdEncoding.AppendDecode(v.bytes, text); err != nil {
			return nil, fmt.Errorf("token %d: %w", len(v.ends)-1, err)
		}
		v.ends = append(v.ends, uint32(len(v.bytes)))
		v.longest = max(v.longest, len(v.bytes)-start)
		i := int(maphash.Bytes(v.seed, v.bytes[start:])) & mask
		for v.slots[i] != 0 {
			i = (i + 1) & mask
		}
		v.slots[i] = uint32(len(v.ends) - 1)
	}
	v.bytes = bytes.Clone(v.bytes)
	return v, nil
}

// lazyVocabulary is a vocabulary that is read when it is first wanted.
type lazyVocabulary struct {
	file string
	once sync.Once
	v    *vocabulary
	err  error
}

func (l *lazyVocabulary) get() (*vocabulary, error) {
	l.once.Do(func() {
		list, err := assets.Assets.ReadFile(l.file)
		if err != nil {
			l.err = fmt.Errorf("read vocabulary: %w", err)
			return
		}
		if l.v, err = readVocabulary(list); err != nil {
			l.err = fmt.Errorf("read vocabulary %s: %w", l.file, err)
		}
	})
	return l.v, l.err
}
