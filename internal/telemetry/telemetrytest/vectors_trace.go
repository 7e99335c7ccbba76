package telemetrytest

import (
	"github.com/fusebox-llm/fusebox/internal/filter"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
)

func appRoot() part { return set(fold.AppRoot, fold.Bool(true)) }

func asRoot(b bool) part { return set(fold.AsRoot, fold.Bool(b)) }

func child(of string) part { return text(fold.Parent, of) }

// traceVectors are the cases that say what a trace shows: its own fields, and
// below them those of its root.
func traceVectors() map[string]vector {
	return map[string]vector{
		"an explicit name beats the root's": {
			records: []fold.Record{
				span("T", "c", 2, 5, child("r")), spanTrace("T", 5, text(fold.Name, "x")), span("T", "r", 0, 10, text(fold.Name, "y")),
			},
			want: []fact{traceShows("T", fields{"name": "x"})},
		},
		"a child's user is the trace's": {
			records: []fold.Record{
				span("T", "r", 0, 10), span("T", "c", 2, 5, child("r"), text(fold.UserID, "u")), spanTrace("T", 5, text(fold.UserID, "u")),
			},
			want: []fact{traceShows("T", fields{"user": "u"}), observationShows("T", "r", fields{"user": "u"})},
		},
		"explicit metadata beats the root's": {
			records: []fold.Record{
				span("T", "r", 0, 10, meta(`{"k":1,"l":1}`)), span("T", "c", 2, 5, child("r")), spanTrace("T", 5, meta(`{"k":2}`)),
			},
			want: []fact{traceShows("T", fields{"metadata": `{"k":2,"l":1}`}), observationShows("T", "r", fields{"metadata": `{"k":1,"l":1}`})},
		},
		"explicit metadata owns what overlaps it": {
			records: []fold.Record{
				span("T", "r", 0, 10, meta(`{"a":{"x":1,"y":1},"b":1,"c":{"z":1}}`)), traceCreate("T", 1, meta(`{"a":{"x":2},"b":{"n":1},"c":5}`)),
			},
			want: []fact{traceShows("T", fields{"metadata": `{"a":{"x":2,"y":1},"b":{"n":1},"c":5}`})},
		},
		"a late trace-create adds tags and leaves the earlier time": {
			records: []fold.Record{span("T", "r", 0, 10), span("T", "c", 2, 5, child("r")), traceCreate("T", 900, tags("a"))},
			want:    []fact{traceShows("T", fields{"timestamp": "0", "tags": "a"})},
		},
		"the last of two spans that name the trace": {
			records: []fold.Record{
				span("T", "r", 0, 10), spanTrace("T", 10, text(fold.Name, "A")), span("T", "c", 2, 5, child("r")), spanTrace("T", 5, text(fold.Name, "B")),
			},
			want: []fact{traceShows("T", fields{"name": "A"})},
		},
		"a batch observation gives its trace nothing": {
			records: []fold.Record{
				traceCreate("T", 1), create("T", "g", 2, text(fold.Type, "GENERATION"), text(fold.Name, "n"), io(fold.Input, `"i"`), io(fold.Output, `"o"`), meta(`{"k":1}`)),
			},
			want: []fact{traceShows("T", fields{"input": none, "output": none, "name": none, "metadata": ""})},
		},
		"a root gives name, input, output and metadata": {
			records: []fold.Record{span("T", "r", 0, 10, text(fold.Name, "n"), io(fold.Input, `"i"`), io(fold.Output, `"o"`), meta(`{"k":1}`))},
			want:    []fact{traceShows("T", fields{"name": "n", "input": "i", "output": "o", "metadata": `{"k":1}`})},
		},
		"a root gives nothing else": {
			records: []fold.Record{
				span("T", "r", 0, 10, text(fold.UserID, "u"), text(fold.SessionID, "s"), text(fold.Release, "r"), text(fold.Version, "v")),
			},
			want: []fact{traceShows("T", fields{"user": none, "session": none, "release": none, "version": none})},
		},
		"field by field": {
			records: []fold.Record{
				span("T", "r", 0, 10, text(fold.Name, "root"), io(fold.Input, `"root"`), io(fold.Output, `"root"`)), traceCreate("T", 1, io(fold.Output, `"own"`)),
			},
			want: []fact{traceShows("T", fields{"name": "root", "input": "root", "output": "own"})},
		},
		"a weak explicit input is not replaced by the root's": {
			records: []fold.Record{span("T", "r", 0, 10, io(fold.Input, `"root"`)), traceCreate("T", 1, io(fold.Input, `""`))},
			want:    []fact{traceShows("T", fields{"input": ""})},
		},
		"a name cleared by null falls back to the root's": {
			records: []fold.Record{span("T", "r", 0, 10, text(fold.Name, "root")), traceCreate("T", 1, text(fold.Name, "own")), traceCreate("T", 2, null(fold.Name))},
			want:    []fact{traceShows("T", fields{"name": "root"})},
		},
		"a child is no root": {
			records: []fold.Record{span("T", "c", 0, 10, child("r"), text(fold.Name, "n"), io(fold.Input, `"i"`))},
			want:    []fact{traceShows("T", fields{"name": none, "input": none})},
		},
		"the earlier of two roots": {
			records: []fold.Record{span("T", "a", 5, 10, text(fold.Name, "a")), span("T", "b", 4, 11, text(fold.Name, "b"))},
			want:    []fact{traceShows("T", fields{"name": "b"})},
		},
		"the smaller id of two roots that start together": {
			records: []fold.Record{span("T", "b", 5, 10, text(fold.Name, "b")), span("T", "a", 5, 11, text(fold.Name, "a")), span("T", "c", 5, 12, text(fold.Name, "c"))},
			want:    []fact{traceShows("T", fields{"name": "a"})},
		},
		"an app root where there is no root": {
			records: []fold.Record{span("T", "c", 3, 10, child("x"), text(fold.Name, "child")), span("T", "p", 4, 9, child("y"), appRoot(), text(fold.Name, "app"), io(fold.Input, `"i"`))},
			want:    []fact{traceShows("T", fields{"name": "app", "input": "i"}), observationShows("T", "p", fields{"root": "true"}), observationShows("T", "c", fields{"root": "false"})},
		},
		"a span that is to be treated as the root is not shown as one": {
			records: []fold.Record{span("T", "p", 4, 9, child("y"), asRoot(true), text(fold.Name, "as root")), span("T", "c", 3, 10, child("x"), asRoot(false))},
			want:    []fact{traceShows("T", fields{"name": "as root"}), observationShows("T", "p", fields{"root": "false", "app root": "false"})},
		},
		"the last that was said of a span as the root": {
			records: []fold.Record{
				span("T", "p", 4, 9, child("y"), text(fold.Name, "p"), asRoot(false)), update("T", "p", 10, asRoot(true)),
				update("T", "p", 11, null(fold.AsRoot)), update("T", "p", 12, func(r *fold.Record) { r.SetDefault(fold.AsRoot, fold.Bool(false)) }),
			},
			want: []fact{traceShows("T", fields{"name": "p"})},
		},
		"a span is no longer to be treated as the root": {
			records: []fold.Record{span("T", "p", 4, 9, child("y"), text(fold.Name, "p"), asRoot(true)), update("T", "p", 10, asRoot(false))},
			want:    []fact{traceShows("T", fields{"name": none})},
		},
		"a root beats an earlier app root": {
			records: []fold.Record{span("T", "p", 1, 9, child("y"), appRoot(), text(fold.Name, "app"), io(fold.Input, `"app"`)), span("T", "r", 4, 10, text(fold.Name, "root"))},
			want:    []fact{traceShows("T", fields{"name": "root", "input": none})},
		},
		"a root without a name gives none, though another has one": {
			records: []fold.Record{span("T", "a", 1, 9, io(fold.Input, `"a"`)), span("T", "b", 2, 10, text(fold.Name, "b"), io(fold.Output, `"b"`))},
			want:    []fact{traceShows("T", fields{"name": none, "input": "a", "output": none})},
		},
		"a root that gets a parent later": {
			records: []fold.Record{
				span("T", "a", 1, 9, text(fold.Name, "a"), meta(`{"a":1}`)), span("T", "b", 2, 10, text(fold.Name, "b"), meta(`{"b":1}`)), update("T", "a", 20, child("b")),
			},
			want: []fact{traceShows("T", fields{"name": "b", "metadata": `{"b":1}`})},
		},
		"the only root gets a parent later": {
			records: []fold.Record{span("T", "a", 1, 9, text(fold.Name, "a"), io(fold.Output, `"o"`)), update("T", "a", 20, child("b"))},
			want:    []fact{traceShows("T", fields{"name": none, "output": none})},
		},
		"a root becomes the later one": {
			records: []fold.Record{
				span("T", "a", 3, 9, text(fold.Name, "a")), span("T", "b", 5, 10, text(fold.Name, "b")), create("T", "b", 1, start(2)),
			},
			want: []fact{traceShows("T", fields{"name": "b"}), observationShows("T", "b", fields{"start": "2"})},
		},
		"a batch observation becomes a root once a span comes": {
			records: []fold.Record{create("T", "g", 1, text(fold.Name, "n"), io(fold.Input, `"i"`)), span("T", "g", 2, 3, io(fold.Output, `"o"`))},
			want:    []fact{traceShows("T", fields{"name": "n", "input": "i", "output": "o"})},
		},
		"the root's fields change": {
			records: []fold.Record{span("T", "r", 1, 9, text(fold.Name, "a"), io(fold.Output, `"a"`)), span("T", "r", 1, 12, text(fold.Name, "b"), io(fold.Output, `"b"`))},
			want:    []fact{traceShows("T", fields{"name": "b", "output": "b", "observations": "1"})},
		},
		"timestamp of a trace-create": {
			records: []fold.Record{traceCreate("T", 50, start(40)), create("T", "g", 10, start(10))},
			want:    []fact{traceShows("T", fields{"timestamp": "40"})},
		},
		"timestamp of the first trace-create": {
			records: []fold.Record{traceCreate("T", 50, start(40)), traceCreate("T", 60, start(30)), traceCreate("T", 20)},
			want:    []fact{traceShows("T", fields{"timestamp": "40"})},
		},
		"timestamp of a trace-create before the spans": {
			records: []fold.Record{traceCreate("T", 5), span("T", "r", 10, 20)},
			want:    []fact{traceShows("T", fields{"timestamp": "5"})},
		},
		"timestamp of the first span": {
			records: []fold.Record{span("T", "a", 10, 20), span("T", "b", 8, 30), create("T", "g", 1, start(2))},
			want:    []fact{traceShows("T", fields{"timestamp": "8", "first": "2"})},
		},
		"timestamp of the first observation": {
			records: []fold.Record{create("T", "g", 10, start(10)), create("T", "h", 12, start(7))},
			want:    []fact{traceShows("T", fields{"timestamp": "7"})},
		},
		"timestamp when the first observation's start moves": {
			records: []fold.Record{create("T", "g", 10), create("T", "h", 12, start(20)), update("T", "g", 30, start(25))},
			want:    []fact{traceShows("T", fields{"timestamp": "20", "first": "20", "last": "25"})},
		},
		"environment of the first trace-create": {
			records: []fold.Record{
				traceCreate("T", 5, text(fold.Environment, "a")), traceCreate("T", 6, text(fold.Environment, "b")), create("T", "g", 1, text(fold.Environment, "c")),
			},
			want: []fact{traceShows("T", fields{"environment": "a"}), observationShows("T", "g", fields{"environment": "c"})},
		},
		"environment of the first observation that is explicit": {
			records: []fold.Record{
				traceCreate("T", 1, func(r *fold.Record) { r.SetDefault(fold.Environment, fold.Text("default")) }),
				create("T", "g", 2), create("T", "h", 4, text(fold.Environment, "h")), create("T", "i", 3, text(fold.Environment, "i")),
			},
			want: []fact{traceShows("T", fields{"environment": "i"}), observationShows("T", "g", fields{"environment": "i"}), observationShows("T", "h", fields{"environment": "h"})},
		},
		"environment where none is explicit": {
			records: []fold.Record{span("T", "r", 1, 2)},
			want:    []fact{traceShows("T", fields{"environment": "default"}), observationShows("T", "r", fields{"environment": "default"})},
		},
		"an explicit environment default": {
			records: []fold.Record{create("T", "g", 1, text(fold.Environment, "default")), create("T", "h", 2, text(fold.Environment, "x"))},
			want:    []fact{traceShows("T", fields{"environment": "default"}), observationShows("T", "h", fields{"environment": "x"})},
		},
		"a span sent again with another output": {
			records: []fold.Record{
				span("T", "r", 0, 10, io(fold.Output, `"a"`), usage(map[string]int64{"input": 1, "output": 2}), cost(map[string]float64{"input": 1, "output": 2}), text(fold.Level, "ERROR")),
				span("T", "r", 0, 11, io(fold.Output, `"b"`), usage(map[string]int64{"input": 10, "output": 20}), cost(map[string]float64{"input": 3, "output": 4}), text(fold.Level, "WARNING")),
			},
			want: []fact{
				observationShows("T", "r", fields{"output": "b", "end": "11"}),
				traceShows("T", fields{
					"output": "b", "observations": "1", "levels": "[0 0 1 0]", "usage input": "10", "usage output": "20", "usage total": "30",
					"cost input": "3", "cost output": "4", "cost total": "7", "last": "11",
				}),
			},
		},
	}
}

