package batch

import (
	"bytes"
	"encoding/json"
	"iter"
	"slices"
	"unicode/utf8"
)

// parse returns a JSON text as the rest of this file needs it: valid, UTF-8, without
// white space around it. What is not UTF-8 becomes U+FFFD. Nesting is bounded by
// encoding/json, and nothing below recurses.
func parse(data []byte) ([]byte, error) {
	if !utf8.Valid(data) {
		data = bytes.ToValidUTF8(data, []byte("\uFFFD"))
	}
	if !json.Valid(data) {
		var raw json.RawMessage
		return nil, json.Unmarshal(data, &raw) // says why
	}
	return bytes.Trim(data, " \t\r\n"), nil
}

// The functions below work on valid JSON only.

// members yields the members of an object in order: the key decoded, the value as
// it is written. Both are only lent.
func members(object []byte) iter.Seq2[[]byte, []byte] { return measured(object, new(int)) }

// measured is members, where depth is set to the levels of each value before it is
// yielded: 0 for what is neither object nor array, 1 for one of those without another
// in it.
func measured(object []byte, depth *int) iter.Seq2[[]byte, []byte] {
	return func(yield func(key, value []byte) bool) {
		for i := skipSpace(object, 1); object[i] != '}'; i = skipComma(object, i) {
			end := endOfString(object, i)
			key := object[i+1 : end-1]
			if bytes.IndexByte(key, '\\') >= 0 {
				key = []byte(unquote(object[i:end]))
			}
			i = skipSpace(object, skipSpace(object, end)+1)
			end, *depth = endOfValue(object, i)
			if !yield(key, object[i:end]) {
				return
			}
			i = end
		}
	}
}

// elements yields the elements of an array as they are written.
func elements(array []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for i := skipSpace(array, 1); array[i] != ']'; i = skipComma(array, i) {
			end, _ := endOfValue(array, i)
			if !yield(array[i:end]) {
				return
			}
			i = end
		}
	}
}

// skipComma returns the place of what follows a value: the next one, or the bracket
// that ends them.
func skipComma(text []byte, i int) int {
	if i = skipSpace(text, i); text[i] == ',' {
		i = skipSpace(text, i+1)
	}
	return i
}

func skipSpace(text []byte, i int) int {
	for text[i] == ' ' || text[i] == '\n' || text[i] == '\r' || text[i] == '\t' {
		i++
	}
	return i
}

// endOfString returns the place behind the string that starts at i.
func endOfString(text []byte, i int) int {
	for at := i + 1; ; {
		at += bytes.IndexByte(text[at:], '"')
		escapes := at
		for text[escapes-1] == '\\' {
			escapes--
		}
		at++
		if (at-1-escapes)%2 == 0 {
			return at
		}
	}
}

// endOfValue returns the place behind the value that starts at i, and the value's
// levels.
func endOfValue(text []byte, i int) (end, levels int) {
	switch text[i] {
	case '"':
		return endOfString(text, i), 0
	case '{', '[':
		for depth := 0; ; {
			switch text[i] {
			case '"':
				i = endOfString(text, i)
				continue
			case '{', '[':
				depth++
				levels = max(levels, depth)
			case '}', ']':
				if depth--; depth == 0 {
					return i + 1, levels
				}
			}
			i++
		}
	}
	for i < len(text) {
		switch text[i] {
		case ',', ']', '}', ' ', '\n', '\r', '\t':
			return i, 0
		}
		i++
	}
	return i, 0
}

// compact returns a value without the white space between its tokens, and its strings
// as appendString spells them.
func compact(text []byte) string {
	respell := needsSpelling(text) // few values do
	var out []byte
	from := 0 // what is not in out yet
	for i := 0; i < len(text); {
		switch text[i] {
		case '"':
			end := endOfString(text, i)
			if respell {
				out = append(slices.Grow(out, len(text)-from), text[from:i]...)
				out = appendString(out, text[i:end])
				from = end
			}
			i = end
		case ' ', '\n', '\r', '\t':
			out = append(slices.Grow(out, len(text)-from), text[from:i]...)
			i++
			from = i
		default:
			i++
		}
	}
	if from == 0 {
		return string(text)
	}
	return string(append(out, text[from:]...))
}
