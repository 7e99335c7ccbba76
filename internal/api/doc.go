// Package api owns the HTTP API: one table that holds every endpoint, the shapes
// of what goes in and comes out, and the one place where requests are admitted,
// answered and logged.
//
// A route names its method, path, permission, input, output and error shape; the
// table is checked when the server starts, and package apidoc writes
// api/openapi.yaml from the same values. Endpoints of other edges stand in the
// table as raw handlers, so that nothing can be served that is not in it.
//
// Each resource has a file with its shapes and its thin handlers; what a handler
// asks for is decided in the services below. The package never talks to a store
// by itself, never decides who a caller is, and starts no goroutines.
package api
