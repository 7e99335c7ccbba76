// Package body owns reading request bodies: content encodings, size limits while
// bytes arrive, and the memory that all requests of a process may hold at once.
//
// It never looks into a body. It starts no goroutines.
package body
