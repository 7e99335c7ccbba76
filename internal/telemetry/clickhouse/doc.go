// Package clickhouse owns the telemetry engine on a ClickHouse server.
//
// It never reads before it writes. A call of Write becomes one insert of one
// block into one table, which ClickHouse takes whole or not at all. Each row is
// the state of one record: its registers as tuples of a key and a value, of which
// merges keep the greatest. So it is ClickHouse that joins what an entity is made
// of, in the background and by FINAL on reads, in any order. The table in
// migrations says how each class of fields becomes a greatest tuple.
//
// What needs more than one entity is worked out on reads, from the observations
// of the traces that are asked for (tree.go): the root and what it gives to its
// trace, first times, environment, sums. Everything from there on is shared with
// other engines, since rows are read back as states of package fold.
//
// A record that names no trace is kept as a row of its own. Reads work out which
// observation it belongs to from the order in which records arrived, which every
// row knows of its own (identity.go). Rows also stay under an id that a trace has
// absorbed; reads work out what it stands for (alias.go).
//
// Lists fold all of a project, so they are refused for projects over
// Config.MaxListed entities. docs/storage.md says what else is missing.
//
// The package starts no goroutines of its own; the driver has one per busy
// connection. It never deletes anything but scores, when asked to.
package clickhouse
