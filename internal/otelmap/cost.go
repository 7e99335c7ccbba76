package otelmap

import (
	"slices"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/jsontext"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// CostHow is how a [CostRow] finds costs.
type CostHow uint8

// The ways to find costs.
const (
	CostObject       CostHow = iota // as UsageObject
	CostTotal                       // the attribute is the total: a number or the text of one
	CostTotalNotZero                // likewise, but 0 beside usage says nothing: who has no price list writes it
)

// CostRow is a source of costs in dollars.
type CostRow struct {
	Row
	How CostHow
	Key string
}

func (r *CostRow) line() Line {
	switch r.How {
	case CostTotal:
		return Line{Reads: code(r.Key), When: "is a number", Gives: "the total"}
	case CostTotalNotZero:
		return Line{Reads: code(r.Key), When: "is a number, and not 0 beside usage", Gives: "the total"}
	}
	return Line{Reads: code(r.Key), When: "is truthy, and an object or the JSON text of one", Gives: "its members"}
}

type costRule struct {
	how  CostHow
	slot int32
	name string
}

func (c *call) cost() {
	for i := range c.m.costs {
		r := &c.m.costs[i]
		v, at := c.attrs.get(r.slot)
		if v == nil {
			continue
		}
		if r.how == CostTotal || r.how == CostTotalNotZero {
			if f, ok := numberOf(v); ok && (r.how == CostTotal || f != 0 || !c.hasUsage()) {
				c.costIs(trace.Amounts{{Name: "total", N: trace.CostOf(f)}}, at, exactCost(f), r.name)
				return
			}
			continue
		}
		if !truthy(v) {
			continue
		}
		text, ok := c.objectText(v)
		if !ok {
			continue
		}
		if text != "" {
			cost, all := costsOf(text)
			c.costIs(cost, at, all, r.name)
		}
		return
	}
}

// hasUsage reports whether the span's usage is known to be more than nothing.
func (c *call) hasUsage() bool {
	for i := range c.observation {
		if r := &c.observation[i]; r.Field == fold.Usage {
			return slices.ContainsFunc(r.Value.A, func(a trace.Amount) bool { return a.N > 0 })
		}
	}
	return false
}

// costIs sets the cost; all says that it holds everything the attribute says.
func (c *call) costIs(cost trace.Amounts, at int32, all bool, row string) {
	n := len(cost)
	if cost = tidy(cost); len(cost) > 0 {
		c.set(fold.Cost, fold.Map(cost), row)
	}
	if all && len(cost) == n {
		c.attrs.mark(at, markField)
	}
}

// costsOf returns the costs that a JSON object says; all is false where it says
// more.
func costsOf(object string) (cost trace.Amounts, all bool) {
	all = true
	for key, raw := range jsontext.Members(object) {
		if raw[0] == '"' {
			raw = jsontext.Unquote(raw)
		}
		f, ok := decimal(raw)
		if ok {
			cost = append(cost, trace.Amount{Name: key, N: trace.CostOf(f)})
		}
		all = all && ok && exactCost(f)
	}
	return cost, all
}

// exactCost reports whether a cost is stored as it was sent: it is a number
// within the bounds. Digits beyond the twelfth after the point do not count.
func exactCost(dollars float64) bool {
	return notFinite(dollars) == "" && dollars*trace.CostScale < trace.MaxCost && dollars*trace.CostScale > -trace.MaxCost
}
