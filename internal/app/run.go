package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"syscall"
	"time"

	"github.com/fusebox-llm/fusebox/internal/config"
)

// Listeners are the addresses of a server, bound but not served yet.
type Listeners struct {
	API net.Listener
	Ops net.Listener // nil when it is off
}

// Listen binds the addresses. It comes before [New], which creates keys that are
// shown once: a start that cannot listen must not have created any.
func Listen(ctx context.Context, cfg config.HTTP, log *slog.Logger) (l Listeners, err error) {
	var lc net.ListenConfig
	if l.API, err = lc.Listen(ctx, "tcp", cfg.Listen); err != nil {
		return l, fmt.Errorf("listen on %s: %w", cfg.Listen, err)
	}
	if cfg.OpsListen == "" {
		return l, nil
	}
	l.Ops, err = lc.Listen(ctx, "tcp", cfg.OpsListen)
	switch {
	case err == nil:
		return l, nil
	case !cfg.OpsListenGiven && errors.Is(err, syscall.EADDRINUSE):
		log.Warn("metrics and health are off: the default port is taken", slog.String("address", cfg.OpsListen))
		l.Ops = nil
		return l, nil
	}
	l.Ops = nil
	return l, errors.Join(fmt.Errorf("listen on %s for metrics and health: %w", cfg.OpsListen, err), l.Close())
}

// Close gives the addresses back. Those that Run has served are closed already.
func (l Listeners) Close() error {
	var errs []error
	for _, one := range []net.Listener{l.API, l.Ops} {
		if one == nil {
			continue
		}
		if err := one.Close(); !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// Run serves until ctx ends, then drains: running requests may finish within the
// drain timeout. It closes listeners and stores and returns nil after an orderly
// stop.
func (a *App) Run(ctx context.Context, l Listeners) (err error) {
	defer func() { err = errors.Join(err, l.Close(), a.stores.Close()) }()
	server := a.server(a.api)
	failed := make(chan error, 2)
	serve := func(s *http.Server, l net.Listener) {
		if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			failed <- fmt.Errorf("serve on %s: %w", l.Addr(), err)
		}
	}
	var opsServer *http.Server
	if l.Ops != nil {
		opsServer = a.server(a.ops())
		go serve(opsServer, l.Ops)
		fmt.Fprintf(a.stdout, "metrics and health on %s\n", urlOf(l.Ops.Addr()))
	}
	go serve(server, l.API)
	stopTasks := a.startTasks()
	a.announce(l.API.Addr())

	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	return errors.Join(err, stopTasks(), a.drain(server, opsServer))
}

// startTasks does background tasks, in a process that has the role, until the
// function that it returns is called. What is not done by then is done after the next
// start.
func (a *App) startTasks() (stop func() error) {
	if !a.cfg.Has(config.RoleWorker) {
		return func() error { return nil }
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- a.tasks.Run(ctx) }()
	return func() error {
		cancel()
		return <-done
	}
}

func (a *App) server(h http.Handler) *http.Server {
	return &http.Server{
		Handler: h,
		// A body of the allowed size over a slow line takes a minute; whoever
		// needs longer holds memory that others could use.
		ReadTimeout:       2 * time.Minute,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(a.log.Handler(), slog.LevelDebug),
	}
}

// drain lets running requests finish. What is not done in time is cut off; its
// client got no acknowledgement and will send again.
func (a *App) drain(server, opsServer *http.Server) error {
	a.draining.Store(true)
	a.log.Info("stopping", slog.String("drain_timeout", a.cfg.HTTP.DrainTimeout.String()))
	ctx, cancel := context.WithTimeout(context.Background(), a.cfg.HTTP.DrainTimeout)
	defer cancel()
	err := server.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		a.log.Warn("requests were cut off at the end of the drain timeout")
		err = server.Close()
	}
	if opsServer != nil {
		err = errors.Join(err, opsServer.Close())
	}
	return err
}
