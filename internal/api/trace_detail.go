package api

import (
	"context"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
)

// TraceDetail is everything that is stored about a trace itself.
type TraceDetail struct {
	Trace
	// How many observations the trace has.
	ObservationCount int64 `json:"observationCount"`
	// What was sent and has no other place: keys that nobody knows, an external id; null when there is nothing.
	Raw JSON `json:"raw"`
}

// TraceDetailQuery names a trace.
type TraceDetailQuery struct {
	// The trace's id, or one that it has absorbed.
	TraceID string `path:"traceId"`
}

// ScoreDetail is everything that is stored about a score.
type ScoreDetail struct {
	ScoreV2
	// What was sent and has no other place: keys that nobody knows; null when there is nothing.
	Raw JSON `json:"raw"`
}

func detailRoutes(cfg Config) []Route {
	return []Route{
		{
			Method: "GET", Path: "/api/v1/traces/{traceId}", Permission: tracesRead,
			ID: "trace.getDetail", Tag: "Traces", Summary: "Get everything that is stored about a trace, without its observations",
			Run: Handle(cfg.traceDetail),
		},
		{
			Method: "GET", Path: "/api/v1/scores/{scoreId}", Permission: scoresRead,
			ID: "score.getDetail", Tag: "Scores", Summary: "Get everything that is stored about a score",
			Run: Handle(cfg.scoreDetail),
		},
	}
}

func (c Config) traceDetail(ctx context.Context, in TraceDetailQuery) (TraceDetail, error) {
	tree, err := c.Explore.Trace(ctx, projectOf(ctx), in.TraceID, telemetry.Parts{IO: true, Metadata: true, Raw: true})
	if fault.Is(err, fault.NotFound) {
		err = fault.Wrap(fault.NotFound, err, "Trace %s not found within authorized project", in.TraceID)
	}
	if err != nil {
		return TraceDetail{}, err
	}
	return TraceDetail{
		Trace:            traceOf(&tree.Trace, traceGroups(nil)),
		ObservationCount: tree.Trace.Sums.Observations,
		Raw:              parsed(tree.Trace.Raw),
	}, nil
}

func (c Config) scoreDetail(ctx context.Context, in ScoreQuery) (ScoreDetail, error) {
	sc, err := c.score(ctx, in)
	if err != nil {
		return ScoreDetail{}, err
	}
	return ScoreDetail{ScoreV2: scoreV2Of(&sc), Raw: parsed(sc.Raw)}, nil
}
