package telemetrytest

import (
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// entityVectors are the cases in which records of one entity meet.
func entityVectors() map[string]vector {
	return map[string]vector{
		"an update before its create": {
			records: []fold.Record{
				update("T", "g", 10, io(fold.Output, `"b"`)),
				create("T", "g", 5, start(5), io(fold.Output, `"a"`)),
			},
			want: []fact{observationShows("T", "g", fields{"output": "b", "start": "5"})},
		},
		"an explicit start beats a default one": {
			records: []fold.Record{create("T", "g", 5), update("T", "g", 3, start(7))},
			want:    []fact{observationShows("T", "g", fields{"start": "7"})},
		},
		"the first default start counts without an explicit one": {
			records: []fold.Record{create("T", "g", 5), update("T", "g", 3), update("T", "g", 8)},
			want:    []fact{observationShows("T", "g", fields{"start": "3"})},
		},
		"the start is the first, the end the last that was given": {
			records: []fold.Record{
				create("T", "g", 1, start(1000)), update("T", "g", 2, start(2000), end(3000)), update("T", "g", 3, end(2500)),
			},
			want: []fact{observationShows("T", "g", fields{"start": "1000", "end": "2500"})},
		},
		"null in fields where it reads as absent": {
			records: []fold.Record{
				create("T", "g", 5, text(fold.Parent, "p"), end(9), text(fold.Version, "v"), text(fold.StatusMessage, "m"),
					set(fold.CompletionStart, fold.Time(6)), text(fold.ModelParameters, `{"t":1}`), set(fold.PromptLink, fold.Value{S: "q", N: 2, HasN: true}),
					io(fold.Input, `"i"`), meta(`{"k":1}`), usage(map[string]int64{"input": 1}), cost(map[string]float64{"input": 1}),
					text(fold.Environment, "e"), text(fold.Type, "GENERATION")),
				update("T", "g", 7, null(fold.Parent), null(fold.End), null(fold.Version), null(fold.StatusMessage), null(fold.CompletionStart),
					null(fold.ModelParameters), null(fold.PromptLink), null(fold.Input), meta(`null`), null(fold.Usage), null(fold.Cost),
					null(fold.Environment), null(fold.Type), io(fold.Output, `"o"`)),
			},
			want: []fact{observationShows("T", "g", fields{
				"parent": "p", "end": "9", "version": "v", "status": "m", "completion start": "6", "parameters": `{"t":1}`,
				"prompt": "q 2", "input": "i", "output": "o", "metadata": `{"k":1}`, "provided usage": "input 1",
				"provided cost": "input 1000000000000", "environment": "e", "type": "GENERATION",
			})},
		},
		"null clears": {
			records: []fold.Record{
				create("T", "g", 5, text(fold.Name, "n"), text(fold.UserID, "u"), text(fold.SessionID, "s"), text(fold.Release, "r"),
					text(fold.Model, "m"), text(fold.Level, "ERROR")),
				update("T", "g", 7, null(fold.Name), null(fold.UserID), null(fold.SessionID), null(fold.Release), null(fold.Model), null(fold.Level)),
			},
			want: []fact{observationShows("T", "g", fields{
				"name": none, "user": none, "session": none, "release": none, "model": none, "level": "DEFAULT",
			})},
		},
		"a value after null": {
			records: []fold.Record{
				create("T", "g", 5, text(fold.Name, "n")), update("T", "g", 6, null(fold.Name)), update("T", "g", 7, text(fold.Name, "m")),
			},
			want: []fact{observationShows("T", "g", fields{"name": "m"})},
		},
		"null in a trace": {
			records: []fold.Record{
				traceCreate("T", 5, text(fold.Name, "n"), text(fold.UserID, "u"), text(fold.SessionID, "s"), text(fold.Release, "r"),
					text(fold.Version, "v"), set(fold.Public, fold.Bool(true)), tags("t"), meta(`{"k":1}`), text(fold.Environment, "e"), io(fold.Input, "1")),
				traceCreate("T", 6, null(fold.Name), null(fold.UserID), null(fold.SessionID), null(fold.Release), null(fold.Version),
					null(fold.Public), meta("null"), null(fold.Environment), null(fold.Input)),
			},
			want: []fact{traceShows("T", fields{
				"name": none, "user": none, "session": none, "release": none, "version": none,
				"public": "true", "tags": "t", "metadata": `{"k":1}`, "environment": "e", "input": "1",
			})},
		},
		"an empty text is a value": {
			records: []fold.Record{create("T", "g", 5, text(fold.Name, "n"), text(fold.Model, "m")), update("T", "g", 6, text(fold.Name, ""), text(fold.Model, ""))},
			want:    []fact{observationShows("T", "g", fields{"name": "", "model": ""})},
		},
		"a default counts only where no record is explicit": {
			records: []fold.Record{
				create("T", "g", 5, text(fold.Level, "ERROR"), text(fold.Type, "TOOL"), text(fold.Environment, "e")),
				span("T", "g", 2, 9),
			},
			want: []fact{observationShows("T", "g", fields{"level": "ERROR", "type": "TOOL", "environment": "e", "start": "2"})},
		},
		"explicit null beats a later default": {
			records: []fold.Record{
				create("T", "g", 5, text(fold.Level, "ERROR")), update("T", "g", 6, null(fold.Level)), span("T", "g", 2, 9),
			},
			want: []fact{observationShows("T", "g", fields{"level": "DEFAULT"})},
		},
		"a span outranks an update of the same time, and that a create": {
			records: []fold.Record{
				create("T", "g", 9, text(fold.Name, "create"), text(fold.Model, "create"), start(4)),
				update("T", "g", 9, text(fold.Name, "update"), text(fold.Model, "update"), text(fold.UserID, "update"), start(5)),
				span("T", "g", 6, 9, text(fold.Name, "span")),
			},
			want: []fact{observationShows("T", "g", fields{"name": "span", "model": "update", "user": "update", "start": "4"})},
		},
		"a span removes nothing that it does not carry": {
			records: []fold.Record{
				create("T", "g", 1, io(fold.Input, `"i"`), text(fold.Model, "m"), usage(map[string]int64{"input": 4}), meta(`{"a":1}`)),
				span("T", "g", 2, 9, text(fold.Name, "n"), meta(`{"b":2}`)),
			},
			want: []fact{observationShows("T", "g", fields{"name": "n", "input": "i", "model": "m", "provided usage": "input 4", "metadata": `{"a":1,"b":2}`})},
		},
		"the environment is the first": {
			records: []fold.Record{
				create("T", "g", 1), update("T", "g", 2, text(fold.Environment, "a")), update("T", "g", 3, text(fold.Environment, "b")),
			},
			want: []fact{observationShows("T", "g", fields{"environment": "a"})},
		},
		"the type is the last": {
			records: []fold.Record{create("T", "g", 1, text(fold.Type, "GENERATION")), update("T", "g", 2, text(fold.Type, "SPAN"))},
			want:    []fact{observationShows("T", "g", fields{"type": "SPAN"})},
		},
		"a batch end before the start shows as the start": {
			records: []fold.Record{create("T", "g", 1, start(500)), update("T", "g", 2, end(400))},
			want:    []fact{observationShows("T", "g", fields{"start": "500", "end": "500"}), traceShows("T", fields{"first": "500", "last": "500"})},
		},
		"an OTLP end before the start shows as it came": {
			records: []fold.Record{span("T", "g", 500, 400)},
			want:    []fact{observationShows("T", "g", fields{"start": "500", "end": "400"}), traceShows("T", fields{"first": "500", "last": "500"})},
		},
		"a weak output does not replace a strong one": {
			records: []fold.Record{
				create("T", "g", 1, io(fold.Output, `"x"`)), update("T", "g", 2, io(fold.Output, `""`)), update("T", "g", 3, io(fold.Output, `false`)),
			},
			want: []fact{observationShows("T", "g", fields{"output": "x"})},
		},
		"the last strong output counts": {
			records: []fold.Record{
				create("T", "g", 1, io(fold.Output, `"x"`)), update("T", "g", 2, io(fold.Output, `[]`)), update("T", "g", 3, io(fold.Output, `0`)),
			},
			want: []fact{observationShows("T", "g", fields{"output": "[]"})},
		},
		"a weak output alone is kept": {
			records: []fold.Record{create("T", "g", 1, io(fold.Output, `0`))},
			want:    []fact{observationShows("T", "g", fields{"output": "0", "input": none})},
		},
		"of weak outputs the last, null aside": {
			records: []fold.Record{
				create("T", "g", 1, io(fold.Output, `0`)), update("T", "g", 2, io(fold.Output, `false`)), update("T", "g", 3, null(fold.Output)),
			},
			want: []fact{observationShows("T", "g", fields{"output": "false"})},
		},
		"the text 0 is strong": {
			records: []fold.Record{create("T", "g", 2, io(fold.Output, `"0"`)), update("T", "g", 1, io(fold.Output, `"x"`))},
			want:    []fact{observationShows("T", "g", fields{"output": "0"})},
		},
		"usage is replaced as a whole": {
			records: []fold.Record{
				create("T", "g", 1, usage(map[string]int64{"input": 5, "output": 7})), update("T", "g", 2, usage(map[string]int64{"output": 9})),
				update("T", "g", 3, usage(nil)),
			},
			want: []fact{
				observationShows("T", "g", fields{"provided usage": "output 9", "usage": "output 9, total 9"}),
				traceShows("T", fields{"usage input": "0", "usage output": "9", "usage total": "9"}),
			},
		},
		"cost is replaced as a whole": {
			records: []fold.Record{
				create("T", "g", 1, cost(map[string]float64{"input": 0.5, "output": 0.25})), update("T", "g", 2, cost(map[string]float64{"total": 0.125})),
				update("T", "g", 3, cost(nil)),
			},
			want: []fact{
				observationShows("T", "g", fields{"provided cost": "total 125000000000", "cost": "total 125000000000", "total cost": "0.125"}),
				traceShows("T", fields{"cost input": "0", "cost output": "0", "cost total": "0.125"}),
			},
		},
		"tools are replaced as a whole": {
			records: []fold.Record{
				create("T", "g", 1, text(fold.ToolDefinitions, `{"a":"{}"}`), text(fold.ToolCalls, `[{"name":"a"}]`)),
				update("T", "g", 2, text(fold.ToolDefinitions, `{"b":"{}"}`), text(fold.ToolCalls, `[{"name":"b"}]`)),
				update("T", "g", 3, text(fold.ToolDefinitions, ""), null(fold.ToolCalls)),
			},
			want: []fact{observationShows("T", "g", fields{"tools": `{"b":"{}"}`, "tool calls": `[{"name":"b"}]`})},
		},
		"metadata merges leaf by leaf": {
			records: []fold.Record{
				traceCreate("T", 1, meta(`{"step1":1,"status":"a"}`)), traceCreate("T", 2, meta(`{"step2":2,"error":""}`)),
			},
			want: []fact{traceShows("T", fields{"metadata": `{"error":"","status":"a","step1":1,"step2":2}`})},
		},
		"nested metadata": {
			records: []fold.Record{create("T", "g", 1, meta(`{"a":{"b":1}}`)), update("T", "g", 0, meta(`{"a":{"c":2}}`))},
			want:    []fact{observationShows("T", "g", fields{"metadata": `{"a":{"b":1,"c":2}}`})},
		},
		"a scalar between two objects": {
			records: []fold.Record{
				create("T", "g", 1, meta(`{"a":{"q":1}}`)), update("T", "g", 2, meta(`{"a":5}`)), update("T", "g", 3, meta(`{"a":{"r":2}}`)),
			},
			want: []fact{observationShows("T", "g", fields{"metadata": `{"a":{"r":2}}`})},
		},
		"an object, a scalar, the same object": {
			records: []fold.Record{
				create("T", "g", 1, meta(`{"a":{"q":1}}`)), update("T", "g", 2, meta(`{"a":5}`)), update("T", "g", 3, meta(`{"a":{"q":1}}`)),
			},
			want: []fact{observationShows("T", "g", fields{"metadata": `{"a":{"q":1}}`})},
		},
		"the same object twice, then a scalar": {
			records: []fold.Record{
				create("T", "g", 1, meta(`{"a":{"q":1}}`)), update("T", "g", 3, meta(`{"a":5}`)), update("T", "g", 2, meta(`{"a":{"q":1}}`)),
			},
			want: []fact{observationShows("T", "g", fields{"metadata": `{"a":5}`})},
		},
		"a scalar hides what came before it below": {
			records: []fold.Record{
				create("T", "g", 1, meta(`{"a":{"q":{"x":1}}}`)), update("T", "g", 3, meta(`{"a":{"q":5}}`)), update("T", "g", 2, meta(`{"a":{"r":2,"q":{"y":2}}}`)),
			},
			want: []fact{observationShows("T", "g", fields{"metadata": `{"a":{"q":5,"r":2}}`})},
		},
		"a path is keys, not a dotted text": {
			records: []fold.Record{create("T", "g", 1, meta(`{"a":{"b":1}}`)), update("T", "g", 2, meta(`{"a.b":2}`))},
			want:    []fact{observationShows("T", "g", fields{"metadata": `{"a":{"b":1},"a.b":2}`})},
		},
		"an empty object is kept": {
			records: []fold.Record{create("T", "g", 1, meta(`{"e":{}}`))},
			want:    []fact{observationShows("T", "g", fields{"metadata": `{"e":{}}`})},
		},
		"an empty object is a leaf": {
			records: []fold.Record{create("T", "g", 1, meta(`{"e":{"x":1},"f":{}}`)), update("T", "g", 2, meta(`{"e":{},"f":{"y":1}}`))},
			want:    []fact{observationShows("T", "g", fields{"metadata": `{"e":{},"f":{"y":1}}`})},
		},
		"an array is replaced": {
			records: []fold.Record{create("T", "g", 1, meta(`{"l":[1,2,3]}`)), update("T", "g", 2, meta(`{"l":[4]}`))},
			want:    []fact{observationShows("T", "g", fields{"metadata": `{"l":[4]}`})},
		},
		"a null leaf is kept": {
			records: []fold.Record{create("T", "g", 1, meta(`{"k":1,"o":{"x":1}}`)), update("T", "g", 2, meta(`{"k":null,"o":null}`))},
			want:    []fact{observationShows("T", "g", fields{"metadata": `{"k":null,"o":null}`})},
		},
		"metadata that is weak as a whole changes nothing": {
			records: []fold.Record{
				create("T", "g", 1, meta(`{"k":1}`)), update("T", "g", 2, meta(`""`)), update("T", "g", 3, meta(`0`)), update("T", "g", 4, meta(`false`)),
				update("T", "g", 5, meta(`{}`)),
			},
			want: []fact{observationShows("T", "g", fields{"metadata": `{"k":1}`})},
		},
		"metadata that is no object": {
			records: []fold.Record{create("T", "g", 1, meta(`[1]`)), update("T", "g", 2, meta(`"x"`)), traceCreate("T", 1, meta(`true`))},
			want:    []fact{observationShows("T", "g", fields{"metadata": `{"metadata":"x"}`}), traceShows("T", fields{"metadata": `{"metadata":true}`})},
		},
		"tags are united": {
			records: []fold.Record{traceCreate("T", 1, tags("b", "a")), traceCreate("T", 2, tags("a", "c"))},
			want:    []fact{traceShows("T", fields{"tags": "a b c"})},
		},
		"a removed tag": {
			// A person's removal has a key after the newest one stored.
			records: []fold.Record{traceCreate("T", 9, tags("a", "b")), {Kind: fold.Trace, TraceID: "T", ID: "T", Time: 10, Rank: fold.Update, RemovedTags: []string{"a"}}},
			want:    []fact{traceShows("T", fields{"tags": "b", "timestamp": "9"})},
		},
		"a tag that is set again": {
			records: []fold.Record{traceCreate("T", 9, tags("a")), traceCreate("T", 10, untag("a")), traceCreate("T", 11, tags("a"))},
			want:    []fact{traceShows("T", fields{"tags": "a"})},
		},
		"tags sort by code unit": {
			records: []fold.Record{traceCreate("T", 9, tags("\U0001F600", "\uFF5E", "z", "Z"))},
			want:    []fact{traceShows("T", fields{"tags": "Z z \U0001F600 \uFF5E"})},
		},
		"public stays where nothing is said": {
			records: []fold.Record{traceCreate("T", 1, set(fold.Public, fold.Bool(true))), traceCreate("T", 2, text(fold.Name, "n"))},
			want:    []fact{traceShows("T", fields{"public": "true", "name": "n"})},
		},
		"public is the last that was said": {
			records: []fold.Record{
				traceCreate("T", 1, set(fold.Public, fold.Bool(true)), set(fold.Bookmarked, fold.Bool(false))),
				traceCreate("T", 2, set(fold.Public, fold.Bool(false)), set(fold.Bookmarked, fold.Bool(true))),
			},
			want: []fact{traceShows("T", fields{"public": "false", "bookmarked": "true"})},
		},
		"the same twice": {
			records: []fold.Record{create("T", "g", 1, text(fold.Name, "n"), meta(`{"b":1,"a":2}`)), create("T", "g", 1, text(fold.Name, "n"), meta(`{"b":1,"a":2}`))},
			want:    []fact{holdsObservations("T", "g"), observationShows("T", "g", fields{"name": "n", "metadata": `{"a":2,"b":1}`}), traceShows("T", fields{"observations": "1"})},
		},
		"the same again after a change": {
			records: []fold.Record{
				create("T", "g", 1, text(fold.Name, "a")), update("T", "g", 2, null(fold.Name)), create("T", "g", 1, text(fold.Name, "a")),
			},
			want: []fact{observationShows("T", "g", fields{"name": none})},
		},
		"levels and sums follow a change": {
			records: []fold.Record{
				create("T", "g", 1, text(fold.Level, "WARNING"), usage(map[string]int64{"input": 5}), cost(map[string]float64{"input": 1, "output": 2}), start(100)),
				update("T", "g", 2, text(fold.Level, "ERROR"), usage(map[string]int64{"input_cached": 1, "output": 2, "total": 7}), end(400)),
				create("T", "h", 3, text(fold.Level, "DEBUG"), start(50), end(60)),
			},
			want: []fact{traceShows("T", fields{
				"levels": "[1 0 0 1]", "observations": "2", "usage input": "1", "usage output": "2", "usage total": "7",
				"cost input": "1", "cost output": "2", "cost total": "3", "first": "50", "last": "400",
			})},
		},
		"times at the edges": {
			records: []fold.Record{
				create("T", "g", trace.MinMicros, text(fold.Name, "first"), start(trace.MinMicros)), update("T", "g", trace.MaxMicros, text(fold.Name, "last"), end(trace.MaxMicros)),
			},
			want: []fact{observationShows("T", "g", fields{"name": "last", "start": "-62135596800000000", "end": "253402300799999999"})},
		},
		"a microsecond apart": {
			records: []fold.Record{create("T", "g", 1_700_000_000_000_001, text(fold.Name, "a")), create("T", "g", 1_700_000_000_000_002, text(fold.Name, "b"))},
			want:    []fact{observationShows("T", "g", fields{"name": "b", "start": "1700000000000001"})},
		},
	}
}
