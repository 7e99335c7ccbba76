package explore

import (
	"cmp"
	"context"
	"slices"

	"github.com/fusebox-llm/fusebox/internal/filter"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/score"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
)

// Score returns a score. fault.NotFound when the project has none of that id;
// fault.TooCostly when its texts are more than an answer may hold.
func (s *Service) Score(ctx context.Context, p id.Project, scoreID string) (score.Score, error) {
	sc, err := s.reader.Score(ctx, p, scoreID)
	if err != nil {
		return score.Score{}, err
	}
	load := s.newLoad()
	load.score(&sc)
	if err := load.run(ctx); err != nil {
		return score.Score{}, err
	}
	return sc, nil
}

// Scores lists scores. Errors are those of [Service.Traces].
func (s *Service) Scores(ctx context.Context, p id.Project, q telemetry.ScoreQuery) (telemetry.ScoreList, error) {
	list, err := s.reader.Scores(ctx, p, q)
	if err != nil {
		return telemetry.ScoreList{}, err
	}
	if err := loadScores(ctx, s.newLoad(), list.Scores); err != nil {
		return telemetry.ScoreList{}, err
	}
	return list, nil
}

// ScoresAmong lists the scores that meet the query and one of the alternatives, of
// which no score may meet two. It is for short lists of alternatives: each is a
// question of its own. The query may not have an offset or ask for a total.
func (s *Service) ScoresAmong(ctx context.Context, p id.Project, q telemetry.ScoreQuery, alternatives []filter.Condition) (telemetry.ScoreList, error) {
	var (
		rows []score.Score
		more bool
	)
	for _, a := range alternatives {
		one := q
		one.Where = append(slices.Clip(q.Where), a)
		list, err := s.reader.Scores(ctx, p, one)
		if err != nil {
			return telemetry.ScoreList{}, err
		}
		rows = append(rows, list.Scores...)
		slices.SortFunc(rows, listed)
		more = more || list.Next != nil || len(rows) > q.Limit
		rows = rows[:min(len(rows), q.Limit)]
	}
	if err := loadScores(ctx, s.newLoad(), rows); err != nil {
		return telemetry.ScoreList{}, err
	}
	out := telemetry.ScoreList{Scores: rows}
	if more && len(rows) > 0 {
		last := rows[len(rows)-1]
		out.Next = &telemetry.ScorePosition{Timestamp: last.Timestamp, ID: last.ID}
	}
	return out, nil
}

// listed compares scores in the order of lists.
func listed(a, b score.Score) int {
	return cmp.Or(cmp.Compare(b.Timestamp, a.Timestamp), cmp.Compare(b.ID, a.ID))
}

// scoresOfTrace returns the scores that are about a trace or one of its
// observations, corrections excepted.
func (s *Service) scoresOfTrace(ctx context.Context, p id.Project, traceID string, load *load) ([]score.Score, error) {
	q := telemetry.ScoreQuery{
		Where: filter.All{
			filter.Equals(filter.TraceID, traceID),
			{Field: filter.DataType, Op: filter.NoneOf, Texts: []string{string(score.Correction)}},
		},
		Limit: rowsAtOnce,
	}
	var out []score.Score
	for {
		list, err := s.reader.Scores(ctx, p, q)
		if err != nil {
			return nil, err
		}
		for range list.Scores {
			load.row()
		}
		if err := loadScores(ctx, load, list.Scores); err != nil {
			return nil, err
		}
		out = append(out, list.Scores...)
		if list.Next == nil || len(list.Scores) == 0 {
			return out, nil
		}
		q.After = list.Next
	}
}

func loadScores(ctx context.Context, load *load, scores []score.Score) error {
	for i := range scores {
		load.score(&scores[i])
	}
	return load.run(ctx)
}