// inheritedVectors are the cases in which an observation shows what its trace
// has, and is found by it.
func inheritedVectors() map[string]vector {
	by := func(f filter.Field, text string) telemetry.ObservationQuery {
		return telemetry.ObservationQuery{Where: filter.All{filter.Equals(f, text)}}
	}
	own := []part{text(fold.UserID, "u"), text(fold.SessionID, "s"), text(fold.Version, "v"), text(fold.Release, "r"), text(fold.Environment, "e")}
	return map[string]vector{
		"what the trace has": {
			records: []fold.Record{create("T", "g", 1), traceCreate("T", 2, own...)},
			want: []fact{
				observationShows("T", "g", fields{"user": "u", "session": "s", "version": "v", "release": "r", "environment": "e"}),
				observationsListed(by(filter.UserID, "u"), "T/g"), observationsListed(by(filter.SessionID, "s"), "T/g"),
				observationsListed(by(filter.Version, "v"), "T/g"), observationsListed(by(filter.Release, "r"), "T/g"),
				observationsListed(by(filter.Environment, "e"), "T/g"), observationsListed(by(filter.Environment, "default")),
			},
		},
		"what it has itself": {
			records: []fold.Record{
				create("T", "g", 1, own...), create("T", "h", 2),
				traceCreate("T", 3, text(fold.UserID, "U"), text(fold.SessionID, "S"), text(fold.Version, "V"), text(fold.Release, "R"), text(fold.Environment, "E")),
			},
			want: []fact{
				observationShows("T", "g", fields{"user": "u", "session": "s", "version": "v", "release": "r", "environment": "e"}),
				observationShows("T", "h", fields{"user": "U", "session": "S", "version": "V", "release": "R", "environment": "E"}),
				observationsListed(by(filter.UserID, "u"), "T/g"), observationsListed(by(filter.UserID, "U"), "T/h"),
				observationsListed(by(filter.SessionID, "s"), "T/g"), observationsListed(by(filter.SessionID, "S"), "T/h"),
				observationsListed(by(filter.Version, "v"), "T/g"), observationsListed(by(filter.Version, "V"), "T/h"),
				observationsListed(by(filter.Release, "r"), "T/g"), observationsListed(by(filter.Release, "R"), "T/h"),
				observationsListed(by(filter.Environment, "e"), "T/g"), observationsListed(by(filter.Environment, "E"), "T/h"),
			},
		},
		"its own is cleared": {
			records: []fold.Record{create("T", "g", 1, text(fold.UserID, "u")), update("T", "g", 2, null(fold.UserID)), traceCreate("T", 1, text(fold.UserID, "U"))},
			want:    []fact{observationShows("T", "g", fields{"user": "U"}), observationsListed(by(filter.UserID, "U"), "T/g"), observationsListed(by(filter.UserID, "u"))},
		},
		"the trace's is cleared": {
			records: []fold.Record{create("T", "g", 1), traceCreate("T", 1, text(fold.UserID, "U")), traceCreate("T", 2, null(fold.UserID))},
			want: []fact{
				observationShows("T", "g", fields{"user": none}), observationsListed(by(filter.UserID, "U")),
				observationsListed(telemetry.ObservationQuery{Where: filter.All{{Field: filter.UserID, Op: filter.IsNull}}}, "T/g"),
			},
		},
		"tags, public, bookmarked and trace name are the trace's": {
			records: []fold.Record{
				span("T", "r", 1, 9, text(fold.Name, "root")), span("T", "c", 2, 8, child("r"), text(fold.Name, "child")),
				traceCreate("T", 3, tags("b", "a"), set(fold.Public, fold.Bool(true)), set(fold.Bookmarked, fold.Bool(true))),
			},
			want: []fact{
				observationShows("T", "c", fields{"tags": "a b", "public": "true", "bookmarked": "true", "trace name": "root", "name": "child"}),
				observationsListed(by(filter.Tags, "b"), "T/c", "T/r"), observationsListed(by(filter.Name, "root"), "T/r"),
			},
		},
		"a trace name that comes late": {
			records: []fold.Record{create("T", "g", 1), span("T", "r", 2, 3, text(fold.Name, "root")), traceCreate("T", 9, text(fold.Name, "own"))},
			want:    []fact{observationShows("T", "g", fields{"trace name": "own"}), observationShows("T", "r", fields{"trace name": "own"})},
		},
		"in the trace it moves to": {
			records: []fold.Record{update("", "g", 1), traceCreate("T", 2, text(fold.UserID, "u"), tags("t")), create("T", "g", 3)},
			want:    []fact{observationShows("T", "g", fields{"user": "u", "tags": "t"}), observationsListed(by(filter.UserID, "u"), "T/g"), observationsListed(by(filter.Tags, "t"), "T/g")},
		},
	}
}
