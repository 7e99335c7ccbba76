package telemetrytest

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// call is one call of Write, or of DeleteScore.
type call struct {
	project id.Project
	records []fold.Record
	deleted string // the id of the score
}

func (c call) do(ctx context.Context, s telemetry.Store) error {
	if c.deleted != "" {
		return s.DeleteScore(ctx, c.project, c.deleted)
	}
	return s.Write(ctx, c.project, clone(c.records))
}

// history is what clients of a few projects send, cut into calls. No two of its
// records tie, but some are sent more than once.
type history []call

func (h history) String() string {
	var b strings.Builder
	for i, c := range h {
		fmt.Fprintf(&b, "call %d, project %s:\n", i+1, c.project)
		if c.deleted != "" {
			fmt.Fprintf(&b, "  delete score %q\n", c.deleted)
		}
		b.WriteString(describe(c.records))
	}
	return b.String()
}

// The values that histories draw from: few, so that they meet.
func someTraces() []string       { return []string{"A", "B", "c", "X"} }
func someObservations() []string { return []string{"o1", "o2", "O2", "o3", "o4", "A"} }
func someTexts() []string        { return []string{"", "u", "U", "é", "e\u0301", "7", "x y"} }
func someTags() []string         { return []string{"a", "b", "B", "\U0001F600", "\uFF5E"} }
func someEnvironments() []string { return []string{"default", "prod", "dev"} }
func someScores() []string       { return []string{"s1", "s2", "S2", "A"} }

// home says how the records of one observation id name its trace.
type home struct {
	traces   []string
	untraced bool // some records, or all, name none
}

// drawHistory draws a history over the given projects.
func drawHistory(t *rapid.T, projects ...id.Project) history {
	homes := map[string]home{}
	for _, obs := range someObservations() {
		switch rapid.IntRange(0, 3).Draw(t, "home of "+obs) {
		case 0:
			homes[obs] = home{traces: someTraces()}
		case 1:
			homes[obs] = home{untraced: true}
		default:
			homes[obs] = home{traces: []string{rapid.SampledFrom(someTraces()).Draw(t, "trace of "+obs)}, untraced: rapid.Bool().Draw(t, "sometimes without")}
		}
	}
	n := rapid.IntRange(1, 16).Draw(t, "records")
	times := rapid.Permutation(slices.Collect(seq(n))).Draw(t, "event times")
	var sent []call // a record each
	for i := range n {
		p := rapid.SampledFrom(projects).Draw(t, "project")
		at := 100_000 + trace.Micros(times[i])*700
		if rapid.IntRange(0, 4).Draw(t, "of a score") == 0 {
			sent = append(sent, call{project: p, records: []fold.Record{drawScore(t, p, i, at)}})
		} else {
			sent = append(sent, call{project: p, records: []fold.Record{drawRecord(t, p, homes, i, at)}})
		}
	}
	sent = append(sent, rapid.SliceOfN(rapid.SampledFrom(sent), 0, 4).Draw(t, "sent again")...)
	for range rapid.SampledFrom([]int{0, 0, 0, 1, 2}).Draw(t, "deletes") {
		sent = append(sent, call{project: rapid.SampledFrom(projects).Draw(t, "project"), deleted: rapid.SampledFrom(someScores()).Draw(t, "deleted")})
	}
	sent = rapid.Permutation(sent).Draw(t, "order")

	var h history
	for _, c := range sent {
		if n := len(h); n > 0 && h[n-1].project == c.project && c.deleted+h[n-1].deleted == "" && rapid.IntRange(0, 2).Draw(t, "same call") > 0 {
			h[n-1].records = append(h[n-1].records, c.records...)
		} else {
			h = append(h, call{c.project, slices.Clone(c.records), c.deleted})
		}
	}
	return h
}

func seq(n int) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for i := range n {
			if !yield(i) {
				return
			}
		}
	}
}

