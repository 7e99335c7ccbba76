package otelmap

import (
	"strings"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/jsontext"
	"github.com/fusebox-llm/fusebox/internal/span"
)

// traceFields sets what the span says about its trace.
func (c *call) traceFields() {
	c.shared(fold.UserID, c.m.users)
	c.shared(fold.SessionID, c.m.sessions)
	c.shared(fold.Version, c.m.versions)
	c.shared(fold.Release, c.m.releases)
	c.traceName()
	c.tracePayload(fold.Input, c.m.traceInputs)
	c.tracePayload(fold.Output, c.m.traceOutputs)
	c.public()
	c.roots()
	c.traceTags()
}

func (c *call) traceName() {
	h := c.find(c.m.traceNames)
	if h.value == nil {
		return
	}
	// An empty name would hide the root's.
	if name := textOf(h.value); name != "" {
		c.attrs.mark(h.at, markField)
		c.setTrace(fold.Name, fold.Text(name), h.row)
	}
}

func (c *call) tracePayload(f fold.Field, rows []lookup) {
	h := c.find(rows)
	if value, ok := asPayload(h.value); ok {
		c.attrs.mark(h.at, markField)
		c.setTrace(f, value, h.row)
	}
}

func (c *call) public() {
	h := c.find(c.m.publics)
	if h.value == nil {
		return
	}
	yes, clear := yesOrNo(h.value)
	if clear {
		c.attrs.mark(h.at, markField)
	}
	c.setTrace(fold.Public, fold.Bool(yes), h.row)
}

func (c *call) roots() {
	c.mark(fold.AppRoot, c.m.appRoots)
	c.mark(fold.AsRoot, c.m.asRoots)
}

// mark sets a flag when one of the attributes is true.
func (c *call) mark(f fold.Field, rows []lookup) {
	row := ""
	for i := range rows {
		h := c.look(&rows[i])
		if h.value == nil {
			continue
		}
		if yes, _ := yesOrNo(h.value); yes {
			c.attrs.mark(h.at, markField)
			if row == "" {
				row = h.row
			}
		}
	}
	if row != "" {
		c.set(f, fold.Bool(true), row)
	}
}

// yesOrNo returns whether a value is true or "true"; clear is false where it is
// not false or "false" either.
func yesOrNo(v *span.Value) (yes, clear bool) {
	switch v.Kind {
	case span.Bool:
		return v.Int != 0, true
	case span.String:
		return v.Str == "true", v.Str == "true" || v.Str == "false"
	}
	return false, false
}

func (c *call) traceTags() {
	h := c.find(c.m.tags)
	if h.value == nil {
		return
	}
	if c.tags = c.tagsOf(h.value); len(c.tags) > 0 {
		c.attrs.mark(h.at, markField)
		c.because("trace.", fold.Tags, h.row)
	}
}

// tagsOf returns the tags that a value names: the elements of a list or of the
// JSON text of one, the parts of a text with commas, or the text. Empty tags and
// null are no tags.
func (c *call) tagsOf(v *span.Value) []string {
	var tags []string
	add := func(tag string) {
		if tag != "" {
			tags = append(tags, tag)
		}
	}
	switch v.Kind {
	case span.Array:
		for i := range v.Array {
			if present(&v.Array[i]) {
				add(textOf(&v.Array[i]))
			}
		}
	case span.String:
		text := jsontext.Trim(v.Str)
		switch {
		case strings.HasPrefix(text, "[") && jsontext.Valid(text, &c.buf):
			for e := range jsontext.Elements(text) {
				if e != "null" {
					add(jsonText(e))
				}
			}
		case strings.Contains(v.Str, ","):
			for part := range strings.SplitSeq(v.Str, ",") {
				add(strings.TrimSpace(part))
			}
		default:
			add(v.Str)
		}
	}
	return tags
}

// jsonText returns the text of a JSON string, and any other JSON compactly as it
// is written.
func jsonText(raw string) string {
	if raw[0] == '"' {
		return jsontext.Unquote(raw)
	}
	return string(jsontext.AppendCompact(nil, raw))
}
