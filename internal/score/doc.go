// Package score owns the words of judging: scores, their data types and the rule
// by which a value that somebody sent becomes one of them.
//
// It holds types and pure functions only. How records of scores become what is
// shown is package fold's; where they live is package telemetry's; who sends them
// in which form is decided by packages batch and api.
package score
