package sqlite_test

import (
	"strings"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/score"
	"github.com/fusebox-llm/fusebox/internal/telemetry/sqlite"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// TestVerifyFinds breaks one thing at a time in the file; a verification that
// found nothing would prove nothing.
func TestVerifyFinds(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ damage, want string }{
		"count of a trace":          {"UPDATE traces SET observations = 3", "sums"},
		"level of a trace":          {"UPDATE traces SET errors = 1", "sums"},
		"usage of a trace":          {"UPDATE traces SET usage_total = usage_total + 1", "sums"},
		"last of a trace":           {"UPDATE traces SET last = last + 1", "sums"},
		"first OTLP start":          {"UPDATE traces SET first_otel = NULL", "first OTLP start"},
		"root":                      {"UPDATE traces SET root = NULL", "root"},
		"name":                      {"UPDATE traces SET name = user_id", "column 9"},
		"timestamp":                 {"UPDATE traces SET timestamp = timestamp + 1", "timestamp"},
		"public":                    {"UPDATE traces SET public = 1", "public"},
		"environment of the first":  {"UPDATE traces SET seen_time = 0", "first environment"},
		"named":                     {"UPDATE traces SET named = 0", "named"},
		"next place":                {"UPDATE traces SET position = 1", "next place"},
		"a tag":                     {"DELETE FROM trace_tags", "tags"},
		"a tag too many":            {"INSERT INTO trace_tags SELECT tag, timestamp, 99 FROM trace_tags", "tag without its trace"},
		"a payload":                 {"DELETE FROM payload", "has body"},
		"a payload too many":        {"INSERT INTO payload (r) VALUES (5)", "payload without its observation"},
		"a trace payload too many":  {"INSERT INTO trace_payload (t, body) VALUES (77, x'00')", "payload without its trace"},
		"an extent":                 {"INSERT INTO extents (extent, t) VALUES (78, 77)", "extent without its trace"},
		"index key":                 {"UPDATE observations SET k = 5 WHERE id = 'a'", "index key"},
		"project of an observation": {"UPDATE observations SET project = 9", "project"},
		"rates":                     {"UPDATE observations SET rates = NULL WHERE id = 'p'", "sums"},
		"rates of another model":    {"UPDATE observations SET rates = (SELECT MIN(id) FROM strings) WHERE id = 'p'", "rollup of observations"},
		"rates of nowhere":          {"UPDATE observations SET rates = 999", "read string 999"},
		"repriced":                  {"UPDATE observations SET repriced = rates WHERE id = 'q'", "sums"},
		"hints of usage":            {"UPDATE observations SET usage = substr(usage, 1, instr(usage, x'ff') - 1) WHERE id = 'p'", "sums"},
		"reasons":                   {"UPDATE observations SET reasons = 999", "read string 999"},
		"cost of a trace":           {"UPDATE traces SET cost_input = cost_input + 1", "sums"},
		"an observation":            {"DELETE FROM observations WHERE id = 'b'", "sums"},
		"start of an observation":   {"UPDATE observations SET start = start - 4000000000", "rollup of observations"},
		"a rollup":                  {"UPDATE rollup_observation SET cost_total = cost_total - 1", "rollup of observations"},
		"a rollup less":             {"DELETE FROM rollup_observation", "rollup of observations"},
		"a rollup of traces":        {"UPDATE rollup_trace SET observations = 1", "rollup of traces"},
		"a rollup of traces less":   {"DELETE FROM rollup_trace", "rollup of traces"},
		"a rollup too many":         {"INSERT INTO rollup_trace VALUES (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)", "rollup of traces"},
		"value of a score":          {"UPDATE scores SET value = 2", "value"},
		"timestamp of a score":      {"UPDATE scores SET timestamp = 2", "timestamp"},
		"trace of a score":          {"UPDATE scores SET trace_id = 'other'", "column 4"},
		"comment of a score":        {"UPDATE scores SET comment = NULL", "column 20"},
		"name of a score":           {"UPDATE scores SET name = environment", "column 8"},
		"metadata of a score":       {"DELETE FROM score_metadata", "metadata"},
		"metadata too much":         {"INSERT INTO score_metadata VALUES (77, 'k', 'v')", "metadata without its score"},
		"traces of a session":       {"UPDATE sessions SET traces = 2", "session stored but not shown"},
		"a session":                 {"DELETE FROM sessions", "session shown but not stored"},
		"a session too many":        {"INSERT INTO sessions VALUES (99, 1, 1, 1, 1, 1, 1)", "session stored but not shown"},
		"time of a session":         {"UPDATE sessions SET created_at = 1", "session stored but not shown"},
		"an alias too many":         {"INSERT INTO aliases VALUES (1, 't', 't')", "alias that is a trace"},
		"an alias of nothing":       {"UPDATE aliases SET trace_id = 'gone'", "alias of no trace"},
		"an alias with a score":     {"UPDATE aliases SET alias = 't2'", "score of an alias"},
		"a string twice":            {"INSERT INTO strings (project, hash, text) SELECT project, hash, text FROM strings", "string stored twice"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, sqlite.Config{})
			root := observation("t", "a", "x")
			root.OTel, root.Rank = true, fold.Complete
			root.Set(fold.Name, fold.Text("n"))
			root.Set(fold.Environment, fold.Text("prod"))
			root.Set(fold.Usage, fold.Map(trace.Amounts{{Name: "input", N: 7}}))
			tr := fold.Record{Kind: fold.Trace, TraceID: "t", ID: "t", Time: 9, Tags: []string{"x"}}
			tr.Set(fold.UserID, fold.Text("u"))
			tr.Set(fold.SessionID, fold.Text("s"))
			tr.Absorbs = "x"
			sc := fold.Record{Kind: fold.Score, ID: "c", Time: 3}
			sc.Set(fold.Start, fold.Time(3))
			sc.Set(fold.ScoreValue, fold.ScoreOf(score.Value{Name: "n", DataType: score.Numeric, Number: 1}))
			sc.Set(fold.TraceRef, fold.Text("t2"))
			sc.Set(fold.Comment, fold.Text("good"))
			sc.Metadata = trace.Metadata{Object: `{"k":"v"}`}
			priced, repriced := observation("t", "p", "z"), observation("t", "q", "z")
			for _, r := range []*fold.Record{&priced, &repriced} {
				r.Set(fold.Model, fold.Text("m"))
				r.Set(fold.Rates, fold.Text(card("m", 3)))
				r.Set(fold.Usage, fold.Value{A: trace.Amounts{{Name: "input", N: 7}}, S: `{"parameters":{"tier":"fast"}}`})
				r.Set(fold.Reasons, fold.Text("name\ta"))
			}
			repriced.Set(fold.Repriced, fold.Text(card("m", 4)))
			write(t, s, "p", root, observation("t", "b", "y"), priced, repriced, tr, sc)
			verify(t, s)
			if err := s.Exec(tt.damage); err != nil {
				t.Fatal(err)
			}
			if err := s.Verify(t.Context()); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want one that says %q", err, tt.want)
			}
		})
	}
}
