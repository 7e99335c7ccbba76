// Package jsontext owns looking at JSON texts without decoding them: where a string
// ends, how deep values are nested, what a string says, what an object holds; and
// writing them.
//
// Functions that walk a text ([Members], [Elements], [At]) are for JSON that [Valid]
// has found valid, and panic on other texts. The others stay within any text and
// mean nothing there. The package keeps no state and starts no goroutines.
package jsontext

import (
	"encoding/json"
	"strings"
)

// AfterString returns the place behind the string that starts at i.
func AfterString(text string, i int) int {
	for i++; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}

// Depth returns how deep objects and arrays are nested: 0 for a scalar, 1 for {}.
func Depth(text string) (deepest int) {
	depth := 0
	for i := 0; i < len(text); {
		switch text[i] {
		case '"':
			i = AfterString(text, i)
			continue
		case '{', '[':
			depth++
			deepest = max(deepest, depth)
		case '}', ']':
			depth--
		}
		i++
	}
	return deepest
}

// Unquote returns the text that a JSON string stands for.
func Unquote(quoted string) string {
	if inner := quoted[1:max(len(quoted)-1, 1)]; strings.IndexByte(inner, '\\') < 0 {
		return inner
	}
	var s string
	json.Unmarshal([]byte(quoted), &s) //nolint:errcheck // a broken string reads as empty
	return s
}
