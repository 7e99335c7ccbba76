package api

import (
	"time"

	"github.com/fusebox-llm/fusebox/internal/trace"
)

// parseInstant reads an ISO 8601 date and time with a zone, truncated to
// milliseconds, toward the past: what is shown is what is compared.
func parseInstant(s string) (trace.Micros, bool) {
	at, ok := parseMicros(s)
	return trace.Micros(at.Millis() * 1000), ok
}

// parseMicros reads an ISO 8601 date and time with a zone: Z or an offset in any
// of its three forms. Seconds may be missing.
func parseMicros(s string) (trace.Micros, bool) {
	for _, layout := range [...]string{
		"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05Z07",
		"2006-01-02T15:04Z07:00", "2006-01-02T15:04Z0700", "2006-01-02T15:04Z07",
	} {
		if t, err := time.Parse(layout, s); err == nil {
			at := trace.MicrosOf(t)
			return at, at.InRange()
		}
	}
	return 0, false
}
