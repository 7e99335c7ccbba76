package trace_test

import (
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/fusebox-llm/fusebox/internal/trace"
)

func TestAmountsOf(t *testing.T) {
	if got := trace.AmountsOf(nil); got != nil {
		t.Errorf("of nothing: %v", got)
	}
	a := trace.AmountsOf(map[string]int64{"output": 2, "input": 1, "Input": 3, "": 4})
	want := trace.Amounts{{Name: "", N: 4}, {Name: "Input", N: 3}, {Name: "input", N: 1}, {Name: "output", N: 2}}
	if diff := cmp.Diff(want, a); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	for _, e := range want {
		if n, ok := a.Get(e.Name); !ok || n != e.N {
			t.Errorf("%q: got %d, %v", e.Name, n, ok)
		}
	}
	for _, name := range []string{"a", "zzz", "inpu", "inputs"} {
		if n, ok := a.Get(name); ok || n != 0 {
			t.Errorf("%q: got %d, %v, it is not there", name, n, ok)
		}
	}
}

func TestAmountsEqual(t *testing.T) {
	a := trace.Amounts{{Name: "a", N: 1}}
	for name, tt := range map[string]struct {
		b     trace.Amounts
		equal bool
	}{
		"the same":       {trace.Amounts{{Name: "a", N: 1}}, true},
		"another number": {trace.Amounts{{Name: "a", N: 2}}, false},
		"another name":   {trace.Amounts{{Name: "b", N: 1}}, false},
		"more":           {trace.Amounts{{Name: "a", N: 1}, {Name: "b", N: 1}}, false},
		"nothing":        {nil, false},
	} {
		if a.Equal(tt.b) != tt.equal || tt.b.Equal(a) != tt.equal {
			t.Errorf("%s: not %v", name, tt.equal)
		}
	}
	if !(trace.Amounts{}).Equal(nil) {
		t.Error("empty is not nil")
	}
}

func TestSumContaining(t *testing.T) {
	a := trace.AmountsOf(map[string]int64{"input": 1, "input_cached": 2, "cache_read_input": 4, "output": 8, "Input": 16, "in": 32, "total": 64})
	for part, want := range map[string]int64{"input": 7, "output": 8, "": 127, "total": 64} {
		if got, ok := a.SumContaining(part); !ok || got != want {
			t.Errorf("%q: %d, %v, want %d", part, got, ok, want)
		}
	}
	if got, ok := a.SumContaining("audio"); ok || got != 0 {
		t.Errorf("no such entry: %d, %v", got, ok)
	}
	if got, ok := (trace.Amounts{{Name: "input", N: 0}}).SumContaining("input"); !ok || got != 0 {
		t.Errorf("an entry of 0: %d, %v", got, ok)
	}
	for want, entries := range map[int64][]int64{math.MaxInt64: {math.MaxInt64, 1}, math.MinInt64: {math.MinInt64, -1}, -1: {math.MaxInt64, math.MinInt64}} {
		a := trace.Amounts{{Name: "input1", N: entries[0]}, {Name: "input2", N: entries[1]}}
		if got, _ := a.SumContaining("input"); got != want {
			t.Errorf("%v: %d, want %d", entries, got, want)
		}
	}
}

func TestTotals(t *testing.T) {
	tests := map[string]struct {
		provided    map[string]int64
		usage, cost map[string]int64
		total       *int64
	}{
		"nothing":             {nil, nil, nil, nil},
		"input and output":    {map[string]int64{"input": 1, "output": 2}, map[string]int64{"input": 1, "output": 2, "total": 3}, map[string]int64{"input": 1, "output": 2, "total": 3}, ptr(3)},
		"input alone":         {map[string]int64{"input": 1}, map[string]int64{"input": 1, "total": 1}, map[string]int64{"input": 1, "total": 1}, ptr(1)},
		"a total that is off": {map[string]int64{"input": 1, "total": 9}, map[string]int64{"input": 1, "total": 9}, map[string]int64{"input": 1, "total": 9}, ptr(9)},
		"a total of 0":        {map[string]int64{"input": 1, "total": 0}, map[string]int64{"input": 1, "total": 0}, map[string]int64{"input": 1, "total": 0}, ptr(0)},
		"another entry":       {map[string]int64{"input": 1, "zz": 2}, map[string]int64{"input": 1, "zz": 2, "total": 3}, map[string]int64{"input": 1, "zz": 2}, nil},
		"negative":            {map[string]int64{"input": -5, "output": 2}, map[string]int64{"input": -5, "output": 2, "total": -3}, map[string]int64{"input": -5, "output": 2, "total": -3}, ptr(-3)},
		"too much":            {map[string]int64{"input": math.MaxInt64, "output": 2}, map[string]int64{"input": math.MaxInt64, "output": 2, "total": math.MaxInt64}, map[string]int64{"input": math.MaxInt64, "output": 2, "total": math.MaxInt64}, ptr(math.MaxInt64)},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			provided := trace.AmountsOf(tt.provided)
			before := slices.Clone(provided)
			if diff := cmp.Diff(trace.AmountsOf(tt.usage), provided.WithTotal()); diff != "" {
				t.Errorf("usage (-want +got)\n%s", diff)
			}
			cost, total := provided.CostWithTotal()
			if diff := cmp.Diff(trace.AmountsOf(tt.cost), cost); diff != "" {
				t.Errorf("cost (-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(tt.total, total); diff != "" {
				t.Errorf("total cost (-want +got)\n%s", diff)
			}
			if !provided.Equal(before) {
				t.Errorf("the provided amounts became %v", provided)
			}
		})
	}
}

