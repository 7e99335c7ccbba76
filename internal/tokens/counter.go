package tokens

import (
	"strings"
	"sync"

	"github.com/fusebox-llm/fusebox/internal/jsontext"
)

// MaxText is the longest text, in bytes, that is counted. The time to count grows no
// faster than n log n; the worst text of this length, one letter over and over, takes
// about a third of a second, ordinary text a tenth of that.
const MaxText = 1 << 20

// Counter counts tokens. It is safe for concurrent use, and holds nothing until the
// first count with an encoding reads its vocabulary: 4 MB for o200k_base, 1 or 2 MB for
// others.
type Counter struct {
	o200k, cl100k, p50k, r50k lazyVocabulary
	long                      sync.Mutex // see longPiece
}

// New returns a Counter.
func New() *Counter {
	return &Counter{
		o200k:  lazyVocabulary{file: "o200k_base.tiktoken"},
		cl100k: lazyVocabulary{file: "cl100k_base.tiktoken"},
		p50k:   lazyVocabulary{file: "p50k_base.tiktoken"},
		r50k:   lazyVocabulary{file: "r50k_base.tiktoken"},
	}
}

// Count returns the number of tokens of a text that was stored as an input or output.
// chat is nil unless the model takes messages.
//
// A JSON text counts for what it stands for: a JSON string as its text, other values
// as compact JSON, and, with chat, a list of messages as its messages. A text that is
// no JSON counts as it is. Texts of special tokens count as those.
//
// ok is false for JSON null and the empty list, which say nothing, for texts longer than
// MaxText, and for encodings that [EncodingOf] never returns.
func (c *Counter) Count(encoding string, chat *Chat, text string) (n int64, ok bool) {
	e, ok := c.encoding(encoding)
	if !ok || len(text) > MaxText {
		return 0, false
	}
	var buf []byte
	var value string
	if jsontext.Valid(text, &buf) {
		value = jsontext.Trim(text)
		if value == "null" {
			return 0, false
		}
		if value[0] == '[' && jsontext.Trim(value[1:len(value)-1]) == "" {
			return 0, false
		}
	}
	v, err := e.vocabulary.get()
	if err != nil {
		return 0, false // the vocabularies are part of the binary: a test reads them all
	}
	t := textCounter{encoding: e, merger: merger{v: v, long: &c.long}}
	switch {
	case value == "":
		return t.count(text), true
	case chat != nil && areMessages(value):
		return t.messages(*chat, value), true
	}
	return t.value(value, &buf), true
}

// textCounter counts texts in one encoding. It is used for one text of a client.
type textCounter struct {
	encoding encoding
	merger   merger
}

// value counts a JSON value. buf is scratch space.
func (t *textCounter) value(value string, buf *[]byte) int64 {
	if value[0] == '"' {
		return t.count(jsontext.Unquote(value))
	}
	*buf = appendCompact((*buf)[:0], value)
	return t.count(string(*buf))
}

// count counts a text.
func (t *textCounter) count(text string) (n int64) {
	for text != "" {
		ordinary, special := t.untilSpecial(text)
		text = text[len(ordinary)+special:]
		if special > 0 {
			n++
		}
		for ordinary != "" {
			end := t.encoding.next(ordinary)
			n += int64(t.merger.count(ordinary[:end]))
			ordinary = ordinary[end:]
		}
	}
	return n
}

// untilSpecial returns what stands before the first special token, and that
// one's length.
func (t *textCounter) untilSpecial(text string) (ordinary string, special int) {
	for from := 0; ; from += len(specialStart) {
		i := strings.Index(text[from:], specialStart)
		if i < 0 {
			return text, 0
		}
		from += i
		for _, s := range t.encoding.special {
			if strings.HasPrefix(text[from:], s) {
				return text[:from], len(s)
			}
		}
	}
}
