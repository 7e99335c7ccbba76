package otelmap

import (
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/jsontext"
	"github.com/fusebox-llm/fusebox/internal/span"
)

type memberRule struct {
	lookup
	member string
}

const maxPromptVersion = 65535

// prompt links the observation to a prompt. The name counts without a version
// that can be one; a version without a name links to nothing.
func (c *call) prompt() {
	name := c.findMember(c.m.promptNames)
	if name.value == nil {
		return
	}
	link := fold.Text(textOf(name.value))
	c.attrs.mark(name.at, markField)
	if version := c.findMember(c.m.promptVersions); version.value != nil {
		n, exact, ok := versionOf(version.value)
		if ok && n >= 0 && n <= maxPromptVersion {
			link.N, link.HasN = n, true
			if exact {
				c.attrs.mark(version.at, markField)
			}
			if version.row != name.row {
				c.because("", fold.PromptLink, version.row)
			}
		}
	}
	c.set(fold.PromptLink, link, name.row)
}

// findMember returns the value of the first row that applies. A member counts as
// shown nowhere, since its attribute says more.
func (c *call) findMember(rows []memberRule) hit {
	for i := range rows {
		r := &rows[i]
		h := c.look(&r.lookup)
		if h.value == nil {
			continue
		}
		if r.member == "" {
			return h
		}
		object, ok := c.objectText(h.value)
		if !ok || object == "" {
			continue
		}
		if v := scalarOf(jsontext.At(object, r.member)); r.test.passes(&v) {
			return hit{value: &v, at: none, row: h.row}
		}
	}
	return hit{at: none}
}

// scalarOf returns a JSON text or number as a value, and nothing for other JSON.
func scalarOf(raw string) span.Value {
	switch {
	case raw == "":
	case raw[0] == '"':
		return spanText(jsontext.Unquote(raw))
	case raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9':
		return spanText(raw)
	}
	return span.Value{}
}

// versionOf returns the whole number that a value is or, as text, begins with.
func versionOf(v *span.Value) (n int64, exact, ok bool) {
	switch v.Kind {
	case span.Int:
		return v.Int, true, true
	case span.Double:
		n, ok := whole(v.Double)
		return n, true, ok
	case span.String:
		return leadingWhole(v.Str)
	}
	return 0, false, false
}
