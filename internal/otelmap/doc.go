// Package otelmap owns the rules by which an OTLP span becomes fold records: one
// of its observation, and one of its trace where the span says something about
// the trace.
//
// Many instrumentations describe the same call with different attributes. Every
// choice between them is a row of a table in [Rules]: rows are tried from the
// top, the first that applies decides, and each has a name, so that a row can be
// listed, taken out and, one day, shown as the reason of a value. An
// instrumentation with an algorithm of its own has a file of its own; adding one
// means adding rows, and a file where plain attribute names are not enough.
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
// The package is pure: it knows no storage, reads no clock, logs nothing and
// starts no goroutines.
package otelmap
