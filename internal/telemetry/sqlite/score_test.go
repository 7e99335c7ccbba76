package sqlite_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/filter"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/telemetry/sqlite"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// clock is a microsecond later each time it is looked at by a new transaction.
type clock struct {
	mu sync.Mutex
	n  int64
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n++
	// A commit looks at it when it begins and when it ends.
	return time.UnixMicro((c.n + 1) / 2)
}

// TestScoreTimes pins what created and updated times of a score mean: content, not
// arrival.
func TestScoreTimes(t *testing.T) {
	t.Parallel()
	now := time.UnixMicro(100)
	s := open(t, sqlite.Config{Now: func() time.Time { return now }})
	comment := func(at trace.Micros, text string) fold.Record {
		r := fold.Record{Kind: fold.Score, ID: "c", Time: at}
		r.Set(fold.Comment, fold.Text(text))
		return r
	}
	steps := []struct {
		what             string
		record           fold.Record
		created, updated trace.Micros
	}{
		{"new", scored("c", "x", 5), 101, 101},
		{"the same again", scored("c", "x", 5), 101, 101},
		{"a comment", comment(50, "a"), 101, 103},
		{"an older comment", comment(40, "b"), 101, 103},
		{"the same comment, newer", comment(60, "a"), 101, 103},
		{"another comment", comment(70, "c"), 101, 106},
		{"its trace is absorbed", absorbing("t", "x", 9), 101, 107},
		{"the first again, of the alias", scored("c", "x", 5), 101, 107},
		{"deleted, and all of it again", scored("c", "x", 5), 109, 109},
	}
	for i, step := range steps {
		now = now.Add(time.Microsecond)
		if i == len(steps)-1 {
			if err := s.DeleteScore(t.Context(), "p", "c"); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Score(t.Context(), "p", "c"); !fault.Is(err, fault.NotFound) {
				t.Errorf("a score that was deleted: %v", err)
			}
		}
		write(t, s, "p", step.record)
		verify(t, s)
		sc, err := s.Score(t.Context(), "p", "c")
		if err != nil || sc.CreatedAt != step.created || sc.UpdatedAt != step.updated {
			t.Errorf("%s: created %d, updated %d, want %d, %d, error %v", step.what, sc.CreatedAt, sc.UpdatedAt, step.created, step.updated, err)
		}
	}
}

// TestScoresOfOneCommit writes, deletes and writes a score again in calls that
// share a commit.
func TestScoresOfOneCommit(t *testing.T) {
	t.Parallel()
	for name, before := range map[string]bool{"stored before": true, "new": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				g := newGate()
				s := open(t, sqlite.Config{Now: g.now})
				first := scored("c", "t", 5)
				first.Metadata = trace.Metadata{Object: `{"old":1}`}
				calls := [][]fold.Record{}
				if before {
					close(g.open)
					write(t, s, "p", first, scored("d", "t", 5))
					<-g.held
					g.open = make(chan struct{})
				} else {
					calls = append(calls, []fold.Record{first, scored("d", "t", 5)})
				}
				results := queueUp(t, s, g, calls...)
				remove := func(scoreID string) {
					done := make(chan error, 1)
					go func() { done <- s.DeleteScore(t.Context(), "p", scoreID) }()
					synctest.Wait()
					results = append(results, done)
				}
				remove("c")
				remove("d")
				remove("nothing")
				again := make(chan error, 1)
				go func() { again <- s.Write(t.Context(), "p", []fold.Record{scored("c", "u", 7)}) }()
				synctest.Wait()
				close(g.open)
				for _, r := range append(results, again) {
					if err := <-r; err != nil {
						t.Error(err)
					}
				}
				verify(t, s)
				list, err := s.Scores(t.Context(), "p", telemetry.ScoreQuery{Limit: 9, Total: true})
				if err != nil || list.Total != 1 || list.Scores[0].Number != 7 || *list.Scores[0].TraceID != "u" || !list.Scores[0].Metadata.Empty() {
					t.Errorf("%+v, error %v", list, err)
				}
			})
		})
	}
}

