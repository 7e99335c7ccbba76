// Package otlp owns the OpenTelemetry trace protocol at the edge: it turns the
// bytes of an export request into the plain values of package span.
//
// Everything a client sends is taken as hostile. Sizes are checked while bytes
// are read, lists are cut off where their limit is, and what a request may make
// the server allocate is bounded by [Limits], not by what the request claims.
// Three kinds of fault are kept apart: what cannot be read at all and what
// breaks the structure of an export refuses the request; a value or a size over
// a limit refuses the span that carries it and no other.
//
// The package never interprets attributes, never decides what becomes of a
// span, never stores anything, and starts no goroutines.
package otlp
