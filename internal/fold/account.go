package fold

import (
	"github.com/fusebox-llm/fusebox/internal/pricing"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// reckoning is how an observation's usage and cost came about.
//
// A price is worked out from the folded state, and not when a record arrives: the
// model may come in one record and the usage in another, in either order.
type reckoning struct {
	usage    Register // its field is 0 when there is none
	reported bool     // the cost was
	repriced bool     // the bill is by a card that a recalculation chose
	bill     pricing.Bill
}

// reckon fills in usage and cost. The model and the start are filled in already.
func reckon(o *trace.Observation, s *State) reckoning {
	var r reckoning
	r.usage, _ = s.Get(Usage)
	if !r.usage.Default {
		o.ProvidedUsage = r.usage.Value.A
	}
	o.Usage = r.usage.Value.A.WithTotal()

	var card string
	if card, r.repriced = s.rateCard(o.Model); card != "" {
		r.bill = pricing.Evaluate(card, pricing.Question{Start: o.Start, Usage: o.Usage, Hints: r.usage.Value.S})
	}
	var cost Register
	if cost, r.reported = s.Get(Cost); r.reported {
		o.ProvidedCost = cost.Value.A
		o.Cost, o.TotalCost = cost.Value.A.CostWithTotal()
	} else {
		o.Cost, o.TotalCost = r.bill.Cost, r.bill.Total
	}
	return r
}

// rateCard returns the card that applies to the shown model, "" when there is none:
// the one that a recalculation wrote, unless the model has changed since, otherwise
// the one that came with the model.
func (s *State) rateCard(model *string) (card string, repriced bool) {
	if model == nil {
		return "", false
	}
	for _, f := range [...]Field{Repriced, Rates} {
		if card, ok := s.Text(f); ok && card != "" && pricing.CardName(card) == *model {
			return card, f == Repriced
		}
	}
	return "", false
}

// account returns what is shown of it all.
func (r *reckoning) account() trace.Account {
	b := &r.bill
	a := trace.Account{
		ModelID: b.ModelID, ModelName: b.ModelName, TierID: b.TierID, TierName: b.TierName, Repriced: r.repriced,
		InputPrice: dollars(b.InputPrice), OutputPrice: dollars(b.OutputPrice), TotalPrice: dollars(b.TotalPrice),
	}
	switch {
	case r.usage.Field == 0:
	case r.usage.Default:
		a.UsageSource, a.Tokenizer = trace.Estimated, pricing.ParseHints(r.usage.Value.S).Encoding
	default:
		a.UsageSource = trace.Reported
	}
	if r.reported {
		a.CostSource = trace.Reported
		return a
	}
	a.Unpriced = b.Unpriced
	if len(b.Cost) == 0 {
		return a
	}
	a.CostSource = trace.Computed
	a.UnitPrices = make([]trace.UnitPrice, len(b.UnitPrices))
	for i, p := range b.UnitPrices {
		a.UnitPrices[i] = trace.UnitPrice{Usage: p.Usage, Price: p.USD.String()}
	}
	return a
}

func dollars(d *pricing.Decimal) string {
	if d == nil {
		return ""
	}
	return d.String()
}
