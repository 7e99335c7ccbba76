package telemetrytest

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/filter"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/score"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// runScoreTexts writes each odd text wherever a score or session can have one, and
// expects it back byte by byte, and exactly what has it, or a part of it, where it
// is looked for.
func runScoreTexts(t *testing.T, h Harness) {
	const p id.Project = "p"
	s := h.Open(t)
	defer closeStore(t, s)
	texts := oddTexts()
	var records []fold.Record
	for i, odd := range texts {
		quoted := fold.Quote(odd)
		records = append(records,
			judge(odd, trace.Micros(i+1)*1000, of(odd), on(odd), text(fold.SessionRef, odd), text(fold.RunRef, odd), text(fold.Comment, odd), text(fold.Author, odd), text(fold.Queue, odd),
				text(fold.ExecutionTrace, odd), says(score.Value{Name: odd, DataType: score.Categorical, Text: &odd, ConfigID: &odd}), meta(`{`+quoted+`:`+quoted+`}`)),
			traceCreate(odd, trace.Micros(i+1)*1000, text(fold.Name, odd), text(fold.UserID, odd), text(fold.SessionID, odd), tags(odd)),
			traceCreate(odd, trace.Micros(i+1)*1000+1, absorbs("alias of "+odd)))
	}
	write(t, s, p, records...)
	for i, odd := range texts {
		got, err := s.Score(t.Context(), p, odd)
		if err != nil {
			t.Errorf("score %q: %v", short(odd), err)
			continue
		}
		want := score.Score{
			Project: p, ID: odd, Timestamp: trace.Micros(i+1) * 1000, Value: score.Value{Name: odd, DataType: score.Categorical, Text: &odd, ConfigID: &odd},
			TraceID: &odd, ObservationID: &odd, SessionID: &odd, RunID: &odd, Environment: "default", Source: score.API, Comment: &odd, AuthorID: &odd, QueueID: &odd,
			ExecutionTraceID: &odd, Metadata: trace.Metadata{Object: `{` + fold.Quote(odd) + `:` + fold.Quote(odd) + `}`},
		}
		if diff := cmp.Diff(want, got, same()); diff != "" {
			t.Errorf("%q in a score (-want +got)\n%s", short(odd), diff)
		}
		if session, err := s.Session(t.Context(), p, odd); err != nil || session.ID != odd {
			t.Errorf("session %q: %q, %v", short(odd), short(session.ID), err)
		}
		if tree, err := s.Trace(t.Context(), p, "alias of "+odd, telemetry.Parts{}); err != nil || tree.Trace.ID != odd {
			t.Errorf("alias of %q: %q, %v", short(odd), short(tree.Trace.ID), err)
		}
	}
	lookForTexts(t, s, p, texts)
	for _, near := range []string{"aBC", "abc  ", "", "abc\x00de", "é ", "2", "%c", "a", strings.Repeat("x", 801)} {
		if _, err := s.Score(t.Context(), p, near); !fault.Is(err, fault.NotFound) {
			t.Errorf("score %q: %v, want not found", short(near), err)
		}
		if _, err := s.Session(t.Context(), p, near); !fault.Is(err, fault.NotFound) {
			t.Errorf("session %q: %v, want not found", short(near), err)
		}
	}

	for _, odd := range texts {
		if err := s.DeleteScore(t.Context(), p, odd); err != nil {
			t.Errorf("delete %q: %v", short(odd), err)
		}
		if _, err := s.Score(t.Context(), p, odd); !fault.Is(err, fault.NotFound) {
			t.Errorf("score %q, deleted: %v", short(odd), err)
		}
	}
	if err := scoresListed(nil).check(t.Context(), s, p); err != nil {
		t.Error(err)
	}
}

// lookForTexts looks for each text in every field of scores that is one, and for
// parts by the operators that do.
func lookForTexts(t *testing.T, s telemetry.Store, p id.Project, texts []string) {
	t.Helper()
	newestFirst := slices.Clone(texts)
	slices.Reverse(newestFirst)
	having := func(meets func(s string) bool) (ids []string) {
		for _, s := range newestFirst {
			if meets(s) {
				ids = append(ids, s)
			}
		}
		return ids
	}
	for _, odd := range texts {
		for _, f := range []filter.Field{
			filter.ScoreID, filter.TraceID, filter.ObservationID, filter.SessionID, filter.RunID, filter.Name, filter.StringValue, filter.Comment, filter.ConfigID, filter.QueueID,
			filter.AuthorID, filter.TraceName, filter.UserID, filter.Tags,
		} {
			if err := scoresListed(filter.All{filter.Equals(f, odd)}, odd).check(t.Context(), s, p); err != nil {
				t.Errorf("by %s %q: %v", f, short(odd), err)
			}
		}
		if err := scoresListed(filter.All{{Field: filter.Metadata, Key: odd, Op: filter.AnyOf, Texts: []string{odd}}}, odd).check(t.Context(), s, p); err != nil {
			t.Errorf("by metadata %q: %v", short(odd), err)
		}
		for op, meets := range map[filter.Op]func(s, part string) bool{
			filter.Contains: strings.Contains, filter.StartsWith: strings.HasPrefix, filter.EndsWith: strings.HasSuffix,
			filter.Without: func(s, part string) bool { return !strings.Contains(s, part) }, filter.NoneOf: func(s, part string) bool { return s != part },
		} {
			c := filter.Condition{Field: filter.Comment, Op: op, Texts: []string{odd}}
			if err := scoresListed(filter.All{c}, having(func(s string) bool { return meets(s, odd) })...).check(t.Context(), s, p); err != nil {
				t.Errorf("by comment, operator %d, %q: %v", op, short(odd), err)
			}
		}
	}
}
