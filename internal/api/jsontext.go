package api

import (
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/jsontext"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// parsed returns an input or output as the v1 shapes show it: the value itself
// where the text is a JSON text, digits as they were sent; otherwise the text.
func parsed(t *trace.Text) JSON {
	if t == nil {
		return ""
	}
	if s := validUTF8(t.S); isJSON(s) {
		return JSON(s)
	}
	return JSON(fold.Quote(t.S))
}

// verbatim returns an input or output as the v2 shape shows it: always a string,
// null when there is nothing.
func verbatim(t *trace.Text) *string {
	if t == nil || t.S == "" {
		return nil
	}
	return &t.S
}

// storedJSON returns a field that is kept as JSON text; none is null.
func storedJSON(text string) JSON {
	if text == "" {
		return ""
	}
	return parsed(&trace.Text{S: text})
}

// metadataValue returns the text of a metadata value as readers get it: parsed
// when it is a JSON text, with integers that a float64 cannot hold as strings.
func metadataValue(text string) string {
	if text = validUTF8(text); isJSON(text) {
		return safeIntegers(text)
	}
	return fold.Quote(text)
}

// isJSON reports whether a text is a JSON text. Most texts are not, and most of
// those are known by their first character.
func isJSON(s string) bool {
	t := strings.TrimLeft(s, " \t\r\n")
	if t == "" || !strings.ContainsRune(`{["-0123456789tfn`, rune(t[0])) {
		return false
	}
	return json.Valid([]byte(s)) && jsontext.Depth(s) <= maxShownDepth
}

// maxShownDepth is how deep a value may be nested to be shown as what it is. What is
// deeper is shown as the text of it: parsers that recurse, such as Python's, give up
// on the whole answer otherwise.
const maxShownDepth = 260 // a few more than a client may send, for what the server wraps values in

// shown returns a JSON value as readers get it: integers that a float64 cannot hold
// as strings, and as a text what is nested too deep.
func shown(value string) string {
	if value = validUTF8(value); jsontext.Depth(value) > maxShownDepth {
		return fold.Quote(value)
	}
	return safeIntegers(value)
}

func validUTF8(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}

// safeIntegers returns a valid JSON text with every integer beyond ±(2^53-1) as
// a string, so that parsers which know only float64 do not change it.
func safeIntegers(text string) string {
	var b strings.Builder
	done := 0 // everything before is in b
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == '"':
			i = jsontext.AfterString(text, i)
		case c == '-' || c >= '0' && c <= '9':
			end := i + 1
			for end < len(text) && strings.IndexByte("0123456789+-.eE", text[end]) >= 0 {
				end++
			}
			if number := text[i:end]; unsafeInteger(number) {
				b.WriteString(text[done:i])
				b.WriteString(`"` + number + `"`)
				done = end
			}
			i = end
		default:
			i++
		}
	}
	if done == 0 {
		return text
	}
	b.WriteString(text[done:])
	return b.String()
}

// unsafeInteger reports whether a JSON number is an integer beyond ±(2^53-1).
func unsafeInteger(number string) bool {
	const limit = "9007199254740991"
	digits := strings.TrimPrefix(number, "-")
	if len(digits) < len(limit) || strings.ContainsAny(digits, ".eE") {
		return false
	}
	return len(digits) > len(limit) || digits > limit
}

// eachMember calls f with the members of a compact JSON object, in order: the
// decoded key and the value's text. It stops where the text is not one.
func eachMember(object string, f func(key, value string)) {
	walkMembers(object, 0, func(key string, at int) int {
		end := afterValue(object, at)
		f(key, object[at:end])
		return end
	})
}

// walkMembers goes through the members of the compact JSON object that starts at
// i. f gets a member's decoded key and the place of its value, and returns the
// place behind the value. The result is the place behind the object.
func walkMembers(text string, i int, f func(key string, at int) int) int {
	if i >= len(text) || text[i] != '{' {
		return len(text)
	}
	for i++; i < len(text) && text[i] == '"'; {
		end := jsontext.AfterString(text, i)
		key := jsontext.Unquote(text[i:end])
		if end >= len(text) || text[end] != ':' {
			return len(text)
		}
		i = f(key, end+1)
		if i < len(text) && text[i] == ',' {
			i++
		}
	}
	return min(i+1, len(text))
}

// afterValue returns the place behind the value that starts at i.
func afterValue(text string, i int) int {
	depth := 0
	for i < len(text) {
		switch text[i] {
		case '"':
			i = jsontext.AfterString(text, i)
			if depth == 0 {
				return i
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return i // the end of what a scalar stands in
			}
			if depth--; depth == 0 {
				return i + 1
			}
		case ',':
			if depth == 0 {
				return i
			}
		}
		i++
	}
	return len(text)
}
