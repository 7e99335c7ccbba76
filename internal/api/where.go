package api

import (
	"github.com/fusebox-llm/fusebox/internal/filter"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// where collects the conditions of a list. A structured condition takes the place
// of simple parameters that look at the same field, and of no others.
type where struct {
	all        filter.All
	structured map[filter.Field]bool
}

// newWhere begins with the structured filter, if there is one.
func newWhere(structured string, columns table) (*where, error) {
	w := &where{structured: map[filter.Field]bool{}}
	if structured == "" {
		return w, nil
	}
	conditions, err := parseFilter(structured, columns)
	if err != nil {
		return nil, err
	}
	for _, c := range conditions {
		w.structured[c.field] = true
		w.all = append(w.all, c.all...)
	}
	return w, nil
}

func (w *where) add(c filter.Condition) {
	if !w.structured[c.Field] {
		w.all = append(w.all, c)
	}
}

func (w *where) equals(f filter.Field, text string) {
	if text != "" {
		w.add(filter.Equals(f, text))
	}
}

func (w *where) anyOf(f filter.Field, texts []string) {
	if len(texts) > 0 {
		w.add(filter.Condition{Field: f, Op: filter.AnyOf, Texts: texts})
	}
}

func (w *where) allOf(f filter.Field, texts []string) {
	if len(texts) > 0 {
		w.add(filter.Condition{Field: f, Op: filter.AllOf, Texts: texts})
	}
}

func (w *where) is(f filter.Field, yes *bool) {
	if yes != nil {
		w.add(filter.Condition{Field: f, Op: filter.Is, Bool: *yes})
	}
}

func (w *where) between(f filter.Field, from, before *trace.Micros) {
	if from != nil {
		w.add(filter.Condition{Field: f, Op: filter.From, Time: *from})
	}
	if before != nil {
		w.add(filter.Condition{Field: f, Op: filter.Before, Time: *before})
	}
}

func (w *where) number(f filter.Field, op filter.Op, n float64) {
	w.add(filter.Condition{Field: f, Op: op, Number: n})
}
