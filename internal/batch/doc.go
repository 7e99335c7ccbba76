// Package batch owns the reading of the JSON that clients sent before
// OpenTelemetry: the events of the batch ingestion API, and the bodies of the
// calls of 2023, each of which is about one entity. It makes records of them and
// says what is wrong with what it cannot make a record of.
//
// The package is pure: it knows no transport and no storage, reads no clock, makes
// no random ids and starts no goroutines. Nothing it returns keeps the bytes it was
// given, so the caller may use them again. How records become what is stored is
// package fold's.
package batch
