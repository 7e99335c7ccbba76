package ingest

import (
	"context"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/media"
	"github.com/fusebox-llm/fusebox/internal/pricing"
	"github.com/fusebox-llm/fusebox/internal/tokens"
	"github.com/fusebox-llm/fusebox/internal/tools"
)

// Meaning is what records are enriched by. A nil part leaves its step out.
type Meaning struct {
	Media  *media.Service
	Prices *pricing.Service
	Tokens *tokens.Counter
}

// enrich adds to records what their own texts and the project's settings say, in this
// order: content that stands in texts moves to media storage, tools and their calls
// are found, models get their prices, and usage that nobody reported is estimated.
// All of it follows from the records, so that sending them again changes nothing.
func (s *Service) enrich(ctx context.Context, p id.Project, records []fold.Record) error {
	if err := s.cutMedia(ctx, p, records); err != nil {
		return err
	}
	for i := range records {
		if records[i].Kind == fold.Observation {
			findTools(&records[i])
		}
	}
	if s.meaning.Prices == nil {
		return nil
	}
	for i := range records {
		if records[i].Kind == fold.Observation {
			if err := s.price(ctx, p, &records[i]); err != nil {
				return err
			}
		}
	}
	return s.estimate(ctx, p, records)
}

// findTools sets which tools an observation's input offers and which its output
// calls.
func findTools(r *fold.Record) {
	if in, ok := r.Get(fold.Input); ok && !in.Value.Null {
		if definitions := tools.Definitions(in.Value.S); definitions != "" {
			r.Set(fold.ToolDefinitions, fold.Text(definitions))
		}
	}
	if out, ok := r.Get(fold.Output); ok && !out.Value.Null {
		if calls := tools.Calls(out.Value.S); calls != "" {
			r.Set(fold.ToolCalls, fold.Text(calls))
		}
	}
}

// price gives a record that names a model what the model costs, and one that brings
// usage what price tiers may ask of it. Which price applies is decided when an
// observation is shown, since the two may come in different records.
func (s *Service) price(ctx context.Context, p id.Project, r *fold.Record) error {
	if model, ok := r.Get(fold.Model); ok {
		rates := fold.Null()
		if !model.Value.Null {
			card, _, err := s.meaning.Prices.Card(ctx, p, model.Value.S)
			if err != nil {
				return err
			}
			rates = fold.Text(card)
		}
		r.Set(fold.Rates, rates)
	}
	for i := range r.Fields {
		usage := &r.Fields[i]
		if usage.Field != fold.Usage || usage.Value.S != "" { // an estimate has its hints already
			continue
		}
		hints, err := s.hints(ctx, p, r)
		if err != nil {
			return err
		}
		usage.Value.S = hints.String()
	}
	return nil
}

// hints returns what price tiers may ask of a record.
func (s *Service) hints(ctx context.Context, p id.Project, r *fold.Record) (pricing.Hints, error) {
	parameters, _ := r.Get(fold.ModelParameters)
	return s.meaning.Prices.Hints(ctx, p, parameters.Value.S, r.Metadata.Object)
}
