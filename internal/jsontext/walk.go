package jsontext

import (
	"encoding/json"
	"iter"
	"strings"
)

// MaxDepth bounds the nesting of JSON texts that are taken apart. Readers in other
// languages give up at about a thousand levels, ours at ten thousand.
const MaxDepth = 500

// Valid reports whether a text is JSON that may be taken apart: valid, and nested
// no deeper than [MaxDepth]. buf is scratch space.
func Valid(text string, buf *[]byte) bool {
	*buf = append((*buf)[:0], text...)
	return json.Valid(*buf) && Depth(text) <= MaxDepth
}

// Trim returns the text without the white space around it.
func Trim(text string) string { return strings.Trim(text, " \t\r\n") }

// Members yields the members of a JSON object in order: the key decoded, the
// value as it is written.
func Members(object string) iter.Seq2[string, string] {
	return func(yield func(key, value string) bool) {
		i := skipSpace(object, 0) + 1
		for {
			i = skipSpace(object, i)
			if object[i] == '}' {
				return
			}
			if object[i] == ',' {
				i = skipSpace(object, i+1)
			}
			end := AfterString(object, i)
			key := Unquote(object[i:end])
			i = skipSpace(object, skipSpace(object, end)+1)
			end = endOfValue(object, i)
			if !yield(key, object[i:end]) {
				return
			}
			i = end
		}
	}
}

// Elements yields the elements of a JSON array as they are written.
func Elements(array string) iter.Seq[string] {
	return func(yield func(string) bool) {
		i := skipSpace(array, 0) + 1
		for {
			i = skipSpace(array, i)
			if array[i] == ']' {
				return
			}
			if array[i] == ',' {
				i = skipSpace(array, i+1)
			}
			end := endOfValue(array, i)
			if !yield(array[i:end]) {
				return
			}
			i = end
		}
	}
}

// At returns the value at a path of object keys in valid JSON; "" when
// there is none.
func At(text string, path ...string) string {
	for _, key := range path {
		if text == "" || text[0] != '{' {
			return ""
		}
		found := ""
		for k, value := range Members(text) {
			if k == key {
				found = value
			}
		}
		text = found
	}
	return text
}

func skipSpace(text string, i int) int {
	for text[i] == ' ' || text[i] == '\t' || text[i] == '\r' || text[i] == '\n' {
		i++
	}
	return i
}

func endOfValue(text string, i int) int {
	switch text[i] {
	case '"':
		return AfterString(text, i)
	case '{', '[':
		depth := 0
		for ; ; i++ {
			switch text[i] {
			case '"':
				i = AfterString(text, i) - 1
			case '{', '[':
				depth++
			case '}', ']':
				if depth--; depth == 0 {
					return i + 1
				}
			}
		}
	}
	for i < len(text) && !strings.ContainsRune(",]} \t\r\n", rune(text[i])) {
		i++
	}
	return i
}
