package telemetrytest

import (
	"github.com/fusebox-llm/fusebox/internal/filter"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
)

// absorbVectors are the cases of ids that a trace absorbs.
func absorbVectors() map[string]vector {
	all := telemetry.ObservationQuery{}
	opens := func(alias, traceID string) fact { return traceShows(alias, fields{"id": traceID}) }
	used := func(n int64) part { return usage(map[string]int64{"input": n}) }
	out := map[string]vector{
		"what lies under the id": {
			records: []fold.Record{
				create("X", "g", 2, start(200), end(900), used(3), cost(map[string]float64{"input": 1, "output": 1}), text(fold.Level, "ERROR")),
				traceCreate("X", 3, start(300), text(fold.Name, "n"), tags("x")), traceCreate("T", 4, start(400), absorbs("X")),
				create("T", "h", 5, start(100), used(4)), judge("s", 6, of("X"), on("g"), number("x", 1)),
			},
			want: []fact{
				listed("T"), opens("X", "T"), holdsObservations("T", "h", "g"), holdsObservations("X", "h", "g"), observationsListed(all, "T/g", "T/h"), foundIn("T", "g"),
				traceShows("T", fields{
					"name": "n", "tags": "x", "timestamp": "300", "observations": "2", "levels": "[0 1 0 1]", "usage input": "7", "usage total": "7", "cost total": "2", "first": "100", "last": "900",
				}),
				scoreShows("s", fields{"trace": "T", "observation": "g"}), judgedBy("T", "s"), scoreTrace("s", "user null, session null, environment default, tags x"),
			},
		},
		"nothing lies under the id": {
			records: []fold.Record{traceCreate("T", 1, absorbs("X"), text(fold.Name, "n"))},
			want:    []fact{listed("T"), opens("X", "T"), traceShows("X", fields{"name": "n", "observations": "0"})},
		},
		"an observation is said of the alias": {
			records: []fold.Record{traceCreate("T", 1, absorbs("X")), create("X", "g", 2, text(fold.Name, "n"))},
			want:    []fact{listed("T"), observationShows("T", "g", fields{"name": "n", "trace": "T"}), observationsListed(all, "T/g")},
		},
		"a span is said of the alias": {
			records: []fold.Record{traceCreate("T", 50, absorbs("X")), span("X", "r", 2, 9, text(fold.Name, "root"), io(fold.Output, `"o"`)), spanTrace("X", 9, text(fold.UserID, "u"))},
			want:    []fact{listed("T"), traceShows("T", fields{"name": "root", "output": "o", "user": "u", "timestamp": "2", "observations": "1"})},
		},
		"a span's trace absorbs": {
			records: []fold.Record{spanTrace("T", 9, absorbs("X"), text(fold.Name, "n")), span("T", "r", 2, 9), traceCreate("X", 5, text(fold.Name, "x"), text(fold.UserID, "u"))},
			want:    []fact{listed("T"), traceShows("T", fields{"name": "n", "user": "u", "observations": "1"})},
		},
		"an observation that both have is one": {
			records: []fold.Record{
				create("X", "g", 2, start(200), text(fold.Name, "x"), text(fold.Model, "m"), used(3), text(fold.Level, "ERROR"), meta(`{"a":{"x":1}}`)),
				update("T", "g", 3, start(300), text(fold.Name, "t"), used(4), meta(`{"a":{"t":1}}`)), traceCreate("T", 4, absorbs("X")),
			},
			want: []fact{
				observationsListed(all, "T/g"), holdsObservations("T", "g"),
				observationShows("T", "g", fields{"name": "t", "model": "m", "start": "200", "provided usage": "input 4", "level": "ERROR", "metadata": `{"a":{"t":1,"x":1}}`}),
				traceShows("T", fields{"observations": "1", "usage input": "4", "levels": "[0 0 0 1]", "first": "200"}),
			},
		},
		"a third trace keeps its own of that id": {
			records: []fold.Record{create("X", "g", 2, start(5), text(fold.Name, "x")), create("U", "g", 3, start(9), text(fold.Name, "u")), traceCreate("T", 4, absorbs("X"))},
			want: []fact{
				observationsListed(all, "U/g", "T/g"), observationShows("U", "g", fields{"name": "u"}), observationShows("T", "g", fields{"name": "x"}), foundIn("U", "g"),
			},
		},
		"explicit fields join by the fold": {
			records: []fold.Record{
				traceCreate("X", 5, start(500), text(fold.Name, "x"), text(fold.UserID, "x"), text(fold.Environment, "x"), tags("x", "a"), meta(`{"m":{"x":1},"k":"x"}`), set(fold.Public, fold.Bool(true)),
					io(fold.Input, `"x"`), io(fold.Output, `""`)),
				traceCreate("T", 6, start(600), text(fold.Name, "t"), null(fold.UserID), text(fold.Environment, "t"), tags("t", "a"), meta(`{"m":{"t":1},"k":"t"}`), io(fold.Output, `"t"`)),
				traceCreate("T", 7, absorbs("X"), untag("a")),
			},
			want: []fact{traceShows("T", fields{
				"timestamp": "500", "name": "t", "user": none, "environment": "x", "tags": "t x", "metadata": `{"k":"t","m":{"t":1,"x":1}}`, "public": "true", "input": "x", "output": "t",
			})},
		},
		"what the alias said later wins": {
			records: []fold.Record{traceCreate("T", 5, absorbs("X"), text(fold.Name, "t"), text(fold.UserID, "t")), traceCreate("X", 9, text(fold.Name, "x"))},
			want:    []fact{traceShows("T", fields{"name": "x", "user": "t"}), traceShows("X", fields{"name": "x"})},
		},
		"the root may come from either": {
			records: []fold.Record{span("T", "t", 10, 20, text(fold.Name, "later")), span("X", "x", 5, 30, text(fold.Name, "earlier")), traceCreate("T", 40, absorbs("X"))},
			want:    []fact{traceShows("T", fields{"name": "earlier", "timestamp": "5", "first": "5", "last": "30"}), observationShows("T", "t", fields{"trace name": "earlier"})},
		},
		"observations show the whole trace": {
			records: []fold.Record{create("X", "x", 1), create("T", "t", 2), traceCreate("X", 3, text(fold.UserID, "u")), traceCreate("T", 4, absorbs("X"), tags("t"))},
			want: []fact{
				observationShows("T", "x", fields{"user": "u", "tags": "t"}), observationShows("T", "t", fields{"user": "u", "tags": "t"}),
				observationsListed(telemetry.ObservationQuery{Where: filter.All{filter.Equals(filter.UserID, "u"), filter.Equals(filter.Tags, "t")}}, "T/t", "T/x"),
			},
		},
		"conditions see the trace": {
			records: []fold.Record{create("X", "g", 1), judge("s", 2, of("X"), number("x", 1)), traceCreate("T", 3, absorbs("X"))},
			want: []fact{
				observationsListed(telemetry.ObservationQuery{Where: filter.All{filter.Equals(filter.TraceID, "T")}}, "T/g"),
				observationsListed(telemetry.ObservationQuery{Where: filter.All{filter.Equals(filter.TraceID, "X")}}),
				scoresListed(filter.All{filter.Equals(filter.TraceID, "T")}, "s"), scoresListed(filter.All{filter.Equals(filter.TraceID, "X")}),
				scoresListed(filter.All{{Field: filter.TraceID, Op: filter.Contains, Texts: []string{"X"}}}),
			},
		},
		"scores of both, and of the alias": {
			records: []fold.Record{
				judge("of x", 1, of("X"), number("x", 1)), judge("of t", 2, of("T"), number("x", 1)), traceCreate("T", 3, absorbs("X")),
				judge("of u", 4, of("U"), number("x", 1)), judge("moved", 5, of("X")), judge("moved", 6, of("T"), number("x", 2)),
			},
			want: []fact{judgedBy("T", "moved", "of t", "of x"), scoreShows("moved", fields{"trace": "T"}), scoreShows("of u", fields{"trace": "U"}), scoreTrace("of u", none)},
		},
		"the trace of an evaluator stays as it was sent": {
			records: []fold.Record{judge("s", 1, of("X"), text(fold.ExecutionTrace, "X"), text(fold.SessionRef, "X")), traceCreate("T", 2, absorbs("X"))},
			want:    []fact{scoreShows("s", fields{"trace": "T", "execution trace": "X", "session": "X"})},
		},
		"the session is that of the whole": {
			records: []fold.Record{
				traceCreate("X", 1, text(fold.SessionID, "x"), text(fold.Environment, "x")), traceCreate("T", 2, text(fold.SessionID, "t"), text(fold.Environment, "t"), absorbs("X")),
				traceCreate("Y", 3, text(fold.SessionID, "y")), traceCreate("U", 4, absorbs("Y")),
			},
			want: []fact{noSession("x"), sessionShows("t", "x"), sessionShows("y", "default"), sessionsListed("t", "y")},
		},
		"several ids": {
			records: []fold.Record{create("X", "x", 1), create("Y", "y", 2), traceCreate("T", 3, absorbs("X")), traceCreate("T", 4, absorbs("Y")), create("Y", "z", 5)},
			want:    []fact{listed("T"), holdsObservations("T", "x", "y", "z"), opens("X", "T"), opens("Y", "T")},
		},
		"a chain": {
			records: []fold.Record{
				create("C", "c", 1, used(1)), create("B", "b", 2, used(2)), create("A", "a", 3, used(4)), traceCreate("B", 4, absorbs("C"), text(fold.Name, "b")), traceCreate("A", 5, absorbs("B")),
				judge("s", 6, of("C"), number("x", 1)),
			},
			want: []fact{
				listed("A"), holdsObservations("A", "c", "b", "a"), opens("B", "A"), opens("C", "A"), traceShows("C", fields{"name": "b", "usage input": "7"}), judgedBy("A", "s"),
			},
		},
		"a long chain": {
			records: []fold.Record{traceCreate("A", 1, absorbs("B")), traceCreate("C", 2, absorbs("D")), traceCreate("B", 3, absorbs("C")), create("D", "d", 4), create("B", "b", 5)},
			want:    []fact{listed("A"), holdsObservations("A", "d", "b"), opens("D", "A"), opens("C", "A"), opens("B", "A")},
		},
		"itself": {
			records: []fold.Record{traceCreate("T", 1, absorbs("T"), text(fold.Name, "n")), create("T", "g", 2)},
			want:    []fact{listed("T"), traceShows("T", fields{"name": "n", "observations": "1"})},
		},
		"itself by an alias": {
			records: []fold.Record{traceCreate("A", 1, absorbs("B")), traceCreate("B", 2, absorbs("B"), text(fold.Name, "n")), create("B", "g", 3)},
			want:    []fact{listed("A"), opens("B", "A"), traceShows("A", fields{"name": "n", "observations": "1"})},
		},
		"no other trace changes": {
			records: []fold.Record{create("U", "g", 1, text(fold.Name, "u")), create("X", "x", 2), traceCreate("T", 3, absorbs("X")), traceCreate("x", 4), judge("X", 5, number("x", 1))},
			want:    []fact{listed("x", "T", "U"), holdsObservations("U", "g"), holdsObservations("x"), noTrace("g"), scoreShows("X", fields{"trace": none})},
		},
	}
	for name, v := range absorbUntracedVectors() {
		out[name] = v
	}
	for name, v := range absorbOrderVectors() {
		out[name] = v
	}
	return out
}

