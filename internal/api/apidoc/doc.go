// Package apidoc owns the OpenAPI document: it writes api/openapi.yaml from the
// route table, the types of its routes and their doc comments.
//
// The document is committed. A test fails when it differs from what the table
// gives; `go generate ./internal/api/...` writes it anew. The package is not part
// of the server and starts no goroutines.
package apidoc

//go:generate go test -run TestDocumentIsCurrent -update .
