package trace

import "time"

// Micros is an instant in microseconds since the Unix epoch, UTC. It is the
// precision in which times are stored and compared; the public API shows
// milliseconds.
type Micros int64

// The instants between which a time is accepted: the years 1 to 9999, which is
// what RFC 3339 can write.
const (
	MinMicros Micros = -62135596800000000
	MaxMicros Micros = 253402300799999999
)

// MicrosOf returns t in microseconds, truncated toward the past.
func MicrosOf(t time.Time) Micros { return Micros(t.UnixMicro()) }

// Time returns the instant as a UTC time.
func (m Micros) Time() time.Time { return time.UnixMicro(int64(m)).UTC() }

// Millis returns the instant in milliseconds, truncated toward the past.
func (m Micros) Millis() int64 {
	ms := int64(m) / 1000
	if int64(m)%1000 < 0 {
		ms--
	}
	return ms
}

// String renders the instant as the public API does: RFC 3339 in UTC with
// exactly three digits of fraction.
func (m Micros) String() string {
	return time.UnixMilli(m.Millis()).UTC().Format("2006-01-02T15:04:05.000Z")
}

// InRange reports whether the instant can be stored and shown.
func (m Micros) InRange() bool { return m >= MinMicros && m <= MaxMicros }
