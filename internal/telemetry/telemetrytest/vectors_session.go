package telemetrytest

import (
	"github.com/fusebox-llm/fusebox/internal/filter"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
)

// sessionVectors are the cases of sessions, which traces form.
func sessionVectors() map[string]vector {
	in := func(sessionID string) part { return text(fold.SessionID, sessionID) }
	env := func(name string) part { return text(fold.Environment, name) }
	return map[string]vector{
		"a trace names it": {
			records: []fold.Record{traceCreate("T", 1, in("s"), env("e"))},
			want:    []fact{sessionShows("s", "e"), sessionsListed("s")},
		},
		"a span names it for its trace": {
			records: []fold.Record{span("T", "r", 1, 9), spanTrace("T", 9, in("s"))},
			want:    []fact{sessionShows("s", "default"), sessionsListed("s")},
		},
		"a later record of a trace names it": {
			records: []fold.Record{create("T", "g", 1), traceCreate("T", 5), traceCreate("T", 6, in("s"))},
			want:    []fact{sessionShows("s", "default"), sessionsListed("s")},
		},
		"the trace moves to another": {
			records: []fold.Record{traceCreate("T", 1, in("s")), traceCreate("T", 2, in("t"))},
			want:    []fact{noSession("s"), sessionShows("t", "default"), sessionsListed("t")},
		},
		"the trace leaves it": {
			records: []fold.Record{traceCreate("T", 1, in("s")), traceCreate("T", 2, null(fold.SessionID))},
			want:    []fact{noSession("s"), sessionsListed()},
		},
		"one of its traces stays": {
			records: []fold.Record{traceCreate("T", 1, in("s"), env("a")), traceCreate("T", 2, in("t")), traceCreate("U", 3, in("s"), env("b"))},
			want:    []fact{sessionShows("s", "b"), sessionShows("t", "a"), sessionsListed("s", "t")},
		},
		"an observation alone names it": {
			records: []fold.Record{create("T", "g", 1, in("s")), span("T", "r", 2, 9, in("t"))},
			want:    []fact{noSession("s"), noSession("t"), sessionsListed()},
		},
		"an observation that shows it by its trace": {
			records: []fold.Record{create("T", "g", 1, in("own")), create("T", "h", 2), traceCreate("T", 3, in("s"))},
			want: []fact{
				sessionsListed("s"),
				observationsListed(telemetry.ObservationQuery{Where: filter.All{filter.Equals(filter.SessionID, "s")}}, "T/h"),
			},
		},
		"the environment of the earliest trace": {
			records: []fold.Record{
				traceCreate("A", 1, in("s"), env("a"), start(30)), traceCreate("B", 2, in("s"), env("b"), start(10)), traceCreate("C", 3, in("s"), env("c"), start(20)),
			},
			want: []fact{sessionShows("s", "b")},
		},
		"the environment of the smallest id of one time": {
			records: []fold.Record{traceCreate("b", 1, in("s"), env("b"), start(10)), traceCreate("a", 2, in("s"), env("a"), start(10)), traceCreate("B", 3, in("s"), env("B"), start(10))},
			want:    []fact{sessionShows("s", "B")},
		},
		"a trace becomes the earliest by a span": {
			records: []fold.Record{traceCreate("A", 1, in("s"), env("a"), start(10)), traceCreate("B", 2, in("s"), env("b"), start(20)), span("B", "r", 5, 30)},
			want:    []fact{sessionShows("s", "b")},
		},
		"the environment is what the trace shows": {
			records: []fold.Record{traceCreate("A", 1, in("s"), start(10)), create("A", "g", 2, env("g")), traceCreate("B", 3, in("s"), env("b"), start(20))},
			want:    []fact{sessionShows("s", "g")},
		},
		"an explicit environment comes late": {
			records: []fold.Record{traceCreate("A", 1, in("s"), start(10)), traceCreate("A", 2, env("late"))},
			want:    []fact{sessionShows("s", "late")},
		},
		"its id is that of a trace, a user and a score": {
			records: []fold.Record{traceCreate("x", 1, in("x"), text(fold.UserID, "x")), judge("x", 2, text(fold.SessionRef, "x"), number("x", 1))},
			want:    []fact{sessionsListed("x"), scoresListed(nil, "x"), judgedBy("x")},
		},
		"ids are compared verbatim": {
			records: []fold.Record{traceCreate("A", 1, in("s")), traceCreate("B", 2, in("S")), traceCreate("C", 3, in("s ")), traceCreate("D", 4, in("é")), traceCreate("E", 5, in("e\u0301"))},
			want:    []fact{sessionsListed("s", "S", "s ", "é", "e\u0301"), noSession("S "), noSession("E")},
		},
		"an empty id is an id": {
			records: []fold.Record{traceCreate("A", 1, in(""), env("a")), traceCreate("B", 2), traceCreate("C", 3, null(fold.SessionID))},
			want:    []fact{sessionsListed(""), sessionShows("", "a")},
		},
		"a trace that is derived has none": {
			records: []fold.Record{create("", "g", 1, in("s")), traceCreate(derived("h"), 2, in("t")), create("", "h", 3)},
			want:    []fact{noSession("s"), sessionsListed("t")},
		},
	}
}
