package otelmap

import (
	"math"
	"strings"
	"time"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/jsontext"
	"github.com/fusebox-llm/fusebox/internal/span"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// CompletionHow is how a [CompletionRow] gives the time of the first token.
type CompletionHow uint8

// The ways to give the time of the first token.
const (
	CompletionDate    CompletionHow = iota // a date, or a JSON string with one
	CompletionOffset                       // milliseconds after the start, rounded up
	CompletionSeconds                      // seconds after the start
)

// CompletionRow gives the time of the first token. A row whose attribute is there
// but cannot be read does not apply.
type CompletionRow struct {
	KeyRow
	How CompletionHow
}

func (r *CompletionRow) line() Line {
	l := r.KeyRow.line()
	l.When, l.Gives = "is a date", ""
	switch r.How {
	case CompletionOffset:
		l.When, l.Gives = "is a number", "the start plus so many milliseconds, rounded up"
	case CompletionSeconds:
		l.When, l.Gives = "is a number", "the start plus so many seconds"
	}
	return l
}

type completionRule struct {
	lookup
	how CompletionHow
}

func (c *call) completionStart() {
	for i := range c.m.completionStarts {
		r := &c.m.completionStarts[i]
		h := c.look(&r.lookup)
		if h.value == nil {
			continue
		}
		var (
			t  trace.Micros
			ok bool
		)
		switch r.how {
		case CompletionDate:
			t, ok = c.date(h.value)
		case CompletionOffset:
			t, ok = c.offset(h.value)
		case CompletionSeconds:
			t, ok = c.seconds(h.value)
		}
		if ok && t.InRange() {
			if r.how == CompletionDate { // else the time says less than the attribute
				c.attrs.mark(h.at, markField)
			}
			c.set(fold.CompletionStart, fold.Time(t), h.row)
			return
		}
	}
}

func (c *call) date(v *span.Value) (trace.Micros, bool) {
	if v.Kind != span.String {
		return 0, false
	}
	text := jsontext.Trim(v.Str)
	if strings.HasPrefix(text, `"`) {
		if !jsontext.Valid(text, &c.buf) {
			return 0, false
		}
		text = jsontext.Unquote(text)
	}
	return parseDate(text)
}

// parseDate reads RFC 3339, with a space for the T, without seconds or without an
// offset (which is UTC then), and a date alone.
func parseDate(text string) (trace.Micros, bool) {
	for _, layout := range [...]string{
		time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04Z07:00", "2006-01-02T15:04",
		"2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05", time.DateOnly,
	} {
		if t, err := time.Parse(layout, text); err == nil {
			return trace.MicrosOf(t), true
		}
	}
	return 0, false
}

func (c *call) offset(v *span.Value) (trace.Micros, bool) {
	ms, ok := numberOf(v)
	if ms = math.Ceil(ms); !ok || !(math.Abs(ms) <= maxWhole/1000) { // also false for NaN
		return 0, false
	}
	return c.start + trace.Micros(ms)*1000, true
}

func (c *call) seconds(v *span.Value) (trace.Micros, bool) {
	s, ok := numberOf(v)
	if us := math.Round(s * 1e6); ok && math.Abs(us) <= maxWhole/1000 { // false for NaN
		return c.start + trace.Micros(us), true
	}
	return 0, false
}
