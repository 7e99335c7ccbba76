package telemetrytest

import (
	"fmt"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/pricing"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// The catalogues that cases and histories take their cards from: that of the time
// when the records were made, and that of a later recalculation, which asks a
// hundred times as much.
const (
	cheap = 1
	dear  = 100
)

// newStart is when the definition "alpha, new" begins.
const newStart trace.Micros = 20_000

// card returns what a catalogue has for the name of a model: alpha, which has two
// tiers and has had other prices since newStart; beta, which is charged by the
// total; "" for all other names.
func card(factor int, name string) string {
	return pricing.CardOf(name, pricing.NewCatalog(priceList(factor)).Candidates(nil, name))
}

func priceList(factor int) []pricing.Model {
	usd := func(micros int) pricing.Decimal {
		d, err := pricing.ParseDecimal(fmt.Sprintf("%de-6", micros*factor))
		if err != nil {
			panic(fmt.Sprintf("a price of the list: %v", err))
		}
		return d
	}
	inOut := func(in, out int) []pricing.Price {
		return []pricing.Price{{Usage: "input", USD: usd(in)}, {Usage: "output", USD: usd(out)}}
	}
	since := newStart
	alpha := pricing.Model{
		ID: "alpha-1", Name: "alpha", Pattern: "(?i)^alpha$", Unit: pricing.Tokens,
		Tiers: []pricing.Tier{
			{ID: "alpha-1-standard", Name: "Standard", Default: true, Prices: inOut(1, 2)},
			{
				ID: "alpha-1-large", Name: "Large", Priority: 1, Prices: inOut(10, 20),
				Conditions: []pricing.Condition{{UsagePattern: "input", Operator: pricing.GT, Value: 500}},
			},
			{
				ID: "alpha-1-flex", Name: "Flex", Priority: 2, Prices: inOut(3, 4),
				Conditions: []pricing.Condition{{Source: pricing.ModelParameters, Key: "service_tier", Operator: pricing.In, Values: []string{"flex"}}},
			},
		},
	}
	later := pricing.Model{
		ID: "alpha-2", Name: "alpha, new", Pattern: "(?i)^alpha$", Unit: pricing.Tokens, Start: &since,
		Tiers: []pricing.Tier{{ID: "alpha-2-standard", Name: "Standard", Default: true, Prices: inOut(5, 6)}},
	}
	beta := pricing.Model{
		ID: "beta", Name: "beta", Pattern: "(?i)^beta$", Unit: pricing.Requests,
		Tiers: []pricing.Tier{{ID: "beta-standard", Name: "Standard", Default: true, Prices: []pricing.Price{{Usage: "total", USD: usd(7)}}}},
	}
	return []pricing.Model{alpha, later, beta}
}

// model is a model with its card, which come together.
func model(name string) part {
	return func(r *fold.Record) {
		r.Set(fold.Model, fold.Text(name))
		r.Set(fold.Rates, fold.Text(card(cheap, name)))
	}
}

// noModel is a model that is null, and so its card.
func noModel() part {
	return func(r *fold.Record) {
		r.Set(fold.Model, fold.Null())
		r.Set(fold.Rates, fold.Null())
	}
}

// reprice is what a recalculation writes for the name of a model.
func reprice(name string) part { return text(fold.Repriced, card(dear, name)) }

// usageWith is usage from a record with these hints.
func usageWith(h pricing.Hints, m map[string]int64) part {
	return set(fold.Usage, fold.Value{A: trace.AmountsOf(m), S: h.String()})
}

// estimate is usage that a tokenizer of that encoding counted.
func estimate(encoding string, m map[string]int64) part {
	return func(r *fold.Record) {
		r.SetDefault(fold.Usage, fold.Value{A: trace.AmountsOf(m), S: pricing.Hints{Encoding: encoding}.String()})
	}
}

// flex are the hints of a record whose parameters say that the model is to take its
// time.
func flex() pricing.Hints {
	return pricing.Hints{Parameters: map[string]string{"service_tier": "flex"}}
}

// because is the reasons of a record: pairs of a field and a rule.
func because(pairs ...string) part {
	lines := ""
	for i := 0; i+1 < len(pairs); i += 2 {
		if i > 0 {
			lines += "\n"
		}
		lines += pairs[i] + "\t" + pairs[i+1]
	}
	return text(fold.Reasons, lines)
}
