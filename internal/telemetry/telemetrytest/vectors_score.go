package telemetrytest

import (
	"github.com/fusebox-llm/fusebox/internal/filter"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/score"
)

// scoreVectors are the cases of scores.
func scoreVectors() map[string]vector {
	comment := func(s string) part { return text(fold.Comment, s) }
	yes := number("x", 1)
	bad := label("x", "bad", 3)
	return map[string]vector{
		"a boolean becomes a number": {
			records: []fold.Record{judge("s", 1, boolean("x", true)), judge("s", 2, number("x", 0.7))},
			want:    []fact{scoreShows("s", fields{"type": "NUMERIC", "number": "0.7", "text": none})},
		},
		"a number becomes a text": {
			records: []fold.Record{judge("s", 1, number("x", 0.7)), judge("s", 2, prose("y", "z")), judge("s", 3, comment("c"))},
			want:    []fact{scoreShows("s", fields{"value": "TEXT y 0 z null", "comment": "c"})},
		},
		"a value and its config change only together": {
			records: []fold.Record{
				judge("s", 1, says(score.Value{Name: "a", DataType: score.Categorical, Number: 2, Text: ptr("l"), ConfigID: ptr("c")})),
				judge("s", 2, number("b", 5)),
			},
			want: []fact{scoreShows("s", fields{"value": "NUMERIC b 5 null null"})},
		},
		"a comment is cleared, and the first sent again": {
			records: []fold.Record{judge("s", 1, yes, comment("c")), judge("s", 2, yes, null(fold.Comment)), judge("s", 1, yes, comment("c"))},
			want:    []fact{scoreShows("s", fields{"comment": none, "number": "1"})},
		},
		"a comment after null": {
			records: []fold.Record{judge("s", 1, comment("a")), judge("s", 2, null(fold.Comment)), judge("s", 3, comment("b"))},
			want:    []fact{scoreShows("s", fields{"comment": "b"})},
		},
		"timestamp, trace and environment are the first": {
			records: []fold.Record{
				judge("s", 5, of("A"), start(100), text(fold.Environment, "a")), judge("s", 6, of("B"), start(50), text(fold.Environment, "b")),
			},
			want: []fact{
				scoreShows("s", fields{"trace": "A", "timestamp": "100", "environment": "a"}),
				scoresListed(filter.All{filter.Equals(filter.TraceID, "A")}, "s"), scoresListed(filter.All{filter.Equals(filter.TraceID, "B")}),
			},
		},
		"an explicit timestamp beats a default one": {
			records: []fold.Record{judge("s", 5), judge("s", 6, start(900)), judge("s", 4)},
			want:    []fact{scoreShows("s", fields{"timestamp": "900"})},
		},
		"the first default timestamp": {
			records: []fold.Record{judge("s", 5), judge("s", 3), judge("s", 8)},
			want:    []fact{scoreShows("s", fields{"timestamp": "3"})},
		},
		"session, run and observation change": {
			records: []fold.Record{
				judge("s", 1, of("T"), on("a"), text(fold.SessionRef, "s1"), text(fold.RunRef, "r1")), judge("s", 2, on("b"), text(fold.SessionRef, "s2"), text(fold.RunRef, "r2")),
			},
			want: []fact{scoreShows("s", fields{"trace": "T", "observation": "b", "session": "s2", "run": "r2"})},
		},
		"null changes nothing but comment, author, queue and execution trace": {
			records: []fold.Record{
				judge("s", 1, of("T"), on("o"), text(fold.SessionRef, "se"), text(fold.RunRef, "r"), text(fold.Environment, "e"), text(fold.Source, "EVAL"), yes, meta(`{"k":1}`),
					comment("c"), text(fold.Author, "a"), text(fold.Queue, "q"), text(fold.ExecutionTrace, "x")),
				judge("s", 2, null(fold.TraceRef), null(fold.ObservationRef), null(fold.SessionRef), null(fold.RunRef), null(fold.Environment), null(fold.Source), null(fold.ScoreValue), meta(`null`),
					null(fold.Comment), null(fold.Author), null(fold.Queue), null(fold.ExecutionTrace)),
			},
			want: []fact{scoreShows("s", fields{
				"trace": "T", "observation": "o", "session": "se", "run": "r", "environment": "e", "source": "EVAL", "value": "NUMERIC x 1 null null", "metadata": `{"k":1}`,
				"comment": none, "author": none, "queue": none, "execution trace": none,
			})},
		},
		"metadata merges leaf by leaf": {
			records: []fold.Record{judge("s", 2, meta(`{"a":{"b":1},"k":1}`)), judge("s", 1, meta(`{"a":{"c":2},"k":0}`)), judge("s", 3, meta(`{"l":null}`))},
			want:    []fact{scoreShows("s", fields{"metadata": `{"a":{"b":1,"c":2},"k":1,"l":null}`})},
		},
		"a metadata scalar between objects": {
			records: []fold.Record{judge("s", 1, meta(`{"a":{"q":1}}`)), judge("s", 2, meta(`{"a":5}`)), judge("s", 3, meta(`{"a":{"r":2}}`))},
			want:    []fact{scoreShows("s", fields{"metadata": `{"a":{"r":2}}`})},
		},
		"a rank": {
			records: []fold.Record{judge("s", 5, yes), batch(fold.Score, "", "s", 5, fold.Update, []part{bad}), judge("s", 4, number("y", 0))},
			want:    []fact{scoreShows("s", fields{"value": "CATEGORICAL x 3 bad null"})},
		},
		"nothing given": {
			records: []fold.Record{judge("s", 7)},
			want: []fact{scoreShows("s", fields{
				"timestamp": "7", "environment": "default", "source": "API", "metadata": "", "trace": none, "observation": none, "session": none, "run": none, "comment": none, "config": none,
			})},
		},
		"it needs nothing and creates nothing": {
			records: []fold.Record{judge("a", 1, of("T"), on("o"), yes), judge("b", 2, text(fold.SessionRef, "S"), yes), judge("c", 3, text(fold.RunRef, "R"), yes)},
			want: []fact{
				noTrace("T"), listed(), noSession("S"), sessionsListed(), scoresListed(nil, "c", "b", "a"), scoreTrace("a", none), scoreTrace("b", none),
				scoresListed(filter.All{filter.Equals(filter.SessionID, "S")}, "b"), scoresListed(filter.All{filter.Equals(filter.RunID, "R")}, "c"),
			},
		},
		"it is one of its project, whatever it is about": {
			records: []fold.Record{judge("s", 1, of("A"), yes), judge("s", 2, text(fold.SessionRef, "S")), judge("S", 3, of("A"), bad)},
			want:    []fact{scoresListed(nil, "S", "s"), scoreShows("s", fields{"trace": "A", "session": "S", "number": "1"})},
		},
		"its environment is its own": {
			records: []fold.Record{traceCreate("T", 1, text(fold.Environment, "e")), judge("a", 2, of("T"), yes), judge("b", 3, of("T"), text(fold.Environment, "f"))},
			want: []fact{
				scoreShows("a", fields{"environment": "default"}), scoreShows("b", fields{"environment": "f"}),
				scoreTrace("a", "user null, session null, environment e, tags "), scoresListed(filter.All{filter.Equals(filter.Environment, "e")}),
			},
		},
		"what is shown of its trace": {
			records: []fold.Record{judge("a", 1, of("T"), yes), judge("b", 2, yes), traceCreate("T", 3, text(fold.UserID, "u"), text(fold.SessionID, "s"), tags("y", "x")), judge("c", 4, of("U"), yes)},
			want: []fact{
				scoreTrace("a", "user u, session s, environment default, tags x y"), scoreTrace("b", none), scoreTrace("c", none),
				scoresListed(filter.All{filter.Equals(filter.UserID, "u")}, "a"), scoresListed(filter.All{filter.Equals(filter.Tags, "x")}, "a"),
				scoresListed(filter.All{{Field: filter.UserID, Op: filter.IsNull}}, "c", "b"), scoresListed(filter.All{{Field: filter.SessionID, Op: filter.IsNull}}, "c", "b", "a"),
			},
		},
		"a list of traces gives their scores": {
			records: []fold.Record{
				create("T", "o", 1), traceCreate("U", 2),
				judge("first", 10, of("T"), yes), judge("of an observation", 20, of("T"), on("o"), yes), judge("later", 10, of("T"), start(30), bad),
				judge("fix", 40, of("T"), correction("c")), judge("of none", 50, yes), judge("session", 60, text(fold.SessionRef, "T"), yes), judge("run", 70, text(fold.RunRef, "T"), yes),
				judge("a tie", 20, of("T"), prose("p", "t")), judge("elsewhere", 80, of("V"), yes),
			},
			want: []fact{judgedBy("T", "later", "of an observation", "a tie", "first"), judgedBy("U"), listed("U", "T")},
		},
		"a correction becomes another score": {
			records: []fold.Record{traceCreate("T", 1), judge("s", 2, of("T"), correction("c")), judge("s", 3, yes), judge("r", 4, of("T"), yes), judge("r", 5, correction("d"))},
			want:    []fact{judgedBy("T", "s"), scoreShows("r", fields{"value": "CORRECTION output 0 d null"})},
		},
		"about a trace that is derived": {
			records: []fold.Record{update("", "g", 1, text(fold.Name, "n")), judge("s", 2, of(derived("g")), on("g"), yes)},
			want:    []fact{judgedBy(derived("g"), "s"), scoreShows("s", fields{"trace": derived("g"), "observation": "g"})},
		},
		"it stays when the observation moves": {
			records: []fold.Record{update("", "g", 1), judge("s", 2, of(derived("g")), on("g"), yes), create("T", "g", 3)},
			want:    []fact{judgedBy("T"), scoreShows("s", fields{"trace": derived("g")}), noTrace(derived("g")), scoreTrace("s", none)},
		},
		"ids are compared verbatim": {
			records: []fold.Record{judge("s", 1, of("t")), judge("S", 2, of("T")), judge("s ", 3, of("T ")), traceCreate("T", 4)},
			want:    []fact{scoresListed(nil, "s ", "S", "s"), judgedBy("T", "S"), scoreTrace("s", none), noScore("S "), noScore("")},
		},
	}
}
