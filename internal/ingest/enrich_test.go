package ingest_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/ingest"
	"github.com/fusebox-llm/fusebox/internal/pricing"
	"github.com/fusebox-llm/fusebox/internal/span"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
)

// model defines what a model costs in a project: micro-dollars for units of input, the
// default first and then one tier for each condition.
func (k *taker) model(p id.Project, name, pattern string, conditions ...pricing.Condition) string {
	k.t.Helper()
	m := pricing.Model{Project: p, Name: name, Pattern: pattern, Unit: pricing.Tokens}
	for i, price := range []string{"1e-6", "10e-6", "100e-6"}[:len(conditions)+1] {
		d, err := pricing.ParseDecimal(price)
		if err != nil {
			k.t.Fatal(err)
		}
		tier := pricing.Tier{Name: price, Default: i == 0, Priority: i, Prices: []pricing.Price{{Usage: "input", USD: d}}}
		if i > 0 {
			tier.Conditions = conditions[i-1 : i]
		}
		m.Tiers = append(m.Tiers, tier)
	}
	m, err := k.prices.Create(k.t.Context(), m)
	if err != nil {
		k.t.Fatal(err)
	}
	return m.ID
}

// costs checks what an observation costs, in millionths of a dollar; -1 is nothing.
func (k *taker) costs(observationID string, micros int64) {
	k.t.Helper()
	o := k.get(observationID)
	got := int64(-1)
	if o.TotalCost != nil {
		got = *o.TotalCost / 1_000_000
	}
	if got != micros {
		k.t.Errorf("%s costs %d, want %d: %+v", observationID, got, micros, o.Account)
	}
}

