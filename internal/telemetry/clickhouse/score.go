package clickhouse

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/filter"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/score"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// DeleteScore implements [telemetry.Writer]. The server masks the score's rows in
// all parts that there are now, and answers when it is done; what is inserted
// afterwards is in other parts. So what is gone does not depend on any clock, and
// a new score knows nothing of the old one.
func (s *Store) DeleteScore(ctx context.Context, p id.Project, scoreID string) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	defer s.calls.RUnlock()
	// 2 waits until the rows are gone, of all replicas.
	ctx = clickhouse.Context(ctx, clickhouse.WithSettings(clickhouse.Settings{"lightweight_deletes_sync": 2}))
	err := s.conn.Exec(ctx, "DELETE FROM entities WHERE project = {project:String} AND kind = 'score' AND trace = '' AND id = {id:String}",
		clickhouse.Named("project", string(p)), clickhouse.Named("id", scoreID))
	return s.faultOf(ctx, err)
}

// Score implements [telemetry.Reader].
func (s *Store) Score(ctx context.Context, p id.Project, scoreID string) (score.Score, error) {
	if err := s.begin(ctx); err != nil {
		return score.Score{}, err
	}
	defer s.calls.RUnlock()
	rows, err := s.scoreRows(ctx, p, []string{scoreID})
	if err != nil {
		return score.Score{}, err
	}
	if len(rows) == 0 {
		return score.Score{}, fault.New(fault.NotFound, "score not found")
	}
	names := aliases{}
	if traceID, ok := rows[0].state.Text(fold.TraceRef); ok {
		if names, err = s.kin(ctx, p, []string{traceID}); err != nil {
			return score.Score{}, err
		}
	}
	return scoreOf(p, &rows[0], names), nil
}

// Scores implements [telemetry.Reader].
func (s *Store) Scores(ctx context.Context, p id.Project, q telemetry.ScoreQuery) (telemetry.ScoreList, error) {
	if err := s.begin(ctx); err != nil {
		return telemetry.ScoreList{}, err
	}
	defer s.calls.RUnlock()
	shown, inside := byMetadata(q.Where)
	matches, err := ofScores(shown)
	if err != nil {
		return telemetry.ScoreList{}, err
	}
	matchesInside, err := ofScores(inside)
	if err != nil {
		return telemetry.ScoreList{}, err
	}
	found, err := s.loadScores(ctx, p, q.Trace || asks(q.Where, filter.UserID, filter.Tags, filter.TraceName))
	if err != nil {
		return telemetry.ScoreList{}, err
	}
	found = slices.DeleteFunc(found, func(one judged) bool { return !matches(&one) })
	if len(inside) > 0 {
		rows, err := s.rows(ctx, p, query{where: "kind = 'score'", parts: telemetry.Parts{Metadata: true, Raw: true}, limit: s.maxListed})
		if err != nil {
			return telemetry.ScoreList{}, err
		}
		found = slices.DeleteFunc(withMetadata(found, rows), func(one judged) bool { return !matchesInside(&one) })
	}
	var list telemetry.ScoreList
	if q.Total {
		list.Total = len(found)
	}
	if q.After != nil {
		found = behind(found, func(one judged) bool { return scorePositionOf(&one).compare(scorePosition(*q.After)) > 0 })
	}
	chosen := page(found, q.Offset, q.Limit)
	if n := len(chosen); n > 0 && q.Offset+n < len(found) {
		next := telemetry.ScorePosition(scorePositionOf(&chosen[n-1]))
		list.Next = &next
	}
	if len(inside) == 0 && len(chosen) > 0 {
		ids := make([]string, len(chosen))
		for i := range chosen {
			ids[i] = chosen[i].ID
		}
		rows, err := s.scoreRows(ctx, p, ids)
		if err != nil {
			return telemetry.ScoreList{}, err
		}
		chosen = withMetadata(chosen, rows)
	}
	for _, one := range chosen {
		if q.Trace && one.of != nil {
			one.Trace = &score.Trace{UserID: one.of.UserID, SessionID: one.of.SessionID, Environment: one.of.Environment, Tags: one.of.Tags}
		}
		list.Scores = append(list.Scores, one.Score)
	}
	return list, nil
}

