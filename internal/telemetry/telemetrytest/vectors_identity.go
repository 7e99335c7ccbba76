package telemetrytest

import (
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
)

// identityVectors are the cases that say which records make up an entity.
func identityVectors() map[string]vector {
	all := telemetry.ObservationQuery{}
	return map[string]vector{
		"no record names the trace": {
			records: []fold.Record{create("", "g", 5, text(fold.Name, "n"), usage(map[string]int64{"input": 3})), update("", "g", 6, text(fold.Model, "m"))},
			want: []fact{
				observationShows(derived("g"), "g", fields{"name": "n", "model": "m", "start": "5"}),
				foundIn(derived("g"), "g"),
				traceShows(derived("g"), fields{"timestamp": "5", "observations": "1", "usage input": "3", "name": none, "environment": "default"}),
				listed(derived("g")),
				observationsListed(all, derived("g")+"/g"),
			},
		},
		"a later record names the trace": {
			records: []fold.Record{
				update("", "g", 6, text(fold.Name, "n"), meta(`{"u":1}`), usage(map[string]int64{"input": 3}), cost(map[string]float64{"input": 1, "output": 1}), text(fold.Level, "ERROR"), end(20)),
				create("T", "g", 5, start(5), text(fold.Model, "m"), meta(`{"c":1}`)),
			},
			want: []fact{
				observationShows("T", "g", fields{"name": "n", "model": "m", "start": "5", "end": "20", "metadata": `{"c":1,"u":1}`, "level": "ERROR"}),
				traceShows("T", fields{"observations": "1", "levels": "[0 0 0 1]", "usage input": "3", "usage total": "3", "cost total": "2", "first": "5", "last": "20", "timestamp": "5"}),
				foundIn("T", "g"),
				noTrace(derived("g")),
				listed("T"),
				observationsListed(all, "T/g"),
			},
		},
		"several records without a trace move together": {
			records: []fold.Record{
				update("", "g", 6, text(fold.Name, "n")), update("", "g", 7, text(fold.Model, "m")), create("T", "g", 5), update("", "g", 8, text(fold.StatusMessage, "s")),
			},
			want: []fact{
				observationShows("T", "g", fields{"name": "n", "model": "m", "status": "s", "start": "5"}),
				listed("T"), noTrace(derived("g")), observationsListed(all, "T/g"),
			},
		},
		"observations without a trace do not share one": {
			records: []fold.Record{create("", "g", 5), create("", "h", 6)},
			want: []fact{
				listed(derived("h"), derived("g")), holdsObservations(derived("g"), "g"), holdsObservations(derived("h"), "h"),
			},
		},
		"only what lacks a trace moves": {
			records: []fold.Record{create("", "g", 5), create("", "h", 6), create("T", "g", 7)},
			want:    []fact{listed(derived("h"), "T"), holdsObservations("T", "g"), holdsObservations(derived("h"), "h")},
		},
		"leaving a trace that has others": {
			records: []fold.Record{create("", "g", 5, usage(map[string]int64{"input": 1})), create(derived("g"), "h", 6, usage(map[string]int64{"input": 2})), create("T", "g", 7)},
			want: []fact{
				holdsObservations(derived("g"), "h"), holdsObservations("T", "g"), listed(derived("g"), "T"),
				traceShows(derived("g"), fields{"observations": "1", "usage input": "2", "timestamp": "6"}), traceShows("T", fields{"observations": "1", "usage input": "1"}),
			},
		},
		"leaving a trace that a record names": {
			records: []fold.Record{create("", "g", 5), traceCreate(derived("g"), 6, text(fold.Name, "n")), create("T", "g", 7)},
			want: []fact{
				holdsObservations(derived("g")), holdsObservations("T", "g"), listed(derived("g"), "T"),
				traceShows(derived("g"), fields{"name": "n", "observations": "0", "first": "0", "last": "0", "timestamp": "6"}),
			},
		},
		"a record names the derived trace": {
			records: []fold.Record{create("", "g", 5, text(fold.Name, "n")), update(derived("g"), "g", 6, text(fold.Model, "m"))},
			want:    []fact{observationShows(derived("g"), "g", fields{"name": "n", "model": "m"}), listed(derived("g")), observationsListed(all, derived("g")+"/g")},
		},
		"moving into a trace that has others": {
			records: []fold.Record{
				create("T", "a", 1, start(100), usage(map[string]int64{"output": 1})), create("T", "b", 2, start(300)),
				update("", "g", 3, start(200), end(900), usage(map[string]int64{"output": 10})), create("T", "g", 4),
			},
			want: []fact{
				holdsObservations("T", "a", "g", "b"), listed("T"),
				traceShows("T", fields{"observations": "3", "usage output": "11", "first": "100", "last": "900"}),
			},
		},
		"the same id in two traces": {
			records: []fold.Record{
				create("A", "g", 5, text(fold.Name, "in A"), start(5)), create("B", "g", 6, text(fold.Name, "in B"), start(9)),
				update("A", "g", 7, text(fold.Model, "m")),
			},
			want: []fact{
				observationShows("A", "g", fields{"name": "in A", "model": "m"}),
				observationShows("B", "g", fields{"name": "in B", "model": none}),
				foundIn("B", "g"), listed("B", "A"),
				observationsListed(all, "B/g", "A/g"),
			},
		},
		"a record without a trace joins the newest start of several": {
			inOrder: true,
			records: []fold.Record{
				create("A", "g", 1, start(50)), create("B", "g", 2, start(90)), create("C", "g", 3, start(70)), update("", "g", 4, text(fold.Name, "n")),
			},
			want: []fact{
				observationShows("A", "g", fields{"name": none}), observationShows("B", "g", fields{"name": "n"}), observationShows("C", "g", fields{"name": none}),
				noTrace(derived("g")),
			},
		},
		"it stays there when a newer start comes": {
			inOrder: true,
			records: []fold.Record{
				create("A", "g", 1, start(50)), create("B", "g", 2, start(90)), update("", "g", 3, text(fold.Name, "n")),
				create("C", "g", 4, start(99)), update("", "g", 5, text(fold.Model, "m")),
			},
			want: []fact{
				observationShows("B", "g", fields{"name": "n", "model": none}), observationShows("C", "g", fields{"name": none, "model": "m"}),
			},
		},
		"the first trace that is named gets what had none": {
			inOrder: true,
			records: []fold.Record{
				update("", "g", 1, text(fold.Name, "n")), create("A", "g", 2, start(50)), create("B", "g", 3, start(90)),
			},
			want: []fact{observationShows("A", "g", fields{"name": "n"}), observationShows("B", "g", fields{"name": none}), noTrace(derived("g"))},
		},
		"a trace record names a trace that has no observations": {
			records: []fold.Record{traceCreate("T", 5, text(fold.Name, "n"))},
			want: []fact{
				traceShows("T", fields{"name": "n", "timestamp": "5", "observations": "0", "first": "0", "last": "0"}), holdsObservations("T"), listed("T"),
			},
		},
		"an observation creates its trace": {
			records: []fold.Record{create("T", "g", 5)},
			want:    []fact{traceShows("T", fields{"name": none, "timestamp": "5", "environment": "default", "public": "false", "tags": ""}), listed("T")},
		},
		"an observation with the id of its trace": {
			records: []fold.Record{create("x", "x", 5, text(fold.Name, "observation")), traceCreate("x", 6, text(fold.Name, "trace"))},
			want:    []fact{traceShows("x", fields{"name": "trace"}), observationShows("x", "x", fields{"name": "observation", "trace name": "trace"}), listed("x")},
		},
		"ids are compared verbatim": {
			records: []fold.Record{create("t", "g", 5), create("T", "g", 6), create("T", "G", 7), create("T ", "G", 8)},
			want:    []fact{listed("T ", "T", "t"), holdsObservations("T", "g", "G"), holdsObservations("t", "g"), holdsObservations("T ", "G")},
		},
	}
}
