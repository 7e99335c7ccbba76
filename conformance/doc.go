// Package conformance drives the published Langfuse clients against a running
// server and asserts that everything they wrote comes back through their own
// typed APIs.
//
// It owns the list of clients and their versions (clients.json), the script that
// installs them, one program per client (programs/) and the test that runs the
// programs. The programs are written against the clients' documented interfaces;
// what they expect follows from what they wrote and from the rules for folding and
// mapping, never from what some server answered. The package has no code of its
// own outside its tests, starts no goroutines, and is never imported.
package conformance
