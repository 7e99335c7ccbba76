package batch

import (
	"time"

	"github.com/fusebox-llm/fusebox/internal/trace"
)

// instant reads an ISO 8601 date and time: T between them, seconds and any number
// of digits of their fraction optional, Z or an offset as ±HH:MM at the end. What
// is finer than a microsecond is cut off, toward the past.
func instant(s string) (trace.Micros, bool) {
	c := clock{rest: s, ok: true}
	year := c.digits(4, 9999)
	c.sign('-')
	month := c.digits(2, 12)
	c.sign('-')
	day := c.digits(2, 31)
	c.sign('T')
	hour := c.digits(2, 23)
	c.sign(':')
	minute := c.digits(2, 59)
	second, micros := 0, 0
	if c.next(':') {
		second = c.digits(2, 59)
		if c.next('.') {
			micros = c.fraction()
		}
	}
	offset := c.zone()
	if !c.ok || c.rest != "" {
		return 0, false
	}
	t := time.Date(year, time.Month(month), day, hour, minute, second, 0, time.UTC)
	if t.Day() != day || int(t.Month()) != month {
		return 0, false // a day that the month does not have
	}
	at := trace.Micros((t.Unix()-int64(offset)*60)*1_000_000 + int64(micros))
	return at, at.InRange()
}

// clock reads a time front to back. Once something is wrong, ok stays false.
type clock struct {
	rest string
	ok   bool
}

// digits reads a number of exactly n digits and at most limit.
func (c *clock) digits(n, limit int) (v int) {
	if len(c.rest) < n {
		c.ok = false
		return 0
	}
	for i := range n {
		d := c.rest[i] - '0'
		if d > 9 {
			c.ok = false
			return 0
		}
		v = v*10 + int(d)
	}
	c.rest = c.rest[n:]
	c.ok = c.ok && v <= limit
	return v
}

func (c *clock) next(b byte) bool {
	if c.rest == "" || c.rest[0] != b {
		return false
	}
	c.rest = c.rest[1:]
	return true
}

func (c *clock) sign(b byte) { c.ok = c.next(b) && c.ok }

// fraction reads at least one digit and returns microseconds.
func (c *clock) fraction() (micros int) {
	n := 0
	for n < len(c.rest) && c.rest[n]-'0' <= 9 {
		n++
	}
	c.ok = c.ok && n > 0
	for i := range 6 {
		micros *= 10
		if i < n {
			micros += int(c.rest[i] - '0')
		}
	}
	c.rest = c.rest[n:]
	return micros
}

// zone returns the minutes by which the time is ahead of UTC.
func (c *clock) zone() int {
	sign := 1
	switch {
	case c.next('Z'):
		return 0
	case c.next('-'):
		sign = -1
	case c.next('+'):
	default:
		c.ok = false
		return 0
	}
	hours := c.digits(2, 23)
	c.sign(':')
	return sign * (hours*60 + c.digits(2, 59))
}
