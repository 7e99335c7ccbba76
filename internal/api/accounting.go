package api

import (
	"strings"

	"github.com/fusebox-llm/fusebox/internal/trace"
)

// Accounting says where the usage and the cost of an observation come from.
type Accounting struct {
	// Where the usage comes from: reported by the sender, estimated from the texts, or unknown.
	UsageSource string `json:"usageSource"`
	// The tokenizer that estimated the usage.
	Tokenizer *string `json:"tokenizer"`
	// Where the cost comes from: reported by the sender, computed from usage and prices, or unknown.
	CostSource string `json:"costSource"`
	// Why there is no cost, or why it does not cover all usage.
	Note *string `json:"note"`
	// The model definition that the model's name stands for.
	ModelID *string `json:"modelId"`
	// The name of that definition.
	ModelName *string `json:"modelName"`
	// The price tier that applied.
	PricingTierName *string `json:"pricingTierName"`
	// Whether a recalculation chose the prices.
	Recalculated bool `json:"recalculated"`
	// Every entry of usage and cost; the total last.
	Entries []AccountingEntry `json:"entries"`
}

// AccountingEntry is one line of an account.
type AccountingEntry struct {
	// The entry's name.
	Name string `json:"name"`
	// How many units.
	Units *int64 `json:"units"`
	// The rule that gave the number of units, where a rule did.
	Rule *string `json:"rule"`
	// The price of one unit.
	UnitPrice *Price `json:"unitPrice"`
	// What the units cost.
	Cost *Cost `json:"cost"`
}

// FieldReason says which rule gave a field.
type FieldReason struct {
	// The field.
	Field string `json:"field"`
	// The rule: the name of a row in docs/conventions.md.
	Rule string `json:"rule"`
}

func accountingOf(o *trace.Observation) Accounting {
	a := &o.Account
	out := Accounting{
		UsageSource: sourceName(a.UsageSource), Tokenizer: textOrNull(&a.Tokenizer), CostSource: sourceName(a.CostSource),
		ModelID: textOrNull(&a.ModelID), ModelName: textOrNull(&a.ModelName), PricingTierName: textOrNull(&a.TierName),
		Recalculated: a.Repriced, Entries: []AccountingEntry{},
	}
	if note := noteOf(o); note != "" {
		out.Note = &note
	}
	rules := map[string]string{}
	for _, r := range o.Reasons {
		rules[r.Field] = r.Rule
	}
	add := func(name string) {
		e := AccountingEntry{Name: name}
		if n, ok := o.Usage.Get(name); ok {
			e.Units = &n
		}
		e.Cost = costOrNull(o.Cost.Get(name))
		rule := rules["usage."+name]
		if _, reported := o.ProvidedUsage.Get(name); reported && rule == "" {
			rule = rules["usage"]
		}
		if rule != "" {
			e.Rule = &rule
		}
		for _, p := range a.UnitPrices {
			if p.Usage == name {
				e.UnitPrice = priceOrNull(p.Price)
			}
		}
		out.Entries = append(out.Entries, e)
	}
	total := false
	for _, name := range entryNames(o) {
		if name == "total" {
			total = true
			continue
		}
		add(name)
	}
	if total {
		add("total")
	}
	return out
}

// entryNames returns the names of usage and cost together, sorted.
func entryNames(o *trace.Observation) []string {
	names := map[string]int64{}
	for _, amounts := range []trace.Amounts{o.Usage, o.Cost} {
		for _, a := range amounts {
			names[a.Name] = 0
		}
	}
	var out []string
	for _, a := range trace.AmountsOf(names) {
		out = append(out, a.Name)
	}
	return out
}

func sourceName(s trace.Source) string {
	if s == trace.SourceNone {
		return "unknown"
	}
	return string(s)
}

// noteOf says in words what keeps an observation from having a cost, or a whole one.
func noteOf(o *trace.Observation) string {
	a := &o.Account
	switch {
	case a.CostSource == trace.Reported:
		return ""
	case o.Model == nil && len(o.Usage) == 0:
		return ""
	case o.Model == nil:
		return "No model was reported, so there is no price."
	case a.ModelID == "":
		return "No price for " + *o.Model + ": no model definition matches."
	case len(o.Usage) == 0 && a.UsageSource == trace.SourceNone:
		return "No usage was reported, and it could not be estimated."
	}
	var unpriced []string
	for _, name := range a.Unpriced {
		if n, _ := o.Usage.Get(name); n > 0 {
			unpriced = append(unpriced, name)
		}
	}
	if len(unpriced) > 0 {
		return "The definition has no price for " + strings.Join(unpriced, ", ") + "."
	}
	return ""
}

func explanationOf(reasons []trace.Reason) []FieldReason {
	out := []FieldReason{}
	for _, r := range reasons {
		out = append(out, FieldReason(r))
	}
	return out
}
