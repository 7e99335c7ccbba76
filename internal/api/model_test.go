package api_test

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/api"
	"github.com/fusebox-llm/fusebox/internal/pricing"
)

// documented is a world whose answers are held against the document.
type documented struct {
	*world
	doc *document
}

func withDocument(t *testing.T, w *world) *documented {
	t.Helper()
	return &documented{w, loadDocument(t)}
}

// ask makes a call with a JSON body and returns the answer, which must have the
// status and be what the document says.
func (w *documented) ask(t *testing.T, method, path, key, body string, status int) string {
	t.Helper()
	header := http.Header{}
	if a := keys()[key]; a != "" {
		header.Set("Authorization", a)
	}
	res, raw := w.callWith(t, method, path, header, body)
	if res.StatusCode != status {
		t.Fatalf("%s %s %s: status %d, want %d: %s", method, path, body, res.StatusCode, status, raw)
	}
	w.checkAlways(t, res, string(raw))
	w.doc.check(t, method, path, res, string(raw))
	return string(raw)
}

// member returns a text member of a JSON object.
func member(t *testing.T, object, name string) string {
	t.Helper()
	m, _ := decode(t, object).(map[string]any)
	text, ok := m[name].(string)
	if !ok {
		t.Fatalf("no text %s in %s", name, object)
	}
	return text
}

const models = "/api/public/models"

// modelBody is a definition with tiers; more comes behind its default tier.
func modelBody(name, more string) string {
	return fmt.Sprintf(`{"modelName":%q,"matchPattern":"(?i)^%s$","unit":"TOKENS","pricingTiers":[`+
		`{"name":"Standard","isDefault":true,"priority":0,"conditions":[],"prices":{"input":0.000001,"output":2e-6}}%s]}`, name, name, more)
}

// tier is a tier for modelBody.
func tier(name string, priority int, conditions, prices string) string {
	return fmt.Sprintf(`,{"name":%q,"isDefault":false,"priority":%d,"conditions":[%s],"prices":{%s}}`, name, priority, conditions, prices)
}

const (
	long      = `{"usageDetailPattern":"^input","operator":"gt","value":200000}`
	flex      = `{"source":"metadata","key":"service_tier","operator":"in","values":["flex","batch"]}`
	twoPrices = `"input":0.000002,"output":4.00e-6`
)

