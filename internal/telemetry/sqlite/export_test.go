package sqlite

import (
	"context"
	"errors"

	"github.com/pressly/goose/v3"

	"github.com/fusebox-llm/fusebox/internal/filter"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
)

// Small returns the settings with everything small that has an edge: four rows an
// extent, two extents a bucket, ids that collide, and hardly any memory.
func (c Config) Small() Config {
	c.layout = layout{extentBits: 2, bucketBits: 1, hashMask: 3}
	c.liveIDs, c.unnamedIDs, c.fewTraces = 3, 2, 1
	c.CacheBytes = 3000
	c.Synchronous = "OFF" // kills are tested elsewhere
	return c
}

// RoundTrip returns the state of an observation as it comes back from its row.
func RoundTrip(id string, s fold.State) (fold.State, error) {
	w := rowOf(id, &s)
	w.body = appendBody(nil, &s)
	return w.state()
}

// RoundTripTrace returns the state of a trace as it comes back from its blob.
func RoundTripTrace(s fold.State) (fold.State, error) {
	return readState(appendState(nil, &s), fold.Trace)
}

// RoundTripScore returns the state of a score as it comes back from its row.
func RoundTripScore(s fold.State) (fold.State, error) {
	z, err := newSqueezer()
	if err != nil {
		return fold.State{}, err
	}
	defer z.close()
	return z.scoreState(z.squeeze(appendState(nil, &s)))
}

// SameState reports whether two states are the same but for arrivals.
func SameState(a, b fold.State) bool { return sameState(&a, &b) }

// MigrateTo creates a file as a version with that schema did.
func MigrateTo(ctx context.Context, path string, schema int64) error {
	s := Store{cfg: Config{Path: path}.withDefaults()}
	return migrateWith(s.dsn(false), func(p *goose.Provider) error {
		_, err := p.UpTo(ctx, schema)
		return err
	})
}

// Exec runs a statement on the connection of the writer, which must have nothing
// to do meanwhile.
func (s *Store) Exec(query string, args ...any) error { return s.writer.conn.exec(query, args...) }

// QueryInt returns a number from the writer's connection.
func (s *Store) QueryInt(query string, args ...any) (int64, error) {
	n, _, err := s.writer.conn.queryInt(query, args...)
	return n, err
}

// compilerFor returns a compiler of project 7, in which the n-th text of a list of
// conditions, in alphabetical order, has the number 100+n.
func compilerFor(where filter.All) compiler {
	c := compiler{layout: defaultLayout(), projectID: "p", project: 7, numbers: map[string]int64{}}
	for i, text := range numbered(where) {
		c.numbers[text] = int64(101 + i)
	}
	return c
}

// CompileTraces returns the statements of a list of traces and of its count.
func CompileTraces(q telemetry.TraceQuery) (list, count Statement, err error) {
	c := compilerFor(q.Where)
	l, errList := c.traces(q)
	n, errCount := c.countTraces(q.Where)
	return Statement{l.sql, l.args}, Statement{n.sql, n.args}, errors.Join(errList, errCount)
}

// CompileObservations returns those of a list of observations, which starts from
// the first way there is unless it goes in order.
func CompileObservations(q telemetry.ObservationQuery, inOrder bool) (list, count Statement, err error) {
	c := compilerFor(q.Where)
	var via *statement
	if ways := c.ways(q.Where); len(ways) > 0 && !inOrder {
		via = &ways[0].traces
	}
	l, errList := c.observations(q, via)
	n, errCount := c.countObservations(q.Where, via)
	return Statement{l.sql, l.args}, Statement{n.sql, n.args}, errors.Join(errList, errCount)
}

// CompileScores returns those of a list of scores, in the same way.
func CompileScores(q telemetry.ScoreQuery, inOrder bool) (list, count Statement, err error) {
	c := compilerFor(q.Where)
	var via *statement
	if ways := c.scoreWays(q.Where); len(ways) > 0 && !inOrder {
		via = &ways[0].traces
	}
	l, errList := c.scores(q, via)
	n, errCount := c.countScores(q.Where, via)
	return Statement{l.sql, l.args}, Statement{n.sql, n.args}, errors.Join(errList, errCount)
}

// CompileSessions returns those of a list of sessions.
func CompileSessions(q telemetry.SessionQuery) (list, count Statement, err error) {
	c := compilerFor(q.Where)
	l, errList := c.sessions(q)
	n, errCount := c.countSessions(q.Where)
	return Statement{l.sql, l.args}, Statement{n.sql, n.args}, errors.Join(errList, errCount)
}

// Probes are statements that are not compiled, by what they find.
func Probes() map[string]Statement {
	return map[string]Statement{
		"score by id":             {selectScore, []any{"c", int64(7)}},
		"score ids of a trace":    {selectScoreIDs, []any{"t", int64(7)}},
		"scores of an alias":      {selectScoresOf, []any{"t", int64(7)}},
		"session by id":           {selectSessionByID, []any{int64(1), int64(7), "s"}},
		"session by number":       {selectSession, []any{int64(8)}},
		"first trace of one":      {selectFirst, []any{int64(7), int64(8)}},
		"oldest trace of one":     {selectOldest, []any{int64(7), int64(8)}},
		"alias":                   {selectAlias, []any{int64(7), "a"}},
		"aliases of a trace":      {updateAliases, []any{"b", "a", int64(7)}},
		"projects that have some": {selectAliased, nil},
	}
}

// Statement is a statement with its arguments.
type Statement struct {
	SQL  string
	Args []any
}

// Plan returns how SQLite would run a statement, a step a line.
func (s *Store) Plan(query string, args ...any) (string, error) {
	plan := ""
	err := s.writer.conn.query("EXPLAIN QUERY PLAN "+query, func(v []any) error {
		plan += textOf(v[3]) + "\n"
		return nil
	}, args...)
	return plan, err
}

// Decode reads bytes as everything that is stored as a blob.
func Decode(b []byte) {
	var s fold.State
	readBody(b, &s, fold.Key{})
	readState(b, fold.Trace)
	readState(b, fold.Score)
	amountsOf(b)
	mapOf(b)
	exceptionsOf(b, fold.Key{})
	(&row{extra: b, keys: b}).state()
	(&row{usage: b, cost: b}).state()
	(&squeezer{}).expand(append([]byte{squeezedNot}, b...))
}
