package pricing_test

import (
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/fusebox-llm/fusebox/internal/pricing"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// TestEvaluateIsWhatTheModelsSay compares a card's answer with one that is worked out
// from the models, without a card.
func TestEvaluateIsWhatTheModelsSay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		candidates := rapid.SliceOfN(drawModel(), 0, 4).Draw(t, "candidates")
		usage := rapid.MapOfN(rapid.SampledFrom(usageKeys), rapid.OneOf(rapid.Int64Range(0, 30), rapid.Int64Range(0, 1<<62)), 0, 5).Draw(t, "usage")
		hints := pricing.Hints{
			Parameters: rapid.MapOfN(rapid.SampledFrom(attributeKeys), rapid.SampledFrom(attributeValues), 0, 2).Draw(t, "parameters"),
			Metadata:   rapid.MapOfN(rapid.SampledFrom(attributeKeys), rapid.SampledFrom(attributeValues), 0, 2).Draw(t, "metadata"),
		}
		q := pricing.Question{Start: trace.Micros(rapid.Int64Range(-3, 3).Draw(t, "start")), Usage: trace.AmountsOf(usage), Hints: hints.String()}
		if rapid.Bool().Draw(t, "with total") {
			q.Usage = q.Usage.WithTotal()
		}

		card := pricing.CardOf("a name", candidates)
		if (card == "") != (len(candidates) == 0) || card != "" && pricing.CardName(card) != "a name" {
			t.Fatalf("the card of %d candidates is %q", len(candidates), card)
		}
		want := expectedBill(t, candidates, q, hints)
		if diff := cmp.Diff(want, pricing.Evaluate(card, q), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("%s\n(-want +got)\n%s", card, diff)
		}
	})
}

var (
	usageKeys       = []string{"input", "output", "total", "input_cached_tokens", "Input", "audio", "ünits", "1:2;3,", ""}
	attributeKeys   = []string{"service_tier", "speed", `a "key"`, ""}
	attributeValues = []string{"fast", "flex", "1", "true", "", "ä\n"}
	usagePatterns   = []string{"input", "^input$", "in|audio", "^INPUT", "put$|total", ".", "(input)", "[iI]nput.*", "", "^$", "|x", "(broken", `\d`, "^in|ut$|x", "i.put"}
	operators       = []string{"gt", "gte", "lt", "lte", "eq", "neq", "between"}
)

func drawModel() *rapid.Generator[pricing.Model] {
	return rapid.Custom(func(t *rapid.T) pricing.Model {
		keys := rapid.SliceOfNDistinct(rapid.SampledFrom(usageKeys), 0, 5, rapid.ID).Draw(t, "keys")
		id := rapid.StringN(0, 5, 20).Draw(t, "id")
		m := pricing.Model{ID: id, Name: "name of " + id}
		if rapid.Bool().Draw(t, "dated") {
			start := trace.Micros(rapid.Int64Range(-3, 3).Draw(t, "start"))
			m.Start = &start
		}
		for i := range rapid.IntRange(1, 4).Draw(t, "tiers") {
			tier := pricing.Tier{ID: id + strconv.Itoa(i), Name: "tier;" + strconv.Itoa(i), Default: i == 0, Priority: i}
			for _, key := range keys {
				d, err := pricing.ParseDecimal(strings.TrimPrefix(decimalText(t), "-"))
				if err != nil {
					t.Fatal(err)
				}
				tier.Prices = append(tier.Prices, pricing.Price{Usage: key, USD: d})
			}
			if i > 0 {
				tier.Conditions = rapid.SliceOfN(drawCondition(), 1, 3).Draw(t, "conditions")
			}
			m.Tiers = append(m.Tiers, tier)
		}
		return m
	})
}

func drawCondition() *rapid.Generator[pricing.Condition] {
	return rapid.Custom(func(t *rapid.T) pricing.Condition {
		if rapid.Bool().Draw(t, "attribute") {
			return pricing.Condition{
				Source: rapid.SampledFrom([]string{pricing.ModelParameters, pricing.Metadata}).Draw(t, "source"),
				Key:    rapid.SampledFrom(attributeKeys).Draw(t, "key"),
				Values: rapid.SliceOfN(rapid.SampledFrom(attributeValues), 1, 3).Draw(t, "values"),
			}
		}
		return pricing.Condition{
			UsagePattern:  rapid.SampledFrom(usagePatterns).Draw(t, "pattern"),
			Operator:      rapid.SampledFrom(operators).Draw(t, "operator"),
			Value:         rapid.SampledFrom([]float64{0, 1, 10, 20.5, 1e18}).Draw(t, "value"),
			CaseSensitive: rapid.Bool().Draw(t, "case"),
		}
	})
}