// absorbUntracedVectors are the cases of observations that name no trace, beside
// ids that a trace absorbs.
func absorbUntracedVectors() map[string]vector {
	all := telemetry.ObservationQuery{}
	return map[string]vector{
		"the trace in which an observation lives": {
			records: []fold.Record{update("", "g", 1, text(fold.Name, "n"), usage(map[string]int64{"input": 3})), traceCreate("T", 2, absorbs(derived("g")), text(fold.UserID, "u"))},
			want: []fact{
				listed("T"), foundIn("T", "g"), observationShows("T", "g", fields{"name": "n", "user": "u"}), traceShows(derived("g"), fields{"id": "T", "usage input": "3", "observations": "1"}),
				observationsListed(all, "T/g"),
			},
		},
		"more without a trace": {
			records: []fold.Record{update("", "g", 1, text(fold.Name, "n")), traceCreate("T", 2, absorbs(derived("g"))), update("", "g", 3, text(fold.Model, "m"))},
			want:    []fact{listed("T"), observationShows("T", "g", fields{"name": "n", "model": "m"}), observationsListed(all, "T/g")},
		},
		"then a record names the derived trace": {
			records: []fold.Record{update("", "g", 1, text(fold.Name, "n")), traceCreate("T", 2, absorbs(derived("g"))), create(derived("g"), "g", 3, text(fold.Model, "m"))},
			want:    []fact{listed("T"), observationShows("T", "g", fields{"name": "n", "model": "m"}), observationsListed(all, "T/g")},
		},
		"then a record names that trace": {
			records: []fold.Record{update("", "g", 1, text(fold.Name, "n")), traceCreate("T", 2, absorbs(derived("g"))), create("T", "g", 3, text(fold.Model, "m"))},
			want:    []fact{listed("T"), observationShows("T", "g", fields{"name": "n", "model": "m"}), observationsListed(all, "T/g")},
		},
		"then a record names another trace": {
			// No record had named one: it moves there, whole.
			records: []fold.Record{update("", "g", 1, text(fold.Name, "n")), traceCreate("T", 2, absorbs(derived("g"))), create("U", "g", 3, text(fold.Model, "m"))},
			want:    []fact{listed("T", "U"), holdsObservations("T"), observationShows("U", "g", fields{"name": "n", "model": "m"}), observationsListed(all, "U/g")},
		},
		"a record names the alias": {
			records: []fold.Record{update("", "g", 1, text(fold.Name, "n")), traceCreate("T", 2, absorbs("X")), create("X", "g", 3, text(fold.Model, "m"))},
			want:    []fact{listed("T"), foundIn("T", "g"), observationShows("T", "g", fields{"name": "n", "model": "m"}), noTrace(derived("g")), observationsListed(all, "T/g")},
		},
		"the derived trace absorbs": {
			records: []fold.Record{update("", "g", 1), traceCreate(derived("g"), 2, absorbs("X"), text(fold.Name, "n")), create("X", "x", 3)},
			want:    []fact{listed(derived("g")), holdsObservations(derived("g"), "g", "x"), traceShows("X", fields{"name": "n", "observations": "2"})},
		},
		"two without a trace come together": {
			records: []fold.Record{update("", "g", 1), update("", "h", 2), traceCreate("T", 3, absorbs(derived("g"))), traceCreate("T", 4, absorbs(derived("h")))},
			want:    []fact{listed("T"), holdsObservations("T", "g", "h"), observationsListed(all, "T/h", "T/g")},
		},
	}
}

