package api

import (
	"context"

	"github.com/fusebox-llm/fusebox/internal/filter"
	"github.com/fusebox-llm/fusebox/internal/score"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
)

// ScoreV2 is a score in the shape of the v2 API.
type ScoreV2 struct {
	ScoreFields
	// The trace that the score is about, or the observation's.
	TraceID *string `json:"traceId"`
	// The session that the score is about.
	SessionID *string `json:"sessionId"`
	// The dataset run that the score is about.
	DatasetRunID *string `json:"datasetRunId"`
}

// ScoreV2OfList is a score with what its list shows of the trace.
type ScoreV2OfList struct {
	ScoreV2
	// The trace; null when the score has none, when there is no such trace, and when the group `trace` was not asked for.
	Trace *ScoreV2Trace `json:"trace"`
}

// ScoreV2Trace is what the v2 list shows of a score's trace.
type ScoreV2Trace struct {
	// The user that the trace belongs to.
	UserID *string `json:"userId"`
	// The trace's tags.
	Tags []string `json:"tags"`
	// The trace's environment.
	Environment string `json:"environment"`
	// The session that the trace belongs to.
	SessionID *string `json:"sessionId"`
}

// ScoresV2 is a page of scores.
type ScoresV2 struct {
	// The scores.
	Data []ScoreV2OfList `json:"data"`
	// Where the page stands in the list.
	Meta PageMeta `json:"meta"`
}

// ScoresV2Query narrows a list of scores.
type ScoresV2Query struct {
	ScoresV1Query
	// Only scores of this session.
	SessionID string `query:"sessionId"`
	// Only scores of this trace and its observations.
	TraceID string `query:"traceId"`
	// Only scores of this dataset run.
	DatasetRunID string `query:"datasetRunId"`
	// Only scores of one of these observations.
	ObservationID []string `query:"observationId" list:"commas"`
}

func (c Config) scoresV2(ctx context.Context, in ScoresV2Query) (ScoresV2, error) {
	groups, err := in.groups()
	if err != nil {
		return ScoresV2{}, err
	}
	w, err := in.where()
	if err != nil {
		return ScoresV2{}, err
	}
	w.equals(filter.SessionID, in.SessionID)
	w.equals(filter.TraceID, in.TraceID)
	w.equals(filter.RunID, in.DatasetRunID)
	w.anyOf(filter.ObservationID, in.ObservationID)

	list, err := c.Explore.Scores(ctx, projectOf(ctx), telemetry.ScoreQuery{
		Where: w.all, Offset: in.number().Offset(), Limit: in.Limit, Total: true, Trace: groups["trace"],
	})
	if err != nil {
		return ScoresV2{}, err
	}
	out := ScoresV2{Data: make([]ScoreV2OfList, len(list.Scores)), Meta: metaOf(in.number(), list.Total)}
	for i := range list.Scores {
		sc := &list.Scores[i]
		out.Data[i].ScoreV2 = scoreV2Of(sc)
		if t := sc.Trace; t != nil && groups["trace"] {
			out.Data[i].Trace = &ScoreV2Trace{UserID: t.UserID, Tags: tagsOf(t.Tags), Environment: t.Environment, SessionID: t.SessionID}
		}
	}
	return out, nil
}

func (c Config) scoreV2(ctx context.Context, in ScoreQuery) (ScoreV2, error) {
	sc, err := c.score(ctx, in)
	if err != nil {
		return ScoreV2{}, err
	}
	return scoreV2Of(&sc), nil
}

func scoreV2Of(sc *score.Score) ScoreV2 {
	return ScoreV2{ScoreFields: scoreFieldsOf(sc), TraceID: sc.TraceID, SessionID: sc.SessionID, DatasetRunID: sc.RunID}
}
