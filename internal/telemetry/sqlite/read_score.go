package sqlite

import (
	"context"
	"slices"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/score"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
)

// Score implements [telemetry.Reader].
func (s *Store) Score(ctx context.Context, p id.Project, scoreID string) (score.Score, error) {
	var found *score.Score
	err := s.read(ctx, p, func(r *reader) error {
		return r.query(func(v []any) error {
			sc, err := s.scanScore(p, v)
			found = &sc
			return err
		}, "SELECT "+shownScoreColumns+" FROM scores WHERE id = ? AND project = ?", scoreID, r.project)
	})
	if err != nil {
		return score.Score{}, err
	}
	if found == nil {
		return score.Score{}, fault.New(fault.NotFound, "score not found")
	}
	return *found, nil
}

// Scores implements [telemetry.Reader].
func (s *Store) Scores(ctx context.Context, p id.Project, q telemetry.ScoreQuery) (telemetry.ScoreList, error) {
	var list telemetry.ScoreList
	err := s.read(ctx, p, func(r *reader) error {
		c, err := r.compiler(q.Where)
		if err != nil {
			return err
		}
		via, err := r.way(c.scoreWays(q.Where))
		if err != nil {
			return err
		}
		st, err := c.scores(q, via)
		if err != nil {
			return err
		}
		if q.Total {
			counting, err := c.countScores(q.Where, via)
			if err != nil {
				return err
			}
			if list.Total, err = r.count(counting); err != nil {
				return err
			}
		}
		err = r.query(func(v []any) error {
			sc, err := s.scanScore(p, v)
			list.Scores = append(list.Scores, sc)
			return err
		}, st.sql, st.args...)
		if err != nil {
			return err
		}
		if len(list.Scores) > q.Limit {
			list.Scores = list.Scores[:q.Limit]
			if q.Limit > 0 {
				last := &list.Scores[q.Limit-1]
				list.Next = &telemetry.ScorePosition{Timestamp: last.Timestamp, ID: last.ID}
			}
		}
		if !q.Trace {
			return nil
		}
		return r.addTraces(list.Scores)
	})
	if err != nil {
		return telemetry.ScoreList{}, err
	}
	return list, nil
}

// addTraces adds what is shown of their traces to a page of scores.
func (r *reader) addTraces(page []score.Score) error {
	var ids []any
	for i := range page {
		if page[i].TraceID != nil {
			ids = append(ids, *page[i].TraceID)
		}
	}
	var stored []*traceRow
	for part := range slices.Chunk(ids, maxMarks) {
		err := r.query(func(v []any) error {
			t, err := scanTrace(v)
			stored = append(stored, t)
			return err
		}, "SELECT "+traceColumns+" FROM traces WHERE project = ? AND trace_id IN (?"+strings.Repeat(", ?", len(part)-1)+")",
			append([]any{r.project}, part...)...)
		if err != nil {
			return err
		}
	}
	found := make(map[string]*score.Trace, len(stored))
	for _, st := range stored {
		t, err := r.shown(st, telemetry.Parts{})
		if err != nil {
			return err
		}
		found[t.ID] = &score.Trace{UserID: t.UserID, SessionID: t.SessionID, Environment: t.Environment, Tags: t.Tags}
	}
	for i := range page {
		if page[i].TraceID != nil {
			page[i].Trace = found[*page[i].TraceID]
		}
	}
	return nil
}

// selectScoreIDs finds the scores about a trace and its observations.
const selectScoreIDs = "SELECT id FROM scores WHERE trace_id = ? AND project = ? AND data_type != 'CORRECTION' ORDER BY timestamp DESC, id DESC"

// scoreIDs returns the ids of the scores about a trace or its observations,
// corrections excepted: newest timestamp first, then greater id.
func (r *reader) scoreIDs(traceID string) ([]string, error) {
	ids := []string{}
	err := r.query(func(v []any) error {
		ids = append(ids, textOf(v[0]))
		return nil
	}, selectScoreIDs, traceID, r.project)
	return ids, err
}
