package fold_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/pricing"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// card returns a card of a model that costs so many dollars a million input units,
// and twice that a million output units. From 1000 on it is another definition, and
// by the parameter "tier" it costs ten times as much.
func card(t *testing.T, name string, perMillion int) string {
	t.Helper()
	price := func(usage string, dollars int) pricing.Price {
		d, err := pricing.ParseDecimal(fmt.Sprintf("%de-6", dollars))
		if err != nil {
			t.Fatal(err)
		}
		return pricing.Price{Usage: usage, USD: d}
	}
	prices := func(factor int) []pricing.Price {
		return []pricing.Price{price("input", perMillion*factor), price("output", 2*perMillion*factor)}
	}
	start := trace.Micros(1000)
	return pricing.CardOf(name, []pricing.Model{
		{ID: "new", Name: "newer", Start: &start, Tiers: []pricing.Tier{{ID: "new-1", Name: "Only", Default: true, Prices: prices(3)}}},
		{ID: "old", Name: "older", Tiers: []pricing.Tier{
			{ID: "old-1", Name: "Standard", Default: true, Prices: prices(1)},
			{
				ID: "old-2", Name: "Fast", Priority: 1, Prices: prices(10),
				Conditions: []pricing.Condition{{Source: pricing.ModelParameters, Key: "tier", Operator: pricing.In, Values: []string{"fast"}}},
			},
		}},
	})
}