func TestTools(t *testing.T) {
	const (
		offer = `{"messages":[],"tools":[{"name":"f","description":"d","input_schema":{"type":"object"}}]}`
		call  = `{"role":"assistant","content":[{"type":"tool_use","id":"1","name":"f","input":{"a":1}}]}`

		offered = `{"f":{"description":"d","parameters":"{\"type\":\"object\"}"}}`
		called  = `[{"id":"1","name":"f","arguments":"{\"a\":1}","type":"tool_use","index":0}]`
	)
	k := newTaker(t, ingest.Config{InlineBytes: 300})
	if err := k.export(span.Span{TraceID: "t", SpanID: "span", Attributes: []span.Attribute{
		attribute("langfuse.observation.input", offer), attribute("langfuse.observation.output", call),
	}}); err != nil {
		t.Fatal(err)
	}
	large := strings.Replace(call, "{", `{"padding":"`+strings.Repeat("x", 300)+`",`, 1)
	k.take(
		project,
		observation("t", "both", 0, text(fold.Input, offer), text(fold.Output, call)),
		observation("t", "apart", 0, text(fold.Input, offer)), observation("t", "apart", 1, text(fold.Output, call)),
		observation("t", "swapped", 0, text(fold.Input, call), text(fold.Output, offer)),
		observation("t", "none", 0, text(fold.Input, "hi"), func(r *fold.Record) { r.Set(fold.Output, fold.Null()) }),
		observation("t", "in a blob", 0, text(fold.Output, large)),
		fold.Record{Kind: fold.Trace, TraceID: "u", ID: "u", Time: noon, Fields: []fold.Register{{Field: fold.Input, Value: fold.Text(offer)}}},
	)
	for name, want := range map[string][2]string{
		"span": {offered, called}, "both": {offered, called}, "apart": {offered, called}, "swapped": {"", ""}, "none": {"", ""}, "in a blob": {"", called},
	} {
		o := k.get(name)
		if got := [2]string{o.ToolDefinitions, o.ToolCalls}; got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// TestPricesInAnyOrder: what an observation costs does not depend on which of model
// and usage comes first, or with what.
func TestPricesInAnyOrder(t *testing.T) {
	k := newTaker(t, ingest.Config{})
	own := k.model(project, "acme", "^acme$")
	used := amounts(fold.Usage, map[string]int64{"input": 7})
	acme := text(fold.Model, "acme")
	k.take(
		project,
		observation("t", "at once", 0, acme, used),
		observation("t", "model first", 0, acme), observation("t", "model first", 1, used),
		observation("t", "usage first", 0, used), observation("t", "usage first", 1, acme),
		observation("", "untraced", 1, used), observation("", "untraced", 2, acme),
		observation("t", "another name", 0, text(fold.Model, "acme-2"), used), observation("t", "renamed", 0, text(fold.Model, "gpt-4o"), used), observation("t", "renamed", 1, acme),
		observation("t", "nameless", 0, acme, used), observation("t", "nameless", 1, func(r *fold.Record) { r.Set(fold.Model, fold.Null()) }),
		observation("t", "long", 0, text(fold.Model, strings.Repeat("acme", 129)), used),
		observation("t", "empty", 0, text(fold.Model, ""), used),
	)
	for name, want := range map[string]int64{
		"at once": 7, "model first": 7, "usage first": 7, "untraced": 7, "renamed": 7, "another name": -1, "nameless": -1, "long": -1, "empty": -1,
	} {
		k.costs(name, want)
		if got := k.get(name).Account.ModelID; (got == own) != (want > 0) {
			t.Errorf("%s has the definition %q", name, got)
		}
	}
	if err := k.export(span.Span{TraceID: "t", SpanID: "span", Attributes: []span.Attribute{
		attribute("langfuse.observation.model.name", "acme"), attribute("langfuse.observation.usage_details", `{"input":7}`),
	}}); err != nil {
		t.Fatal(err)
	}
	k.costs("span", 7)

	// Another project has not defined it.
	k.take("other", observation("t", "at once", 0, acme, used))
	if o, err := k.store.Observation(t.Context(), "other", "at once", telemetry.Parts{}); err != nil || o.TotalCost != nil || o.Account.ModelID != "" {
		t.Errorf("another project's: %+v, %v", o.Account, err)
	}
	// What is stored keeps its price; what comes now has none.
	if err := k.prices.Delete(t.Context(), project, own); err != nil {
		t.Fatal(err)
	}
	k.take(project, observation("t", "late", 0, acme, used))
	k.costs("late", -1)
	k.costs("at once", 7)
	// Its model, sent again, says what it says now.
	k.take(project, observation("t", "at once", 1, acme))
	k.costs("at once", -1)
}

// TestHints: usage carries what tiers ask of the record that it came with, and nothing
// else of it.
func TestHints(t *testing.T) {
	k := newTaker(t, ingest.Config{})
	k.model(
		project, "acme", "^acme$",
		pricing.Condition{Source: pricing.ModelParameters, Key: "mode", Operator: pricing.In, Values: []string{"slow", "7", "true"}},
		pricing.Condition{Source: pricing.Metadata, Key: "plan", Operator: pricing.In, Values: []string{"pro"}},
	)
	hints := map[string]string{}
	k.store.before = func(records []fold.Record) {
		for _, r := range records {
			if u, ok := r.Get(fold.Usage); ok {
				hints[r.ID] = u.Value.S
			}
		}
	}
	used := amounts(fold.Usage, map[string]int64{"input": 1})
	parameters := func(s string) part { return text(fold.ModelParameters, s) }
	acme := text(fold.Model, "acme")
	for name, tt := range map[string]struct {
		parts []part
		hints string
		costs int64
	}{
		"nothing":            {nil, "", 1},
		"a parameter":        {[]part{parameters(`{"temperature":1,"mode":"slow"}`)}, `{"parameters":{"mode":"slow"}}`, 10},
		"a number":           {[]part{parameters(`{"mode":7}`)}, `{"parameters":{"mode":"7"}}`, 10},
		"a boolean":          {[]part{parameters(`{"mode":true}`)}, `{"parameters":{"mode":"true"}}`, 10},
		"another value":      {[]part{parameters(`{"mode":"fast"}`)}, `{"parameters":{"mode":"fast"}}`, 1},
		"a list":             {[]part{parameters(`{"mode":["slow"]}`)}, "", 1},
		"metadata":           {[]part{metadata(`{"plan":"pro","mode":"slow","secret":"x"}`)}, `{"metadata":{"plan":"pro"}}`, 100},
		"both":               {[]part{metadata(`{"plan":"pro"}`), parameters(`{"mode":"slow"}`)}, `{"parameters":{"mode":"slow"},"metadata":{"plan":"pro"}}`, 10},
		"the other's key":    {[]part{metadata(`{"mode":"slow"}`), parameters(`{"plan":"pro"}`)}, "", 1},
		"deeper in metadata": {[]part{metadata(`{"a":{"plan":"pro"}}`)}, "", 1},
	} {
		k.take(project, observation("t", name, 0, append(tt.parts, acme, used)...))
		k.costs(name, tt.costs)
		if hints[name] != tt.hints {
			t.Errorf("%s: hints %s, want %s", name, hints[name], tt.hints)
		}
	}
	// What comes in another record than the usage is not asked.
	k.take(project, observation("t", "apart", 0, acme, parameters(`{"mode":"slow"}`)), observation("t", "apart", 1, used))
	k.costs("apart", 1)
	k.take(project, observation("t", "apart", 2, used, parameters(`{"mode":"slow"}`)))
	k.costs("apart", 10)
}

// TestNoPricesNoTelemetry: without the definitions nothing that needs them is stored.
func TestNoPricesNoTelemetry(t *testing.T) {
	k := newTaker(t, ingest.Config{})
	k.closeMetadata()
	k.store.before = func([]fold.Record) { t.Error("written") }
	if err := k.try(project, observation("t", "o", 0, text(fold.Model, "gpt-4o"))); !fault.Is(err, fault.Unavailable) {
		t.Errorf("the error: %v", err)
	}
	k.store.before = nil
	k.take(project, observation("t", "plain", 0)) // needs nothing of it
}

// TestSentAgain: enriching is a function of the records, so that the same ones change
// nothing.
func TestSentAgain(t *testing.T) {
	k := newTaker(t, ingest.Config{})
	k.model(project, "acme", "^acme$", pricing.Condition{Source: pricing.Metadata, Key: "plan", Operator: pricing.In, Values: []string{"pro"}})
	records := func() []fold.Record {
		return []fold.Record{
			observation("t", "a", 0, text(fold.Model, "acme"), text(fold.Input, uri("one")), metadata(`{"plan":"pro"}`), amounts(fold.Usage, map[string]int64{"input": 1})),
			observation("t", "b", 0, text(fold.Model, "gpt-4o")), observation("t", "b", 1, ended, text(fold.Output, "hello world")),
			observation("", "c", 0, ended, text(fold.Model, "gpt-4o"), text(fold.Output, "hello world")),
		}
	}
	k.take(project, records()...)
	before := k.all()
	k.take(project, records()...)
	if diff := cmp.Diff(before, k.all()); diff != "" {
		t.Errorf("sent again (-before +after):\n%s", diff)
	}
	for _, r := range records() {
		k.take(project, r)
	}
	if diff := cmp.Diff(before, k.all()); diff != "" {
		t.Errorf("sent one by one (-before +after):\n%s", diff)
	}
}
