package api

import (
	"bytes"
	"encoding/json"
	"strconv"

	"github.com/fusebox-llm/fusebox/internal/trace"
)

// Time is an instant: RFC 3339 in UTC with three digits of fraction.
type Time trace.Micros

// MarshalJSON implements json.Marshaler.
func (t Time) MarshalJSON() ([]byte, error) {
	return []byte(`"` + trace.Micros(t).String() + `"`), nil
}

func timeOrNull(t *trace.Micros) *Time {
	if t == nil {
		return nil
	}
	v := Time(*t)
	return &v
}

// Seconds is a duration in seconds. It is counted in milliseconds.
type Seconds int64

// MarshalJSON implements json.Marshaler.
func (s Seconds) MarshalJSON() ([]byte, error) {
	out := strconv.AppendInt(nil, int64(s)/1000, 10)
	fraction := int64(s) % 1000
	if fraction == 0 {
		return out, nil
	}
	if fraction < 0 {
		fraction = -fraction
		if int64(s) > -1000 {
			out = []byte("-0")
		}
	}
	digits := strconv.AppendInt(nil, 1000+fraction, 10)
	digits[0] = '.'
	return append(out, bytes.TrimRight(digits, "0")...), nil
}

// secondsBetween returns the duration between two instants as they are shown,
// that is in whole milliseconds.
func secondsBetween(from, to trace.Micros) Seconds { return Seconds(to.Millis() - from.Millis()) }

// Cost is an amount of US dollars. It is counted in units of 1e-12 and written
// without loss.
type Cost int64

// MarshalJSON implements json.Marshaler.
func (c Cost) MarshalJSON() ([]byte, error) { return []byte(trace.FormatCost(int64(c))), nil }

// Price is what one unit costs in US dollars, written as it was given.
type Price string

// MarshalJSON implements json.Marshaler.
func (p Price) MarshalJSON() ([]byte, error) { return []byte(p), nil }

func priceOrNull(price string) *Price {
	if price == "" {
		return nil
	}
	return new(Price(price))
}

func costOrNull(n int64, ok bool) *Cost {
	if !ok {
		return nil
	}
	c := Cost(n)
	return &c
}

// UsageDetails holds units, mostly tokens, by kind of usage.
type UsageDetails map[string]int64

// CostDetails holds US dollars by kind of usage.
type CostDetails map[string]Cost

func usageOf(a trace.Amounts) UsageDetails {
	m := make(UsageDetails, len(a))
	for _, e := range a {
		m[e.Name] = e.N
	}
	return m
}

func costsOf(a trace.Amounts) CostDetails {
	m := make(CostDetails, len(a))
	for _, e := range a {
		m[e.Name] = Cost(e.N)
	}
	return m
}

// ObservationType is the kind of work that an observation stands for.
type ObservationType trace.Type

// ObservationLevel is the severity of an observation.
type ObservationLevel trace.Level

// JSON is any JSON value. It is held as its text; the zero JSON is null.
type JSON string

// MarshalJSON implements json.Marshaler.
func (j JSON) MarshalJSON() ([]byte, error) {
	if j == "" {
		return []byte("null"), nil
	}
	return []byte(j), nil
}

// UnmarshalJSON implements json.Unmarshaler.
func (j *JSON) UnmarshalJSON(text []byte) error {
	*j = JSON(text)
	return nil
}

// Object is a JSON object with any content. It is held as its text; the zero
// Object is the empty one.
type Object string

// MarshalJSON implements json.Marshaler.
func (o Object) MarshalJSON() ([]byte, error) {
	if o == "" {
		return []byte("{}"), nil
	}
	return []byte(o), nil
}

var (
	_ json.Marshaler = Time(0)
	_ json.Marshaler = Seconds(0)
	_ json.Marshaler = Cost(0)
	_ json.Marshaler = JSON("")
	_ json.Marshaler = Object("")
)
