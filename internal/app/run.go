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
)

// Run listens and serves until ctx ends, then drains: running requests may
// finish within the drain timeout. It closes the stores and returns nil after an
// orderly stop.
func (a *App) Run(ctx context.Context) (err error) {
	defer func() { err = errors.Join(err, a.stores.Close()) }()
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "tcp", a.cfg.HTTP.Listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", a.cfg.HTTP.Listen, err)
	}
	defer listener.Close()
	opsListener, err := a.listenOps(ctx)
	if err != nil {
		return err
	}

	server := a.server(a.api)
	failed := make(chan error, 2)
	serve := func(s *http.Server, l net.Listener) {
		if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			failed <- fmt.Errorf("serve on %s: %w", l.Addr(), err)
		}
	}
	var opsServer *http.Server
	if opsListener != nil {
		opsServer = a.server(a.ops())
		go serve(opsServer, opsListener)
		fmt.Fprintf(a.stdout, "metrics and health on http://%s\n", opsListener.Addr())
	}
	go serve(server, listener)
	a.announce(listener.Addr())

	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	return errors.Join(err, a.drain(server, opsServer))
}

// listenOps opens the address for operators. A default port that is taken is
// only a warning; one that was set by hand is an error.
func (a *App) listenOps(ctx context.Context) (net.Listener, error) {
	address := a.cfg.HTTP.OpsListen
	if address == "" {
		return nil, nil //nolint:nilnil // switched off
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", address)
	if err == nil {
		return l, nil
	}
	if !a.cfg.HTTP.OpsListenGiven && errors.Is(err, syscall.EADDRINUSE) {
		a.log.Warn("metrics and health are off: the default port is taken", slog.String("address", address))
		return nil, nil //nolint:nilnil // a default that cannot be had
	}
	return nil, fmt.Errorf("listen on %s for metrics and health: %w", address, err)
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
	a.log.Info("stopping", slog.Duration("drain_timeout", a.cfg.HTTP.DrainTimeout))
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
