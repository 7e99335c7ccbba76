package pricing_test

import (
	"testing"

	"github.com/fusebox-llm/fusebox/internal/pricing"
)

// BenchmarkEvaluate prices one observation, which is what each row that is shown or
// added up costs.
func BenchmarkEvaluate(b *testing.B) {
	c := pricing.NewCatalog(pricing.BuiltIn())
	for _, bm := range []struct {
		name, model, usage string
		hints              pricing.Hints
	}{
		{"one tier of 11 prices", "claude-sonnet-4-5", "input=1203 output=311 input_cache_read=2048 input_cache_creation=512", pricing.Hints{}},
		{"one tier of 2 prices", "gpt-4", "input=1203 output=311", pricing.Hints{}},
		{"four tiers", "gpt-5.4-pro", "input=1203 output=311 output_reasoning=700", pricing.Hints{}},
		{"four tiers, the last applies", "gpt-5.4-pro", "input=300000 output=311 output_reasoning=700", pricing.Hints{Parameters: map[string]string{"service_tier": "auto"}}},
		{"six tiers, flex", "gpt-5.6-sol", "input=1203 output=311 output_reasoning=700 input_cached_tokens=12", pricing.Hints{Parameters: map[string]string{"service_tier": "flex"}}},
		{"unpriced", "gpt-4", "in=1203 out=311", pricing.Hints{}},
	} {
		card := pricing.CardOf(bm.model, c.Candidates(nil, bm.model))
		q := pricing.Question{Usage: readAmounts(bm.usage), Hints: bm.hints.String()}
		b.Run(bm.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if pricing.Evaluate(card, q).ModelID == "" {
					b.Fatal("no model")
				}
			}
		})
	}
	b.Run("a regular expression", func(b *testing.B) {
		m := pricing.Model{ID: "m", Name: "m", Tiers: []pricing.Tier{
			{ID: "d", Name: "Standard", Default: true, Prices: []pricing.Price{{Usage: "input"}}},
			{ID: "t", Name: "Long", Priority: 1, Prices: []pricing.Price{{Usage: "input"}}, Conditions: []pricing.Condition{{UsagePattern: `^input(_.*)?$`, Operator: pricing.GT, Value: 200_000}}},
		}}
		card := pricing.CardOf("m", []pricing.Model{m})
		q := pricing.Question{Usage: readAmounts("input=1203 output=311")}
		b.ReportAllocs()
		for b.Loop() {
			pricing.Evaluate(card, q)
		}
	})
}

// BenchmarkStart is what a server pays before it serves, and with its first name.
func BenchmarkStart(b *testing.B) {
	b.Run("tables", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			pricing.NewCatalog(pricing.BuiltIn())
		}
	})
	b.Run("first name", func(b *testing.B) {
		models := pricing.BuiltIn()
		b.ReportAllocs()
		for b.Loop() {
			pricing.NewCatalog(models).Candidates(nil, "gpt-4o")
		}
	})
	b.Run("card", func(b *testing.B) {
		c := pricing.NewCatalog(pricing.BuiltIn())
		b.ReportAllocs()
		for b.Loop() {
			pricing.CardOf("gpt-5.6-sol", c.Candidates(nil, "gpt-5.6-sol"))
		}
	})
}
