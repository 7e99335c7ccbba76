package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/fusebox-llm/fusebox/internal/account"
	"github.com/fusebox-llm/fusebox/internal/config"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/instance"
	"github.com/fusebox-llm/fusebox/internal/otelmap"
	"github.com/fusebox-llm/fusebox/internal/tasks"
	"github.com/fusebox-llm/fusebox/internal/vitals"
)

// Options is what an App is made of.
type Options struct {
	Config config.Config
	Build  vitals.Build
	Logger *slog.Logger
	// Stdout takes the lines for people.
	Stdout io.Writer
	Now    func() time.Time // default time.Now

	// Synchronous is how the telemetry log is synced: "" or FULL. Anything else
	// makes a server that loses data; tests build one to see that it is caught.
	Synchronous string
	// FoldRules and MapRules replace the tables; nil means the decided ones. The
	// mutation run breaks them row by row.
	FoldRules []fold.Rule
	MapRules  *otelmap.Rules
}

// App is a server that has opened its stores. Close it, or Run it to its end.
type App struct {
	cfg      config.Config
	build    vitals.Build
	log      *slog.Logger
	stdout   io.Writer
	now      func() time.Time
	key      instance.Key
	stores   *stores
	tasks    *tasks.Service
	accounts *account.Service
	registry *prometheus.Registry
	api      http.Handler
	draining atomic.Bool
	// first is the key pair that this start created; nil otherwise.
	first *account.Credentials
}

// New opens the stores, creates what must exist, and builds the handlers. On an
// error everything it had opened is closed.
func New(ctx context.Context, o Options) (app *App, err error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	a := &App{cfg: o.Config, build: o.Build, log: o.Logger, stdout: o.Stdout, now: o.Now}
	if a.registry, err = vitals.NewRegistry(o.Build); err != nil {
		return nil, err
	}
	if a.key, err = loadKey(o.Config); err != nil {
		return nil, err
	}
	if a.stores, err = openStores(ctx, o, a.registry); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.stores.Close())
		}
	}()
	a.accounts, err = account.New(account.Config{DigestKey: a.key.Derive(instance.KeyDigests), Now: o.Now}, a.stores.metadata.Accounts, o.Logger)
	if err != nil {
		return nil, err
	}
	if a.first, err = a.accounts.Bootstrap(ctx, o.Config.Init.Account()); err != nil {
		return nil, fmt.Errorf("create what must exist at start: %w", err)
	}
	if a.api, err = a.routes(o); err != nil {
		return nil, err
	}
	return a, nil
}

// Handler returns the API, for tests that need no socket.
func (a *App) Handler() http.Handler { return a.api }

// Close releases the stores. [App.Run] does it by itself.
func (a *App) Close() error { return a.stores.Close() }
