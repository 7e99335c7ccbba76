//go:build engines

package clickhouse_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/score"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/telemetry/clickhouse"
	"github.com/fusebox-llm/fusebox/internal/telemetry/telemetrytest"
	"github.com/fusebox-llm/fusebox/internal/testkit/chtest"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// engine is the one server of the test binary.
type engine struct {
	*chtest.Server
	databases atomic.Int64
}

// database creates an empty database and returns its name.
func (e *engine) database(t *testing.T) string {
	t.Helper()
	name := fmt.Sprintf("fusebox%d", e.databases.Add(1))
	e.MustExec(t, "CREATE DATABASE "+name)
	return name
}

func (e *engine) open(t *testing.T, database string) *clickhouse.Store {
	t.Helper()
	s, err := clickhouse.Open(t.Context(), clickhouse.Config{URL: e.DSN(database)})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestEngine runs everything that needs a server, one part after the other. The
// last part kills the server.
func TestEngine(t *testing.T) {
	e := &engine{Server: chtest.Start(t)}
	t.Run("fold", func(t *testing.T) { runFold(t, e) })
	t.Run("contract", func(t *testing.T) { runContract(t, e) })
	t.Run("lists have a limit", func(t *testing.T) { runListLimit(t, e) })
	t.Run("killed", func(t *testing.T) { runKilled(t, e) })
}

// runFold runs the cases of the fold with merges stopped, so that every read meets
// one row for each insert, and then merges everything and expects the same state.
func runFold(t *testing.T, e *engine) {
	var merged atomic.Int64 // rows that went into others
	t.Run("unmerged", func(t *testing.T) {
		telemetrytest.RunFold(t, func(t *testing.T) telemetry.Store {
			database := e.database(t)
			s := e.open(t, database)
			table := database + ".entities"
			e.MustExec(t, "SYSTEM STOP MERGES "+table)
			// The cases are about values; "killed" is about what survives.
			e.MustExec(t, "ALTER TABLE "+table+" MODIFY SETTING fsync_after_insert = 0, fsync_part_directory = 0, min_rows_to_fsync_after_merge = 0")
			t.Cleanup(func() { merged.Add(e.merge(t, table)) })
			return s
		})
	})
	if merged.Load() == 0 {
		t.Error("there was nothing to merge")
	}
}

// merge merges all parts of a table, expects that this changes no state, and
// returns how many rows it took away.
func (e *engine) merge(t *testing.T, table string) (gone int64) {
	ctx := context.WithoutCancel(t.Context())
	exec := func(statement string) string {
		out, err := e.Exec(ctx, statement)
		if err != nil {
			t.Error(err)
		}
		return out
	}
	state := func() string {
		return exec("SELECT project, kind, trace, id, arrival, absorbed, otel, mapSort(arrived), mapSort(fields), mapSort(amounts), mapSort(io), mapSort(raw)," +
			" mapSort(metadata), mapSort(tags) FROM " + table + " FINAL ORDER BY project, kind, trace, id, arrival")
	}
	rows := func() (n int64) {
		fmt.Sscan(exec("SELECT count() FROM "+table), &n)
		return n
	}
	before, many := state(), rows()
	exec("SYSTEM START MERGES " + table)
	exec("OPTIMIZE TABLE " + table + " FINAL")
	if diff := cmp.Diff(strings.Split(before, "\n"), strings.Split(state(), "\n")); diff != "" {
		t.Errorf("merging changed the state (-before +after)\n%s", diff)
	}
	few := rows()
	if n := int64(strings.Count(before, "\n")) + 1; before != "" && few != n {
		t.Errorf("%d entities are kept in %d rows", n, few)
	}
	return many - few
}

// replicas are two stores on one database, as two processes would have, that are
// asked in turn.
type replicas struct {
	turn atomic.Int64
	of   [2]*clickhouse.Store
}

func (r *replicas) next() *clickhouse.Store { return r.of[r.turn.Add(1)%2] }

func (r *replicas) Write(ctx context.Context, p id.Project, records []fold.Record) error {
	return r.next().Write(ctx, p, records)
}

func (r *replicas) Trace(ctx context.Context, p id.Project, traceID string, parts telemetry.Parts) (trace.Tree, error) {
	return r.next().Trace(ctx, p, traceID, parts)
}

func (r *replicas) Observation(ctx context.Context, p id.Project, obs string, parts telemetry.Parts) (trace.Observation, error) {
	return r.next().Observation(ctx, p, obs, parts)
}

func (r *replicas) Traces(ctx context.Context, p id.Project, q telemetry.TraceQuery) (telemetry.TraceList, error) {
	return r.next().Traces(ctx, p, q)
}

func (r *replicas) Observations(ctx context.Context, p id.Project, q telemetry.ObservationQuery) (telemetry.ObservationList, error) {
	return r.next().Observations(ctx, p, q)
}

func (r *replicas) DeleteScore(ctx context.Context, p id.Project, scoreID string) error {
	return r.next().DeleteScore(ctx, p, scoreID)
}

func (r *replicas) Score(ctx context.Context, p id.Project, scoreID string) (score.Score, error) {
	return r.next().Score(ctx, p, scoreID)
}

func (r *replicas) Scores(ctx context.Context, p id.Project, q telemetry.ScoreQuery) (telemetry.ScoreList, error) {
	return r.next().Scores(ctx, p, q)
}

func (r *replicas) Session(ctx context.Context, p id.Project, sessionID string) (trace.Session, error) {
	return r.next().Session(ctx, p, sessionID)
}

func (r *replicas) Sessions(ctx context.Context, p id.Project, q telemetry.SessionQuery) (telemetry.SessionList, error) {
	return r.next().Sessions(ctx, p, q)
}

func (r *replicas) Ping(ctx context.Context) error { return r.next().Ping(ctx) }

func (r *replicas) Close() error { return errors.Join(r.of[0].Close(), r.of[1].Close()) }

// runContract runs the rest of the suite, with merges as the server likes them, on
// two stores that share a database.
func runContract(t *testing.T, e *engine) {
	// A history takes a second; a hundred of them are for a longer run.
	if checks := flag.Lookup("rapid.checks"); checks.Value.String() == checks.DefValue {
		if err := checks.Value.Set("20"); err != nil {
			t.Fatal(err)
		}
	}
	var databases sync.Map // of the stores that are open
	open := func(t *testing.T, database string) telemetry.Store {
		s := &replicas{of: [2]*clickhouse.Store{e.open(t, database), e.open(t, database)}}
		databases.Store(telemetry.Store(s), database)
		t.Cleanup(func() { _ = s.Close() })
		return s
	}
	telemetrytest.Run(t, telemetrytest.Harness{
		Open: func(t *testing.T) telemetry.Store { return open(t, e.database(t)) },
		Reopen: func(t *testing.T, s telemetry.Store) telemetry.Store {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			database, _ := databases.Load(s)
			return open(t, database.(string))
		},
		Skip: telemetrytest.Skip{"fold": "it has run, with merges stopped"},
	})
}

func observation(traceID, obs string) fold.Record {
	r := fold.Record{Kind: fold.Observation, TraceID: traceID, ID: obs, Time: 5, Rank: fold.Create}
	r.Set(fold.Start, fold.Time(5))
	return r
}

func judgement(scoreID string) fold.Record {
	r := fold.Record{Kind: fold.Score, ID: scoreID, Time: 5, Rank: fold.Create}
	r.Set(fold.TraceRef, fold.Text("T"))
	return r
}

// runListLimit: a project that is too large to be listed is refused, not listed in
// part; what is in it can be read.
func runListLimit(t *testing.T, e *engine) {
	s, err := clickhouse.Open(t.Context(), clickhouse.Config{URL: e.DSN(e.database(t)), MaxListed: 3})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for i, refused := range []bool{false, false, false, true} {
		if err := s.Write(t.Context(), "p", []fold.Record{observation("T", fmt.Sprint(i))}); err != nil {
			t.Fatal(err)
		}
		traces, err := s.Traces(t.Context(), "p", telemetry.TraceQuery{Limit: 1, Total: true})
		if fault.Is(err, fault.TooCostly) != refused || !refused && (err != nil || traces.Total != 1) {
			t.Errorf("traces with %d observations: %+v, %v", i+1, traces, err)
		}
		list, err := s.Observations(t.Context(), "p", telemetry.ObservationQuery{Limit: 1, Total: true})
		if fault.Is(err, fault.TooCostly) != refused || !refused && (err != nil || list.Total != i+1) {
			t.Errorf("observations, %d of them: %+v, %v", i+1, list, err)
		}
	}
	if tree, err := s.Trace(t.Context(), "p", "T", telemetry.Parts{}); err != nil || len(tree.Observations) != 4 {
		t.Errorf("the trace: %+v, %v", tree, err)
	}
	inSession := fold.Record{Kind: fold.Trace, TraceID: "T", ID: "T", Time: 5, Rank: fold.Create}
	inSession.Set(fold.SessionID, fold.Text("s"))
	if err := s.Write(t.Context(), "p", []fold.Record{inSession}); err != nil {
		t.Fatal(err)
	}
	if list, err := s.Sessions(t.Context(), "p", telemetry.SessionQuery{Limit: 1}); !fault.Is(err, fault.TooCostly) {
		t.Errorf("sessions: %+v, %v", list, err)
	}
	if session, err := s.Session(t.Context(), "p", "s"); err != nil || session.ID != "s" {
		t.Errorf("the session: %+v, %v", session, err)
	}
	for i, refused := range []bool{false, false, false, true} {
		if err := s.Write(t.Context(), "p", []fold.Record{judgement(fmt.Sprint(i))}); err != nil {
			t.Fatal(err)
		}
		list, err := s.Scores(t.Context(), "p", telemetry.ScoreQuery{Limit: 1, Total: true})
		if fault.Is(err, fault.TooCostly) != refused || !refused && (err != nil || list.Total != i+1) {
			t.Errorf("scores, %d of them: %+v, %v", i+1, list, err)
		}
	}
	if one, err := s.Score(t.Context(), "p", "3"); err != nil || one.ID != "3" {
		t.Errorf("the score: %+v, %v", one, err)
	}
}

// runKilled: what was acknowledged has been synced to disk and is there after the
// server was killed, and what was deleted is not; while it is down every call says that it may be tried again.
func runKilled(t *testing.T, e *engine) {
	database := e.database(t)
	s := e.open(t, database)
	defer s.Close()
	for i := range 20 {
		if err := s.Write(t.Context(), "p", []fold.Record{observation("T", fmt.Sprint(i)), observation("T", fmt.Sprint(i, " too"))}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Write(t.Context(), "deletes", []fold.Record{judgement("gone"), judgement("stays")}); err != nil {
		t.Fatal(err)
	}
	if err := s.DeleteScore(t.Context(), "deletes", "gone"); err != nil {
		t.Fatal(err)
	}
	e.MustExec(t, "SYSTEM FLUSH LOGS")
	synced := e.MustExec(t, "SELECT count(), min(ProfileEvents['FileSync']) > 0, min(ProfileEvents['DirectorySync']) > 0 FROM system.query_log"+
		" WHERE type = 'QueryFinish' AND query_kind = 'Insert' AND current_database = '"+database+"'")
	if synced != "21\t1\t1" {
		t.Errorf("inserts, all with their files synced, all with their directory: %q", synced)
	}
	e.Kill()
	if err := s.Write(t.Context(), "p", []fold.Record{observation("T", "lost")}); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a write without a server: %v", err)
	}
	if _, err := s.Trace(t.Context(), "p", "T", telemetry.Parts{}); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a read without a server: %v", err)
	}
	if err := s.DeleteScore(t.Context(), "deletes", "stays"); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a delete without a server: %v", err)
	}
	if err := s.Ping(t.Context()); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a ping without a server: %v", err)
	}
	e.Restart(t)
	tree, err := s.Trace(t.Context(), "p", "T", telemetry.Parts{})
	if err != nil || len(tree.Observations) != 40 {
		t.Errorf("after a restart: %d observations of 40, %v", len(tree.Observations), err)
	}
	list, err := s.Scores(t.Context(), "deletes", telemetry.ScoreQuery{Limit: 5})
	if err != nil || len(list.Scores) != 1 || list.Scores[0].ID != "stays" {
		t.Errorf("after a restart: %+v, %v", list.Scores, err)
	}
}
