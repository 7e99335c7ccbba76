package api

import (
	"context"
	"net/http"

	"github.com/fusebox-llm/fusebox/internal/reprice"
)

// NewRecalculation says which costs to recalculate.
type NewRecalculation struct {
	// Observations that started at this time or later.
	FromStartTime *string `json:"fromStartTime,omitempty"`
	// Observations that started before this time.
	ToStartTime *string `json:"toStartTime,omitempty"`
	// Only observations with this model name; all when it is left out.
	Model *string `json:"model,omitempty"`
	// Whether to change nothing and only report what would change.
	DryRun bool `json:"dryRun,omitempty"`
}

// StartedTask is a task that will run in the background.
type StartedTask struct{ Task }

func (StartedTask) httpStatus() int { return http.StatusAccepted }

func repriceRoutes(cfg Config) []Route {
	return []Route{{
		Method: "POST", Path: "/api/v1/models/recalculate", Permission: modelsWrite,
		ID: "models.recalculate", Tag: "Models", Summary: "Recalculate costs with the current prices, as a background task",
		Description: "Prices are applied when telemetry arrives and do not change by themselves. This applies the current ones to what is stored. " +
			"Costs that were reported stay. The answer is the task. Its result counts the observations with a model, those that changed and those that got a usage estimate, and says what they cost before and after, by model as well. With dryRun nothing is changed.",
		Run: Handle(cfg.recalculate), Wire: Wire{Status: http.StatusAccepted},
	}}
}

func (c Config) recalculate(ctx context.Context, in struct {
	Body NewRecalculation `body:"strict"`
},
) (StartedTask, error) {
	var wrong IssuesError
	at := func(name string, text *string) *reprice.Instant {
		if text == nil {
			return nil
		}
		t, ok := parseInstant(*text)
		if !ok {
			wrong = append(wrong, wrongInstant([]any{name}))
		}
		return new(reprice.Instant(t))
	}
	args := reprice.Args{
		From: at("fromStartTime", in.Body.FromStartTime), To: at("toStartTime", in.Body.ToStartTime),
		Model: textOf(in.Body.Model), Preview: in.Body.DryRun,
	}
	if args.From != nil && args.To != nil && *args.From >= *args.To {
		wrong = append(wrong, brokenRule("toStartTime", "toStartTime must be later than fromStartTime"))
	}
	if len(wrong) > 0 {
		return StartedTask{}, wrong
	}
	// One that runs already has begun with the prices of its time, so that none takes the
	// place of another.
	t, _, err := c.Tasks.Enqueue(ctx, projectOf(ctx), reprice.Kind, args, "")
	return StartedTask{taskOf(&t)}, err
}
