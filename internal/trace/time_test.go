package trace_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/fusebox-llm/fusebox/internal/trace"
)

func TestMicros(t *testing.T) {
	tests := map[string]struct {
		m      trace.Micros
		text   string
		millis int64
	}{
		"the epoch":              {0, "1970-01-01T00:00:00.000Z", 0},
		"a microsecond after":    {1, "1970-01-01T00:00:00.000Z", 0},
		"a microsecond before":   {-1, "1969-12-31T23:59:59.999Z", -1},
		"a millisecond before":   {-1000, "1969-12-31T23:59:59.999Z", -1},
		"a little more":          {-1001, "1969-12-31T23:59:59.998Z", -2},
		"999 microseconds":       {1_700_000_000_123_999, "2023-11-14T22:13:20.123Z", 1_700_000_000_123},
		"no fraction":            {1_700_000_000_000_000, "2023-11-14T22:13:20.000Z", 1_700_000_000_000},
		"the first of all":       {trace.MinMicros, "0001-01-01T00:00:00.000Z", -62135596800000},
		"the last of all":        {trace.MaxMicros, "9999-12-31T23:59:59.999Z", 253402300799999},
		"the last of year 1":     {trace.MinMicros + 365*86_400_000_000 - 1, "0001-12-31T23:59:59.999Z", -62104060800001},
		"29 February, year 2000": {951_782_400_000_000, "2000-02-29T00:00:00.000Z", 951_782_400_000},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := tt.m.String(); got != tt.text {
				t.Errorf("text %s, want %s", got, tt.text)
			}
			if got := tt.m.Millis(); got != tt.millis {
				t.Errorf("%d ms, want %d", got, tt.millis)
			}
			if !tt.m.InRange() {
				t.Error("out of range")
			}
			if got := trace.MicrosOf(tt.m.Time()); got != tt.m {
				t.Errorf("as a time and back it is %d", got)
			}
		})
	}
	for _, m := range []trace.Micros{trace.MinMicros - 1, trace.MaxMicros + 1} {
		if m.InRange() {
			t.Errorf("%d is in range", m)
		}
	}
	if got := trace.MaxMicros.Time().Location(); got != time.UTC {
		t.Errorf("times are in %v", got)
	}
}

func TestMicrosOf(t *testing.T) {
	east := time.FixedZone("", 2*3600)
	for name, tt := range map[string]struct {
		time time.Time
		want trace.Micros
	}{
		"nanoseconds are cut":                {time.Date(1970, 1, 1, 0, 0, 0, 1999, time.UTC), 1},
		"toward the past, before the epoch":  {time.Date(1969, 12, 31, 23, 59, 59, 999_999_999, time.UTC), -1},
		"the zone does not matter":           {time.Date(1970, 1, 1, 2, 0, 0, 0, east), 0},
		"the zero time is the first instant": {time.Time{}, trace.MinMicros},
	} {
		if got := trace.MicrosOf(tt.time); got != tt.want {
			t.Errorf("%s: %d, want %d", name, got, tt.want)
		}
	}
}

// TestMicrosTextSorts: texts sort as the times do, and read back to the
// millisecond.
func TestMicrosTextSorts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		instant := rapid.Int64Range(int64(trace.MinMicros), int64(trace.MaxMicros))
		a, b := trace.Micros(instant.Draw(t, "a")), trace.Micros(instant.Draw(t, "b"))
		if a.Millis() < b.Millis() && a.String() >= b.String() {
			t.Errorf("%s and %s", a, b)
		}
		back, err := time.Parse(time.RFC3339, a.String())
		if err != nil || back.UnixMilli() != a.Millis() {
			t.Errorf("%s reads back as %v, %v", a, back, err)
		}
	})
}