// TestScoreMatches compares by texts that would do harm as SQL, by metadata and by
// parts of texts.
func TestScoreMatches(t *testing.T) {
	t.Parallel()
	s := open(t, sqlite.Config{CountLimit: time.Hour})
	for i, text := range []string{"", "a'b\"c", "%", "x\x00y", "\xff\xfe", "héé", "[1]"} {
		r := scored(fmt.Sprint(i), "t", trace.Micros(i))
		r.Set(fold.Comment, fold.Text(text))
		r.Metadata = trace.Metadata{Object: `{"k":` + fold.Quote(text) + `,"` + fmt.Sprint(i) + `":{"a": [1, 2]},"n":null}`}
		write(t, s, "p", r)
	}
	verify(t, s)
	cond := func(f filter.Field, op filter.Op, texts ...string) filter.Condition {
		return filter.Condition{Field: f, Op: op, Texts: texts}
	}
	key := func(key string, op filter.Op, texts ...string) filter.Condition {
		return filter.Condition{Field: filter.Metadata, Key: key, Op: op, Texts: texts}
	}
	tests := map[string]struct {
		where filter.Condition
		want  string
	}{
		"equal":                  {cond(filter.Comment, filter.AnyOf, "x\x00y", "%"), "[3 2]"},
		"contains":               {cond(filter.Comment, filter.Contains, "'b\""), "[1]"},
		"contains nothing":       {cond(filter.Comment, filter.Contains, ""), "[6 5 4 3 2 1 0]"},
		"contains part":          {cond(filter.Comment, filter.Contains, "\x00"), "[3]"},
		"contains half a letter": {cond(filter.Comment, filter.Contains, "\xa9\xc3"), "[5]"},
		"starts":                 {cond(filter.Comment, filter.StartsWith, "h"), "[5]"},
		"starts with nothing":    {cond(filter.Comment, filter.StartsWith, ""), "[6 5 4 3 2 1 0]"},
		"starts with more":       {cond(filter.Comment, filter.StartsWith, "hééé"), "[]"},
		"ends":                   {cond(filter.Comment, filter.EndsWith, "é"), "[5]"},
		"ends with all":          {cond(filter.Comment, filter.EndsWith, "[1]"), "[6]"},
		"ends with more":         {cond(filter.Comment, filter.EndsWith, " [1]"), "[]"},
		"ends with nothing":      {cond(filter.Comment, filter.EndsWith, ""), "[6 5 4 3 2 1 0]"},
		"wildcards are letters":  {cond(filter.Comment, filter.Contains, "_"), "[]"},
		"without":                {cond(filter.Comment, filter.Without, "é"), "[6 4 3 2 1 0]"},
		"null is without":        {cond(filter.StringValue, filter.Without, "é"), "[6 5 4 3 2 1 0]"},
		"a key":                  {key("k", filter.AnyOf, "[1]"), "[6]"},
		"a key that is JSON":     {key("3", filter.AnyOf, `{"a": [1, 2]}`), "[3]"},
		"a key that is null":     {key("n", filter.AnyOf, `null`), "[6 5 4 3 2 1 0]"},
		"a key that is there":    {key("3", filter.IsNotNull), "[3]"},
		"a key that is not":      {key("3", filter.IsNull), "[6 5 4 2 1 0]"},
		"none of, of a key":      {key("3", filter.NoneOf, "x"), "[6 5 4 3 2 1 0]"},
		"without, of a key":      {key("3", filter.Without, "x"), "[3]"},
		"part of a key":          {key("k", filter.EndsWith, "%"), "[2]"},
		"name of no string":      {cond(filter.Name, filter.NoneOf, "unknown"), "[6 5 4 3 2 1 0]"},
		"part of a name":         {cond(filter.Name, filter.Contains, "N"), "[]"},
		"no trace, no tags":      {cond(filter.Tags, filter.NoneOf, "x"), "[6 5 4 3 2 1 0]"},
		"no trace, no user":      {cond(filter.UserID, filter.AnyOf, "x"), "[]"},
		"no trace, null user":    {cond(filter.UserID, filter.IsNull), "[6 5 4 3 2 1 0]"},
	}
	for name, tt := range tests {
		list, err := s.Scores(t.Context(), "p", telemetry.ScoreQuery{Where: filter.All{tt.where}, Limit: 100, Total: true})
		ids := []string{}
		for _, sc := range list.Scores {
			ids = append(ids, sc.ID)
		}
		if err != nil || fmt.Sprint(ids) != tt.want || list.Total != len(ids) {
			t.Errorf("%s: %v of %d, want %s, error %v", name, ids, list.Total, tt.want, err)
		}
	}
}

// TestManyScoreTexts compares by more texts than anybody should.
func TestManyScoreTexts(t *testing.T) {
	t.Parallel()
	s := open(t, sqlite.Config{CountLimit: time.Hour})
	write(t, s, "p", scored("7", "7", 7))
	many := make([]string, 10_000)
	for i := range many {
		many[i] = fmt.Sprint(i)
	}
	for f, want := range map[filter.Field]int{
		filter.ScoreID: 1, filter.TraceID: 1, filter.Name: 0, filter.Comment: 0, filter.UserID: 0, filter.TraceName: 0, filter.Tags: 0, filter.Metadata: 0,
	} {
		list, err := s.Scores(t.Context(), "p", telemetry.ScoreQuery{Where: filter.All{anyOf(f, many...)}, Limit: 5, Total: true})
		if err != nil || list.Total != want || len(list.Scores) != want {
			t.Errorf("scores by 10,000 of %s: %d of %d, want %d, error %v", f, len(list.Scores), list.Total, want, err)
		}
	}
}

