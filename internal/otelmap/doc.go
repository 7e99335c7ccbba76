// Package otelmap owns the rules by which an OTLP span becomes fold records: one
// of its observation, and one of its trace where the span says something about
// the trace.
//
// Many instrumentations describe the same call with different attributes. Every
// choice between them is a row of a table in [Rules]: rows are tried from the
// top, the first that applies decides, and each has a name, which is stored as the
// reason of the value that it gave (see reasons.go). docs/conventions.md lists them
// all; it is generated from the tables.
//
// The rows of a convention stand in one file, with the algorithms that only it needs:
// langfuse.go, genai.go, openinference.go, vercel.go and so on. What a kind of row
// does stands in the file of its field: type.go, payload.go, usage.go. A new mapping
// is a row in a file of a convention, with a rank that says where it is asked, and
// a span that shows it: a recording, or one made by hand in testdata/handmade.
//
// Nothing of a span is lost. An attribute ends up in a field, in the metadata, or
// in the raw side value (see raw.go); it is in the last one also when a field
// shows only part of it, or when another attribute took its place. Inside one
// list of a resource, scope or span the last of repeated keys counts and the
// others go to the raw value; inside an event, a link or a nested map only the
// last is kept, since OTLP forbids repeats.
//
// Choices made where the ingestion rules leave one:
//
//   - A nested map is a JSON object and bytes are their base64 text. An attribute
//     without a value is null: it exists, but is not present. NaN and infinities
//     are texts.
//   - An environment that arrives as text is explicit even where normalising it
//     gives "default"; one of another type says nothing.
//   - An empty name, span name or trace name says nothing.
//   - langfuse.internal.as_root makes a span a candidate for the root of its trace,
//     like is_app_root; unlike that one it does not show the span as a root.
//   - Numbers of a usage map are whole, not negative and at most 2^53-1; others
//     are left out, never rounded. Costs may be negative.
//   - JSON texts nested deeper than 500 levels are taken as text that is no JSON.
//
// Usage is counted once. The entries of a usage never overlap: whether the parts
// that an instrumentation reports are in its counts or beside them is found out
// (usage_parts.go). Parts that only the answer tells are taken from there, where it
// says of input and output what was counted (usage_detail.go). A span that only repeats
// what the spans below it count gives none, where the span itself shows that it does;
// two instrumentations of one call, each with a span, cannot be told from two calls
// here.
//
// The package is pure: it knows no storage, reads no clock, logs nothing and
// starts no goroutines.
package otelmap
