package otlp

import "math"

// time reads nanoseconds since the epoch, as number, as text or as {high, low},
// and returns microseconds, the rest cut off. It reports false where there is no
// time, or nothing that can be read as one. 0 is a time.
func (d *jsonDecoder) time(what string) (micros int64, ok bool) {
	var n decimal
	switch c := d.peek(); {
	case c == '"':
		n, ok = parseDecimal(d.str())
	case c == '-' || c-'0' <= 9:
		n, ok = parseDecimal(d.number())
	case c == '{':
		var w words
		if w, ok = d.words(); !ok {
			return 0, false
		}
		if w.negative() {
			micros = int64(w.bits()) / 1000 // two's complement
		} else {
			micros = int64(w.bits() / 1000) // at most MaxUint64/1000
		}
		return micros, d.fitsTime(micros, what)
	default:
		d.skip()
	}
	if !ok {
		return 0, false
	}
	micros, _, fits := n.shift(-3).integer()
	if !fits {
		micros = math.MaxInt64
	}
	if !d.fitsTime(micros, what) {
		return 0, false
	}
	return micros, true
}

// words is a 64-bit integer in two halves, as JavaScript libraries write it.
type words struct {
	high, low int64
	unsigned  bool
}

func (w words) bits() uint64 {
	return uint64(uint32(w.high))<<32 | uint64(uint32(w.low)) // each half is 32 bits, signed or not
}

// negative reports whether bits is the two's complement of a negative number.
func (w words) negative() bool { return w.high < 0 && !w.unsigned }

// words reads {"high":…,"low":…,"unsigned":…}. It reports false if a half is
// missing or is not a 32-bit integer.
func (d *jsonDecoder) words() (w words, ok bool) {
	var high, low bool
	for d.open(); d.more('}'); {
		switch string(d.key()) {
		case "high":
			w.high, high = d.half()
		case "low":
			w.low, low = d.half()
		case "unsigned":
			w.unsigned = d.peek() == 't'
			d.skip()
		default:
			d.skip()
		}
	}
	return w, high && low
}

func (d *jsonDecoder) half() (n int64, ok bool) {
	if c := d.peek(); c != '-' && c-'0' > 9 {
		d.skip()
		return 0, false
	}
	n, ok = integerOf(d.number())
	return n, ok && n >= math.MinInt32 && n <= math.MaxUint32
}
