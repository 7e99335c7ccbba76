package api

import (
	"net/http"
	"strconv"

	contract "github.com/fusebox-llm/fusebox/api"
)

func documentRoutes() []Route {
	return []Route{{
		Method: "GET", Path: "/api/openapi.yaml", Permission: public,
		ID: "openapi", Tag: "Server", Summary: "Get this document",
		Raw:  serveDocument,
		Wire: Wire{Answer: []Content{{Type: "application/yaml"}}},
	}}
}

func serveDocument(w http.ResponseWriter, _ *http.Request) {
	text := contract.OpenAPI()
	w.Header().Set("Content-Type", "application/yaml; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(http.StatusOK)
	w.Write([]byte(text)) //nolint:errcheck // a client that left hears nothing
}
