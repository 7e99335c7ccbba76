// Package sqlite owns the embedded telemetry engine: one SQLite file that holds
// traces, observations, their payloads, scores, sessions and the aggregates over
// them.
//
// Records are folded when they are written. A call of Write prepares its records
// in the caller's goroutine (states, encoding, compression) and queues them as a
// job, as DeleteScore does with a job of its own. One goroutine, the writer (commit.go), takes what is queued, folds it into
// the stored state inside one transaction, commits with a full sync and answers
// every caller. It is the only goroutine of the package and the only user of the
// only connection that writes; reads run on connections of their own, which
// cannot.
//
// Layout, in short. A trace has a number t, given in order of arrival. The rows
// of its observations have numbers r that start with t (r = extent<<20 | position;
// the first extent of a trace is t itself, further ones are taken from the same
// sequence), so that a trace lies in one place and new rows go to the end of the
// file. The columns of a row hold the folded values; input, output, metadata and
// raw lie compressed beside it in payload under the same r. A row carries the
// key of its record once, and a list of what differs only where several records
// made it (keys.go). The trace row keeps what its observations add up to, and the
// rollup tables what the traces and observations do; all of it is corrected in
// the transaction that changes a row, and [Store.Verify] computes it anew.
//
// A score is one row: its whole state, compressed, and beside it the columns that
// lists compare. The top level of its metadata lies in score_metadata, so that
// conditions on it are SQL like all others. What a score takes from its trace is
// joined when it is asked for.
//
// A session is a row as long as a trace shows its id. The row counts its traces and
// knows the first of them; only when that one goes, or the one that was stored
// first, are the session's traces looked at (session.go).
//
// When a trace absorbs an id, everything that lies under the id moves in the same
// transaction, and the id goes into aliases (absorb.go). Records that come later
// are resolved before they are applied. A project without aliases pays nothing for
// that, and no id of a trace is ever an alias. Where both have a field with the same
// event time and rank, the order of arrival may be lost by then; either may win.
//
// Texts of few values (names, environments, models, users, sessions, …) are
// stored once in strings and referred to by number. So are the cards that say what
// a model costs, which are long, and the reasons. A card is in the row because what
// traces and rollups add up to depends on it; the cost itself is stored nowhere but
// in the sums.
//
// Finding an observation by its id alone must not cost a random insert per row.
// The index key k therefore starts with a bucket, which is the extent divided by
// 4096, and goes on with 32 bits of a hash of project and id: inserts stay within
// the newest bucket, whose pages are warm, a look-up inside a known trace is one
// probe, and one by id alone is one probe per bucket, about 25 for a million
// observations. What is found is compared in full.
//
// A list of observations by user, session or tag, which the trace may have instead
// of the observation, starts from the traces in question where these are few, and
// goes through all observations in order of time where they are many: then a page
// is full soon. Lists of scores by what their trace shows do the same.
//
// The package never stores a time of its own clock, never blocks a read on a write,
// and never builds SQL from input: texts are bound, identifiers come from fixed
// lists (compile.go).
package sqlite
