package otelmap

import (
	"encoding/base64"
	"math"
	"strconv"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/span"
)

// maxWhole bounds counts: beyond it JavaScript clients no longer count exactly.
const maxWhole = 1<<53 - 1

// textOf returns a value as a text: texts as they are, everything else as JSON.
func textOf(v *span.Value) string {
	switch v.Kind {
	case span.String:
		return v.Str
	case span.Bytes:
		return base64.StdEncoding.EncodeToString([]byte(v.Str))
	case span.Int:
		return strconv.FormatInt(v.Int, 10)
	case span.Double:
		if name := notFinite(v.Double); name != "" {
			return name
		}
	}
	return string(appendValue(nil, v))
}

// asPayload returns a value as an input or output; ok is false for null.
func asPayload(v *span.Value) (value fold.Value, ok bool) {
	if v == nil || !present(v) {
		return fold.Value{}, false
	}
	weak := false
	switch v.Kind {
	case span.String:
		weak = v.Str == ""
	case span.Bool, span.Int:
		weak = v.Int == 0
	case span.Double:
		weak = v.Double == 0
	}
	return fold.Value{S: textOf(v), Weak: weak}, true
}

// wholeOf returns a count: a whole number that is not negative, or the text of
// one.
func wholeOf(v *span.Value) (n int64, ok bool) {
	switch v.Kind {
	case span.Int:
		return v.Int, v.Int >= 0 && v.Int <= maxWhole
	case span.Double:
		return whole(v.Double)
	case span.String:
		if f, ok := decimal(v.Str); ok {
			return whole(f)
		}
	}
	return 0, false
}

func whole(f float64) (n int64, ok bool) {
	if f < 0 || f > maxWhole || f != math.Trunc(f) { // NaN is not its own truncation
		return 0, false
	}
	return int64(f), true
}

// numberOf returns any number, or what the text of one says.
func numberOf(v *span.Value) (f float64, ok bool) {
	switch v.Kind {
	case span.Int:
		return float64(v.Int), true
	case span.Double:
		return v.Double, true
	case span.String:
		return decimal(v.Str)
	}
	return 0, false
}

// decimal parses a number in decimal notation. What is too large is infinite.
func decimal(text string) (f float64, ok bool) {
	text = strings.TrimSpace(text)
	switch text {
	case "Infinity", "+Infinity", "-Infinity", "NaN":
	default:
		for i := range len(text) {
			if c := text[i]; (c < '0' || c > '9') && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E' {
				return 0, false // ParseFloat takes more than we do
			}
		}
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil && !math.IsInf(f, 0) {
		return 0, false
	}
	return f, true
}

// leadingWhole parses the digits a text begins with, after white space and a
// sign. exact says that there is nothing else in the text.
func leadingWhole(text string) (n int64, exact, ok bool) {
	rest := strings.TrimLeft(text, " \t\r\n\v\f")
	negative := strings.HasPrefix(rest, "-")
	if negative || strings.HasPrefix(rest, "+") {
		rest = rest[1:]
	}
	digits := 0
	for digits < len(rest) && rest[digits] >= '0' && rest[digits] <= '9' {
		if n > maxWhole {
			return 0, false, false
		}
		n = n*10 + int64(rest[digits]-'0')
		digits++
	}
	if digits == 0 || n > maxWhole {
		return 0, false, false
	}
	if negative {
		n = -n
	}
	return n, digits == len(text), true
}
