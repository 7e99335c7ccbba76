package tools

import "github.com/fusebox-llm/fusebox/internal/jsontext"

// textOf returns what a JSON string says; "" for other values.
func textOf(v string) string {
	if v == "" || v[0] != '"' {
		return ""
	}
	return jsontext.Unquote(v)
}

// notNull returns a JSON value as it is written, "" for null.
func notNull(v string) string {
	if v == "null" {
		return ""
	}
	return v
}

// asText returns what a JSON string says, and other values as compact JSON.
func asText(v string) string {
	if v == "" || v[0] == '"' {
		return textOf(v)
	}
	return string(jsontext.AppendCompact(nil, v))
}

// appendAsText appends [asText] as a JSON string.
func appendAsText(dst []byte, v string) []byte { return jsontext.AppendString(dst, asText(v)) }

// first returns the first text that is not empty.
func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
