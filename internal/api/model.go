package api

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/page"
	"github.com/fusebox-llm/fusebox/internal/pricing"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// Model is the definition of a model: which names it stands for, and what it costs.
type Model struct {
	// The definition's id.
	ID string `json:"id"`
	// The model's name.
	ModelName string `json:"modelName"`
	// The regular expression that names of the model match.
	MatchPattern string `json:"matchPattern"`
	// From when on the prices apply: to observations that started then or later.
	StartDate *Time `json:"startDate"`
	// The price of an input unit in the default tier.
	InputPrice *Price `json:"inputPrice"`
	// The price of an output unit in the default tier.
	OutputPrice *Price `json:"outputPrice"`
	// The price of any unit in the default tier.
	TotalPrice *Price `json:"totalPrice"`
	// What is counted: TOKENS, CHARACTERS, MILLISECONDS, SECONDS, REQUESTS or IMAGES.
	Unit *string `json:"unit"`
	// How texts are counted where usage is missing: openai or claude.
	TokenizerID *string `json:"tokenizerId"`
	// More about the tokenizer.
	TokenizerConfig JSON `json:"tokenizerConfig"`
	// Whether the definition is built in.
	IsLangfuseManaged bool `json:"isLangfuseManaged"`
	// When it was created.
	CreatedAt Time `json:"createdAt"`
	// The prices of the default tier by usage entry.
	Prices map[string]ModelPrice `json:"prices"`
	// All tiers that clients can read.
	PricingTiers []PricingTier `json:"pricingTiers"`
}

// ModelPrice is the price of one unit.
type ModelPrice struct {
	// The price in US dollars.
	Price Price `json:"price"`
}

// PricingTier is a set of prices with the conditions under which it applies.
type PricingTier struct {
	// The tier's id.
	ID string `json:"id"`
	// The tier's name.
	Name string `json:"name"`
	// Whether it applies where no other does.
	IsDefault bool `json:"isDefault"`
	// The order in which tiers are tried; 0 is the default tier's.
	Priority int `json:"priority"`
	// What must hold, all of it.
	Conditions []PricingCondition `json:"conditions"`
	// The price of a unit by usage entry.
	Prices map[string]Price `json:"prices"`
}

// PricingCondition compares a sum of usage (usageDetailPattern, operator, value), or
// an attribute of the observation (source, key, values).
type PricingCondition struct {
	// The regular expression of the usage entries that are added up.
	UsageDetailPattern string `json:"usageDetailPattern,omitempty"`
	// gt, gte, lt, lte, eq or neq; of an attribute `in`.
	Operator string `json:"operator"`
	// What the sum is compared with.
	Value *float64 `json:"value,omitempty"`
	// Whether the pattern regards case.
	CaseSensitive *bool `json:"caseSensitive,omitempty"`
	// Where the attribute is: model_parameters or metadata.
	Source string `json:"source,omitempty"`
	// The attribute's key.
	Key string `json:"key,omitempty"`
	// The texts of which the attribute must be one.
	Values []string `json:"values,omitempty"`
}

// Models is a page of definitions.
type Models struct {
	// The definitions.
	Data []Model `json:"data"`
	// Where the page stands in the list.
	Meta PageMeta `json:"meta"`
}

// ModelQuery names a definition.
type ModelQuery struct {
	// The definition's id.
	ModelID string `path:"modelId"`
}

func modelRoutes(cfg Config) []Route {
	const tag = "Models"
	return []Route{
		{
			Method: "GET", Path: "/api/public/models", Permission: modelsRead,
			ID: "models.list", Tag: tag, Summary: "List the model definitions of the project and the built-in ones", Run: Handle(cfg.listModels),
		},
		{
			Method: "POST", Path: "/api/public/models", Permission: modelsWrite,
			ID: "models.create", Tag: tag, Summary: "Define a model",
			Description: "A project's own definitions come before the built-in ones, and later start dates before earlier ones. What is stored keeps its cost until it is recalculated.",
			Run:         Handle(cfg.createModel),
		},
		{
			Method: "GET", Path: "/api/public/models/{modelId}", Permission: modelsRead,
			ID: "models.get", Tag: tag, Summary: "Get a model definition", Run: Handle(cfg.getModel),
		},
		{
			Method: "DELETE", Path: "/api/public/models/{modelId}", Permission: modelsWrite,
			ID: "models.delete", Tag: tag, Summary: "Delete a model definition of the project", Run: Handle(cfg.deleteModel),
		},
	}
}