// expectedBill is what the models say, by the rules as they are written.
func expectedBill(t *rapid.T, candidates []pricing.Model, q pricing.Question, hints pricing.Hints) (b pricing.Bill) {
	i := slices.IndexFunc(candidates, func(m pricing.Model) bool { return m.Start == nil || *m.Start <= q.Start })
	if i < 0 {
		return b
	}
	m := candidates[i]
	b.ModelID, b.ModelName = m.ID, m.Name
	standard := m.Tiers[0]
	for key, at := range map[string]**pricing.Decimal{"input": &b.InputPrice, "output": &b.OutputPrice, "total": &b.TotalPrice} {
		if d, ok := standard.Price(key); ok {
			*at = &d
		}
	}
	if len(q.Usage) == 0 {
		return b
	}
	tier := standard
	for _, other := range m.Tiers[1:] {
		if !slices.ContainsFunc(other.Conditions, func(c pricing.Condition) bool { return !holds(c, q.Usage, hints) }) {
			tier = other
			break
		}
	}
	b.TierID, b.TierName = tier.ID, tier.Name
	cost := map[string]int64{}
	sum := new(big.Int)
	for _, u := range q.Usage {
		d, ok := tier.Price(u.Name)
		if !ok {
			if u.Name != "total" {
				b.Unpriced = append(b.Unpriced, u.Name)
			}
			continue
		}
		n := roundedCost(t, strconv.FormatInt(u.N, 10), d.String())
		cost[u.Name] = n.Int64()
		sum.Add(sum, n)
		b.UnitPrices = append(b.UnitPrices, pricing.Price{Usage: u.Name, USD: d})
	}
	if len(cost) == 0 {
		return b
	}
	if _, ok := cost["total"]; ok {
		b.Unpriced = nil
	} else {
		most := big.NewInt(trace.MaxCost)
		if sum.Cmp(most) > 0 {
			sum = most
		}
		cost["total"] = sum.Int64()
	}
	n := cost["total"]
	b.Cost, b.Total = trace.AmountsOf(cost), &n
	return b
}

func holds(c pricing.Condition, usage trace.Amounts, hints pricing.Hints) bool {
	switch c.Source {
	case pricing.ModelParameters:
		v, ok := hints.Parameters[c.Key]
		return ok && slices.Contains(c.Values, v)
	case pricing.Metadata:
		v, ok := hints.Metadata[c.Key]
		return ok && slices.Contains(c.Values, v)
	}
	pattern := c.UsagePattern
	if !c.CaseSensitive {
		pattern = "(?i)" + pattern
	}
	re, err := regexp.Compile(pattern)
	if err != nil {
		return false
	}
	sum := 0.0
	for _, u := range usage {
		if re.MatchString(u.Name) {
			sum += float64(u.N)
		}
	}
	return map[string]bool{"gt": sum > c.Value, "gte": sum >= c.Value, "lt": sum < c.Value, "lte": sum <= c.Value, "eq": sum == c.Value, "neq": sum != c.Value}[c.Operator]
}

// TestPlainPatterns compares how plain patterns are matched with the regular expression
// that they are.
func TestPlainPatterns(t *testing.T) {
	part := rapid.StringMatching(`\^?[a-cA-C_ -]{0,3}\$?`)
	rapid.Check(t, func(t *rapid.T) {
		pattern := strings.Join(rapid.SliceOfN(part, 1, 3).Draw(t, "pattern"), "|")
		caseSensitive := rapid.Bool().Draw(t, "case")
		key := rapid.StringMatching(`[a-cA-C_ -]{0,5}`).Draw(t, "key")
		tiers := func(pattern string) string {
			return tierOf(pricing.Condition{UsagePattern: pattern, Operator: pricing.EQ, Value: 1, CaseSensitive: caseSensitive}, key+"=1")
		}
		if plain, re := tiers(pattern), tiers("(?:"+pattern+")"); plain != re {
			t.Fatalf("%q in %q: %s, as a regular expression %s", pattern, key, plain, re)
		}
	})
}

