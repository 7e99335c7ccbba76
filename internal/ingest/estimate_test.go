package ingest_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/ingest"
	"github.com/fusebox-llm/fusebox/internal/pricing"
	"github.com/fusebox-llm/fusebox/internal/span"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

func TestEstimates(t *testing.T) {
	var (
		gpt      = text(fold.Model, "gpt-4o")
		in, out  = text(fold.Input, "hello world"), text(fold.Output, "hi") // two tokens and one
		used     = amounts(fold.Usage, map[string]int64{"input": 500})
		cost     = amounts(fold.Cost, map[string]int64{"total": 5})
		failed   = text(fold.Level, "ERROR")
		reported = map[string]int64{"input": 500, "total": 500}
		both     = map[string]int64{"input": 2, "output": 1, "total": 3}
		none     = map[string]int64{}
	)
	o := func(later trace.Micros, parts ...part) fold.Record { return observation("t", "o", later, parts...) }
	elsewhere := func(parts ...part) fold.Record { return observation("u", "o", 0, parts...) }
	loose := func(later trace.Micros, parts ...part) fold.Record { return observation("", "o", later, parts...) }
	null := func(f fold.Field) part { return func(r *fold.Record) { r.Set(f, fold.Null()) } }
	type request = []fold.Record
	for name, tt := range map[string]struct {
		requests []request
		want     map[string]int64
	}{
		"at once":            {[]request{{o(0, gpt, in, out, ended)}}, both},
		"not ended":          {[]request{{o(0, gpt, in, out)}}, none},
		"an end that is not": {[]request{{o(0, gpt, in, out, null(fold.End))}}, none},
		"no answer":          {[]request{{o(0, gpt, in, ended)}}, none},
		"a null answer":      {[]request{{o(0, gpt, in, ended, null(fold.Output))}}, none},
		"an embedding":       {[]request{{o(0, gpt, in, ended, text(fold.Type, "EMBEDDING"))}}, map[string]int64{"input": 2, "total": 2}},
		"output only":        {[]request{{o(0, gpt, out, ended, null(fold.Input))}}, map[string]int64{"output": 1, "total": 1}},
		"no texts":           {[]request{{o(0, gpt, ended)}}, none},
		"null as text":       {[]request{{o(0, gpt, ended, text(fold.Input, "null"))}}, none},
		"messages":           {[]request{{o(0, gpt, ended, out, text(fold.Input, `[{"role":"user","content":"hello world"}]`))}}, map[string]int64{"input": 9, "output": 1, "total": 10}},
		"a huge text":        {[]request{{o(0, gpt, ended, out, text(fold.Input, strings.Repeat("x", 1<<20+1)))}}, none},
		"no model":           {[]request{{o(0, in, out, ended)}}, none},
		"a null model":       {[]request{{o(0, null(fold.Model), in, out, ended)}}, none},
		"an unknown model":   {[]request{{o(0, text(fold.Model, "nobody's"), in, out, ended)}}, none},
		"no known tokenizer": {[]request{{o(0, text(fold.Model, "claude-3-opus-20240229"), in, out, ended)}}, none},

		"with usage": {[]request{{o(0, gpt, in, out, ended, used)}}, reported},
		"with cost":  {[]request{{o(0, gpt, in, out, ended, cost)}}, none},
		"failed":     {[]request{{o(0, gpt, in, out, ended, failed)}}, none},
		"a warning":  {[]request{{o(0, gpt, in, out, ended, text(fold.Level, "WARNING"))}}, both},

		"model before, in the request":       {[]request{{o(0, gpt, in), o(1, out, ended)}}, both},
		"model after, in the request":        {[]request{{o(1, out, ended), o(0, gpt, in)}}, both},
		"usage before, in the request":       {[]request{{o(0, used), o(1, gpt, in, out, ended)}}, reported},
		"usage after, in the request":        {[]request{{o(0, gpt, in, out, ended), o(1, used)}}, reported},
		"cost beside":                        {[]request{{o(0, cost), o(1, gpt, in, out, ended)}}, none},
		"an error beside":                    {[]request{{o(1, gpt, in, out, ended), o(2, failed)}}, none},
		"of another trace, in the request":   {[]request{{elsewhere(gpt, in), o(1, out, ended)}}, none},
		"of an other's id, in the request":   {[]request{{observation("t", "o2", 0, gpt, used), o(1, gpt, in, out, ended)}}, both},
		"ended twice, in the request":        {[]request{{o(0, gpt, in, ended), o(1, out, ended)}}, both},
		"model in the store":                 {[]request{{o(0, gpt, in)}, {o(1, out, ended)}}, both},
		"texts in the store":                 {[]request{{o(0, in, out)}, {o(1, gpt, ended)}}, both},
		"a text for that in the store":       {[]request{{o(0, gpt, text(fold.Input, "hi"))}, {o(1, in, out, ended)}}, both},
		"usage in the store":                 {[]request{{o(0, used)}, {o(1, gpt, in, out, ended)}}, reported},
		"cost in the store":                  {[]request{{o(0, cost)}, {o(1, gpt, in, out, ended)}}, none},
		"failed in the store":                {[]request{{o(0, failed)}, {o(1, gpt, in, out, ended)}}, none},
		"of another trace, in the store":     {[]request{{elsewhere(gpt, in)}, {o(1, out, ended)}}, none},
		"known and of another trace":         {[]request{{elsewhere(used)}, {o(1, gpt, in, out, ended)}}, both},
		"no trace named":                     {[]request{{loose(0, gpt, in)}, {loose(1, out, ended)}}, both},
		"a trace named first":                {[]request{{o(0, gpt, in)}, {loose(1, out, ended)}}, both},
		"an estimate in the store":           {[]request{{o(0, gpt, in, ended)}, {o(1, out, ended)}}, both},
		"usage later":                        {[]request{{o(0, gpt, in, out, ended)}, {o(1, used)}}, reported},
		"usage later, of an earlier time":    {[]request{{o(5, gpt, in, out, ended)}, {o(1, used)}}, reported},
		"usage later, and the end once more": {[]request{{o(0, gpt, in, out, ended)}, {o(1, used)}, {o(2, ended)}}, reported},
	} {
		t.Run(name, func(t *testing.T) {
			k := newTaker(t, ingest.Config{InlineBytes: 2 << 20})
			for _, r := range tt.requests {
				k.take(project, r...)
			}
			got := map[string]int64{}
			o := k.one()
			for _, a := range o.Usage {
				got[a.Name] = a.N
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("usage (-want +got):\n%s", diff)
			}
			source, tokenizer := trace.Estimated, "o200k_base"
			switch {
			case len(got) == 0:
				source, tokenizer = trace.SourceNone, ""
			case got["input"] == 500:
				source, tokenizer = trace.Reported, ""
			}
			if a := o.Account; a.UsageSource != source || a.Tokenizer != tokenizer {
				t.Errorf("usage is %q by %q, want %q by %q", a.UsageSource, a.Tokenizer, source, tokenizer)
			}
		})
	}
}

