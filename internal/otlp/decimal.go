package otlp

import (
	"bytes"
	"math"
)

// decimal is a decimal number as it was written: nothing is lost to floating
// point, and an exponent of any size costs nothing.
type decimal struct {
	negative bool
	// lead holds the first digits that matter, at most 19 of them: kept.
	lead uint64
	kept int
	// digits is how many digits there are from the first to the last that is
	// not 0. point is where the decimal point stands, counted from the first.
	digits int
	point  int
}

// parseDecimal reads a number with optional fraction and exponent. White space
// around it is allowed.
func parseDecimal(b []byte) (d decimal, ok bool) {
	b = bytes.TrimSpace(b)
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		d.negative = b[0] == '-'
		b = b[1:]
	}
	seen := 0    // digits from the first that is not 0
	any := false // a digit at all
	fraction := false
	i := 0
	for ; i < len(b); i++ {
		c := b[i]
		if c == '.' && !fraction {
			fraction = true
			continue
		}
		if c-'0' > 9 {
			break
		}
		any = true
		if seen == 0 && c == '0' {
			if fraction {
				d.point--
			}
			continue
		}
		seen++
		if !fraction {
			d.point++
		}
		if seen <= 19 {
			d.lead = d.lead*10 + uint64(c-'0')
			d.kept = seen
		}
		if c != '0' {
			d.digits = seen
		}
	}
	if !any {
		return decimal{}, false
	}
	if i < len(b) {
		e, ok := parseExponent(b[i:])
		if !ok {
			return decimal{}, false
		}
		d.point += e
	}
	return d, true
}

// parseExponent reads "e+12". It stops looking where all exponents mean the
// same: more than a request could hold digits for.
func parseExponent(b []byte) (e int, ok bool) {
	if b[0]|0x20 != 'e' {
		return 0, false
	}
	b = b[1:]
	negative := len(b) > 0 && b[0] == '-'
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		b = b[1:]
	}
	for _, c := range b {
		if c-'0' > 9 {
			return 0, false
		}
		if e < 100_000_000 {
			e = e*10 + int(c-'0')
		}
	}
	if negative {
		e = -e
	}
	return e, len(b) > 0
}

// shift returns the number times ten to the power of n.
func (d decimal) shift(n int) decimal {
	d.point += n
	return d
}

// integer cuts off the fraction. exact reports that there was none, fits that
// the result is right: it does not overflow an int64.
func (d decimal) integer() (n int64, exact, fits bool) {
	if d.digits == 0 {
		return 0, true, true
	}
	exact = d.digits <= d.point
	if d.point <= 0 {
		return 0, exact, true
	}
	if d.point > 19 {
		return 0, exact, false
	}
	u := d.lead
	for i := d.kept; i > d.point; i-- {
		u /= 10
	}
	for i := d.kept; i < d.point; i++ {
		u *= 10 // stays below 10^19
	}
	switch {
	case d.negative && u <= 1<<63:
		return -int64(u), exact, true // -(1<<63) wraps onto itself
	case !d.negative && u <= math.MaxInt64:
		return int64(u), exact, true
	}
	return 0, exact, false
}