// tierOf returns the tier that a condition chooses for usage.
func tierOf(c pricing.Condition, usage string) string {
	m := pricing.Model{ID: "m", Name: "m", Tiers: []pricing.Tier{
		{ID: "d", Name: "default", Default: true},
		{ID: "o", Name: "other", Priority: 1, Conditions: []pricing.Condition{c}},
	}}
	key, n, _ := strings.Cut(usage, "=")
	units, _ := strconv.ParseInt(n, 10, 64)
	return pricing.Evaluate(pricing.CardOf("m", []pricing.Model{m}), pricing.Question{Usage: trace.Amounts{{Name: key, N: units}}}).TierName
}

func TestConditions(t *testing.T) {
	tests := map[string]struct {
		pattern, operator string
		value             float64
		caseSensitive     bool
		usage, want       string
	}{
		"greater":                            {"input", "gt", 10, false, "input=11", "other"},
		"not greater":                        {"input", "gt", 10, false, "input=10", "default"},
		"greater or the same":                {"input", "gte", 10, false, "input=10", "other"},
		"less":                               {"input", "lt", 10, false, "input=9", "other"},
		"not less":                           {"input", "lt", 10, false, "input=10", "default"},
		"less or the same":                   {"input", "lte", 10, false, "input=10", "other"},
		"the same":                           {"input", "eq", 10, false, "input=10", "other"},
		"not the same":                       {"input", "neq", 10, false, "input=10", "default"},
		"an operator that nobody knows":      {"input", "in", 10, false, "input=10", "default"},
		"nothing found is nothing":           {"input", "lt", 1, false, "output=10", "other"},
		"parts of a key count":               {"put", "eq", 10, false, "input_cached=10", "other"},
		"in any case":                        {"INPUT", "eq", 10, false, "input=10", "other"},
		"but for case":                       {"INPUT", "eq", 10, true, "input=10", "default"},
		"the total counts":                   {"tot", "eq", 10, false, "total=10", "other"},
		"a fraction":                         {"input", "gt", 9.5, false, "input=10", "other"},
		"a broken pattern holds for nothing": {"(input", "neq", 5, false, "input=10", "default"},
		"nor does one that is not supported": {"input(?!_)", "eq", 10, false, "input=10", "default"},
		"a code point":                       {`\u0069nput`, "eq", 10, false, "input=10", "other"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := pricing.Condition{UsagePattern: tt.pattern, Operator: tt.operator, Value: tt.value, CaseSensitive: tt.caseSensitive}
			if got := tierOf(c, tt.usage); got != tt.want {
				t.Errorf("the tier is %s, not %s", got, tt.want)
			}
		})
	}
}

func TestCardLeavesOutWhatCannotApply(t *testing.T) {
	at := func(n trace.Micros) *trace.Micros { return &n }
	m := func(name string, start *trace.Micros) pricing.Model {
		return flat(t, name, "x", start, "input 1")
	}
	card := pricing.CardOf("x", []pricing.Model{
		m("nine", at(9)), m("four", at(4)), m("five too late", at(5)), m("four again", at(4)), m("always", nil), m("never", nil), m("one", at(1)),
	})
	for name, in := range map[string]bool{"nine": true, "four": true, "five too late": false, "four again": false, "always": true, "never": false, "one": false} {
		if strings.Contains(card, fmt.Sprintf("%d:%s", len(name), name)) != in {
			t.Errorf("%s in the card: not %v\n%s", name, in, card)
		}
	}
	for start, want := range map[trace.Micros]string{10: "nine", 9: "nine", 8: "four", 4: "four", 3: "always", -5: "always"} {
		if got := pricing.Evaluate(card, pricing.Question{Start: start}).ModelName; got != want {
			t.Errorf("at %d: %s, not %s", start, got, want)
		}
	}
}

