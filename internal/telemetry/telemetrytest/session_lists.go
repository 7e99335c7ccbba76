package telemetrytest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/filter"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// runSessionLists: the order of sessions, their pages, totals and conditions, and
// when a session is created. Times are the engine's, so what is expected is worked
// out from the times it shows.
func runSessionLists(t *testing.T, h Harness) {
	const p id.Project = "p"
	s := h.Open(t)
	defer closeStore(t, s)
	sessions := func(q telemetry.SessionQuery) telemetry.SessionList {
		t.Helper()
		list, err := s.Sessions(t.Context(), p, q)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	environments := []string{"default", "prod", "Prod"}
	for i := range 9 {
		// Two sessions in each call, the greater id first or last.
		var records []fold.Record
		for j := range 2 {
			n := (i*7 + j*5) % 18
			env := text(fold.Environment, environments[n%3])
			records = append(records, traceCreate(fmt.Sprintf("t%02d", n), trace.Micros(n), text(fold.SessionID, fmt.Sprintf("s%02d", (n*5)%18)), env))
		}
		write(t, s, p, records...)
	}
	all := sessions(telemetry.SessionQuery{Limit: 100, Total: true})
	if len(all.Sessions) == 0 || all.Total != len(all.Sessions) {
		t.Fatalf("%d of %d sessions", len(all.Sessions), all.Total)
	}
	for i, session := range all.Sessions {
		if i > 0 && compareSessions(all.Sessions[i-1], session) >= 0 {
			t.Errorf("%+v comes after %+v", session, all.Sessions[i-1])
		}
		if err := sessionShows(session.ID, session.Environment).check(t.Context(), s, p); err != nil {
			t.Errorf("session %q: %v", session.ID, err)
		}
	}
	for _, limit := range []int{1, 4, len(all.Sessions), 100} {
		var got []trace.Session
		for offset := 0; offset <= len(all.Sessions); offset += limit {
			page := sessions(telemetry.SessionQuery{Offset: offset, Limit: limit, Total: true})
			if page.Total != all.Total || len(page.Sessions) != min(limit, len(all.Sessions)-offset) {
				t.Errorf("%d sessions from %d on: %d of %d", limit, offset, len(page.Sessions), page.Total)
			}
			got = append(got, page.Sessions...)
		}
		if diff := cmp.Diff(all.Sessions, got); diff != "" {
			t.Errorf("by pages of %d (-at once +by pages)\n%s", limit, diff)
		}
	}
	narrowed := func(where filter.All) {
		t.Helper()
		var want []trace.Session
		for _, session := range all.Sessions {
			if matchesSession(&session, where) {
				want = append(want, session)
			}
		}
		got := sessions(telemetry.SessionQuery{Where: where, Limit: 100, Total: true})
		if diff := cmp.Diff(want, got.Sessions, sameWithTimes()); diff != "" || got.Total != len(want) {
			t.Errorf("by %+v: total %d, want %d (-want +got)\n%s", where, got.Total, len(want), diff)
		}
	}
	for i, env := range append(environments, "none", "") {
		narrowed(filter.All{filter.Equals(filter.Environment, env)})
		narrowed(filter.All{{Field: filter.Environment, Op: filter.AnyOf, Texts: []string{env, environments[(i+1)%3], env}}})
	}
	narrowed(filter.All{{Field: filter.Environment, Op: filter.AnyOf}})
	for _, session := range all.Sessions {
		shown := trace.Micros(session.CreatedAt.Millis()) * 1000
		for _, at := range []trace.Micros{shown, shown + 1000, 0} {
			from, before := filter.Condition{Field: filter.CreatedAt, Op: filter.From, Time: at}, filter.Condition{Field: filter.CreatedAt, Op: filter.Before, Time: at}
			narrowed(filter.All{from})
			narrowed(filter.All{before})
			narrowed(filter.All{from, filter.Equals(filter.Environment, session.Environment)})
		}
	}
	sessionsMove(t, s, sessions)
}

// sessionsMove: what later records do to the sessions that there are.
func sessionsMove(t *testing.T, s telemetry.Store, sessions func(telemetry.SessionQuery) telemetry.SessionList) {
	t.Helper()
	const p id.Project = "p"
	before := sessions(telemetry.SessionQuery{Limit: 100, Total: true})
	oldest, newest := before.Sessions[len(before.Sessions)-1], before.Sessions[0]
	// A trace of a new session is the last; one that joins an old session changes
	// nothing but, by an earlier timestamp, its environment.
	write(t, s, p, traceCreate("new", 1000, text(fold.SessionID, "new")))
	write(t, s, p, traceCreate("joins", 1001, text(fold.SessionID, oldest.ID), text(fold.Environment, "joined"), start(-1000)))
	oldest.Environment = "joined"
	after := sessions(telemetry.SessionQuery{Limit: 100, Total: true})
	want := slices.Clone(before.Sessions)
	want[len(want)-1] = oldest
	if after.Total != before.Total+1 || after.Sessions[0].ID != "new" || after.Sessions[0].CreatedAt < newest.CreatedAt {
		t.Fatalf("a new session: %+v", after)
	}
	if diff := cmp.Diff(want, after.Sessions[1:]); diff != "" {
		t.Errorf("beside a new session (-want +got)\n%s", diff)
	}
	// A trace that is old takes its time of creation with it.
	write(t, s, p, traceCreate("new", 1002, null(fold.SessionID)), traceCreate("joins", 1003, text(fold.SessionID, "moved")))
	moved, err := s.Session(t.Context(), p, "moved")
	if err != nil || moved.Environment != "joined" || moved.CreatedAt < after.Sessions[0].CreatedAt {
		t.Errorf("a session of an old trace: %+v, %v", moved, err)
	}
	last := sessions(telemetry.SessionQuery{Limit: 100, Total: true})
	if diff := cmp.Diff(before.Sessions, slices.DeleteFunc(last.Sessions, func(s trace.Session) bool { return s.ID == "moved" })); diff != "" || last.Total != before.Total+1 {
		t.Errorf("after both left again: total %d, was %d (-before +after)\n%s", last.Total, before.Total, diff)
	}
	if list := sessions(telemetry.SessionQuery{Limit: 1}); len(list.Sessions) != 1 || list.Sessions[0] != moved {
		t.Errorf("the last that was created: %+v", list.Sessions)
	}
	if err := sessionShows("moved", "joined").check(t.Context(), s, p); err != nil {
		t.Error(err)
	}
}
