package sqlite_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/pricing"
	"github.com/fusebox-llm/fusebox/internal/score"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/telemetry/sqlite"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// TestOldFile opens a file that an earlier version wrote: it reads like one that is
// written today, and takes more.
func TestOldFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "telemetry.db")
	if err := sqlite.MigrateTo(t.Context(), path, 2); err != nil {
		t.Fatal(err)
	}
	rows, err := os.ReadFile("testdata/schema2.sql")
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), string(rows)); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	clock := func() time.Time { return time.UnixMicro(9_000_000) }
	old, fresh := open(t, sqlite.Config{Path: path, Now: clock}), open(t, sqlite.Config{Now: clock})
	verify(t, old)
	same := func(when string) {
		t.Helper()
		if diff := cmp.Diff(dump(t, fresh, "p"), dump(t, old, "p")); diff != "" {
			t.Errorf("%s (-a new file +the old one)\n%s", when, diff)
		}
		verify(t, old)
	}
	for _, call := range oldRecords() {
		write(t, fresh, "p", call...)
	}
	same("as it was")
	for _, call := range oldRecords() {
		write(t, old, "p", call...)
	}
	same("sent again")
	o, err := old.Observation(t.Context(), "p", "span", telemetry.Parts{Raw: true})
	if err != nil || o.TotalCost != nil || o.Account.UsageSource != trace.Reported || len(o.Reasons) > 0 {
		t.Errorf("what nobody priced: %+v, error %v", o, err)
	}

	more := fold.Record{Kind: fold.Observation, TraceID: "t", ID: "span", Time: 8_000_000, Rank: fold.Update}
	more.Set(fold.Repriced, fold.Text(card("gpt", 3)))
	more.Set(fold.Reasons, fold.Text("metadata\tx"))
	for _, s := range []*sqlite.Store{old, fresh} {
		write(t, s, "p", more)
	}
	same("repriced")
	if o, err = old.Observation(t.Context(), "p", "span", telemetry.Parts{Raw: true}); err != nil || o.TotalCost == nil || *o.TotalCost != 300_000_000 || len(o.Reasons) != 1 {
		t.Errorf("after it was repriced: %+v, error %v", o, err)
	}
}

// card returns a card for the name of a model, which costs so many millionths of a
// dollar a unit of input, and twice that by the parameter "tier".
func card(model string, micros int64) string {
	price := func(n int64) []pricing.Price {
		usd, err := pricing.ParseDecimal(strconv.FormatInt(n, 10) + "e-6")
		if err != nil {
			panic(err)
		}
		return []pricing.Price{{Usage: "input", USD: usd}}
	}
	return pricing.CardOf(model, []pricing.Model{{ID: "id of " + model, Name: model, Tiers: []pricing.Tier{
		{ID: "1", Name: "Standard", Default: true, Prices: price(micros)},
		{
			ID: "2", Name: "Fast", Priority: 1, Prices: price(2 * micros),
			Conditions: []pricing.Condition{{Source: pricing.ModelParameters, Key: "tier", Operator: pricing.In, Values: []string{"fast"}}},
		},
	}}})
}

// oldRecords are what testdata/schema2.sql was written of, call by call, by a
// version whose schema was 2: every field that there was, entities of one record and
// of several, values that lie in each of the places where a row can have them.
func oldRecords() [][]fold.Record {
	text := fold.Text
	span := fold.Record{Kind: fold.Observation, TraceID: "t", ID: "span", Time: 3_000_009, Rank: fold.Complete, OTel: true}
	for f, s := range map[fold.Field]string{
		fold.Name: "n", fold.UserID: "u", fold.SessionID: "s", fold.Release: "r", fold.Version: "v", fold.Environment: "e",
		fold.Parent: "p", fold.Type: "GENERATION", fold.Level: "WARNING", fold.StatusMessage: "m", fold.Model: "gpt",
		fold.ModelParameters: `{"t":0.5}`, fold.ToolDefinitions: `{"f":"{}"}`, fold.ToolCalls: `[1]`, fold.Raw: `{"x":1}`,
		fold.Output: strings.Repeat("out ", 100),
	} {
		span.Set(f, text(s))
	}
	span.Set(fold.Start, fold.Time(2_000_007))
	span.Set(fold.End, fold.Time(3_000_009))
	span.Set(fold.CompletionStart, fold.Time(2_500_001))
	span.Set(fold.PromptLink, fold.Value{S: "q", N: 3, HasN: true})
	span.Set(fold.Input, fold.Value{S: "preview", Ref: "blob/input", Size: 5000})
	span.Set(fold.AppRoot, fold.Bool(true))
	span.Set(fold.AsRoot, fold.Bool(true))
	span.Set(fold.Usage, fold.Map(trace.Amounts{{Name: "input", N: 100}, {Name: "odd", N: 7}, {Name: "output", N: 20}}))
	span.Metadata = trace.Metadata{Object: `{"big":"previ","k":1.50}`, Blobs: []trace.BlobLeaf{{Path: []string{"big"}, Ref: "blob/leaf", Size: 8000}}}

	ofSpan := fold.Record{Kind: fold.Trace, TraceID: "t", ID: "t", Time: 3_000_009, Rank: fold.Complete, OTel: true, Tags: []string{"a", "b"}}
	ofSpan.Set(fold.UserID, text("tu"))
	ofSpan.Set(fold.SessionID, text("ts"))

	create := fold.Record{Kind: fold.Observation, TraceID: "t", ID: "several", Time: 4_000_000}
	create.SetDefault(fold.Start, fold.Time(4_000_000))
	create.Set(fold.Name, text("first"))
	create.Set(fold.Model, text("gpt"))
	create.Set(fold.Type, text("odd type"))
	create.Set(fold.StatusMessage, text(strings.Repeat("long ", 200)))
	create.SetDefault(fold.Usage, fold.Map(trace.Amounts{{Name: "input", N: 5}}))
	create.Metadata = trace.Metadata{Object: `{"a":{"b":1}}`}
	update := fold.Record{Kind: fold.Observation, TraceID: "t", ID: "several", Time: 4_000_500, Rank: fold.Update}
	update.Set(fold.Name, fold.Null())
	update.Set(fold.End, fold.Time(4_000_400))
	update.Set(fold.Cost, fold.Map(trace.Amounts{{Name: "input", N: 25}, {Name: "output", N: 50}}))
	update.Metadata = trace.Metadata{Object: `{"a":{"c":2}}`}

	own := fold.Record{Kind: fold.Trace, TraceID: "t", ID: "t", Time: 5_000_000, RemovedTags: []string{"b"}}
	own.Set(fold.Start, fold.Time(1_000_005))
	own.Set(fold.Name, text("tn"))
	own.Set(fold.Public, fold.Bool(true))
	own.Set(fold.Input, text("ti"))
	own.Absorbs = "alias"

	untraced := fold.Record{Kind: fold.Observation, ID: "lone", Time: 6_000_000, Rank: fold.Update}
	untraced.Set(fold.Model, fold.Null())
	untraced.Set(fold.Level, text("ERROR"))

	sc := fold.Record{Kind: fold.Score, ID: "c", Time: 7_000_000}
	sc.Set(fold.Start, fold.Time(7_000_000))
	sc.Set(fold.ScoreValue, fold.ScoreOf(score.Value{Name: "good", DataType: score.Numeric, Number: 0.5}))
	sc.Set(fold.TraceRef, text("t"))
	sc.Set(fold.Comment, text("fine"))
	sc.Metadata = trace.Metadata{Object: `{"k":"v"}`}
	return [][]fold.Record{{span, ofSpan, create}, {update, untraced}, {own, sc}}
}