func TestModelOfFlatPrices(t *testing.T) {
	w := withDocument(t, newWorld(t, nil))
	for name, tt := range map[string]struct{ body, want string }{
		"input and output": {
			`{"modelName":"a <&>","matchPattern":"(?i)^(acme/)?a$","unit":"TOKENS","inputPrice":0.000001,"outputPrice":2e-6}`,
			`{"id":"ID","modelName":"a <&>","matchPattern":"(?i)^(acme/)?a$","startDate":null,"inputPrice":0.000001,"outputPrice":0.000002,"totalPrice":null,"unit":"TOKENS",` +
				`"tokenizerId":null,"tokenizerConfig":null,"isLangfuseManaged":false,"createdAt":"2026-05-01T11:00:00.000Z","prices":{"input":{"price":0.000001},"output":{"price":0.000002}},` +
				`"pricingTiers":[{"id":"ID_tier_default","name":"Standard","isDefault":true,"priority":0,"conditions":[],"prices":{"input":0.000001,"output":0.000002}}]}`,
		},
		"total": {
			`{"modelName":"b","matchPattern":"b","startDate":"2026-02-01T00:00:00Z","unit":"IMAGES","inputPrice":null,"totalPrice":0,"tokenizerId":null,"pricingTiers":null}`,
			`{"id":"ID","modelName":"b","matchPattern":"b","startDate":"2026-02-01T00:00:00.000Z","inputPrice":null,"outputPrice":null,"totalPrice":0,"unit":"IMAGES",` +
				`"tokenizerId":null,"tokenizerConfig":null,"isLangfuseManaged":false,"createdAt":"2026-05-01T11:00:00.000Z","prices":{"total":{"price":0}},` +
				`"pricingTiers":[{"id":"ID_tier_default","name":"Standard","isDefault":true,"priority":0,"conditions":[],"prices":{"total":0}}]}`,
		},
		"a tokenizer": {
			`{"modelName":"c","matchPattern":"c","startDate":"2026-02-01T10:00:00.123+02:00","unit":"TOKENS","outputPrice":123456.789,"tokenizerId":"openai","tokenizerConfig":{"tokenizerModel":"gpt-4o","tokensPerMessage":3}}`,
			`{"id":"ID","modelName":"c","matchPattern":"c","startDate":"2026-02-01T08:00:00.123Z","inputPrice":null,"outputPrice":123456.789,"totalPrice":null,"unit":"TOKENS",` +
				`"tokenizerId":"openai","tokenizerConfig":{"tokenizerModel":"gpt-4o","tokensPerMessage":3},"isLangfuseManaged":false,"createdAt":"2026-05-01T11:00:00.000Z","prices":{"output":{"price":123456.789}},` +
				`"pricingTiers":[{"id":"ID_tier_default","name":"Standard","isDefault":true,"priority":0,"conditions":[],"prices":{"output":123456.789}}]}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := w.ask(t, "POST", models, "pair", tt.body, 200)
			id := member(t, got, "id")
			if got := strings.ReplaceAll(got, id, "ID"); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if again := w.ask(t, "GET", models+"/"+id, "pair", "", 200); again != got {
				t.Errorf("read  %s\nwrote %s", again, got)
			}
		})
	}
}

func TestModelWithTiers(t *testing.T) {
	w := withDocument(t, newWorld(t, nil))
	// The default tier is the first that is shown, the others follow by priority.
	body := `{"modelName":"acme-1","matchPattern":"(?i)^acme-1$","unit":"TOKENS","pricingTiers":[` +
		strings.TrimPrefix(tier("Late", 999, long+`,`+flex, twoPrices), ",") +
		`,{"name":"Base","isDefault":true,"priority":0,"conditions":[],"prices":{"output":2e-6,"input":0.000001}}` +
		tier("Long", 1, `{"usageDetailPattern":"^(input|x)$","operator":"gte","value":0.5,"caseSensitive":true}`, twoPrices) + `]}`
	got := w.ask(t, "POST", models, "pair", body, 200)
	id := member(t, got, "id")
	m, _ := decode(t, got).(map[string]any)
	list, _ := m["pricingTiers"].([]any)
	ids := map[string]bool{}
	text := strings.ReplaceAll(got, id, "ID")
	for i, entry := range list {
		tierID, _ := entry.(map[string]any)["id"].(string)
		ids[tierID] = true
		text = strings.Replace(text, `"id":"`+tierID+`"`, fmt.Sprintf(`"id":"T%d"`, i), 1)
	}
	if len(ids) != 3 || ids[""] || !ids[id+"_tier_default"] {
		t.Errorf("the ids of tiers: %v", ids)
	}
	_, tiers, _ := strings.Cut(text, `"prices":{"input":{"price":0.000001},"output":{"price":0.000002}},"pricingTiers":`)
	const want = `[{"id":"ID_tier_default","name":"Base","isDefault":true,"priority":0,"conditions":[],"prices":{"input":0.000001,"output":0.000002}},` +
		`{"id":"T1","name":"Long","isDefault":false,"priority":1,"conditions":[{"usageDetailPattern":"^(input|x)$","operator":"gte","value":0.5,"caseSensitive":true}],"prices":{"input":0.000002,"output":0.000004}},` +
		`{"id":"T2","name":"Late","isDefault":false,"priority":999,"conditions":[{"usageDetailPattern":"^input","operator":"gt","value":200000,"caseSensitive":false},` +
		`{"operator":"in","source":"metadata","key":"service_tier","values":["flex","batch"]}],"prices":{"input":0.000002,"output":0.000004}}]}`
	if tiers != want {
		t.Errorf("got  %s\nwant %s\nin %s", tiers, want, text)
	}
	if again := w.ask(t, "GET", models+"/"+id, "pair", "", 200); again != got {
		t.Errorf("read  %s\nwrote %s", again, got)
	}
}

func TestModelRefuses(t *testing.T) {
	w := withDocument(t, newWorld(t, nil))
	flat := func(more string) string {
		return `{"modelName":"m","matchPattern":"m","unit":"TOKENS"` + more + `}`
	}
	prices := strings.Repeat("x", 101)
	standard := `{"name":"Standard","isDefault":true,"priority":0,"conditions":[],"prices":{"input":1}}`
	tiers := func(list string) string { return flat(`,"pricingTiers":[` + list + `]`) }
	usage := func(pattern, operator, value string) string {
		return modelBody("m", tier("Long", 1, fmt.Sprintf(`{"usageDetailPattern":%q,"operator":%q,"value":%s}`, pattern, operator, value), twoPrices))
	}
	attribute := func(condition string) string { return modelBody("m", tier("Flex", 1, condition, twoPrices)) }
	for name, body := range map[string]string{
		"no JSON":                 `{"modelName"`,
		"a list":                  `[]`,
		"nothing":                 `{}`,
		"no name":                 `{"matchPattern":"m","unit":"TOKENS","inputPrice":1}`,
		"an empty name":           `{"modelName":"","matchPattern":"m","unit":"TOKENS","inputPrice":1}`,
		"a name of a number":      `{"modelName":1,"matchPattern":"m","unit":"TOKENS","inputPrice":1}`,
		"a name with NUL":         `{"modelName":"a\u0000","matchPattern":"m","unit":"TOKENS","inputPrice":1}`,
		"no pattern":              `{"modelName":"m","unit":"TOKENS","inputPrice":1}`,
		"a broken pattern":        `{"modelName":"m","matchPattern":"(","unit":"TOKENS","inputPrice":1}`,
		"a look-ahead":            `{"modelName":"m","matchPattern":"m(?=x)","unit":"TOKENS","inputPrice":1}`,
		"no unit":                 `{"modelName":"m","matchPattern":"m","inputPrice":1}`,
		"another unit":            `{"modelName":"m","matchPattern":"m","unit":"tokens","inputPrice":1}`,
		"no prices":               flat(``),
		"null prices":             flat(`,"inputPrice":null,"pricingTiers":null`),
		"no tiers":                flat(`,"pricingTiers":[]`),
		"both":                    flat(`,"inputPrice":1,"pricingTiers":[` + standard + `]`),
		"total and input":         flat(`,"inputPrice":1,"totalPrice":1`),
		"total and output":        flat(`,"outputPrice":1,"totalPrice":1`),
		"a negative price":        flat(`,"inputPrice":-0.1`),
		"a price of a text":       flat(`,"inputPrice":"x"`),
		"a huge price":            flat(`,"inputPrice":1e400`),
		"another tokenizer":       flat(`,"inputPrice":1,"tokenizerId":"mine"`),
		"a tokenizer of a number": flat(`,"inputPrice":1,"tokenizerId":1`),
		"a config of a text":      flat(`,"inputPrice":1,"tokenizerId":"openai","tokenizerConfig":"x"`),
		"a config of a list":      flat(`,"inputPrice":1,"tokenizerId":"openai","tokenizerConfig":[]`),
		"a start of no day":       flat(`,"inputPrice":1,"startDate":"yesterday"`),
		"a start of a number":     flat(`,"inputPrice":1,"startDate":1`),
		"a start without a zone":  flat(`,"inputPrice":1,"startDate":"2026-02-01T00:00:00"`),

		"no default tier":         tiers(`{"name":"a","isDefault":false,"priority":1,"conditions":[` + long + `],"prices":{"input":1}}`),
		"two default tiers":       tiers(standard + `,{"name":"a","isDefault":true,"priority":0,"conditions":[],"prices":{"input":1}}`),
		"a default of 1":          tiers(strings.Replace(standard, `"priority":0`, `"priority":1`, 1)),
		"a default that asks":     tiers(strings.Replace(standard, `"conditions":[]`, `"conditions":[`+long+`]`, 1)),
		"no conditions":           modelBody("m", tier("a", 1, "", twoPrices)),
		"a priority of 0":         modelBody("m", tier("a", 0, long, twoPrices)),
		"a priority below 0":      modelBody("m", tier("a", -1, long, twoPrices)),
		"a priority of 1000":      modelBody("m", tier("a", 1000, long, twoPrices)),
		"a priority of a half":    strings.Replace(modelBody("m", tier("a", 7, long, twoPrices)), `"priority":7`, `"priority":1.5`, 1),
		"one priority twice":      modelBody("m", tier("a", 1, long, twoPrices)+tier("b", 1, long, twoPrices)),
		"one name twice":          modelBody("m", tier("a", 1, long, twoPrices)+tier("a", 2, long, twoPrices)),
		"the default's name":      modelBody("m", tier("Standard", 1, long, twoPrices)),
		"no name of a tier":       modelBody("m", tier("", 1, long, twoPrices)),
		"a long name":             modelBody("m", tier(prices, 1, long, twoPrices)),
		"a tier without prices":   modelBody("m", tier("a", 1, long, "")),
		"less prices":             modelBody("m", tier("a", 1, long, `"input":1`)),
		"more prices":             modelBody("m", tier("a", 1, long, twoPrices+`,"total":1`)),
		"other prices":            modelBody("m", tier("a", 1, long, `"input":1,"total":1`)),
		"a negative price of one": modelBody("m", tier("a", 1, long, `"input":1,"output":-1`)),
		"a null price":            modelBody("m", tier("a", 1, long, `"input":1,"output":null`)),
		"an object as price":      modelBody("m", tier("a", 1, long, `"input":1,"output":{"price":1}`)),

		"another operator":         usage("input", "like", "1"),
		"an attribute's operator":  usage("input", "in", "1"),
		"a negative value":         usage("input", "gt", "-1"),
		"a value of a text":        usage("input", "gt", `"1"`),
		"a null value":             usage("input", "gt", "null"),
		"no value":                 attribute(`{"usageDetailPattern":"input","operator":"gt"}`),
		"no usage pattern":         attribute(`{"operator":"gt","value":1}`),
		"a broken usage pattern":   usage("(", "gt", "1"),
		"a long usage pattern":     usage(strings.Repeat("x", 201), "gt", "1"),
		"another source":           attribute(`{"source":"tags","key":"k","operator":"in","values":["v"]}`),
		"no key":                   attribute(`{"source":"metadata","operator":"in","values":["v"]}`),
		"no values":                attribute(`{"source":"metadata","key":"k","operator":"in","values":[]}`),
		"a value of a number":      attribute(`{"source":"metadata","key":"k","operator":"in","values":[1]}`),
		"a usage's operator":       attribute(`{"source":"metadata","key":"k","operator":"eq","values":["v"]}`),
		"no operator":              attribute(`{"source":"metadata","key":"k","values":["v"]}`),
		"an attribute and a usage": attribute(`{"source":"metadata","key":"k","operator":"in","values":["v"],"usageDetailPattern":"input","value":1}`),
	} {
		t.Run(name, func(t *testing.T) {
			if got := w.ask(t, "POST", models, "pair", body, 400); strings.Contains(got, "already exists") {
				t.Error(got)
			}
		})
	}
	if all := w.ask(t, "GET", models+"?limit=100", "pair", "", 200); strings.Contains(all, `"isLangfuseManaged":false`) {
		t.Errorf("something that was refused is there: %s", all)
	}
	w.ask(t, "POST", models, "pair", modelBody("m", tier(strings.Repeat("ü", 100), 999, usageCondition(strings.Repeat("x", 200), 0), twoPrices)), 200)
}

func usageCondition(pattern string, value int) string {
	return fmt.Sprintf(`{"usageDetailPattern":%q,"operator":"neq","value":%d,"caseSensitive":false}`, pattern, value)
}

// TestModelNames: a name is taken once in a project, and by nobody else for it.
func TestModelNames(t *testing.T) {
	w := withDocument(t, newWorld(t, nil))
	first := member(t, w.ask(t, "POST", models, "pair", modelBody("gpt-4o", ""), 200), "id") // a built-in one has the name too
	const taken = `{"message":"Model name 'gpt-4o' already exists in project","error":"InvalidRequestError"}`
	if got := w.ask(t, "POST", models, "pair", modelBody("gpt-4o", ""), 400); got != taken {
		t.Errorf("got %s, want %s", got, taken)
	}
	w.ask(t, "POST", models, "pair", modelBody("GPT-4o", ""), 200)
	other := member(t, w.ask(t, "POST", models, "other", modelBody("gpt-4o", ""), 200), "id")

	const notFound = `{"message":"No model with this id found.","error":"LangfuseNotFoundError"}`
	builtIn := pricing.BuiltIn()[0].ID
	for what, call := range map[string]struct{ method, path string }{
		"delete another's":  {"DELETE", models + "/" + other},
		"delete a built-in": {"DELETE", models + "/" + builtIn},
		"delete nothing":    {"DELETE", models + "/x%00"},
		"get another's":     {"GET", models + "/" + other},
		"get nothing":       {"GET", models + "/gpt-4o"},
	} {
		if got := w.ask(t, call.method, call.path, "pair", "", 404); got != notFound {
			t.Errorf("%s: %s", what, got)
		}
	}
	w.ask(t, "GET", models+"/"+builtIn, "other", "", 200)
	if got := w.ask(t, "DELETE", models+"/"+first, "pair", "", 200); got != `{"message":"Model successfully deleted"}` {
		t.Error(got)
	}
	w.ask(t, "DELETE", models+"/"+first, "pair", "", 404)
	w.ask(t, "GET", models+"/"+first, "pair", "", 404)
	w.ask(t, "POST", models, "pair", modelBody("gpt-4o", ""), 200)
	w.ask(t, "GET", models, "public", "", 403)
	w.ask(t, "POST", models, "public", modelBody("m", ""), 403)
}

// listed is a definition of the list.
type listed struct {
	ID, ModelName, Unit string
	StartDate           *string
	IsLangfuseManaged   bool
	Prices              map[string]struct{ Price float64 }
	PricingTiers        []struct {
		IsDefault  bool
		Conditions []map[string]any
		Prices     map[string]float64
	}
}

func TestModelList(t *testing.T) {
	w := withDocument(t, newWorld(t, nil))
	total := len(pricing.BuiltIn())
	for _, body := range []string{
		modelBody("0", ""), modelBody("~", ""),
		// Beside the built-in one, which has no start date: before it with one, and
		// for another unit by the unit.
		strings.Replace(modelBody("gpt-4o", ""), `"unit"`, `"startDate":"2026-01-01T00:00:00Z","unit"`, 1),
		strings.Replace(modelBody("gpt-4.1", ""), "TOKENS", "CHARACTERS", 1),
	} {
		w.ask(t, "POST", models, "pair", body, 200)
	}
	w.ask(t, "POST", models, "other", modelBody("another's", ""), 200)
	total += 4
	var all []listed
	const limit = 33
	for page := 1; len(all) < total; page++ {
		var got struct {
			Data []listed
			Meta api.PageMeta
		}
		w.say(t, "GET", fmt.Sprintf("%s?limit=%d&page=%d", models, limit, page), "pair", "", 200, &got)
		if want := (api.PageMeta{Page: page, Limit: limit, TotalItems: total, TotalPages: (total + limit - 1) / limit}); got.Meta != want {
			t.Fatalf("%+v, want %+v", got.Meta, want)
		}
		if len(got.Data) != min(limit, total-len(all)) {
			t.Fatalf("page %d has %d models", page, len(got.Data))
		}
		all = append(all, got.Data...)
	}
	for i := 1; i < len(all); i++ {
		a, b := &all[i-1], &all[i]
		if c := cmp.Or(strings.Compare(a.ModelName, b.ModelName), strings.Compare(a.Unit, b.Unit)); c > 0 || c == 0 && a.StartDate == nil {
			t.Errorf("%s (%s) comes before %s (%s)", a.ModelName, a.Unit, b.ModelName, b.Unit)
		}
	}
	own, seen := 0, map[string]bool{}
	for _, m := range all {
		seen[m.ID] = true
		if !m.IsLangfuseManaged {
			own++
		}
		if len(m.PricingTiers) == 0 || !m.PricingTiers[0].IsDefault || len(m.Prices) == 0 || len(m.Prices) != len(m.PricingTiers[0].Prices) {
			t.Errorf("%s: %+v", m.ModelName, m)
		}
		for usage, price := range m.PricingTiers[0].Prices {
			if m.Prices[usage].Price != price {
				t.Errorf("%s: %s costs %v and %v", m.ModelName, usage, m.Prices[usage], price)
			}
		}
	}
	if own != 4 || len(seen) != total {
		t.Errorf("%d own models, %d ids of %d", own, len(seen), total)
	}
	beyond := w.ask(t, "GET", models+"?page=1000", "pair", "", 200)
	if want := fmt.Sprintf(`{"data":[],"meta":{"page":1000,"limit":50,"totalItems":%d,"totalPages":%d}}`, total, (total+49)/50); beyond != want {
		t.Errorf("got %s, want %s", beyond, want)
	}
	for _, query := range []string{"limit=0", "limit=101", "page=0", "page=x"} {
		w.ask(t, "GET", models+"?"+query, "pair", "", 400)
	}
}

// TestModelTiersOfAttributes: clients can read no condition about an attribute but
// those that they wrote, so built-in tiers with one apply and are not shown.
func TestModelTiersOfAttributes(t *testing.T) {
	w := withDocument(t, newWorld(t, nil))
	hidden := 0
	for _, m := range pricing.BuiltIn() {
		var got listed
		w.say(t, "GET", models+"/"+m.ID, "pair", "", 200, &got)
		want := 0
		for _, tier := range m.Tiers {
			if slices.ContainsFunc(tier.Conditions, func(c pricing.Condition) bool { return c.Source != "" }) {
				hidden++
				continue
			}
			want++
		}
		if len(got.PricingTiers) != want {
			t.Errorf("%s shows %d tiers, want %d", m.Name, len(got.PricingTiers), want)
		}
		for _, tier := range got.PricingTiers {
			for _, c := range tier.Conditions {
				if len(c) != 4 || c["usageDetailPattern"] == "" || c["caseSensitive"] == nil || c["value"] == nil {
					t.Errorf("%s has a condition that clients cannot read: %v", m.Name, c)
				}
			}
		}
	}
	if hidden == 0 {
		t.Error("no built-in tier asks for an attribute: nothing was checked")
	}
}

// TestOwnModelBeforeBuiltIn: what a project says of a name counts from then on, and
// for that project alone.
func TestOwnModelBeforeBuiltIn(t *testing.T) {
	w := withDocument(t, newWorld(t, nil))
	n := 0
	costOf := func(key string) (model string, cost float64) {
		t.Helper()
		n++
		id := "own-" + key + strconv.Itoa(n)
		w.ask(t, "POST", "/api/public/ingestion", key, `{"batch":[{"id":"e-`+id+`","type":"generation-create","timestamp":"2026-05-01T10:00:00Z","body":`+
			`{"id":"`+id+`","traceId":"t-`+id+`","startTime":"2026-05-01T10:00:00Z","model":"gpt-4o","usageDetails":{"input":1000,"output":100}}}]}`, 207)
		var got struct {
			ModelID             string
			CalculatedTotalCost float64
		}
		w.say(t, "GET", "/api/public/observations/"+id, key, "", 200, &got)
		return got.ModelID, got.CalculatedTotalCost
	}
	builtIn, before := costOf("pair")
	id := member(t, w.ask(t, "POST", models, "pair", modelBody("gpt-4o", ""), 200), "id")
	if model, cost := costOf("pair"); model != id || cost != 0.0012 {
		t.Errorf("the project's own model is %s and costs %v, want %s and 0.0012", model, cost, id)
	}
	if model, cost := costOf("other"); model != builtIn || cost != before || cost == 0 {
		t.Errorf("another project's is %s and costs %v, want %s and %v", model, cost, builtIn, before)
	}
	w.ask(t, "DELETE", models+"/"+id, "pair", "", 200)
	if model, cost := costOf("pair"); model != builtIn || cost != before {
		t.Errorf("after it was deleted %s costs %v, want %s and %v", model, cost, builtIn, before)
	}
	var first struct{ ModelID string }
	w.say(t, "GET", "/api/public/observations/own-pair2", "pair", "", 200, &first)
	if first.ModelID != id {
		t.Errorf("what is stored changed to %s", first.ModelID)
	}
}
