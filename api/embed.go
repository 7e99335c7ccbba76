// Package api owns the committed OpenAPI document and nothing else. It is written
// by `go generate ./internal/api/...` from the route table, never by hand.
package api

import _ "embed"

//go:embed openapi.yaml
var document string

// OpenAPI returns the document as YAML.
func OpenAPI() string { return document }
