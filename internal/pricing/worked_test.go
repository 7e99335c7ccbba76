package pricing_test

import (
	"math/big"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/pricing"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// ownModels are the projects' models that testdata/worked.txt names.
func ownModels(t *testing.T) map[string][]pricing.Model {
	march, may := instant(t, "2026-03-01T00:00:00Z"), instant(t, "2026-05-01T00:00:00Z")
	night := flat(t, "night", `^night`, nil, "input 0.000004 output 0.000008")
	night.Tiers = append(night.Tiers,
		pricing.Tier{ID: "t3", Name: "Night batch", Priority: 3, Prices: prices(t, "input 0.000001 output 0.000002"), Conditions: []pricing.Condition{
			{Source: pricing.Metadata, Key: "batch", Operator: pricing.In, Values: []string{"night", "3", "true"}},
			{UsagePattern: `^input$`, Operator: pricing.GTE, Value: 100},
		}},
		pricing.Tier{ID: "t7", Name: "Not small", Priority: 7, Prices: prices(t, "input 0.000003 output 0.000006"), Conditions: []pricing.Condition{
			{UsagePattern: `^out.*t$`, Operator: pricing.NEQ, Value: 10, CaseSensitive: true},
		}},
	)
	own := map[string][]pricing.Model{
		"cheap-mini": {flat(t, "our mini", `(?i)^gpt-4o-mini$`, nil, "input 0.0000001 output 0.0000002")},
		"two-dates": {
			flat(t, "mini since March", `^gpt-4o-mini$`, &march, "input 0.0000002 output 0.0000008"),
			flat(t, "mini since May", `^gpt-4o-mini$`, &may, "input 0.0000003 output 0.0000009"),
		},
		"fine":  {flat(t, "fine", `^fine$`, nil, "half 0.0000000000005 less 0.0000000000004 input 0.0000000000015 output 1.5e-13")},
		"dear":  {flat(t, "dear", `^dear$`, nil, "input 0.1 output 123456789.123456789 audio 0.2")},
		"night": {night},
		"both":  {flat(t, "both", `^both$`, nil, "total 0.000002 input 0.000001")},
	}
	for name, models := range own {
		for _, m := range models {
			if err := m.Validate(); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
	}
	return own
}

// flat returns a project's model with a default tier.
func flat(t *testing.T, name, pattern string, start *trace.Micros, list string) pricing.Model {
	return pricing.Model{
		ID: "id of " + name, Project: "p", Name: name, Pattern: pattern, Start: start, Unit: pricing.Tokens,
		Tiers: []pricing.Tier{{ID: pricing.DefaultTierID("id of " + name), Name: pricing.DefaultTier, Default: true, Prices: prices(t, list)}},
	}
}

// prices reads usage keys and their prices.
func prices(t *testing.T, list string) []pricing.Price {
	t.Helper()
	var out []pricing.Price
	for words := strings.Fields(list); len(words) > 1; words = words[2:] {
		out = append(out, pricing.Price{Usage: words[0], USD: decimal(t, words[1])})
	}
	return out
}

func decimal(t *testing.T, text string) pricing.Decimal {
	t.Helper()
	d, err := pricing.ParseDecimal(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func instant(t *testing.T, text string) trace.Micros {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return trace.MicrosOf(at)
}

// worked is one case of testdata/worked.txt.
type worked struct {
	name, model, own, by string
	start                trace.Micros
	usage                trace.Amounts
	parameters, metadata string
	cost                 []workedCost
	unpriced             []string
}

type workedCost struct{ usage, expression, dollars string }

func readWorked(t *testing.T) []worked {
	t.Helper()
	raw, err := os.ReadFile("testdata/worked.txt")
	if err != nil {
		t.Fatal(err)
	}
	var all []worked
	for line := range strings.Lines(string(raw)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		kind, rest, _ := strings.Cut(line, " ")
		rest = strings.TrimSpace(rest)
		if kind == "case" {
			all = append(all, worked{name: rest})
			continue
		}
		w := &all[len(all)-1]
		switch kind {
		case "model":
			w.model = rest
		case "own":
			w.own = rest
		case "by":
			w.by = rest
		case "start":
			w.start = instant(t, rest)
		case "usage":
			w.usage = readAmounts(rest)
		case "parameters":
			w.parameters = rest
		case "metadata":
			w.metadata = rest
		case "unpriced":
			w.unpriced = strings.Fields(rest)
		case "cost":
			usage, rest, _ := strings.Cut(rest, ": ")
			expression, dollars, ok := strings.Cut(rest, " = ")
			if !ok {
				t.Fatalf("%s: no result in %q", w.name, line)
			}
			w.cost = append(w.cost, workedCost{usage, expression, dollars})
		default:
			t.Fatalf("%s: what is %q?", w.name, line)
		}
	}
	return all
}

// readAmounts reads "key=number …" and adds the total. What is no number is 0.
func readAmounts(list string) trace.Amounts {
	usage := map[string]int64{}
	for entry := range strings.FieldsSeq(list) {
		key, text, _ := strings.Cut(entry, "=")
		usage[key], _ = strconv.ParseInt(text, 10, 64)
	}
	return trace.AmountsOf(usage).WithTotal()
}

func TestWorkedPrices(t *testing.T) {
	c := pricing.NewCatalog(pricing.BuiltIn())
	own := ownModels(t)
	cases := readWorked(t)
	if len(cases) != 66 {
		t.Errorf("%d cases, not 66", len(cases))
	}
	for _, w := range cases {
		t.Run(w.name, func(t *testing.T) {
			models, ok := own[w.own]
			if w.own != "" && !ok {
				t.Fatalf("there are no models %q", w.own)
			}
			card := pricing.CardOf(w.model, c.Candidates(models, w.model))
			hints := c.HintsOf(models, w.parameters, w.metadata)
			bill := pricing.Evaluate(card, pricing.Question{Start: w.start, Usage: w.usage, Hints: hints.String()})

			by, tier := bill.ModelName, bill.TierName
			if by == "" {
				by = "-"
			} else if tier == "" {
				by += " / -"
			} else {
				by += " / " + tier
			}
			if by != w.by {
				t.Errorf("by %s, not %s", by, w.by)
			}
			if diff := cmp.Diff(w.unpriced, bill.Unpriced); diff != "" {
				t.Errorf("unpriced (-want +got)\n%s", diff)
			}
			var got []workedCost
			for _, e := range bill.Cost {
				got = append(got, workedCost{e.Name, "", trace.FormatCost(e.N)})
			}
			want := map[string]string{}
			unit := map[string]string{}
			for _, e := range w.cost {
				want[e.usage] = e.dollars
				check(t, e)
				if _, price, ok := strings.Cut(e.expression, "*"); ok && !strings.Contains(price, "*") {
					unit[e.usage] = price
				}
			}
			if len(got) != len(want) {
				t.Errorf("costs %v, want %v", got, want)
			}
			for _, e := range got {
				if want[e.usage] != e.dollars {
					t.Errorf("%s costs %s, want %q", e.usage, e.dollars, want[e.usage])
				}
			}
			total, has := bill.Cost.Get("total")
			if (bill.Total != nil) != has || has && *bill.Total != total {
				t.Errorf("the total is %v, the entry %d, %v", bill.Total, total, has)
			}
			for _, p := range bill.UnitPrices {
				if unit[p.Usage] != p.USD.String() {
					t.Errorf("the unit price of %s is %s, want %q", p.Usage, p.USD, unit[p.Usage])
				}
			}
		})
	}
}

// check works the written expression out: each product rounded to 12 digits and held at
// the most that an entry can cost, and so is their sum.
func check(t *testing.T, e workedCost) {
	t.Helper()
	sum := new(big.Int)
	for product := range strings.SplitSeq(e.expression, " + ") {
		units, price, _ := strings.Cut(product, "*")
		sum.Add(sum, roundedCost(t, units, price))
	}
	if most := big.NewInt(trace.MaxCost); sum.Cmp(most) > 0 {
		sum = most
	}
	if got := trace.FormatCost(sum.Int64()); got != e.dollars {
		t.Errorf("%s = %s, not %s as is written", e.expression, got, e.dollars)
	}
}

// roundedCost returns units times price in 1e-12 dollars, by way of fractions.
func roundedCost(t interface{ Fatalf(string, ...any) }, units, price string) *big.Int {
	n, ok1 := new(big.Rat).SetString(units)
	p, ok2 := new(big.Rat).SetString(price)
	if !ok1 || !ok2 {
		t.Fatalf("%q times %q", units, price)
	}
	n.Mul(n, p).Mul(n, big.NewRat(trace.CostScale, 1))
	negative := n.Sign() < 0
	n.Abs(n).Add(n, big.NewRat(1, 2))
	cost := new(big.Int).Quo(n.Num(), n.Denom())
	if most := big.NewInt(trace.MaxCost); cost.Cmp(most) > 0 {
		cost = most
	}
	if negative {
		cost.Neg(cost)
	}
	return cost
}