// drawRecord draws the record with number i of a history.
func drawRecord(t *rapid.T, p id.Project, homes map[string]home, i int, at trace.Micros) fold.Record {
	if rapid.IntRange(0, 3).Draw(t, "of a trace") == 0 {
		traceID := rapid.SampledFrom(someTraces()).Draw(t, "trace")
		parts := drawParts(t, fold.Trace)
		if rapid.IntRange(0, 3).Draw(t, "absorbs") == 0 {
			parts = append(parts, absorbs(rapid.SampledFrom(someAliases(p)).Draw(t, "absorbed")))
		}
		if rapid.Bool().Draw(t, "from a span") {
			return spanTrace(traceID, at, parts...)
		}
		if rapid.Bool().Draw(t, "has a timestamp") {
			parts = append(parts, start(drawTime(t, i)))
		}
		return traceCreate(traceID, at, parts...)
	}
	obs := rapid.SampledFrom(someObservations()).Draw(t, "observation")
	h, traceID := homes[obs], ""
	if len(h.traces) > 0 && (!h.untraced || rapid.Bool().Draw(t, "names its trace")) {
		traceID = rapid.SampledFrom(h.traces).Draw(t, "trace")
	}
	parts := drawParts(t, fold.Observation)
	if rapid.Bool().Draw(t, "has a parent") {
		parts = append(parts, text(fold.Parent, rapid.SampledFrom(someObservations()).Draw(t, "parent")))
	}
	if traceID != "" && rapid.Bool().Draw(t, "is a span") {
		from := drawTime(t, i)
		if rapid.IntRange(0, 3).Draw(t, "app root") == 0 {
			parts = append(parts, appRoot())
		}
		if rapid.IntRange(0, 3).Draw(t, "as root") == 0 {
			parts = append(parts, asRoot(rapid.Bool().Draw(t, "as root")))
		}
		r := span(traceID, obs, from, at, parts...)
		return r
	}
	if rapid.Bool().Draw(t, "has a start") {
		parts = append(parts, start(drawTime(t, i)))
	}
	if rapid.Bool().Draw(t, "has an end") {
		parts = append(parts, end(drawTime(t, i)))
	}
	if rapid.Bool().Draw(t, "is an update") {
		return update(traceID, obs, at, parts...)
	}
	return create(traceID, obs, at, parts...)
}

// drawTime draws a time that no other record of the history has, near a
// millisecond. Defaults, which are event times, are later than all of them.
func drawTime(t *rapid.T, i int) trace.Micros {
	return trace.Micros(rapid.IntRange(-5, 50).Draw(t, "ms")*1000 + i - 3)
}

// drawParts draws fields that an entity of the kind has, times and parent apart.
func drawParts(t *rapid.T, k fold.Kind) []part {
	var parts []part
	some := func(what string) bool { return rapid.IntRange(0, 2).Draw(t, "has "+what) == 0 }
	texts := []fold.Field{fold.Name, fold.UserID, fold.SessionID, fold.Release, fold.Version}
	if k == fold.Observation {
		texts = append(texts, fold.StatusMessage)
	}
	for _, f := range texts {
		if !some(f.String()) {
			continue
		}
		if rapid.IntRange(0, 3).Draw(t, "null") == 0 {
			parts = append(parts, null(f))
		} else {
			parts = append(parts, text(f, rapid.SampledFrom(someTexts()).Draw(t, f.String())))
		}
	}
	for _, f := range []fold.Field{fold.Input, fold.Output} {
		if some(f.String()) {
			parts = append(parts, io(f, rapid.SampledFrom([]string{`"in"`, `"out"`, `{"b":1,"a":2}`, `""`, `0`, `false`, `null`, `"0"`}).Draw(t, f.String())))
		}
	}
	if some("metadata") {
		parts = append(parts, meta(drawObject(t, 0)))
	}
	if some("environment") {
		env := fold.Text(rapid.SampledFrom(someEnvironments()).Draw(t, "environment"))
		if rapid.Bool().Draw(t, "default") {
			parts = append(parts, func(r *fold.Record) { r.SetDefault(fold.Environment, env) })
		} else {
			parts = append(parts, set(fold.Environment, env))
		}
	}
	if k == fold.Trace {
		if some("tags") {
			parts = append(parts, tags(rapid.SliceOfNDistinct(rapid.SampledFrom(someTags()), 1, 3, rapid.ID[string]).Draw(t, "tags")...))
		} else if some("removed tags") {
			parts = append(parts, untag(rapid.SliceOfNDistinct(rapid.SampledFrom(someTags()), 1, 3, rapid.ID[string]).Draw(t, "removed")...))
		}
		if some("public") {
			parts = append(parts, set(fold.Public, fold.Bool(rapid.Bool().Draw(t, "public"))))
		}
		if some("bookmarked") {
			parts = append(parts, set(fold.Bookmarked, fold.Bool(rapid.Bool().Draw(t, "bookmarked"))))
		}
		return parts
	}
	if some("type") {
		parts = append(parts, text(fold.Type, string(rapid.SampledFrom(trace.Types()).Draw(t, "type"))))
	}
	if some("level") {
		level := fold.Null()
		if rapid.IntRange(0, 4).Draw(t, "null level") > 0 {
			level = fold.Text(string(rapid.SampledFrom(trace.Levels()).Draw(t, "level")))
		}
		parts = append(parts, set(fold.Level, level))
	}
	names := rapid.SampledFrom([]string{"input", "output", "total", "input_cached", "cache"})
	parts = append(parts, drawRates(t)...)
	if some("cost") {
		c := rapid.MapOfN(names, rapid.Int64Range(-5, 2_000_000_000_000), 0, 3).Draw(t, "cost")
		parts = append(parts, set(fold.Cost, fold.Map(trace.AmountsOf(c))))
	}
	if some("tools") {
		parts = append(parts, text(fold.ToolDefinitions, `{"f":"{}"}`), text(fold.ToolCalls, rapid.SampledFrom([]string{`[1]`, `[2]`, ""}).Draw(t, "calls")))
	}
	if some("prompt") {
		parts = append(parts, set(fold.PromptLink, fold.Value{S: "p", N: rapid.Int64Range(0, 3).Draw(t, "version"), HasN: rapid.Bool().Draw(t, "has version")}))
	}
	if some("parameters") {
		parts = append(parts, text(fold.ModelParameters, rapid.SampledFrom([]string{`{"t":1}`, `{"t":2}`}).Draw(t, "parameters")))
	}
	if some("first token") {
		parts = append(parts, set(fold.CompletionStart, fold.Time(trace.Micros(rapid.IntRange(0, 9).Draw(t, "first token")))))
	}
	if some("experiment") {
		parts = append(parts, text(fold.Experiment, rapid.SampledFrom([]string{`{"id":"e1"}`, `{"id":"e2"}`}).Draw(t, "experiment")))
	}
	if some("raw") {
		parts = append(parts, text(fold.Raw, rapid.SampledFrom([]string{`{"r":1}`, `{"r":2}`}).Draw(t, "raw")))
	}
	return parts
}

