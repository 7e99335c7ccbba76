// Package trace owns the vocabulary of tracing: observations, traces and the
// values they carry, as they are shown once records have been folded.
//
// It holds types and small pure functions only. How records become these values
// is package fold's; where they live is package telemetry's.
package trace
