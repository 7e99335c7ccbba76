package pricing

import (
	"math/bits"
	"strconv"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// The extent of a [Decimal]: significant digits, counted from the first that is not 0
// to the last, and digits behind the point.
const (
	maxDigits = 18
	maxScale  = 30
)

// costScale is how many digits behind the point a cost has.
const costScale = 12

// Decimal is an exact decimal number of up to 18 digits, 30 of them behind the point.
// The zero value is 0. Equal numbers are equal values.
type Decimal struct {
	mantissa int64 // no trailing zeros while there is a scale
	scale    uint8 // digits behind the point
}

// ParseDecimal reads a number in JSON's notation. It refuses, with fault.Invalid, what
// is no number and what a [Decimal] cannot hold exactly.
func ParseDecimal(text string) (Decimal, error) {
	p := numberParser{rest: text}
	d, ok := p.number()
	switch {
	case !ok || p.rest != "":
		return Decimal{}, fault.New(fault.Invalid, "%.40q is not a number", text)
	case p.tooLong || d.scale > maxScale:
		return Decimal{}, fault.New(fault.Invalid, "the number %.60s has too many digits; prices have up to %d, and up to %d behind the point", text, maxDigits, maxScale)
	}
	return d, nil
}

// numberParser reads a number digit by digit. Zeros wait until another digit follows,
// so that those at the end never enter the mantissa.
type numberParser struct {
	rest          string
	mantissa      int64
	digits, zeros int
	tooLong       bool
}

func (p *numberParser) number() (d Decimal, ok bool) {
	negative := p.skip("-")
	if p.skip("0") {
		if p.rest != "" && isDigit(p.rest[0]) {
			return d, false
		}
	} else if p.integer() == 0 {
		return d, false
	}
	exponent := 0
	if p.skip(".") {
		n := p.integer()
		if n == 0 {
			return d, false
		}
		exponent = -n
	}
	if p.skip("e") || p.skip("E") {
		e, ok := p.exponent()
		if !ok {
			return d, false
		}
		exponent += e
	}
	if p.mantissa == 0 {
		return Decimal{}, true
	}
	exponent += p.zeros
	switch {
	case exponent < -maxScale || exponent+p.digits > maxDigits:
		p.tooLong = true
		return d, true
	case exponent < 0:
		d = Decimal{p.mantissa, uint8(-exponent)}
	default:
		d = Decimal{p.mantissa * pow10(exponent), 0}
	}
	if negative {
		d.mantissa = -d.mantissa
	}
	return d, true
}

func (p *numberParser) skip(s string) (found bool) {
	p.rest, found = strings.CutPrefix(p.rest, s)
	return found
}

// integer takes digits and returns how many.
func (p *numberParser) integer() (n int) {
	for ; n < len(p.rest) && isDigit(p.rest[n]); n++ {
		switch c := p.rest[n]; {
		case c != '0':
			if p.digits += p.zeros + 1; p.digits > maxDigits {
				p.tooLong = true
				continue
			}
			p.mantissa = p.mantissa*pow10(p.zeros+1) + int64(c-'0')
			p.zeros = 0
		case p.mantissa != 0:
			p.zeros++
		}
	}
	p.rest = p.rest[n:]
	return n
}

func (p *numberParser) exponent() (e int, ok bool) {
	negative := p.skip("-")
	if !negative {
		p.skip("+")
	}
	n := 0
	for ; n < len(p.rest) && isDigit(p.rest[n]); n++ {
		e = min(e*10+int(p.rest[n]-'0'), 1_000_000_000) // beyond any number, and adding digits does not overflow
	}
	p.rest = p.rest[n:]
	if negative {
		e = -e
	}
	return e, n > 0
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// pow10 returns 10 to the n-th, for 0 to 18.
func pow10(n int) int64 {
	p := int64(1)
	for range n {
		p *= 10
	}
	return p
}

// String returns the number without exponent and without trailing zeros.
func (d Decimal) String() string {
	s := strconv.FormatInt(d.mantissa, 10)
	if d.scale == 0 {
		return s
	}
	s, negative := strings.CutPrefix(s, "-")
	if missing := int(d.scale) + 1 - len(s); missing > 0 {
		s = strings.Repeat("0", missing) + s
	}
	point := len(s) - int(d.scale)
	s = s[:point] + "." + s[point:]
	if negative {
		return "-" + s
	}
	return s
}

// Equal reports whether both are the same number.
func (d Decimal) Equal(other Decimal) bool { return d == other }

// IsNegative reports whether the number is below 0.
func (d Decimal) IsNegative() bool { return d.mantissa < 0 }

// MarshalJSON writes the number as a JSON number.
func (d Decimal) MarshalJSON() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalJSON reads a JSON number; see [ParseDecimal].
func (d *Decimal) UnmarshalJSON(text []byte) (err error) {
	*d, err = ParseDecimal(string(text))
	return err
}

// scaledDown returns the number divided by 10 to the n-th, exactly.
func (d Decimal) scaledDown(n int) Decimal {
	if d.mantissa == 0 {
		return Decimal{}
	}
	d.scale += uint8(n)
	for d.scale > 0 && d.mantissa%10 == 0 {
		d.mantissa /= 10
		d.scale--
	}
	return d
}

// Times returns what so many units cost at this price, in 1e-12 dollars, rounded half
// up (away from zero below zero) and held at trace.MaxCost in both directions.
func (d Decimal) Times(units int64) int64 {
	cost := timesMagnitude(magnitude(d.mantissa), magnitude(units), int(d.scale))
	if (d.mantissa < 0) != (units < 0) {
		return -cost
	}
	return cost
}

func timesMagnitude(mantissa, units uint64, scale int) int64 {
	hi, lo := bits.Mul64(mantissa, units)
	if scale <= costScale {
		factor := uint64(pow10(costScale - scale))
		if hi > 0 || lo > trace.MaxCost/factor {
			return trace.MaxCost
		}
		return int64(lo * factor)
	}
	divisor := uint64(pow10(scale - costScale))
	if hi >= divisor {
		return trace.MaxCost // the quotient has more than 64 bits
	}
	cost, remainder := bits.Div64(hi, lo, divisor)
	if cost >= trace.MaxCost {
		return trace.MaxCost
	}
	if remainder >= divisor-remainder {
		cost++
	}
	return int64(cost)
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}
