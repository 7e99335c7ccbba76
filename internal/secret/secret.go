// Package secret owns the text type for values that must never be printed: API
// secrets, the instance key as configured, passwords.
//
// A [Text] prints as a mask wherever Go formats values: fmt, slog, JSON, text
// encoding. Only [Text.Reveal] gives the value back, so every use of a secret can
// be found by its name. The package starts no goroutines.
package secret

import (
	"crypto/subtle"
	"fmt"
	"log/slog"
)

const mask = "[secret]"

// Text is a secret string. The zero Text is the absent secret and prints as
// nothing.
//
// The value sits behind a pointer on purpose: fmt cannot call methods on
// unexported struct fields and would print a plain string there.
type Text struct {
	value *string
}

// New wraps a secret. The empty string makes the zero Text.
func New(value string) Text {
	if value == "" {
		return Text{}
	}
	return Text{value: &value}
}

// Reveal returns the secret itself.
func (t Text) Reveal() string {
	if t.value == nil {
		return ""
	}
	return *t.value
}

// IsZero reports whether there is no secret.
func (t Text) IsZero() bool { return t.value == nil }

// Equal compares two secrets in time that depends on their lengths only.
func (t Text) Equal(u Text) bool {
	return subtle.ConstantTimeCompare([]byte(t.Reveal()), []byte(u.Reveal())) == 1
}

// String returns the mask, or "" for the zero Text.
func (t Text) String() string {
	if t.IsZero() {
		return ""
	}
	return mask
}

// Format writes the mask whatever the verb, %#v and %x included.
func (t Text) Format(f fmt.State, _ rune) { fmt.Fprint(f, t.String()) }

// LogValue masks the secret in structured logs.
func (t Text) LogValue() slog.Value { return slog.StringValue(t.String()) }

// MarshalText masks the secret in JSON and every other text encoding.
func (t Text) MarshalText() ([]byte, error) { return []byte(t.String()), nil }
