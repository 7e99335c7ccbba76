// Package reprice owns the recalculation of costs: prices are applied when telemetry
// arrives and stay as they were, until somebody asks for the current ones.
//
// A recalculation is a task. It goes through the observations of a period, asks what
// each would cost by the definitions that the project has now, and writes that choice
// through package ingest like everything else, so that sums and rollups follow. Doing
// it again changes nothing. Reported costs are never touched. A preview does the same
// and writes nothing.
//
// The package starts no goroutines; tasks runs it.
package reprice
