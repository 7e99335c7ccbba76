// Package metadata owns the bundle of entity stores that live in the metadata
// database: everything that is not telemetry.
//
// Each store's contract is defined by the package that uses it; the bundle exists
// for wiring and for the suite that every engine passes (metadatatest). The
// package holds no SQL and starts no goroutines.
package metadata

import (
	"context"

	"github.com/fusebox-llm/fusebox/internal/account"
	"github.com/fusebox-llm/fusebox/internal/media"
	"github.com/fusebox-llm/fusebox/internal/pricing"
	"github.com/fusebox-llm/fusebox/internal/tasks"
)

// Stores is one metadata database, seen as the stores inside it.
type Stores struct {
	Accounts account.Store
	Models   pricing.Store
	Media    media.Store
	Tasks    tasks.Store

	// Ping returns nil when the database can answer.
	Ping func(ctx context.Context) error
	// Close waits for running calls and releases the database. Later calls of any
	// store fail with fault.Unavailable. Closing again does nothing.
	Close func() error
}
