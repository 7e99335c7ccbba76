package pricing_test

import (
	"encoding/json"
	"math"
	"math/big"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/pricing"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

func TestParseDecimal(t *testing.T) {
	thirty := "0." + strings.Repeat("0", 29) + "1"
	tests := map[string]struct{ text, want string }{
		"zero":                        {"0", "0"},
		"minus zero":                  {"-0", "0"},
		"a zero with everything":      {"-0.000E+999999999999999999", "0"},
		"a token":                     {"0.00000015", "0.00000015"},
		"the same with an exponent":   {"1.5e-7", "0.00000015"},
		"the same the other way":      {"0.00000000015E+3", "0.00000015"},
		"zeros at the end":            {"2.500", "2.5"},
		"many of them":                {"1." + strings.Repeat("0", 200), "1"},
		"whole with zeros":            {"1200", "1200"},
		"whole by its exponent":       {"1.2e3", "1200"},
		"negative":                    {"-1.25", "-1.25"},
		"18 digits":                   {"123456.789012345678", "123456.789012345678"},
		"18 digits, whole":            {"999999999999999999", "999999999999999999"},
		"zeros in between":            {"1.0000000000000001", "1.0000000000000001"},
		"30 behind the point":         {thirty, thirty},
		"a million":                   {"1e6", "1000000"},
		"what a double prints":        {"1e-05", "0.00001"},
		"an exponent that undoes it":  {"0." + strings.Repeat("0", 99) + "1e100", "1"},
		"as JavaScript writes a tiny": {"7.5e-8", "0.000000075"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			d, err := pricing.ParseDecimal(tt.text)
			if err != nil || d.String() != tt.want {
				t.Errorf("%s is %s, %v, want %s", tt.text, d, err, tt.want)
			}
		})
	}
	for _, text := range []string{
		"", "-", "+1", "01", "00", "-01", ".5", "5.", "1e", "1e+", "1.e5", "0x1", "NaN", "Infinity", "1 ", " 1", "1_000", "1,5", "١", "null", `"1"`, "1.2.3", "1e5.5",
		"1234567890123456789", "0.1234567890123456789", "1.000000000000000001", "1e18", "-1e18", "1e-31", "1e99999999999999999999", "1e-99999999999999999999", strings.Repeat("9", 100_000),
	} {
		if d, err := pricing.ParseDecimal(text); !fault.Is(err, fault.Invalid) {
			t.Errorf("%.40q is %s, %v", text, d, err)
		} else if len(err.Error()) > 250 {
			t.Errorf("a message of %d bytes", len(err.Error()))
		}
	}
}

func TestDecimalsAreExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := decimalText(t)
		d, err := pricing.ParseDecimal(text)
		if err != nil {
			t.Fatal(err)
		}
		want, _ := new(big.Rat).SetString(text)
		got, ok := new(big.Rat).SetString(d.String())
		if !ok || got.Cmp(want) != 0 {
			t.Fatalf("%s became %s", text, d)
		}
		if s := d.String(); strings.ContainsAny(s, "eE+") || strings.Contains(s, ".") && strings.HasSuffix(s, "0") || s == "-0" {
			t.Fatalf("%s is written %s", text, s)
		}
		again, err := pricing.ParseDecimal(d.String())
		if err != nil || again != d || !again.Equal(d) || d.IsNegative() != (want.Sign() < 0) {
			t.Fatalf("%s, read again, is %s, %v", d, again, err)
		}
		raw, err := json.Marshal(d)
		var back pricing.Decimal
		if err != nil || json.Unmarshal(raw, &back) != nil || back != d {
			t.Fatalf("%s as JSON is %s, %v, and back %s", d, raw, err, back)
		}
	})
}

func TestTimesRoundsHalfUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := decimalText(t)
		d, err := pricing.ParseDecimal(text)
		if err != nil {
			t.Fatal(err)
		}
		units := rapid.OneOf(rapid.Int64(), rapid.Int64Range(-2, 2_000_000), rapid.SampledFrom([]int64{0, math.MaxInt64, math.MinInt64})).Draw(t, "units")
		if got, want := d.Times(units), roundedCost(t, strconv.FormatInt(units, 10), text); got != want.Int64() {
			t.Fatalf("%d * %s is %d, want %s", units, text, got, want)
		}
	})
}

func TestTimes(t *testing.T) {
	tests := map[string]struct {
		price string
		units int64
		want  int64
	}{
		"half":                 {"0.0000000000005", 1, 1},
		"less than half":       {"0.000000000000499999", 1, 0},
		"half below zero":      {"-0.0000000000005", 1, -1},
		"half of more":         {"0.0000000000005", 3, 2},
		"the most":             {"999999.999999", 1, trace.MaxCost},
		"a hair more":          {"999999.9999990001", 1, trace.MaxCost},
		"minus the most":       {"-1", 1_000_000, -trace.MaxCost},
		"where products end":   {"999999999999999999", math.MaxInt64, trace.MaxCost},
		"and with fine digits": {"0.000000000000000000999999999999", math.MaxInt64, 9_223_372_036_846},
		"nothing of it":        {"999999999999999999", 0, 0},
		"the finest":           {"1e-30", math.MaxInt64, 9},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := decimal(t, tt.price).Times(tt.units); got != tt.want {
				t.Errorf("%d, want %d", got, tt.want)
			}
		})
	}
}

// decimalText draws a number that a Decimal can hold, in any notation.
func decimalText(t *rapid.T) string {
	mantissa := rapid.OneOf(rapid.Int64Range(-999_999_999_999_999_999, 999_999_999_999_999_999), rapid.Int64Range(0, 2000)).Draw(t, "mantissa")
	scale := rapid.IntRange(0, 30).Draw(t, "scale")
	digits, negative := strings.CutPrefix(strconv.FormatInt(mantissa, 10), "-")
	text := digits + "e-" + strconv.Itoa(scale)
	if rapid.Bool().Draw(t, "plain") && scale > 0 {
		for len(digits) <= scale {
			digits = "0" + digits
		}
		text = digits[:len(digits)-scale] + "." + digits[len(digits)-scale:]
	}
	if negative {
		text = "-" + text
	}
	return text
}

func FuzzParseDecimal(f *testing.F) {
	for _, s := range []string{"0", "-1.5e-7", "1e18", "0.000", "1e", "99999999999999999999", "1.0e-30"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := pricing.ParseDecimal(text)
		if err != nil {
			return
		}
		if !json.Valid([]byte(text)) {
			t.Fatalf("%q is no JSON number, and yet %s", text, d)
		}
		if again, err := pricing.ParseDecimal(d.String()); err != nil || again != d {
			t.Fatalf("%q is %s, and that %s, %v", text, d, again, err)
		}
	})
}
