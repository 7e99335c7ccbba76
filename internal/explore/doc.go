// Package explore owns finding and opening traces, observations, scores and
// sessions for people and programs that read them.
//
// It stands between the edges and the telemetry contract: texts that live in blob
// storage are put back where they belong, so that whoever reads through this
// package sees every value whole, and what one answer may hold is bounded.
//
// The package never writes, never knows a wire format, and keeps no state. While
// a call runs it may read several blobs at once in goroutines of its own; they
// end before the call returns.
package explore
