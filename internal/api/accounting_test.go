package api_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/span"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
)

// generation is an event that creates a generation of the trace "acc".
func generation(id, more string) string {
	return fmt.Sprintf(`{"id":%q,"type":"generation-create","timestamp":"2026-05-01T10:00:00Z","body":{"id":%[1]q,"traceId":"acc","startTime":"2026-05-01T10:00:00Z"%s}}`, id, more)
}

// ingest sends events, all of which must be taken.
func (w *documented) ingest(t *testing.T, key string, events ...string) {
	t.Helper()
	if got := w.ask(t, "POST", "/api/public/ingestion", key, `{"batch":[`+strings.Join(events, ",")+`]}`, 207); !strings.Contains(got, `"errors":[]`) {
		t.Fatal(got)
	}
}

func TestAccounting(t *testing.T) { onEveryStore(t, accounts) }

func accounts(t *testing.T, store telemetry.Store) {
	w := withDocument(t, newWorldOn(t, store, nil))
	model := member(t, w.ask(t, "POST", models, "pair", modelBody("acme-1", tier("Long", 1, long, twoPrices)), 200), "id")
	const ended = `,"endTime":"2026-05-01T10:00:01Z"`
	w.ingest(
		t, "pair",
		generation("computed", `,"model":"ACME-1","usageDetails":{"input":1000,"output":100,"other":5}`),
		generation("tier", `,"model":"acme-1","usageDetails":{"input":200001,"output":1}`),
		generation("reported", `,"model":"acme-1","usageDetails":{"input":1},"costDetails":{"input":0.5,"output":0.25}`),
		generation("estimated", ended+`,"model":"gpt-4o","input":"hello world","output":"hi"`),
		generation("no model", `,"usageDetails":{"input":1}`),
		generation("unknown", `,"model":"nobody-<1>","usageDetails":{"input":1}`),
		generation("no usage", ended+`,"model":"claude-3-opus-20240229","input":"hello"`),
		generation("open", `,"model":"gpt-4o","input":"hello"`),
		generation("bare", ``),
	)
	builtIn := member(t, w.ask(t, "GET", "/api/public/observations/estimated", "pair", "", 200), "modelId")
	claude := member(t, w.ask(t, "GET", "/api/public/observations/no%20usage", "pair", "", 200), "modelId")
	entry := func(name, units, price, cost string) string {
		return fmt.Sprintf(`{"name":%q,"units":%s,"rule":null,"unitPrice":%s,"cost":%s}`, name, units, price, cost)
	}
	of := func(usage, tokenizer, cost, note, modelID, modelName, tier string, entries ...string) string {
		return fmt.Sprintf(`"accounting":{"usageSource":%q,"tokenizer":%s,"costSource":%q,"note":%s,"modelId":%s,"modelName":%s,"pricingTierName":%s,"recalculated":false,"entries":[%s]},`,
			usage, tokenizer, cost, note, modelID, modelName, tier, strings.Join(entries, ","))
	}
	given := regexp.MustCompile(`("name":"(?:input|output|other)","units":[0-9]+,"rule":)null`)
	const (
		null    = "null"
		noUsage = `"No usage was reported, and it could not be estimated."`
	)
	for id, want := range map[string]string{
		"computed": of("reported", null, "computed", `"The definition has no price for other."`, quoted(model), `"acme-1"`, `"Standard"`,
			entry("input", "1000", "0.000001", "0.001"), entry("other", "5", null, null), entry("output", "100", "0.000002", "0.0002"), entry("total", "1105", null, "0.0012")),
		"tier": of("reported", null, "computed", null, quoted(model), `"acme-1"`, `"Long"`,
			entry("input", "200001", "0.000002", "0.400002"), entry("output", "1", "0.000004", "0.000004"), entry("total", "200002", null, "0.400006")),
		"reported": of("reported", null, "reported", null, quoted(model), `"acme-1"`, `"Standard"`,
			entry("input", "1", null, "0.5"), entry("output", null, null, "0.25"), entry("total", "1", null, "0.75")),
		"estimated": of("estimated", `"o200k_base"`, "computed", null, quoted(builtIn), `"gpt-4o"`, `"Standard"`,
			entry("input", "2", "0.0000025", "0.000005"), entry("output", "1", "0.00001", "0.00001"), entry("total", "3", null, "0.000015")),
		"no model": of("reported", null, "unknown", `"No model was reported, so there is no price."`, null, null, null,
			entry("input", "1", null, null), entry("total", "1", null, null)),
		"unknown": of("reported", null, "unknown", `"No price for nobody-<1>: no model definition matches."`, null, null, null,
			entry("input", "1", null, null), entry("total", "1", null, null)),
		"no usage": of("unknown", null, "unknown", noUsage, quoted(claude), `"claude-3-opus-20240229"`, null),
		"open":     of("unknown", null, "unknown", noUsage, quoted(builtIn), `"gpt-4o"`, null),
		"bare":     of("unknown", null, "unknown", null, null, null, null),
	} {
		got := w.ask(t, "GET", "/api/v1/traces/acc/observations/"+strings.ReplaceAll(id, " ", "%20"), "pair", "", 200)
		if strings.Contains(want, `"usageSource":"reported"`) {
			want = given.ReplaceAllString(want, `${1}"batch/usageDetails"`)
			want += `"explanation":[{"field":"usage","rule":"batch/usageDetails"}`
		} else {
			want += `"explanation":[]`
		}
		if !strings.Contains(got, want) {
			_, shown, _ := strings.Cut(got, `"accounting"`)
			t.Errorf("%s:\ngot  \"accounting\"%s\nwant %s", id, shown, want)
		}
	}
}