// one returns the observation "o" of the trace "t", or of its own.
func (k *taker) one() (found trace.Observation) {
	k.t.Helper()
	for _, o := range k.all() {
		if o.ID == "o" && (o.TraceID == "t" || o.TraceID == id.TraceOfObservation(project, "o")) {
			found = o
		}
	}
	if found.ID == "" {
		k.t.Fatal("it is not there")
	}
	return found
}

func TestEstimatesOfSpans(t *testing.T) {
	k := newTaker(t, ingest.Config{})
	all := []span.Attribute{
		attribute("langfuse.observation.model.name", "gpt-4o"), attribute("langfuse.observation.input", "hello world"), attribute("langfuse.observation.output", "hi"),
	}
	ended := span.Span{TraceID: "t", End: int64(noon) + 5, HasEnd: true, Attributes: all}
	for name, tt := range map[string]struct {
		change func(*span.Span)
		want   int64
	}{
		"ended":  {func(*span.Span) {}, 3},
		"failed": {func(s *span.Span) { s.StatusCode = 2 }, 0},
		"with usage": {func(s *span.Span) {
			s.Attributes = append(all, attribute("langfuse.observation.usage_details", `{"input":5}`))
		}, 5},
		"without model": {func(s *span.Span) { s.Attributes = all[1:] }, 0},
	} {
		sp := ended
		sp.SpanID = name
		tt.change(&sp)
		for range 2 { // sent again, it is the same
			if err := k.export(sp); err != nil {
				t.Fatal(err)
			}
		}
		if got, _ := k.get(name).Usage.Get("total"); got != tt.want {
			t.Errorf("%s: %d tokens, want %d", name, got, tt.want)
		}
	}
}

// TestEstimateIsPriced: an estimate costs what usage costs, by the tiers that the
// record with it asks for.
func TestEstimateIsPriced(t *testing.T) {
	k := newTaker(t, ingest.Config{})
	d, err := pricing.ParseDecimal("1e-6")
	if err != nil {
		t.Fatal(err)
	}
	prices := []pricing.Price{{Usage: "input", USD: d}}
	dear := []pricing.Price{{Usage: "input", USD: d}}
	if dear[0].USD, err = pricing.ParseDecimal("1e-3"); err != nil {
		t.Fatal(err)
	}
	if _, err := k.prices.Create(t.Context(), pricing.Model{
		Project: project, Name: "acme", Pattern: "^acme", Unit: pricing.Tokens,
		Tokenizer: &pricing.Tokenizer{ID: pricing.OpenAI, Config: `{"tokenizerModel":"gpt-4"}`},
		Tiers: []pricing.Tier{
			{Name: "Standard", Default: true, Prices: prices},
			{Name: "Slow", Priority: 1, Prices: dear, Conditions: []pricing.Condition{{Source: pricing.ModelParameters, Key: "mode", Operator: pricing.In, Values: []string{"slow"}}}},
		},
	}); err != nil {
		t.Fatal(err)
	}
	acme, slow := text(fold.Model, "acme-1"), text(fold.ModelParameters, `{"mode":"slow"}`)
	// No messages to this tokenizer. The answer has no price.
	in := func(r *fold.Record) {
		r.Set(fold.Input, fold.Text(`[{"role":"user","content":"hello world"}]`))
		r.Set(fold.Output, fold.Text("hi"))
	}
	k.take(
		project,
		observation("t", "plain", 0, acme, in, ended),
		observation("t", "slow", 0, acme, in, ended, slow),
		observation("t", "apart", 0, acme, in, slow), observation("t", "apart", 1, ended),
	)
	n, _ := k.get("plain").Usage.Get("input")
	if n < 5 || k.get("plain").Account.Tokenizer != "cl100k_base" {
		t.Errorf("%d tokens by %q", n, k.get("plain").Account.Tokenizer)
	}
	k.costs("plain", n)
	k.costs("slow", 1000*n)
	k.costs("apart", n) // the record that ends it does not ask
	if a := k.get("slow").Account; a.UsageSource != trace.Estimated || a.Tokenizer != "cl100k_base" || a.TierName != "Slow" {
		t.Errorf("the account: %+v", a)
	}
	// Usage that is reported takes its place whole, its hints included.
	k.take(project, observation("t", "slow", 1, amounts(fold.Usage, map[string]int64{"input": 7})))
	k.costs("slow", 7)
}