func ptr(n int64) *int64 { return &n }

func TestCostOf(t *testing.T) {
	tests := map[string]struct {
		dollars float64
		want    int64
	}{
		"zero":                            {0, 0},
		"one":                             {1, trace.CostScale},
		"a token":                         {0.00000015, 150_000},
		"the last digit":                  {1e-12, 1},
		"half of it":                      {0.5e-12, 1},
		"less":                            {0.4e-12, 0},
		"negative":                        {-0.25, -trace.CostScale / 4},
		"not a number":                    {math.NaN(), 0},
		"infinite":                        {math.Inf(1), 0},
		"minus infinite":                  {math.Inf(-1), 0},
		"below the most":                  {999_999.5, 999_999_500_000_000_000},
		"the most":                        {999_999.999999, trace.MaxCost},
		"digits that a product loses":     {12_345.678901, 12_345_678_901_000_000},
		"a digit too many":                {1126.1234567890125, 1_126_123_456_789_013},
		"where products stop being exact": {1125.899906842624, 1_125_899_906_842_624},
		"above the most":                  {1_000_000, trace.MaxCost},
		"far above":                       {math.MaxFloat64, trace.MaxCost},
		"below the least":                 {-1_000_000, -trace.MaxCost},
		"far below":                       {-math.MaxFloat64, -trace.MaxCost},
		"smaller than any":                {math.SmallestNonzeroFloat64, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := trace.CostOf(tt.dollars); got != tt.want {
				t.Errorf("%g dollars are %d, want %d", tt.dollars, got, tt.want)
			}
		})
	}
}

// TestCostDigits: an amount of up to six decimals comes back digit by digit.
func TestCostDigits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(-999_999_999_999, 999_999_999_999).Draw(t, "millionths") * 1_000_000
		text := trace.FormatCost(n)
		dollars, err := strconv.ParseFloat(text, 64)
		if err != nil {
			t.Fatal(err)
		}
		if got := trace.CostOf(dollars); got != n {
			t.Errorf("%s dollars are stored as %d, want %d", text, got, n)
		}
	})
}

func TestFormatCost(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0", 1: "0.000000000001", -1: "-0.000000000001", trace.CostScale: "1", -trace.CostScale: "-1", trace.CostScale / 4: "0.25",
		10 * trace.CostScale: "10", trace.CostScale + 1: "1.000000000001", 150_000: "0.00000015", trace.MaxCost: "999999.999999",
		-trace.MaxCost: "-999999.999999", math.MaxInt64: "9223372.036854775807", math.MinInt64: "-9223372.036854775808", math.MinInt64 + 1: "-9223372.036854775807",
	} {
		if got := trace.FormatCost(n); got != want {
			t.Errorf("%d is written %s, want %s", n, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64().Draw(t, "cost")
		s := trace.FormatCost(n)
		got, ok := new(big.Rat).SetString(s)
		if !ok || got.Cmp(big.NewRat(n, trace.CostScale)) != 0 {
			t.Errorf("%d is written %s", n, s)
		}
		if strings.Contains(s, ".") && strings.HasSuffix(s, "0") || strings.ContainsAny(s, "eE+") {
			t.Errorf("%d is written %s", n, s)
		}
	})
}