func quoted(s string) string { return `"` + s + `"` }

// TestExplanation: an observation of a span says which rules gave its fields, and an
// entry of usage which gave it.
func TestExplanation(t *testing.T) { onEveryStore(t, explains) }

func explains(t *testing.T, store telemetry.Store) {
	w := withDocument(t, newWorldOn(t, store, nil))
	text := func(key, value string) span.Attribute {
		return span.Attribute{Key: key, Value: span.Value{Kind: span.String, Str: value}}
	}
	number := func(key string, n int64) span.Attribute {
		return span.Attribute{Key: key, Value: span.Value{Kind: span.Int, Int: n}}
	}
	at := int64(base)
	result, err := w.cfg.Ingest.Spans(t.Context(), "p-1", &span.Batch{Resources: []span.Resource{{Scopes: []span.Scope{{Spans: []span.Span{{
		TraceID: "why", SpanID: "w-1", Name: "call", Start: at, End: at + 1, HasStart: true, HasEnd: true,
		Attributes: []span.Attribute{
			text("gen_ai.operation.name", "chat"), text("gen_ai.request.model", "gpt-4o"), number("gen_ai.usage.input_tokens", 10), number("gen_ai.usage.output_tokens", 4),
		},
	}}}}}}})
	if err != nil || result.Accepted != 1 {
		t.Fatal(result, err)
	}
	var got struct {
		Accounting struct {
			CostSource string
			Entries    []struct {
				Name string
				Rule *string
				Cost *float64
			}
		}
		Explanation []struct{ Field, Rule string }
	}
	if err := json.Unmarshal([]byte(w.ask(t, "GET", "/api/v1/traces/why/observations/w-1", "pair", "", 200)), &got); err != nil {
		t.Fatal(err)
	}
	rules := map[string]string{}
	for _, reason := range got.Explanation {
		if reason.Field == "" || reason.Rule == "" || rules[reason.Field] != "" {
			t.Errorf("the explanation %+v", got.Explanation)
		}
		rules[reason.Field] = reason.Rule
	}
	for field, rule := range map[string]string{"model": "gen_ai.request.model", "usage.input": "input_tokens", "usage.output": "output_tokens"} {
		if !strings.Contains(rules[field], rule) {
			t.Errorf("%s is explained by %q, want %q", field, rules[field], rule)
		}
	}
	if got.Accounting.CostSource != "computed" || len(got.Accounting.Entries) != 3 {
		t.Fatalf("%+v", got.Accounting)
	}
	for _, e := range got.Accounting.Entries {
		rule := rules["usage."+e.Name]
		if e.Cost == nil || (e.Rule == nil) != (rule == "") || e.Rule != nil && *e.Rule != rule {
			t.Errorf("the entry %+v, explained by %q", e, rule)
		}
	}
}

// TestPricesOfObservations: each shape of an observation shows prices its own way.
func TestPricesOfObservations(t *testing.T) { onEveryStore(t, showsPrices) }

