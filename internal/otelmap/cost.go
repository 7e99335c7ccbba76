package otelmap

import (
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/jsontext"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// CostHow is how a [CostRow] finds costs.
type CostHow uint8

// The ways to find costs.
const (
	CostObject CostHow = iota // as UsageObject
	CostTotal                 // the attribute is the total: a number or the text of one
)

// CostRow is a source of costs in dollars.
type CostRow struct {
	Row
	How CostHow
	Key string
}

func defaultCosts() []CostRow {
	row := func(c Convention, how CostHow, key string) CostRow {
		return CostRow{Row: Row{"cost/" + key, c}, How: how, Key: key}
	}
	return []CostRow{
		row(Langfuse, CostObject, "langfuse.observation.cost_details"),
		row(GenAI, CostTotal, "gen_ai.usage.cost"),
		row(OpenInference, CostTotal, "llm.cost.total"),
	}
}

type costRule struct {
	how  CostHow
	slot int32
}

func (c *call) cost() {
	for i := range c.m.costs {
		r := &c.m.costs[i]
		v, at := c.attrs.get(r.slot)
		if v == nil {
			continue
		}
		if r.how == CostTotal {
			if f, ok := numberOf(v); ok {
				c.costIs(trace.Amounts{{Name: "total", N: trace.CostOf(f)}}, at, exactCost(f))
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
			c.costIs(cost, at, all)
		}
		return
	}
}

// costIs sets the cost; all says that it holds everything the attribute says.
func (c *call) costIs(cost trace.Amounts, at int32, all bool) {
	n := len(cost)
	if cost = tidy(cost); len(cost) > 0 {
		c.set(fold.Cost, fold.Map(cost))
	}
	if all && len(cost) == n {
		c.attrs.mark(at, markField)
	}
}

// costsOf returns the costs that a JSON object says; all is false where it says
// more.
func costsOf(object string) (cost trace.Amounts, all bool) {
	all = true
	for key, raw := range members(object) {
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
