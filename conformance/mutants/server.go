package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"sync/atomic"
	"time"

	"github.com/fusebox-llm/fusebox/internal/app"
	"github.com/fusebox-llm/fusebox/internal/config"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/otelmap"
	"github.com/fusebox-llm/fusebox/internal/vitals"
)

// The one project of every server here.
const (
	project   = "mutants"
	publicKey = "pk-lf-mutants"
	secretKey = "sk-lf-mutants"
)

// tables are what a server decides by.
type tables struct {
	mapping otelmap.Rules
	folding []fold.Rule
}

func wholeTables() tables {
	return tables{otelmap.DefaultRules(), fold.DefaultRules()}
}

// A server is a whole one inside this process, with a folder of its own.
type server struct {
	app   *app.App
	dir   string
	clock atomic.Int64 // which request is being answered
}

// arrival returns when the n-th request of a replay arrives.
func arrival(n int) time.Time {
	return time.Date(2026, 1, 1, 0, 0, n, 0, time.UTC)
}

// start starts a server with the tables. Its clock moves from request to request and
// not between, so that the times which it gives are the same in all of them. It does
// not sync: nobody needs its data after a power cut.
func start(ctx context.Context, t tables) (_ *server, err error) {
	s := &server{}
	if s.dir, err = os.MkdirTemp("", "fusebox-mutants-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("start a server: %w", err), os.RemoveAll(s.dir))
		}
	}()
	env := map[string]string{
		"LANGFUSE_INIT_ORG_ID":             "mutants",
		"LANGFUSE_INIT_PROJECT_ID":         project,
		"LANGFUSE_INIT_PROJECT_PUBLIC_KEY": publicKey,
		"LANGFUSE_INIT_PROJECT_SECRET_KEY": secretKey,
	}
	lookup := func(name string) (string, bool) { value, ok := env[name]; return value, ok }
	parsed, err := config.Parse([]string{"serve", "--data", s.dir, "--ops-listen", ""}, lookup, io.Discard, io.Discard)
	if err != nil {
		return nil, err
	}
	s.app, err = app.New(ctx, app.Options{
		Config:      parsed.Config,
		Build:       vitals.Build{Version: "mutant"},
		Logger:      slog.New(slog.DiscardHandler),
		Stdout:      io.Discard,
		Now:         func() time.Time { return arrival(int(s.clock.Load())) },
		Synchronous: "OFF",
		FoldRules:   t.folding,
		MapRules:    &t.mapping,
	})
	return s, err
}

// close stops the server and removes its folder.
func (s *server) close() error {
	return errors.Join(s.app.Close(), os.RemoveAll(s.dir))
}

// An answer is what the server said to one request.
type answer struct {
	request string // method and path
	status  int
	body    string
}

// ask sends a request with the project's keys.
func (s *server) ask(r *http.Request) answer {
	r.SetBasicAuth(publicKey, secretKey)
	w := httptest.NewRecorder()
	s.app.Handler().ServeHTTP(w, r)
	return answer{r.Method + " " + r.URL.RequestURI(), w.Code, w.Body.String()}
}