func showsPrices(t *testing.T, store telemetry.Store) {
	w := withDocument(t, newWorldOn(t, store, nil))
	model := member(t, w.ask(t, "POST", models, "pair", modelBody("acme-1", ""), 200), "id")
	total := member(t, w.ask(t, "POST", models, "pair", `{"modelName":"acme-2","matchPattern":"^acme-2$","unit":"IMAGES","totalPrice":0.000000000001}`, 200), "id")
	w.ingest(
		t, "pair",
		generation("two", `,"model":"acme-1","usageDetails":{"input":1000000,"input_cached":7,"output":3}`),
		generation("total", `,"model":"acme-2","usageDetails":{"total":3}`),
		generation("none", ``),
	)
	tierOf := func(id string) string {
		return `"usagePricingTierId":"` + id + `_tier_default","usagePricingTierName":"Standard"`
	}
	const noTier = `"usagePricingTierId":null,"usagePricingTierName":null`
	for id, want := range map[string]struct {
		usage, prices, zeroed, texts, short string
	}{
		"two": {
			usage: `"costDetails":{"input":1,"output":0.000006,"total":1.000006}`, prices: tierOf(model) + `,"modelId":"` + model + `","inputPrice":0.000001,"outputPrice":0.000002,"totalPrice":null,"calculatedInputCost":1,"calculatedOutputCost":0.000006,"calculatedTotalCost":1.000006,`,
			zeroed: `"inputPrice":0.000001,"outputPrice":0.000002,"totalPrice":0,`, texts: `"modelId":"` + model + `","inputPrice":"0.000001","outputPrice":"0.000002","totalPrice":null,`,
			short: `"totalCost":1.000006,` + tierOf(model) + `,"inputCost":1,"outputCost":0.000006,"inputUsage":1000007,"outputUsage":3,"totalUsage":1000010`,
		},
		"total": {
			usage: `"costDetails":{"total":0.000000000003}`, prices: tierOf(total) + `,"modelId":"` + total + `","inputPrice":null,"outputPrice":null,"totalPrice":0.000000000001,"calculatedInputCost":null,"calculatedOutputCost":null,"calculatedTotalCost":0.000000000003,`,
			zeroed: `"inputPrice":0,"outputPrice":0,"totalPrice":0.000000000001,`, texts: `"modelId":"` + total + `","inputPrice":null,"outputPrice":null,"totalPrice":"0.000000000001",`,
			short: `"totalCost":0.000000000003,` + tierOf(total) + `,"inputCost":null,"outputCost":null,"inputUsage":0,"outputUsage":0,"totalUsage":3`,
		},
		"none": {
			usage: `"costDetails":{}`, prices: noTier + `,"modelId":null,"inputPrice":null,"outputPrice":null,"totalPrice":null,"calculatedInputCost":null,"calculatedOutputCost":null,"calculatedTotalCost":0,`,
			zeroed: `"inputPrice":0,"outputPrice":0,"totalPrice":0,`, texts: `"modelId":null,"inputPrice":null,"outputPrice":null,"totalPrice":null,`,
			short: `"totalCost":0,` + noTier + `,"inputCost":null,"outputCost":null,"inputUsage":0,"outputUsage":0,"totalUsage":0`,
		},
	} {
		holds := func(what, got string, parts ...string) {
			t.Helper()
			for _, part := range parts {
				if !strings.Contains(got, part) {
					t.Errorf("%s, %s: no %s in\n%s", id, what, part, got)
				}
			}
		}
		filter := `filter=[{"type":"string","column":"id","operator":"=","value":"` + id + `"}]`
		filter = strings.NewReplacer(`"`, "%22", "[", "%5B", "]", "%5D", "{", "%7B", "}", "%7D").Replace(filter)
		get := func(path string) string { t.Helper(); return w.ask(t, "GET", path, "pair", "", 200) }
		holds("v1", get("/api/public/observations/"+id), want.usage, want.prices)
		holds("v1 list", get("/api/public/observations?"+filter), want.usage, want.prices)
		holds("detail", get("/api/v1/traces/acc/observations/"+id), want.usage, want.prices)
		holds("v2", get("/api/public/v2/observations?fields=core,model,usage&"+filter), want.usage, want.texts, want.short)
		holds("v2 without model", get("/api/public/v2/observations?fields=core,usage&"+filter), want.usage, want.short,
			`"modelId":null,"inputPrice":null,"outputPrice":null,"totalPrice":null,`)
		holds("trace", get("/api/public/traces/acc"), want.usage, want.zeroed)
	}
	for _, path := range []string{"/api/public/traces/acc", "/api/public/traces?" + `filter=%5B%7B%22type%22:%22string%22,%22column%22:%22id%22,%22operator%22:%22=%22,%22value%22:%22acc%22%7D%5D`} {
		if got := w.ask(t, "GET", path, "pair", "", 200); !strings.Contains(got, `"totalCost":1.000006000003`) {
			t.Errorf("%s: the sum is not there: %s", path, got)
		}
	}
}