// absorbOrderVectors are the cases in which the order of arrival matters.
func absorbOrderVectors() map[string]vector {
	all := telemetry.ObservationQuery{}
	return map[string]vector{
		"a second trace absorbs the same id": {
			inOrder: true,
			records: []fold.Record{
				create("X", "x", 1), traceCreate("A", 2, absorbs("X")), traceCreate("B", 3, absorbs("X"), text(fold.Name, "b")), create("B", "b", 4), create("X", "late", 5), traceCreate("B", 6, absorbs("X")),
			},
			want: []fact{listed("B", "A"), holdsObservations("A", "x", "late"), holdsObservations("B", "b"), traceShows("B", fields{"name": "b"}), traceShows("X", fields{"id": "A"})},
		},
		"an id is absorbed that is absorbed": {
			// B has C already, whatever becomes of B.
			inOrder: true,
			records: []fold.Record{create("C", "c", 1), traceCreate("B", 2, absorbs("C")), traceCreate("A", 3, absorbs("C")), traceCreate("A", 4, absorbs("B"))},
			want:    []fact{listed("A"), holdsObservations("A", "c"), traceShows("C", fields{"id": "A"})},
		},
		"each absorbs the other": {
			inOrder: true,
			records: []fold.Record{create("A", "a", 1), create("B", "b", 2), traceCreate("B", 3, absorbs("A")), traceCreate("A", 4, absorbs("B"), text(fold.Name, "n"))},
			want:    []fact{listed("B"), holdsObservations("B", "a", "b"), traceShows("A", fields{"id": "B", "name": "n"})},
		},
		"a circle": {
			inOrder: true,
			records: []fold.Record{traceCreate("A", 1, absorbs("B")), traceCreate("B", 2, absorbs("C")), traceCreate("C", 3, absorbs("A"), text(fold.Name, "n")), create("C", "c", 4)},
			want:    []fact{listed("A"), traceShows("C", fields{"id": "A", "name": "n"}), holdsObservations("B", "c")},
		},
		"a record without a trace, beside several that became one": {
			inOrder: true,
			records: []fold.Record{
				create("A", "g", 1, start(50)), create("B", "g", 2, start(90)), create("C", "g", 3, start(70)), traceCreate("A", 4, absorbs("B")), update("", "g", 5, text(fold.Name, "n")),
			},
			want: []fact{observationShows("C", "g", fields{"name": "n"}), observationShows("A", "g", fields{"name": none, "start": "50"}), observationsListed(all, "C/g", "A/g")},
		},
	}
}
