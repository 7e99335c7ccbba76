package trace

import "github.com/fusebox-llm/fusebox/internal/id"

// Session is the traces that show the same session id. It exists while there is
// one of them.
type Session struct {
	Project id.Project
	ID      string
	// Environment is that of the trace with the earliest timestamp, of several the
	// one with the smallest id.
	Environment string
	// CreatedAt is when the first of the traces was stored.
	CreatedAt Micros
}