// TestCardText pins the form of a card: stored ones must stay readable.
func TestCardText(t *testing.T) {
	start := trace.Micros(1_700_000_000_000_000)
	m := flat(t, "acme", "acme", &start, "output 0.000002 input 0.00000015")
	m.Tiers = append(m.Tiers, pricing.Tier{ID: "long", Name: "Long", Priority: 1, Prices: prices(t, "input 3e-7 output 1"), Conditions: []pricing.Condition{
		{UsagePattern: "input", Operator: pricing.GT, Value: 200_000},
		{UsagePattern: "^in.*", Operator: pricing.LTE, Value: 1e21, CaseSensitive: true},
		{Source: pricing.Metadata, Key: "k", Operator: pricing.In, Values: []string{"a", "bc"}},
	}})
	want := "1;" + "6:acme-1" + "177:" + "10:id of acme" + "4:acme" + "1700000000000000;" + "2;" +
		"36:" + "23:id of acme_tier_default" + "8:Standard" +
		"65:" + "4:long" + "4:Long" + "p2:gt6:2000005:input" + "R3:lte5:1e+215:^in.*" + "m1:k2;1:a2:bc" +
		"5:input15e8,3e7;" + "6:output2e6,1e0;"
	card := pricing.CardOf("acme-1", []pricing.Model{m})
	if card != want {
		t.Errorf("\n%s\nnot\n%s", card, want)
	}
}

// TestMalformedCards breaks a card in every place. What is left answers or does not, but
// nothing panics, and what is cut off does not answer.
func TestMalformedCards(t *testing.T) {
	c := pricing.NewCatalog(pricing.BuiltIn())
	card := pricing.CardOf("gpt-5.6-sol", c.Candidates(nil, "gpt-5.6-sol"))
	q := pricing.Question{Usage: readAmounts("input=300000 output=2"), Hints: pricing.Hints{Parameters: map[string]string{"service_tier": "flex"}}.String()}
	if pricing.Evaluate(card, q).Total == nil {
		t.Fatal("the whole card does not answer")
	}
	for i := range card {
		if b := pricing.Evaluate(card[:i], q); b.ModelID != "" {
			t.Errorf("the first %d bytes answer %+v", i, b)
		}
		for _, c := range []byte{'0', '9', ':', ';', 'x', 0} {
			broken := []byte(card)
			broken[i] = c
			pricing.Evaluate(string(broken), q)
			pricing.CardName(string(broken))
		}
	}
	for _, card := range []string{"", "1", "1;", "2;1:x", "1;1:x", "1;9999999999999999999999:x", "1;-1:x", "1;1:x0:", "1;1:x1:x", `{"models":[]}`} {
		if b := pricing.Evaluate(card, q); b.ModelID != "" || b.Cost != nil {
			t.Errorf("%q answers %+v", card, b)
		}
	}
	for card, want := range map[string]string{"": "", "1;": "", "1;1:x": "x", "1;2:x": "", "0;1:x": "", "1;0:": ""} {
		if got := pricing.CardName(card); got != want {
			t.Errorf("the name of %q is %q, not %q", card, got, want)
		}
	}
}

func FuzzEvaluate(f *testing.F) {
	c := pricing.NewCatalog(pricing.BuiltIn())
	for _, name := range []string{"gpt-5.6-sol", "gpt-4", "text-embedding-3-small", "gemini-2.5-pro"} {
		f.Add(pricing.CardOf(name, c.Candidates(nil, name)), `{"parameters":{"service_tier":"flex"}}`, int64(0), "input", int64(1200), "total", int64(300_000))
	}
	f.Add("1;1:x46:1:m1:m5;1;9:1:d3:abc5:input15e8,;6:output;", "", int64(9), "output", int64(-1), "", int64(0))
	f.Fuzz(func(t *testing.T, card, hints string, start int64, key1 string, n1 int64, key2 string, n2 int64) {
		q := pricing.Question{Start: trace.Micros(start), Usage: trace.AmountsOf(map[string]int64{key1: n1, key2: n2}), Hints: hints}
		b := pricing.Evaluate(card, q)
		total, ok := b.Cost.Get("total")
		if (b.Total != nil) != ok || ok && *b.Total != total || len(b.Cost) > 3 || len(b.UnitPrices) > 2 {
			t.Fatalf("%+v", b)
		}
		if !slices.IsSortedFunc(b.Cost, func(x, y trace.Amount) int { return strings.Compare(x.Name, y.Name) }) {
			t.Fatalf("not sorted: %v", b.Cost)
		}
		for _, e := range b.Cost {
			if e.N > trace.MaxCost || e.N < -trace.MaxCost {
				t.Fatalf("%s costs %d", e.Name, e.N)
			}
		}
	})
}