// byMetadata takes the conditions on metadata, which is not read with the rest,
// apart from the others.
func byMetadata(where filter.All) (others, metadata filter.All) {
	for _, c := range where {
		if c.Field == filter.Metadata {
			metadata = append(metadata, c)
		} else {
			others = append(others, c)
		}
	}
	return others, metadata
}

// loadScores returns all scores of a project without their metadata, in the order
// in which they are listed, and with their traces if wanted.
func (s *Store) loadScores(ctx context.Context, p id.Project, withTraces bool) ([]judged, error) {
	where := "kind IN ('score', 'alias')"
	if withTraces {
		where = "kind != 'absorber'"
	}
	rows, err := s.rows(ctx, p, query{where: where, limit: s.maxListed})
	if err != nil {
		return nil, err
	}
	names := aliasesOf(rows)
	f := s.grow(rows, names) // empty when traces are not wanted
	shown := map[string]*trace.Trace{}
	var all []judged
	for i := range rows {
		if rows[i].kind != ofScore {
			continue
		}
		one := judged{Score: scoreOf(p, &rows[i], names)}
		if one.TraceID != nil {
			traceID := *one.TraceID
			if t := f[traceID]; t != nil && shown[traceID] == nil {
				shown[traceID] = &t.show(p, traceID).Trace
			}
			one.of = shown[traceID]
		}
		all = append(all, one)
	}
	slices.SortFunc(all, func(a, b judged) int { return scorePositionOf(&a).compare(scorePositionOf(&b)) })
	return all, nil
}

// withMetadata adds metadata and raw values to scores. One that was deleted since it was chosen,
// and so has no row, is left out.
func withMetadata(scores []judged, rows []row) []judged {
	read := map[string]*row{}
	for i := range rows {
		read[rows[i].id] = &rows[i]
	}
	var out []judged
	for _, one := range scores {
		if r := read[one.ID]; r != nil {
			whole := fold.ScoreView(r.id, &r.state)
			one.Metadata, one.Raw = whole.Metadata, whole.Raw
			out = append(out, one)
		}
	}
	return out
}

// scoreRows reads the scores with the given ids, whole.
func (s *Store) scoreRows(ctx context.Context, p id.Project, ids []string) ([]row, error) {
	return s.rows(ctx, p, query{
		where: "kind = 'score' AND trace = '' AND id IN {ids:Array(String)}", args: []any{clickhouse.Named("ids", ids)}, parts: telemetry.Parts{Metadata: true, Raw: true},
	})
}

// scoreOf returns a score as it is shown.
func scoreOf(p id.Project, r *row, names aliases) score.Score {
	one := fold.ScoreView(r.id, &r.state)
	one.Project = p
	one.CreatedAt, one.UpdatedAt = lifetime(r)
	if one.TraceID != nil {
		home := names.resolve(*one.TraceID)
		one.TraceID = &home
	}
	return one
}

// idsByTrace returns the ids of the scores about each trace or its observations,
// corrections excepted, in the order of the scores.
func idsByTrace(scores []judged) map[string][]string {
	ids := map[string][]string{}
	for _, one := range scores {
		if one.TraceID != nil && one.DataType != score.Correction {
			ids[*one.TraceID] = append(ids[*one.TraceID], one.ID)
		}
	}
	return ids
}

// scorePosition is the place of a row in the order of scores: newest timestamp
// first, then greater id.
type scorePosition telemetry.ScorePosition

func scorePositionOf(s *judged) scorePosition { return scorePosition{s.Timestamp, s.ID} }

func (a scorePosition) compare(b scorePosition) int {
	return cmp.Or(cmp.Compare(b.Timestamp, a.Timestamp), strings.Compare(b.ID, a.ID))
}
