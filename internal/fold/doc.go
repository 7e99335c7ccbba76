// Package fold owns the rules by which what arrives becomes what is stored.
//
// Everything that arrives is a [Record]: one entity, an event time, a rank, and
// some fields. A [Folder] turns a record into a [State] and joins states. The
// join is associative, commutative and idempotent, so the state of an entity is
// a function of the set of its records, never of their order of arrival or of
// how requests were cut. One exception: where two different records of an entity
// have the same event time and rank and set the same field, the later arrival
// wins.
//
// What an observation costs is no field. It is worked out from the folded ones when
// the observation is shown or added up, by package pricing.
//
// The package is pure: it knows no storage, reads no clock and starts no
// goroutines. Engines either keep states and join them (SQLite) or express the
// same join in their own terms (ClickHouse); the vectors in this package's tests
// and in telemetrytest hold both to it. docs/adr/002-the-fold.md has the
// reasons.
package fold
