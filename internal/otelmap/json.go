package otelmap

import (
	"encoding/base64"
	"encoding/json"
	"iter"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/fusebox-llm/fusebox/internal/jsontext"
	"github.com/fusebox-llm/fusebox/internal/span"
)

// maxJSONDepth bounds the nesting of JSON texts that are taken apart. Readers in
// other languages give up at about a thousand levels, ours at ten thousand.
const maxJSONDepth = 500

// appendString appends a text as a JSON string. <, > and & are not escaped; bytes
// that are not UTF-8 become U+FFFD.
func appendString(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		b := s[i]
		if b < utf8.RuneSelf {
			if b >= ' ' && b != '"' && b != '\\' {
				i++
				continue
			}
			dst = append(dst, s[start:i]...)
			switch b {
			case '"', '\\':
				dst = append(dst, '\\', b)
			case '\n':
				dst = append(dst, '\\', 'n')
			case '\r':
				dst = append(dst, '\\', 'r')
			case '\t':
				dst = append(dst, '\\', 't')
			default:
				dst = append(dst, '\\', 'u', '0', '0', hex[b>>4], hex[b&15])
			}
			i++
			start = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			dst = append(dst, s[start:i]...)
			dst = append(dst, "\uFFFD"...)
			i++
			start = i
			continue
		}
		i += size
	}
	dst = append(dst, s[start:]...)
	return append(dst, '"')
}

// appendValue appends an attribute value as JSON: maps as objects, bytes as
// base64 text, NaN and infinities as text, no value as null.
func appendValue(dst []byte, v *span.Value) []byte {
	switch v.Kind {
	case span.String:
		return appendString(dst, v.Str)
	case span.Bool:
		return strconv.AppendBool(dst, v.Int != 0)
	case span.Int:
		return strconv.AppendInt(dst, v.Int, 10)
	case span.Double:
		if name := notFinite(v.Double); name != "" {
			return append(append(append(dst, '"'), name...), '"')
		}
		return appendFloat(dst, v.Double)
	case span.Bytes:
		dst = append(dst, '"')
		dst = base64.StdEncoding.AppendEncode(dst, []byte(v.Str))
		return append(dst, '"')
	case span.Array:
		dst = append(dst, '[')
		for i := range v.Array {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendValue(dst, &v.Array[i])
		}
		return append(dst, ']')
	case span.Map:
		return appendObject(dst, v.Map)
	}
	return append(dst, "null"...)
}

// appendObject appends an attribute list as a JSON object; of a repeated key the
// last counts.
func appendObject(dst []byte, attrs []span.Attribute) []byte {
	dst = append(dst, '{')
	empty := len(dst)
	positions := positionsOf(attrs)
	for i := range attrs {
		if repeatedLater(attrs, positions, i) {
			continue
		}
		if len(dst) > empty {
			dst = append(dst, ',')
		}
		dst = appendString(dst, attrs[i].Key)
		dst = append(dst, ':')
		dst = appendValue(dst, &attrs[i].Value)
	}
	return append(dst, '}')
}

// positionsOf returns the last position of each key; nil for a short list, where
// comparing is cheaper.
func positionsOf(attrs []span.Attribute) map[string]int {
	if len(attrs) <= fewAttributes {
		return nil
	}
	positions := make(map[string]int, len(attrs))
	for i := range attrs {
		positions[attrs[i].Key] = i
	}
	return positions
}

// repeatedLater reports whether a later attribute has the key of attribute i.
func repeatedLater(attrs []span.Attribute, positions map[string]int, i int) bool {
	if positions != nil {
		return positions[attrs[i].Key] != i
	}
	for j := i + 1; j < len(attrs); j++ {
		if attrs[j].Key == attrs[i].Key {
			return true
		}
	}
	return false
}

// notFinite returns the name of a number that JSON cannot write.
func notFinite(f float64) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	}
	return ""
}

// appendFloat writes numbers as JavaScript does: an exponent only below 1e-6 and
// from 1e21.
func appendFloat(dst []byte, f float64) []byte {
	if abs := math.Abs(f); abs == 0 || abs >= 1e-6 && abs < 1e21 {
		return strconv.AppendFloat(dst, f, 'f', -1, 64)
	}
	from := len(dst)
	dst = strconv.AppendFloat(dst, f, 'e', -1, 64)
	if n := len(dst); n-from >= 4 && dst[n-2] == '0' { // e-09 is e-9
		dst[n-2] = dst[n-1]
		dst = dst[:n-1]
	}
	return dst
}

// parsable reports whether a text is JSON that may be taken apart. buf is scratch
// space.
func parsable(text string, buf *[]byte) bool {
	*buf = append((*buf)[:0], text...)
	return json.Valid(*buf) && jsontext.Depth(text) <= maxJSONDepth
}

// The functions below work on valid JSON only.

// trimmed returns the text without the white space around it.
func trimmed(text string) string { return strings.Trim(text, " \t\r\n") }

// members yields the members of a JSON object in order: the key decoded, the
// value as it is written.
func members(object string) iter.Seq2[string, string] {
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
			end := jsontext.AfterString(object, i)
			key := jsontext.Unquote(object[i:end])
			i = skipSpace(object, skipSpace(object, end)+1)
			end = endOfValue(object, i)
			if !yield(key, object[i:end]) {
				return
			}
			i = end
		}
	}
}

// elements yields the elements of a JSON array as they are written.
func elements(array string) iter.Seq[string] {
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

func skipSpace(text string, i int) int {
	for text[i] == ' ' || text[i] == '\t' || text[i] == '\r' || text[i] == '\n' {
		i++
	}
	return i
}

func endOfValue(text string, i int) int {
	switch text[i] {
	case '"':
		return jsontext.AfterString(text, i)
	case '{', '[':
		depth := 0
		for ; ; i++ {
			switch text[i] {
			case '"':
				i = jsontext.AfterString(text, i) - 1
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

// appendCompact appends JSON without the white space between its tokens.
func appendCompact(dst []byte, text string) []byte {
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case ' ', '\t', '\r', '\n':
		case '"':
			end := jsontext.AfterString(text, i)
			dst = append(dst, text[i:end]...)
			i = end - 1
		default:
			dst = append(dst, text[i])
		}
	}
	return dst
}
