package sqldb

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/pricing"
)

// models is the pricing.Store of a metadata database.
type models struct{ db *DB }

var _ pricing.Store = models{}

// storedPricing is what a model says about counting and prices, as it lies in a
// column. It has a form of its own so that a change of the domain's types is no change
// of what is stored.
type storedPricing struct {
	Tokenizer *storedTokenizer `json:"tokenizer,omitempty"`
	Tiers     []storedTier     `json:"tiers"`
}

type storedTokenizer struct {
	ID     string `json:"id"`
	Config string `json:"config,omitempty"`
}

type storedTier struct {
	ID         string            `json:"id"`
	Name       string            `json:"name"`
	Default    bool              `json:"default,omitempty"`
	Priority   int               `json:"priority"`
	Conditions []storedCondition `json:"conditions,omitempty"`
	Prices     []storedPrice     `json:"prices"`
}

type storedCondition struct {
	UsagePattern  string   `json:"usagePattern,omitempty"`
	Operator      string   `json:"operator,omitempty"`
	Value         float64  `json:"value,omitempty"`
	CaseSensitive bool     `json:"caseSensitive,omitempty"`
	Source        string   `json:"source,omitempty"`
	Key           string   `json:"key,omitempty"`
	Values        []string `json:"values,omitempty"`
}

type storedPrice struct {
	Usage string `json:"usage"`
	USD   string `json:"usd"` // decimal, exact
}

// Models implements pricing.Store.
func (s models) Models(ctx context.Context, p id.Project) ([]pricing.Model, error) {
	if !storable(string(p)) {
		return nil, nil
	}
	rows, err := s.db.read.QueryContext(ctx, `
SELECT project_id, id, name, pattern, start_at, unit, pricing, created_at, updated_at
FROM models WHERE project_id = $1 ORDER BY created_at, id`, p)
	if err != nil {
		return nil, s.db.fail(ctx, "list models", err)
	}
	all, err := collect(rows, scanModel)
	if err != nil {
		return nil, s.db.fail(ctx, "list models", err)
	}
	return all, nil
}

// CreateModel implements pricing.Store.
func (s models) CreateModel(ctx context.Context, m pricing.Model) error {
	if err := m.Validate(); err != nil {
		return err
	}
	if err := checkModel(m); err != nil {
		return err
	}
	text, err := marshalPricing(m)
	if err != nil {
		return err
	}
	err = s.db.tx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
INSERT INTO models (project_id, id, name, pattern, start_at, unit, pricing, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			m.Project, m.ID, m.Name, m.Pattern, m.Start, m.Unit, text, m.CreatedAt, m.UpdatedAt)
		switch s.db.dialect.classify(err) {
		case uniqueViolation:
			return fault.Wrap(fault.Conflict, err, "model %q exists already in the project", m.Name)
		case foreignViolation:
			return fault.Wrap(fault.NotFound, err, "project %q does not exist", m.Project)
		}
		return err
	})
	return s.db.fail(ctx, "create model", err)
}

// DeleteModel implements pricing.Store.
func (s models) DeleteModel(ctx context.Context, p id.Project, modelID string) error {
	notFound := fault.New(fault.NotFound, "no such model in this project")
	if !storable(string(p)) || !storable(modelID) {
		return notFound
	}
	err := s.db.tx(ctx, func(tx *sql.Tx) error {
		found, err := changed(tx.ExecContext(ctx, `DELETE FROM models WHERE project_id = $1 AND id = $2`, p, modelID))
		if err == nil && !found {
			return notFound
		}
		return err
	})
	return s.db.fail(ctx, "delete model", err)
}

// checkModel refuses what Validate lets pass and the database would not keep.
func checkModel(m pricing.Model) error {
	if m.Project == "" || m.ID == "" {
		return fault.New(fault.Invalid, "a model of a project needs a project and an id")
	}
	texts := []string{string(m.Project), m.ID}
	if m.Tokenizer != nil {
		texts = append(texts, m.Tokenizer.Config)
	}
	for _, t := range m.Tiers {
		texts = append(texts, t.ID)
	}
	for _, text := range texts {
		if !storable(text) {
			return fault.New(fault.Invalid, "the model has text that is not UTF-8 without NUL")
		}
	}
	return nil
}

func marshalPricing(m pricing.Model) (string, error) {
	stored := storedPricing{Tiers: make([]storedTier, len(m.Tiers))}
	if m.Tokenizer != nil {
		stored.Tokenizer = &storedTokenizer{ID: m.Tokenizer.ID, Config: m.Tokenizer.Config}
	}
	for i, t := range m.Tiers {
		tier := storedTier{ID: t.ID, Name: t.Name, Default: t.Default, Priority: t.Priority}
		for _, c := range t.Conditions {
			tier.Conditions = append(tier.Conditions, storedCondition(c))
		}
		for _, p := range t.Prices {
			tier.Prices = append(tier.Prices, storedPrice{Usage: p.Usage, USD: p.USD.String()})
		}
		stored.Tiers[i] = tier
	}
	text, err := json.Marshal(stored)
	if err != nil {
		return "", fmt.Errorf("store the prices of model %q: %w", m.Name, err)
	}
	return string(text), nil
}

func unmarshalPricing(text string, m *pricing.Model) error {
	var stored storedPricing
	if err := json.Unmarshal([]byte(text), &stored); err != nil {
		return fmt.Errorf("prices of model %q: %w", m.Name, err)
	}
	if stored.Tokenizer != nil {
		m.Tokenizer = &pricing.Tokenizer{ID: stored.Tokenizer.ID, Config: stored.Tokenizer.Config}
	}
	for _, t := range stored.Tiers {
		tier := pricing.Tier{ID: t.ID, Name: t.Name, Default: t.Default, Priority: t.Priority}
		for _, c := range t.Conditions {
			tier.Conditions = append(tier.Conditions, pricing.Condition(c))
		}
		for _, p := range t.Prices {
			usd, err := pricing.ParseDecimal(p.USD)
			if err != nil {
				// Not the caller's fault, so not with the code that it came with.
				return fmt.Errorf("price of %q in model %q: %v", p.Usage, m.Name, err) //nolint:errorlint // see above
			}
			tier.Prices = append(tier.Prices, pricing.Price{Usage: p.Usage, USD: usd})
		}
		m.Tiers = append(m.Tiers, tier)
	}
	return nil
}

func scanModel(rows *sql.Rows) (pricing.Model, error) {
	var (
		m    pricing.Model
		text string
	)
	err := rows.Scan(&m.Project, &m.ID, &m.Name, &m.Pattern, &m.Start, &m.Unit, &text, &m.CreatedAt, &m.UpdatedAt)
	if err == nil {
		err = unmarshalPricing(text, &m)
	}
	if err != nil {
		return pricing.Model{}, err
	}
	return m, nil
}