func TestAccount(t *testing.T) {
	used := trace.Amounts{{Name: "input", N: 100}, {Name: "output", N: 10}}
	withTotal := used.WithTotal()
	reported := set(fold.Usage, fold.Map(used))
	model := func(name string, price int) []part {
		return []part{text(fold.Model, name), text(fold.Rates, card(t, name, price))}
	}
	standard := trace.Account{
		UsageSource: trace.Reported, CostSource: trace.Computed, ModelID: "old", ModelName: "older", TierID: "old-1", TierName: "Standard",
		UnitPrices: []trace.UnitPrice{{Usage: "input", Price: "0.000001"}, {Usage: "output", Price: "0.000002"}},
		InputPrice: "0.000001", OutputPrice: "0.000002",
	}
	with := func(a trace.Account, change func(*trace.Account)) trace.Account {
		change(&a)
		return a
	}
	cost := func(in, out int64) trace.Amounts {
		return trace.Amounts{{Name: "input", N: in}, {Name: "output", N: out}, {Name: "total", N: in + out}}
	}
	usual := trace.Observation{ProvidedUsage: used, Usage: withTotal, Cost: cost(100_000_000, 20_000_000), TotalCost: ptr(int64(120_000_000)), Account: standard}
	unknown := trace.Observation{ProvidedUsage: used, Usage: withTotal, Account: trace.Account{UsageSource: trace.Reported}}
	hundredfold := func(o trace.Observation) trace.Observation {
		o.Cost, o.TotalCost = cost(10_000_000_000, 2_000_000_000), ptr(int64(12_000_000_000))
		o.Account.Repriced = true
		o.Account.UnitPrices = []trace.UnitPrice{{Usage: "input", Price: "0.0001"}, {Usage: "output", Price: "0.0002"}}
		o.Account.InputPrice, o.Account.OutputPrice = "0.0001", "0.0002"
		return o
	}

	tests := map[string]struct {
		parts []part
		want  trace.Observation
	}{
		"nothing":       {nil, trace.Observation{}},
		"usage alone":   {[]part{reported}, unknown},
		"usual":         {append(model("m", 1), reported), usual},
		"without usage": {model("m", 1), trace.Observation{Account: trace.Account{ModelID: "old", ModelName: "older", InputPrice: "0.000001", OutputPrice: "0.000002"}}},
		"usage of zero": {append(model("m", 1), set(fold.Usage, fold.Map(trace.Amounts{{Name: "input"}}))), trace.Observation{
			ProvidedUsage: trace.Amounts{{Name: "input"}}, Usage: trace.Amounts{{Name: "input"}, {Name: "total"}},
			Cost: trace.Amounts{{Name: "input"}, {Name: "total"}}, TotalCost: ptr(int64(0)),
			Account: with(standard, func(a *trace.Account) { a.UnitPrices = a.UnitPrices[:1] }),
		}},
		"usage that has no price": {append(model("m", 1), set(fold.Usage, fold.Map(trace.Amounts{{Name: "audio", N: 5}, {Name: "video", N: 6}}))), trace.Observation{
			ProvidedUsage: trace.Amounts{{Name: "audio", N: 5}, {Name: "video", N: 6}},
			Usage:         trace.Amounts{{Name: "audio", N: 5}, {Name: "total", N: 11}, {Name: "video", N: 6}},
			Account: with(standard, func(a *trace.Account) {
				a.CostSource, a.UnitPrices, a.Unpriced = trace.SourceNone, nil, []string{"audio", "video"}
			}),
		}},
		"hints": {append(model("m", 1), set(fold.Usage, fold.Value{A: used, S: pricing.Hints{Parameters: map[string]string{"tier": "fast"}}.String()})), trace.Observation{
			ProvidedUsage: used, Usage: withTotal, Cost: cost(1_000_000_000, 200_000_000), TotalCost: ptr(int64(1_200_000_000)),
			Account: with(standard, func(a *trace.Account) {
				a.TierID, a.TierName = "old-2", "Fast"
				a.UnitPrices = []trace.UnitPrice{{Usage: "input", Price: "0.00001"}, {Usage: "output", Price: "0.00002"}}
			}),
		}},
		"parameters that did not come as hints": {append(model("m", 1), reported, text(fold.ModelParameters, `{"tier":"fast"}`)), func() trace.Observation {
			o := usual
			o.ModelParameters = `{"tier":"fast"}`
			return o
		}()},
		"a start at the edge": {append(model("m", 1), reported, at(fold.Start, 1000)), trace.Observation{
			Start: 1000, ProvidedUsage: used, Usage: withTotal, Cost: cost(300_000_000, 60_000_000), TotalCost: ptr(int64(360_000_000)),
			Account: trace.Account{
				UsageSource: trace.Reported, CostSource: trace.Computed, ModelID: "new", ModelName: "newer", TierID: "new-1", TierName: "Only",
				UnitPrices: []trace.UnitPrice{{Usage: "input", Price: "0.000003"}, {Usage: "output", Price: "0.000006"}},
				InputPrice: "0.000003", OutputPrice: "0.000006",
			},
		}},
		"an estimate": {append(model("m", 1), dflt(fold.Usage, fold.Value{A: used, S: pricing.Hints{Encoding: "o200k_base"}.String()})), trace.Observation{
			Usage: withTotal, Cost: usual.Cost, TotalCost: usual.TotalCost,
			Account: with(standard, func(a *trace.Account) { a.UsageSource, a.Tokenizer = trace.Estimated, "o200k_base" }),
		}},
		"an estimate by nobody knows what": {[]part{dflt(fold.Usage, fold.Map(used))}, trace.Observation{
			Usage: withTotal, Account: trace.Account{UsageSource: trace.Estimated},
		}},
		"a cost that was reported": {append(model("m", 1), reported, amounts(fold.Cost, map[string]int64{"input": 7})), trace.Observation{
			ProvidedUsage: used, Usage: withTotal, ProvidedCost: trace.Amounts{{Name: "input", N: 7}},
			Cost: trace.Amounts{{Name: "input", N: 7}, {Name: "total", N: 7}}, TotalCost: ptr(int64(7)),
			Account: with(standard, func(a *trace.Account) { a.CostSource, a.UnitPrices = trace.Reported, nil }),
		}},
		"a cost that was reported, without a model": {[]part{amounts(fold.Cost, map[string]int64{"audio": 7})}, trace.Observation{
			ProvidedCost: trace.Amounts{{Name: "audio", N: 7}}, Cost: trace.Amounts{{Name: "audio", N: 7}}, Account: trace.Account{CostSource: trace.Reported},
		}},
		"repriced":                             {append(model("m", 1), reported, text(fold.Repriced, card(t, "m", 100))), hundredfold(usual)},
		"repriced, of another model":           {append(model("m", 1), reported, text(fold.Repriced, card(t, "n", 100))), usual},
		"repriced by no card":                  {append(model("m", 1), reported, text(fold.Repriced, "")), usual},
		"repriced, without a card of its own":  {[]part{text(fold.Model, "m"), text(fold.Rates, ""), reported, text(fold.Repriced, card(t, "m", 100))}, hundredfold(usual)},
		"the card of another model":            {[]part{text(fold.Model, "m"), text(fold.Rates, card(t, "n", 1)), reported}, unknown},
		"a card without a model":               {[]part{text(fold.Rates, card(t, "m", 1)), reported}, unknown},
		"a model that is null":                 {[]part{null(fold.Model), text(fold.Rates, card(t, "m", 1)), text(fold.Repriced, card(t, "m", 1)), reported}, unknown},
		"a card that is null":                  {[]part{text(fold.Model, "m"), null(fold.Rates), reported}, unknown},
		"a card that is none":                  {[]part{text(fold.Model, "m"), text(fold.Rates, "no card"), reported}, unknown},
		"a model and a card that are empty":    {[]part{text(fold.Model, ""), text(fold.Rates, ""), reported}, unknown},
		"a card that was made for no name":     {[]part{text(fold.Model, ""), text(fold.Rates, card(t, "", 1)), reported}, usual},
		"a model whose name differs in a case": {[]part{text(fold.Model, "M"), text(fold.Rates, card(t, "m", 1)), reported}, unknown},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := stateOf(record(fold.Observation, update, 5, tt.parts...))
			got := fold.ObservationView("x", "t", &s)
			tt.want.ID, tt.want.TraceID, tt.want.Type, tt.want.Level = "x", "t", trace.Span, trace.Default
			if m, ok := s.Text(fold.Model); ok {
				tt.want.Model = &m
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestReasons(t *testing.T) {
	reasons := func(lines string) part { return text(fold.Reasons, lines) }
	tests := map[string]struct {
		records []fold.Record
		want    []trace.Reason
	}{
		"none":    {[]fold.Record{record(fold.Observation, update, 5, text(fold.Name, "n"))}, nil},
		"null":    {[]fold.Record{record(fold.Observation, update, 5, null(fold.Reasons))}, nil},
		"empty":   {[]fold.Record{record(fold.Observation, update, 5, reasons(""))}, nil},
		"no line": {[]fold.Record{record(fold.Observation, update, 5, reasons("name\n\nname"))}, []trace.Reason{}},
		"of one record": {
			[]fold.Record{record(
				fold.Observation, update, 5, text(fold.Name, "n"), amounts(fold.Usage, map[string]int64{"input": 1}), dflt(fold.Level, fold.Text("ERROR")),
				reasons("name\ta rule\nusage.input\tb\tc\nlevel\td\nmodel\te"),
			)},
			[]trace.Reason{{Field: "name", Rule: "a rule"}, {Field: "usage.input", Rule: "b\tc"}, {Field: "level", Rule: "d"}},
		},
		"metadata, a trace's fields and unknown ones": {
			[]fold.Record{record(fold.Observation, update, 5, reasons("metadata\ta\nmetadata.x.y\tb\ntags\tc\npublic\td\ntrace.name\te\nrubbish\tf\n-\tg"))},
			[]trace.Reason{
				{Field: "metadata", Rule: "a"},
				{Field: "metadata.x.y", Rule: "b"},
				{Field: "tags", Rule: "c"},
				{Field: "public", Rule: "d"},
				{Field: "trace.name", Rule: "e"},
				{Field: "rubbish", Rule: "f"},
				{Field: "-", Rule: "g"},
			},
		},
		"only of the record that gave what is shown": {
			[]fold.Record{
				record(fold.Observation, create, 5, text(fold.Name, "n"), text(fold.Model, "m"), at(fold.Start, 1), payload(fold.Output, `"o"`), reasons("name\ta\nmodel\tb")),
				record(fold.Observation, update, 5, text(fold.Name, "o"), at(fold.Start, 2), payload(fold.Output, `""`), payload(fold.Input, `"i"`), reasons("name\tc\nstart\td\noutput\te\ninput\tf\nmodel\tg")),
			},
			[]trace.Reason{{Field: "name", Rule: "c"}, {Field: "input", Rule: "f"}},
		},
		"of equal keys": {
			[]fold.Record{
				record(fold.Observation, update, 5, text(fold.Name, "n"), text(fold.Model, "m"), reasons("name\ta\nmodel\tb")),
				record(fold.Observation, update, 5, text(fold.Name, "o"), reasons("name\tc")),
			},
			[]trace.Reason{{Field: "name", Rule: "c"}},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := stateOf(tt.records...)
			if diff := cmp.Diff(tt.want, s.Reasons()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
