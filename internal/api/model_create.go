package api

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/fusebox-llm/fusebox/internal/pricing"
)

// NewModel is a model definition to create: with flat prices (inputPrice and
// outputPrice, or totalPrice alone), or with tiers.
type NewModel struct {
	// The model's name, unique in the project.
	ModelName string `json:"modelName"`
	// The regular expression that names of the model match.
	MatchPattern string `json:"matchPattern"`
	// From when on the prices apply.
	StartDate *string `json:"startDate,omitempty"`
	// The price of an input unit.
	InputPrice *json.Number `json:"inputPrice,omitempty"`
	// The price of an output unit.
	OutputPrice *json.Number `json:"outputPrice,omitempty"`
	// The price of any unit.
	TotalPrice *json.Number `json:"totalPrice,omitempty"`
	// What is counted: TOKENS, CHARACTERS, MILLISECONDS, SECONDS, REQUESTS or IMAGES.
	Unit string `json:"unit"`
	// How texts are counted where usage is missing: openai or claude.
	TokenizerID *string `json:"tokenizerId,omitempty"`
	// More about the tokenizer.
	TokenizerConfig JSON `json:"tokenizerConfig,omitempty"`
	// Prices with conditions.
	PricingTiers []NewPricingTier `json:"pricingTiers,omitempty"`
}

// NewPricingTier is a tier of a definition to create.
type NewPricingTier struct {
	// The tier's name, unique in the definition.
	Name string `json:"name"`
	// Whether it applies where no other does; exactly one tier must.
	IsDefault bool `json:"isDefault"`
	// The order in which tiers are tried: 0 for the default tier, 1 to 999 for others.
	Priority int `json:"priority"`
	// What must hold, all of it; nothing in the default tier.
	Conditions []PricingCondition `json:"conditions"`
	// The price of a unit by usage entry.
	Prices map[string]json.Number `json:"prices"`
}

func (c Config) createModel(ctx context.Context, in struct {
	Body NewModel `body:"json"`
},
) (Model, error) {
	m, err := in.Body.model()
	if err != nil {
		return Model{}, err
	}
	m.Project = projectOf(ctx)
	if m, err = c.Prices.Create(ctx, m); err != nil {
		return Model{}, err
	}
	return modelOf(m), nil
}

func (b *NewModel) model() (m pricing.Model, err error) {
	m = pricing.Model{Name: b.ModelName, Pattern: b.MatchPattern, Unit: b.Unit}
	wrong := b.wrong()
	if b.StartDate != nil {
		at, ok := parseInstant(*b.StartDate)
		if !ok {
			wrong = append(wrong, wrongInstant([]any{"startDate"}))
		}
		m.Start = &at
	}
	if b.TokenizerID != nil {
		m.Tokenizer = &pricing.Tokenizer{ID: *b.TokenizerID}
		if config := string(b.TokenizerConfig); config != "null" {
			m.Tokenizer.Config = config
		}
	}
	if len(b.PricingTiers) > 0 {
		for i, t := range b.PricingTiers {
			tier, problems := t.tier([]any{"pricingTiers", i})
			wrong = append(wrong, problems...)
			m.Tiers = append(m.Tiers, tier)
		}
	} else {
		tier := pricing.Tier{Name: "Standard", Default: true}
		for _, p := range []struct {
			name, usage string
			price       *json.Number
		}{{"inputPrice", "input", b.InputPrice}, {"outputPrice", "output", b.OutputPrice}, {"totalPrice", "total", b.TotalPrice}} {
			if p.price == nil {
				continue
			}
			price, issue := priceOf([]any{p.name}, p.usage, *p.price)
			if issue != nil {
				wrong = append(wrong, *issue)
			}
			tier.Prices = append(tier.Prices, price)
		}
		m.Tiers = []pricing.Tier{tier}
	}
	if len(wrong) > 0 {
		return m, wrong
	}
	return m, nil
}

// wrong checks which prices come together; what they say is checked by package
// pricing.
func (b *NewModel) wrong() (wrong IssuesError) {
	flat := b.InputPrice != nil || b.OutputPrice != nil || b.TotalPrice != nil
	switch {
	case flat && len(b.PricingTiers) > 0:
		wrong = append(wrong, brokenRule("pricingTiers", "Either flat prices or pricingTiers, not both"))
	case !flat && len(b.PricingTiers) == 0:
		wrong = append(wrong, brokenRule("pricingTiers", "Prices are needed: inputPrice and outputPrice, totalPrice, or pricingTiers"))
	case b.TotalPrice != nil && (b.InputPrice != nil || b.OutputPrice != nil):
		wrong = append(wrong, brokenRule("totalPrice", "totalPrice excludes inputPrice and outputPrice"))
	}
	if config := string(b.TokenizerConfig); b.TokenizerID == nil && config != "" && config != "null" {
		wrong = append(wrong, brokenRule("tokenizerConfig", "tokenizerConfig comes with tokenizerId"))
	}
	if units := pricing.Units(); !slices.Contains(units, b.Unit) {
		wrong = append(wrong, wrongOption([]any{"unit"}, units))
	}
	return wrong
}

func (t *NewPricingTier) tier(path []any) (tier pricing.Tier, wrong IssuesError) {
	tier = pricing.Tier{Name: t.Name, Default: t.IsDefault, Priority: t.Priority}
	for i, c := range t.Conditions {
		condition := pricing.Condition{
			UsagePattern: c.UsageDetailPattern, Operator: c.Operator, Source: c.Source, Key: c.Key, Values: c.Values,
			CaseSensitive: c.CaseSensitive != nil && *c.CaseSensitive,
		}
		if c.Source != "" && c.Operator != pricing.In {
			wrong = append(wrong, wrongOption(append(slices.Clone(path), "conditions", i, "operator"), []string{pricing.In}))
		}
		switch {
		case c.Value != nil:
			condition.Value = *c.Value
		case c.Source == "":
			wrong = append(wrong, wrongType(append(slices.Clone(path), "conditions", i, "value"), "number", "undefined"))
		}
		tier.Conditions = append(tier.Conditions, condition)
	}
	for usage, number := range t.Prices {
		price, issue := priceOf(append(slices.Clone(path), "prices", usage), usage, number)
		if issue != nil {
			wrong = append(wrong, *issue)
		}
		tier.Prices = append(tier.Prices, price)
	}
	return tier, wrong
}

func priceOf(path []any, usage string, number json.Number) (pricing.Price, *Issue) {
	d, err := pricing.ParseDecimal(number.String())
	if err != nil {
		return pricing.Price{}, &Issue{Code: "custom", Path: path, Message: err.Error()}
	}
	if d.IsNegative() {
		issue := tooSmall(path, 0)
		return pricing.Price{}, &issue
	}
	return pricing.Price{Usage: usage, USD: d}, nil
}
