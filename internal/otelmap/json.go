package otelmap

import (
	"encoding/base64"
	"math"
	"strconv"

	"github.com/fusebox-llm/fusebox/internal/jsontext"
	"github.com/fusebox-llm/fusebox/internal/span"
)

// appendValue appends an attribute value as JSON: maps as objects, bytes as
// base64 text, NaN and infinities as text, no value as null.
func appendValue(dst []byte, v *span.Value) []byte {
	switch v.Kind {
	case span.String:
		return jsontext.AppendString(dst, v.Str)
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
		dst = jsontext.AppendString(dst, attrs[i].Key)
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
