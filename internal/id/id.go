// Package id owns the typed identifiers that keep projects apart, and the two
// ways the server makes ids of its own: at random and derived from a seed.
//
// Ids that clients choose (traces, observations, scores, sessions) are kept and
// compared verbatim and so stay plain strings in the domain types; the types
// here are for what the server hands out and for what must never be mixed up in
// a signature.
package id

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"

	"github.com/google/uuid"
)

type (
	// Org names an organization.
	Org string
	// Project names a project. Every store method takes one right after the
	// context, so that forgetting the tenant does not compile.
	Project string
)

// New returns a random UUIDv7 as text: unique, and in order of creation.
func New() string {
	return uuid.Must(uuid.NewV7()).String()
}

// Derive returns the trace id that stands for a seed: the first 32 hex digits of
// its SHA-256, as the SDKs derive trace ids from seeds.
func Derive(seed string) string {
	sum := sha256.Sum256([]byte(seed))
	return hex.EncodeToString(sum[:16])
}

// TraceOfObservation returns the id of the trace in which an observation lives
// while no record has named its trace.
func TraceOfObservation(p Project, observation string) string {
	return Derive(string(p) + "\x00" + observation)
}

// Token returns a random token with 256 bits of entropy, hex encoded.
func Token() string {
	var b [32]byte
	rand.Read(b[:]) // never fails: it aborts the process
	return hex.EncodeToString(b[:])
}
