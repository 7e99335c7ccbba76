package telemetrytest

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/score"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
)

// Score implements [telemetry.Reader].
func (r *Reference) Score(ctx context.Context, p id.Project, scoreID string) (score.Score, error) {
	w, err := r.world(ctx, p)
	if err != nil {
		return score.Score{}, err
	}
	for _, s := range w.scores {
		if s.ID == scoreID {
			return s, nil
		}
	}
	return score.Score{}, fault.New(fault.NotFound, "no such score")
}

// Scores implements [telemetry.Reader].
func (r *Reference) Scores(ctx context.Context, p id.Project, q telemetry.ScoreQuery) (telemetry.ScoreList, error) {
	w, err := r.world(ctx, p)
	if err != nil {
		return telemetry.ScoreList{}, err
	}
	var found []score.Score
	for _, s := range w.scores {
		if w.matchesScore(&s, q.Where) {
			found = append(found, s)
		}
	}
	var list telemetry.ScoreList
	if q.Total {
		list.Total = len(found)
	}
	if q.After != nil {
		found = slices.DeleteFunc(found, func(s score.Score) bool { return compareScorePositions(scorePositionOf(&s), *q.After) <= 0 })
	}
	page := cut(found, q.Offset, q.Limit)
	for _, s := range page {
		if t, ok := w.traceOf(&s); ok && q.Trace {
			s.Trace = &score.Trace{UserID: t.UserID, SessionID: t.SessionID, Environment: t.Environment, Tags: t.Tags}
		}
		list.Scores = append(list.Scores, s)
	}
	if len(page) > 0 && q.Offset+len(page) < len(found) {
		next := scorePositionOf(&page[len(page)-1])
		list.Next = &next
	}
	return list, nil
}

func scorePositionOf(s *score.Score) telemetry.ScorePosition {
	return telemetry.ScorePosition{Timestamp: s.Timestamp, ID: s.ID}
}

// compareScorePositions orders as scores are listed: newest timestamp first, then
// greater id.
func compareScorePositions(a, b telemetry.ScorePosition) int {
	return cmp.Or(cmp.Compare(b.Timestamp, a.Timestamp), strings.Compare(b.ID, a.ID))
}

// worldScores returns the scores of a project in the order in which they are
// listed.
func (r *Reference) worldScores(p id.Project, a assignment) []score.Score {
	var all []score.Score
	for scoreID, recs := range a.scores {
		state := r.state(recs)
		s := fold.ScoreView(scoreID, &state)
		s.Project = p
		s.CreatedAt, s.UpdatedAt = lifetime(recs)
		if s.TraceID != nil {
			of := a.aliases.resolve(*s.TraceID)
			s.TraceID = &of
		}
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b score.Score) int { return compareScorePositions(scorePositionOf(&a), scorePositionOf(&b)) })
	return all
}

// scoreIDs returns the ids of the scores about a trace or its observations,
// corrections excepted, in the order in which scores are listed.
func (w *world) scoreIDs(traceID string) []string {
	ids := []string{}
	for _, s := range w.scores {
		if s.TraceID != nil && *s.TraceID == traceID && s.DataType != score.Correction {
			ids = append(ids, s.ID)
		}
	}
	return ids
}
