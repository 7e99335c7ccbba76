// Package telemetrytest owns the tests that a telemetry engine has to pass: the
// cases of the fold, every sentence of the contract in package telemetry, and a
// property test against [Reference].
//
// Reference is a model of the contract that is obviously right rather than fast:
// it keeps every record and folds them all again after each write. The suite is run
// against it too.
//
// The package is for tests only. It starts goroutines inside subtests and waits
// for them there.
package telemetrytest
