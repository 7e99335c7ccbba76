package telemetrytest

import "github.com/fusebox-llm/fusebox/internal/fold"

// tieVectors are the exception to the rule that order does not matter: of two
// records with the same event time and rank, the later arrival wins.
func tieVectors() map[string]vector {
	return map[string]vector{
		"a span sent again with the same times": {
			inOrder: true,
			records: []fold.Record{
				span("T", "r", 0, 10, io(fold.Output, `"a"`), usage(map[string]int64{"output": 2})), span("T", "r", 0, 10, io(fold.Output, `"b"`), usage(map[string]int64{"output": 5})),
			},
			want: []fact{
				observationShows("T", "r", fields{"output": "b"}), traceShows("T", fields{"output": "b", "observations": "1", "usage output": "5"}), listed("T"),
			},
		},
		"a span sent again with the same end and another start": {
			// The start is first-wins: of equal keys the later arrival.
			inOrder: true,
			records: []fold.Record{span("T", "r", 5, 10), span("T", "r", 3, 10)},
			want:    []fact{observationShows("T", "r", fields{"start": "3"}), traceShows("T", fields{"timestamp": "3", "first": "3"})},
		},
		"two updates of one time": {
			inOrder: true,
			records: []fold.Record{
				create("T", "g", 1), update("T", "g", 5, text(fold.Name, "a"), text(fold.Model, "a")), update("T", "g", 5, text(fold.Name, "b")),
			},
			want: []fact{observationShows("T", "g", fields{"name": "b", "model": "a"})},
		},
		"the first again": {
			inOrder: true,
			records: []fold.Record{
				update("T", "g", 5, text(fold.Name, "a")), update("T", "g", 5, text(fold.Name, "b")), update("T", "g", 5, text(fold.Name, "a")),
			},
			want: []fact{observationShows("T", "g", fields{"name": "a"})},
		},
		"the explicit one of equal keys": {
			inOrder: true,
			records: []fold.Record{
				update("T", "g", 5, text(fold.Level, "ERROR")), update("T", "g", 5, func(r *fold.Record) { r.SetDefault(fold.Level, fold.Text("DEFAULT")) }),
			},
			want: []fact{observationShows("T", "g", fields{"level": "ERROR"})},
		},
		"the strong one of equal keys": {
			inOrder: true,
			records: []fold.Record{update("T", "g", 5, io(fold.Input, `"a"`)), update("T", "g", 5, io(fold.Input, `""`))},
			want:    []fact{observationShows("T", "g", fields{"input": "a"})},
		},
		"null of equal keys": {
			inOrder: true,
			records: []fold.Record{update("T", "g", 5, text(fold.Name, "a")), update("T", "g", 5, null(fold.Name))},
			want:    []fact{observationShows("T", "g", fields{"name": none})},
		},
		"a metadata leaf of equal keys": {
			inOrder: true,
			records: []fold.Record{update("T", "g", 5, meta(`{"k":1,"l":1}`)), update("T", "g", 5, meta(`{"k":2}`))},
			want:    []fact{observationShows("T", "g", fields{"metadata": `{"k":2,"l":1}`})},
		},
		"a metadata object, then a scalar of equal keys": {
			inOrder: true,
			records: []fold.Record{update("T", "g", 5, meta(`{"a":{"b":1},"z":1}`)), update("T", "g", 5, meta(`{"a":5}`)), update("T", "g", 9, meta(`{"y":1}`))},
			want:    []fact{observationShows("T", "g", fields{"metadata": `{"a":5,"y":1,"z":1}`})},
		},
		"a metadata scalar, then an object of equal keys": {
			inOrder: true,
			records: []fold.Record{update("T", "g", 5, meta(`{"a":5,"z":1}`)), update("T", "g", 5, meta(`{"a":{"b":1}}`)), update("T", "g", 9, meta(`{"y":1}`))},
			want:    []fact{observationShows("T", "g", fields{"metadata": `{"a":{"b":1},"y":1,"z":1}`})},
		},
		"a metadata scalar between two objects of equal keys": {
			inOrder: true,
			records: []fold.Record{update("T", "g", 5, meta(`{"a":{"q":1}}`)), update("T", "g", 5, meta(`{"a":5}`)), update("T", "g", 5, meta(`{"a":{"r":1}}`))},
			want:    []fact{observationShows("T", "g", fields{"metadata": `{"a":{"r":1}}`})},
		},
		"a tag of equal keys": {
			inOrder: true,
			records: []fold.Record{traceCreate("T", 5, tags("a", "b")), traceCreate("T", 5, untag("a")), traceCreate("T", 5, untag("b")), traceCreate("T", 5, tags("b"))},
			want:    []fact{traceShows("T", fields{"tags": "b"})},
		},
		"the environment of equal keys": {
			inOrder: true,
			records: []fold.Record{traceCreate("T", 5, text(fold.Environment, "a")), traceCreate("T", 5, text(fold.Environment, "b"))},
			want:    []fact{traceShows("T", fields{"environment": "b"})},
		},
		"trace names of equal keys": {
			inOrder: true,
			records: []fold.Record{spanTrace("T", 5, text(fold.Name, "a")), spanTrace("T", 5, text(fold.Name, "b"))},
			want:    []fact{traceShows("T", fields{"name": "b"})},
		},
	}
}
