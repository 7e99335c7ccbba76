package otelmap

import "github.com/fusebox-llm/fusebox/internal/fold"

// ModelRow gives the model from one attribute, where the attribute WhenKey is the
// text WhenValue.
type ModelRow struct {
	KeyRow
	WhenKey, WhenValue string // "" for always
	Unquote            bool   // a JSON string stands for its text
}

func (r *ModelRow) line() Line {
	l := r.KeyRow.line()
	if r.WhenKey != "" {
		l.When += ", and " + code(r.WhenKey) + " is " + code(r.WhenValue)
	}
	return l
}

type modelRule struct {
	*ModelRow
	lookup
	when int32 // 0 for always
}

// SuppressRow names a kind of span whose usage and cost only repeat what the spans
// below it say, so that they must not be counted. Its model is not shown either,
// unless KeepModel says so.
type SuppressRow struct {
	Row
	Scope      string // the scope's name; "" for any
	Key, Value string // the attribute is that text; without a key the span's name is
	With       string // an attribute that must be there as well; "" for none
	KeepModel  bool
}

func suppress(rank int, key, value string) SuppressRow {
	return SuppressRow{Row: Row{Name: "suppress/" + value, Rank: rank}, Key: key, Value: value}
}

func (r *SuppressRow) line() Line {
	gives := "no model, usage and cost"
	if r.KeepModel {
		gives = "no usage and cost but the entries of the table `usage_zero`"
	}
	when := "is " + code(r.Value)
	if r.With != "" {
		when += ", and " + code(r.With) + " exists"
	}
	reads := "the name of the span"
	if r.Key != "" {
		reads = code(r.Key)
	}
	return Line{Reads: reads, When: inScope(r.Scope, when), Gives: gives}
}

type suppressRule struct {
	*SuppressRow
	slot, with int32
}

// countsOf reports whether the span's model is to be shown, and its usage counted.
func (c *call) countsOf() (model, usage bool) {
	model, usage = true, true
	for i := range c.m.suppressed {
		r := &c.m.suppressed[i]
		if r.Scope != "" && r.Scope != c.scope.Name {
			continue
		}
		if r.with != 0 {
			if v, _ := c.attrs.get(r.with); v == nil {
				continue
			}
		}
		v := &c.spanName
		if r.Key != "" {
			v, _ = c.attrs.get(r.slot)
		}
		if isText(v, r.Value) {
			model, usage = model && r.KeepModel, false
		}
	}
	return model, usage
}

func (c *call) model() {
	for i := range c.m.models {
		r := &c.m.models[i]
		h := c.look(&r.lookup)
		if h.value == nil {
			continue
		}
		if r.when != 0 {
			if v, _ := c.attrs.get(r.when); !isText(v, r.WhenValue) {
				continue
			}
		}
		c.attrs.mark(h.at, markField)
		value := fold.Text(textOf(h.value))
		if r.Unquote {
			value = c.unquoted(h.value, value)
		}
		c.set(fold.Model, value, h.row)
		return
	}
}