// drawRates draws what an observation's cost is made of, and reasons.
func drawRates(t *rapid.T) []part {
	var parts []part
	of := func(what string, n int) int { return rapid.IntRange(0, n-1).Draw(t, what) }
	names := rapid.SampledFrom([]string{"alpha", "alpha", "beta", "ALPHA", "gamma", ""})
	switch of("model", 8) {
	case 0:
		parts = append(parts, noModel())
	case 1:
		parts = append(parts, text(fold.Model, names.Draw(t, "model without a card"))) // as before there were cards
	case 2, 3, 4:
		parts = append(parts, model(names.Draw(t, "model")))
	}
	switch of("repriced", 9) {
	case 0:
		parts = append(parts, text(fold.Repriced, ""))
	case 1:
		parts = append(parts, null(fold.Repriced))
	case 2:
		parts = append(parts, reprice(names.Draw(t, "repriced model")))
	}
	units := rapid.MapOfN(rapid.SampledFrom([]string{"input", "output", "total", "input_cached", "cache"}), rapid.Int64Range(0, 1000), 0, 3)
	switch of("usage", 6) {
	case 0:
		parts = append(parts, usage(units.Draw(t, "units")))
	case 1:
		parts = append(parts, usageWith(flex(), units.Draw(t, "units")))
	case 2:
		parts = append(parts, estimate(rapid.SampledFrom([]string{"o200k_base", "cl100k_base"}).Draw(t, "encoding"), units.Draw(t, "units")))
	}
	if of("reasons", 3) == 0 {
		reasons := rapid.SampledFrom([]string{"name\ta", "name\tb", "model\tc", "usage.input\td", "input\te", "metadata.k\tf", "tags\tg", "", "none"})
		parts = append(parts, text(fold.Reasons, strings.Join(rapid.SliceOfN(reasons, 0, 3).Draw(t, "reasons"), "\n")))
	}
	return parts
}

// drawObject draws a JSON object whose paths overlap with those of others.
func drawObject(t *rapid.T, depth int) string {
	keys := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "a.b", "<&>", `q"\`, "é"}), 0, 3, rapid.ID[string]).Draw(t, "keys")
	members := make([]string, len(keys))
	for i, k := range keys {
		v := ""
		if depth < 3 && rapid.Bool().Draw(t, "nested") {
			v = drawObject(t, depth+1)
		} else {
			v = rapid.SampledFrom([]string{"1", "1.0", "null", `"x"`, `[{"a":1}]`, "{}", "12345678901234567890"}).Draw(t, "leaf")
		}
		members[i] = fold.Quote(k) + ":" + v
	}
	return "{" + strings.Join(members, ",") + "}"
}