// TestUpgrade opens a file of the first version: its sessions are there, and
// everything adds up.
func TestUpgrade(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/telemetry.db"
	c := &clock{}
	s := open(t, sqlite.Config{Path: path, Now: c.now})
	for i := range 30 {
		r := absorbing(fmt.Sprint("t", i), "", trace.Micros(1000-i*10))
		r.Set(fold.SessionID, fold.Text(fmt.Sprint("s", i%4)))
		r.Set(fold.Environment, fold.Text(fmt.Sprint("e", i%7)))
		r.Set(fold.Start, fold.Time(trace.Micros(i/8)))
		write(t, s, "p", r)
	}
	sessions := func() []trace.Session {
		list, err := s.Sessions(t.Context(), "p", telemetry.SessionQuery{Limit: 100})
		if err != nil || len(list.Sessions) != 4 {
			t.Fatal(list, err)
		}
		return list.Sessions
	}
	want := sessions()
	for _, query := range []string{
		"DROP TABLE scores", "DROP TABLE score_metadata", "DROP TABLE sessions", "DROP TABLE aliases",
		"ALTER TABLE observations DROP COLUMN rates", "ALTER TABLE observations DROP COLUMN repriced", "ALTER TABLE observations DROP COLUMN reasons",
		"DELETE FROM goose_db_version WHERE version_id > 1",
	} {
		if err := s.Exec(query); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, sqlite.Config{Path: path})
	verify(t, s)
	if diff := cmp.Diff(want, sessions()); diff != "" {
		t.Error(diff)
	}
	write(t, s, "p", scored("c", "t1", 5), absorbing("t1", "t2", 5))
	verify(t, s)
}

// TestSessionsFollow moves traces between sessions, and what decides about them.
func TestSessionsFollow(t *testing.T) {
	t.Parallel()
	c := &clock{}
	s := open(t, sqlite.Config{Now: c.now})
	set := func(traceID string, at trace.Micros, session, env string, start trace.Micros) fold.Record {
		r := fold.Record{Kind: fold.Trace, TraceID: traceID, ID: traceID, Time: at}
		r.Set(fold.SessionID, fold.Text(session))
		r.Set(fold.Environment, fold.Text(env))
		r.Set(fold.Start, fold.Time(start))
		return r
	}
	null := fold.Record{Kind: fold.Trace, TraceID: "b", ID: "b", Time: 99}
	null.Set(fold.SessionID, fold.Null())
	steps := []struct {
		what    string
		record  fold.Record
		session string
		env     string // "": there is no such session
		created trace.Micros
	}{
		{"the first", set("b", 10, "s", "eb", 100), "s", "eb", 1},
		{"a later one", set("c", 10, "s", "ec", 200), "s", "eb", 1},
		{"one at the same time", set("a", 10, "s", "ea", 100), "s", "ea", 1},
		{"an earlier one", set("d", 10, "s", "ed", 50), "s", "ed", 1},
		{"that goes", set("d", 20, "r", "ed", 50), "s", "ea", 1},
		{"and is elsewhere", set("d", 20, "r", "ed", 50), "r", "ed", 4},
		{"the oldest goes", null, "s", "ea", 2},
		{"another environment, that was first", set("a", 5, "s", "first", 100), "s", "first", 2},
		{"the last goes", set("d", 30, "s", "ed", 50), "r", "", 0},
		{"an OTLP start before all", observation("c", "o", ""), "s", "ed", 2},
	}
	for _, step := range steps {
		write(t, s, "p", step.record)
		verify(t, s)
		n, err := s.Session(t.Context(), "p", step.session)
		switch {
		case step.env == "":
			if !fault.Is(err, fault.NotFound) {
				t.Errorf("%s: %+v, %v", step.what, n, err)
			}
		case err != nil || n != trace.Session{Project: "p", ID: step.session, Environment: step.env, CreatedAt: step.created}:
			t.Errorf("%s: %+v, want %s since %d, error %v", step.what, n, step.env, step.created, err)
		}
	}
}

// TestBadScoreFailsAlone lets a commit fail after scores were joined, deleted and
// moved: nothing of it is left.
func TestBadScoreFailsAlone(t *testing.T) {
	t.Parallel()
	s := open(t, sqlite.Config{})
	write(t, s, "p", scored("c", "x", 1), observation("x", "a", "1"))
	before := dump(t, s, "p")
	if err := s.Exec("CREATE TRIGGER bad BEFORE INSERT ON observations WHEN NEW.id = 'bad' BEGIN SELECT RAISE(ABORT, 'bad'); END"); err != nil {
		t.Fatal(err)
	}
	records := []fold.Record{scored("c", "x", 1), scored("d", "x", 2), absorbing("t", "x", 3), observation("x", "bad", "")}
	if err := s.Write(t.Context(), "p", records); err == nil {
		t.Fatal("it was written")
	}
	if diff := cmp.Diff(before, dump(t, s, "p")); diff != "" {
		t.Error(diff)
	}
	verify(t, s)
	if err := s.Exec("DROP TRIGGER bad"); err != nil {
		t.Fatal(err)
	}
	write(t, s, "p", records...)
	verify(t, s)
	sc, err := s.Score(t.Context(), "p", "d")
	if err != nil || *sc.TraceID != "t" {
		t.Errorf("%+v, %v", sc, err)
	}
	if err := errors.Join(s.Close(), s.Close()); err != nil {
		t.Error(err)
	}
	if err := s.DeleteScore(t.Context(), "p", "d"); !fault.Is(err, fault.Unavailable) {
		t.Errorf("deleting after closing: %v", err)
	}
}
