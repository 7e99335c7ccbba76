package pricing

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/fusebox-llm/fusebox/internal/jsontext"
)

// attributeKeys are the keys that conditions ask for.
type attributeKeys struct{ parameters, metadata map[string]bool }

func (k *attributeKeys) add(models []Model) {
	put := func(keys *map[string]bool, key string) {
		if *keys == nil {
			*keys = map[string]bool{}
		}
		(*keys)[key] = true
	}
	for _, m := range models {
		for _, t := range m.Tiers {
			for _, c := range t.Conditions {
				switch c.Source {
				case ModelParameters:
					put(&k.parameters, c.Key)
				case Metadata:
					put(&k.metadata, c.Key)
				}
			}
		}
	}
}

// attributesOf returns the scalar values that a JSON object text has at the given keys,
// as texts; nil for none. Of equal keys the last counts. A text longer than any value
// that a condition may list is left out, and so is everything in a text that is not
// valid.
func attributesOf(object string, keys map[string]bool) map[string]string {
	if len(keys) == 0 || !strings.HasPrefix(jsontext.Trim(object), "{") || !jsontext.Valid(object, new([]byte)) {
		return nil
	}
	var found map[string]string
	for key, value := range jsontext.Members(object) {
		if !keys[key] {
			continue
		}
		delete(found, key)
		if text, ok := scalar(value); ok && utf8.RuneCountInString(text) <= MaxText {
			if found == nil {
				found = map[string]string{}
			}
			found[key] = text
		}
	}
	if len(found) == 0 {
		return nil
	}
	return found
}

// scalar returns a text, a number or a boolean as text.
func scalar(value string) (text string, ok bool) {
	switch {
	case value == "null" || value[0] == '{' || value[0] == '[':
		return "", false
	case value[0] == '"':
		return jsontext.Unquote(value), true
	case value == "true" || value == "false":
		return value, true
	}
	return numberText(value)
}

// numberText writes a JSON number as JavaScript does, which is what values of conditions
// were written for: 1.0 is "1" and 1e-7 stays. Whole numbers keep all of their digits.
func numberText(number string) (text string, ok bool) {
	f, err := strconv.ParseFloat(number, 64)
	switch a := math.Abs(f); {
	case err != nil:
		return "", false
	case f == 0:
		return "0", true // -0 as well
	case strings.Trim(number, "-0123456789") == "" && a < 1e21:
		return number, true
	case 1e-6 <= a && a < 1e21:
		return strconv.FormatFloat(f, 'f', -1, 64), true
	}
	text = strconv.FormatFloat(f, 'e', -1, 64)
	mantissa, exponent, _ := strings.Cut(text, "e")
	return mantissa + "e" + exponent[:1] + strings.TrimLeft(exponent[1:], "0"), true
}
