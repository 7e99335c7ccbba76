package trace

import (
	"math"
	"sort"
	"strconv"
	"strings"
)

// CostScale is how many units of a stored cost make one dollar: costs are
// integers of 1e-12, so that sums are exact to the last digit.
const CostScale = 1_000_000_000_000

// MaxCost bounds a single cost entry, both signs: 999999.999999 dollars.
const MaxCost = 999_999_999_999 * (CostScale / 1_000_000)

// Amount is one entry of a usage or cost map.
type Amount struct {
	Name string
	N    int64 // units for usage, 1e-12 dollars for cost
}

// Amounts is a usage or cost map, sorted by name, each name once.
type Amounts []Amount

// AmountsOf returns the map as sorted amounts.
func AmountsOf(m map[string]int64) Amounts {
	if len(m) == 0 {
		return nil
	}
	a := make(Amounts, 0, len(m))
	for k, n := range m {
		a = append(a, Amount{k, n})
	}
	sort.Slice(a, func(i, j int) bool { return a[i].Name < a[j].Name })
	return a
}

// Get returns the amount of that name.
func (a Amounts) Get(name string) (int64, bool) {
	i := sort.Search(len(a), func(i int) bool { return a[i].Name >= name })
	if i < len(a) && a[i].Name == name {
		return a[i].N, true
	}
	return 0, false
}

// SumContaining returns the sum of the entries whose name contains part, and
// whether there is any. It saturates instead of overflowing.
func (a Amounts) SumContaining(part string) (sum int64, ok bool) {
	for _, e := range a {
		if strings.Contains(e.Name, part) {
			sum, ok = addSaturated(sum, e.N), true
		}
	}
	return sum, ok
}

// Equal reports whether both hold the same entries.
func (a Amounts) Equal(b Amounts) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func (a Amounts) with(name string, n int64) Amounts {
	i := sort.Search(len(a), func(i int) bool { return a[i].Name >= name })
	out := make(Amounts, 0, len(a)+1)
	out = append(out, a[:i]...)
	out = append(out, Amount{name, n})
	return append(out, a[i:]...)
}

// WithTotal returns usage as it is shown: what was provided, and the sum of all
// entries as "total" where no total was given.
func (a Amounts) WithTotal() Amounts {
	if len(a) == 0 {
		return a
	}
	if _, ok := a.Get("total"); ok {
		return a
	}
	var sum int64
	for _, e := range a {
		sum = addSaturated(sum, e.N)
	}
	return a.with("total", sum)
}

// CostWithTotal returns a provided cost map as it is shown, and its total. The
// total is the entry "total"; without one it is the sum of "input" and "output"
// when there are no other entries; otherwise there is none.
func (a Amounts) CostWithTotal() (Amounts, *int64) {
	if len(a) == 0 {
		return a, nil
	}
	if n, ok := a.Get("total"); ok {
		return a, &n
	}
	var sum int64
	for _, e := range a {
		if e.Name != "input" && e.Name != "output" {
			return a, nil
		}
		sum = addSaturated(sum, e.N)
	}
	return a.with("total", sum), &sum
}

func addSaturated(a, b int64) int64 {
	switch {
	case b > 0 && a > math.MaxInt64-b:
		return math.MaxInt64
	case b < 0 && a < math.MinInt64-b:
		return math.MinInt64
	}
	return a + b
}

// CostOf converts dollars to a stored cost. NaN and infinities become 0, and
// values beyond [MaxCost] are held at it.
func CostOf(dollars float64) int64 {
	if math.IsNaN(dollars) || math.IsInf(dollars, 0) {
		return 0
	}
	n := math.Round(dollars * CostScale)
	switch {
	case n < 0:
		return -CostOf(-dollars)
	case n > MaxCost:
		return MaxCost
	case n < 1<<50:
		return int64(n)
	}
	// From here on the product is not exact: 999999.999999 would lose its last
	// digit. What was meant is the shortest decimal number.
	whole, frac, _ := strings.Cut(strconv.FormatFloat(dollars, 'f', -1, 64), ".")
	frac += "0000000000000"
	units, err := strconv.ParseInt(whole+frac[:12], 10, 64)
	if err != nil {
		return int64(n) // out of reach: the digits are those of a number below MaxCost
	}
	if frac[12] >= '5' {
		units++
	}
	return min(units, MaxCost)
}

// FormatCost writes a stored cost as a plain decimal number without exponent and
// without trailing zeros.
func FormatCost(n int64) string {
	neg := n < 0
	u := uint64(n)
	if neg {
		u = uint64(-(n + 1)) + 1
	}
	s := strconv.FormatUint(u/CostScale, 10)
	if frac := u % CostScale; frac != 0 {
		f := strconv.FormatUint(frac+CostScale, 10)[1:]
		s += "." + strings.TrimRight(f, "0")
	}
	if neg {
		return "-" + s
	}
	return s
}
