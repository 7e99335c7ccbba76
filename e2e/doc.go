// Package e2e owns the tests that run the built binary as its users do: over
// its sockets, its signals and its files. It has no code of its own beside them.
package e2e
