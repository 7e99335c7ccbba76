package batch

import (
	"github.com/fusebox-llm/fusebox/internal/fold"
)

// setModelParameters sets the model parameters, one object. Without members it
// changes nothing.
func (b *body) setModelParameters(r *fold.Record, f *form) {
	if !b.given(keyModelParameters) {
		return
	}
	raw := b.values[keyModelParameters]
	if raw[0] != '{' {
		b.add(wrongType(b.pathOf(keyModelParameters), "object", raw))
		return
	}
	n := 0
	for name, value := range members(raw) {
		n++
		if !isParameter(value, f.legacy) {
			expected := "string, number, boolean, null, array of strings or object of strings"
			if f.legacy {
				expected = "string, number, boolean or null"
			}
			b.add(wrongType(at(b.path, keyModelParameters.String(), string(name)), expected, value))
		}
	}
	if n > 0 {
		r.Set(fold.ModelParameters, fold.Text(compact(raw)))
	}
}

// isParameter reports whether a value can be a model parameter.
func isParameter(raw []byte, scalar bool) bool {
	if raw[0] != '[' && raw[0] != '{' {
		return true
	}
	if scalar {
		return false
	}
	if raw[0] == '[' {
		for v := range elements(raw) {
			if v[0] != '"' {
				return false
			}
		}
		return true
	}
	for _, v := range members(raw) {
		if v[0] != '"' {
			return false
		}
	}
	return true
}

// setPrompt links to a prompt. Name and version come together or not at all; ""
// and 0 are as good as nothing.
func (b *body) setPrompt(r *fold.Record) {
	name := b.textNotEmpty(keyPromptName)
	var version int64
	if raw := b.values[keyPromptVersion]; b.given(keyPromptVersion) {
		n, ok := whole(raw)
		switch {
		case typeOf(raw) != "number" || !ok && raw[0] != '-':
			b.add(wrongType(b.pathOf(keyPromptVersion), "integer", raw))
			return
		case !ok:
			b.add(negative(b.pathOf(keyPromptVersion)))
			return
		}
		version = n
	}
	switch {
	case name != "" && version > 0:
		link := fold.Text(name)
		link.N, link.HasN = version, true
		r.Set(fold.PromptLink, link)
	case b.given(keyPromptName) && b.values[keyPromptName][0] != '"': // told already
	case name != "":
		b.add(custom(b.pathOf(keyPromptVersion), "a promptName needs a promptVersion, 1 or more"))
	case version > 0:
		b.add(custom(b.pathOf(keyPromptName), "a promptVersion needs a promptName"))
	}
}
