// Command fusebox is the server. It owns the process: arguments, signals, exit
// status. Everything else is package app's.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/fusebox-llm/fusebox/internal/app"
	"github.com/fusebox-llm/fusebox/internal/config"
	"github.com/fusebox-llm/fusebox/internal/vitals"
)

// Set by the linker (-X main.version=…).
var (
	version string
	// synchronous is for one test, which builds a server that does not sync and
	// sees that it is caught.
	synchronous string
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

func run(args []string, stdout, stderr io.Writer) int {
	// One signal asks for an orderly stop; a second one ends the process at once.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)

	inv, err := config.Parse(args, os.LookupEnv, stdout, stderr)
	if err != nil {
		fmt.Fprintf(stderr, "fusebox: %v\nRun \"fusebox --help\" for the commands, \"fusebox serve --help\" for the settings.\n", err)
		return 2
	}
	info, _ := debug.ReadBuildInfo()
	build := vitals.ReadBuild(version, info)
	switch inv.Command {
	case config.CommandVersion:
		fmt.Fprintln(stdout, build)
	case config.CommandHealthcheck:
		ctx, cancel := context.WithTimeout(ctx, inv.Health.Timeout)
		defer cancel()
		err = vitals.CheckHealth(ctx, http.DefaultClient, inv.Health.URL)
	case config.CommandServe:
		err = serve(ctx, inv.Config, build, info, stdout, stderr)
	case config.CommandNone:
	}
	if err != nil {
		fmt.Fprintln(stderr, "fusebox:", err)
		return 1
	}
	return 0
}

// tuneGC trades some memory for processor time. What lives for long is about 20
// MB, so that at Go's default the collector would run all the time under load;
// ingest costs a tenth less processor time at four times that. The limit keeps the
// factor from multiplying large requests. GOGC and GOMEMLIMIT still decide.
func tuneGC(lookup config.Lookup) {
	if _, set := lookup("GOGC"); !set {
		debug.SetGCPercent(400)
	}
	if _, set := lookup("GOMEMLIMIT"); !set {
		debug.SetMemoryLimit(1 << 30)
	}
}

func serve(ctx context.Context, cfg config.Config, build vitals.Build, info *debug.BuildInfo, stdout, stderr io.Writer) error {
	format := cfg.Log.Format
	if format == "auto" {
		format = vitals.FormatFor(stderr)
	}
	logger, err := vitals.NewLogger(stderr, format, cfg.Log.Level)
	if err != nil {
		return err
	}
	if err := vitals.CheckSQLite(info); err != nil {
		return err
	}
	tuneGC(os.LookupEnv)
	listeners, err := app.Listen(ctx, cfg.HTTP, logger)
	if err != nil {
		return err
	}
	a, err := app.New(ctx, app.Options{Config: cfg, Build: build, Logger: logger, Stdout: stdout, Synchronous: synchronous})
	if err != nil {
		err = errors.Join(err, listeners.Close())
	}
	if errors.Is(err, context.Canceled) {
		return nil // stopped while starting
	}
	if err != nil {
		return err
	}
	return a.Run(ctx, listeners)
}
