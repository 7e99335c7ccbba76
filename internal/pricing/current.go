package pricing

import (
	"context"
	"slices"

	"github.com/fusebox-llm/fusebox/internal/id"
)

// CurrentCard returns the card of a model's name for one observation whose model
// parameters and metadata, both JSON object texts, are known: conditions about them
// are decided in it. Unlike [CardOf] it is never "": where nothing matches any more it
// says so, which takes a price away.
func (s *Service) CurrentCard(ctx context.Context, p id.Project, name, parameters, metadata string) (string, error) {
	own, err := s.Own(ctx, p)
	if err != nil {
		return "", err
	}
	var candidates []Model
	if len(name) <= maxMatchedName {
		candidates = slices.Clone(s.candidates(own, name))
	}
	if len(candidates) == 0 {
		return string(appendText([]byte(cardVersion), name)), nil
	}
	hints := s.catalog.HintsOf(own, parameters, metadata)
	for i := range candidates {
		candidates[i].Tiers = decided(candidates[i].Tiers, hints)
	}
	return CardOf(name, candidates), nil
}

// decided returns the tiers that may still apply, without the conditions that hold.
func decided(tiers []Tier, hints Hints) []Tier {
	var out []Tier
	for _, t := range tiers {
		var open []Condition
		holds := true
		for _, c := range t.Conditions {
			if c.Source == "" {
				open = append(open, c)
				continue
			}
			values := hints.Parameters
			if c.Source == Metadata {
				values = hints.Metadata
			}
			v, ok := values[c.Key]
			holds = holds && ok && slices.Contains(c.Values, v)
		}
		if holds {
			t.Conditions = open
			out = append(out, t)
		}
	}
	return out
}