func (c Config) listModels(ctx context.Context, in PageQuery) (Models, error) {
	models, err := c.Prices.Models(ctx, projectOf(ctx))
	if err != nil {
		return Models{}, err
	}
	slices.SortFunc(models, func(a, b pricing.Model) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Unit, b.Unit), laterFirst(a.Start, b.Start), strings.Compare(a.ID, b.ID))
	})
	n := in.number()
	out := Models{Data: []Model{}, Meta: metaOf(n, len(models))}
	for _, m := range page.Cut(n, models) {
		out.Data = append(out.Data, modelOf(m))
	}
	return out, nil
}

// laterFirst orders start dates; none comes last.
func laterFirst(a, b *trace.Micros) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return 1
	case b == nil:
		return -1
	}
	return cmp.Compare(*b, *a)
}

func (c Config) getModel(ctx context.Context, in ModelQuery) (Model, error) {
	m, err := c.Prices.Model(ctx, projectOf(ctx), in.ModelID)
	if err != nil {
		return Model{}, err
	}
	return modelOf(m), nil
}

func (c Config) deleteModel(ctx context.Context, in ModelQuery) (MessageError, error) {
	return MessageError{Message: "Model successfully deleted"}, c.Prices.Delete(ctx, projectOf(ctx), in.ModelID)
}

func modelOf(m pricing.Model) Model {
	out := Model{
		ID: m.ID, ModelName: m.Name, MatchPattern: m.Pattern, StartDate: timeOrNull(m.Start), Unit: textOrNull(&m.Unit),
		IsLangfuseManaged: m.BuiltIn(), CreatedAt: Time(m.CreatedAt), Prices: map[string]ModelPrice{}, PricingTiers: []PricingTier{},
	}
	if t := m.Tokenizer; t != nil {
		out.TokenizerID, out.TokenizerConfig = textOrNull(&t.ID), storedJSON(t.Config)
	}
	for _, t := range m.Tiers {
		if t.Default {
			for _, p := range t.Prices {
				out.Prices[p.Usage] = ModelPrice{Price(p.USD.String())}
			}
			out.InputPrice, out.OutputPrice, out.TotalPrice = priceIn(t, "input"), priceIn(t, "output"), priceIn(t, "total")
		}
		// Clients know no built-in tier that asks for attributes and fail on one.
		if m.BuiltIn() && slices.ContainsFunc(t.Conditions, func(c pricing.Condition) bool { return c.Source != "" }) {
			continue
		}
		out.PricingTiers = append(out.PricingTiers, tierOf(t))
	}
	return out
}

func priceIn(t pricing.Tier, usage string) *Price {
	if d, ok := t.Price(usage); ok {
		return new(Price(d.String()))
	}
	return nil
}

func tierOf(t pricing.Tier) PricingTier {
	out := PricingTier{
		ID: t.ID, Name: t.Name, IsDefault: t.Default, Priority: t.Priority,
		Conditions: []PricingCondition{}, Prices: map[string]Price{},
	}
	for _, c := range t.Conditions {
		if c.Source != "" {
			out.Conditions = append(out.Conditions, PricingCondition{Operator: pricing.In, Source: c.Source, Key: c.Key, Values: c.Values})
			continue
		}
		out.Conditions = append(out.Conditions, PricingCondition{
			UsageDetailPattern: c.UsagePattern, Operator: c.Operator, Value: &c.Value, CaseSensitive: &c.CaseSensitive,
		})
	}
	for _, p := range t.Prices {
		out.Prices[p.Usage] = Price(p.USD.String())
	}
	return out
}
