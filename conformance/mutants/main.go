// Command mutants breaks every row of the mapping and fold tables in turn and sees
// whether anybody would notice: it replays what the published clients sent, as
// recorded in conformance/recordings, and what other instrumentations sent, as
// recorded in internal/otelmap, to a server with the broken table and compares
// everything that this server then shows with what the whole one shows.
//
// A mutant that shows nothing else survives. Each survivor needs a written reason in
// reasons.json why no recorded request can see it; a survivor without one, and a
// reason without a survivor, is a failure.
//
// The servers run inside this process, each on a folder of its own that is thrown
// away. The package owns the schedules in which requests are replayed and the
// reasons; it never changes the recordings. Its goroutines are the workers, which
// end before the report.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
)

func main() {
	var o options
	flag.StringVar(&o.recordings, "recordings", "conformance/recordings", "`folder` with one folder of recorded requests per client")
	flag.StringVar(&o.spans, "spans", "internal/otelmap/testdata", "`folder` with the recorded spans of instrumentations that are no clients")
	flag.IntVar(&o.workers, "workers", 2, "mutants at a time")
	flag.BoolVar(&o.thorough, "thorough", false, "replay a mutant also where its tables make the same records and states of the requests; several times slower")
	flag.Parse()
	// An interrupted run still removes the folders of its servers.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	ok, err := run(ctx, o, os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
	}
	if !ok {
		os.Exit(1)
	}
}

type options struct {
	recordings string
	spans      string
	workers    int
	thorough   bool
}

// run reports on out, says on progress how far it is, and returns whether every
// survivor has a reason and every reason is about survivors.
func run(ctx context.Context, o options, out, progress io.Writer) (ok bool, err error) {
	reasons, err := readReasons()
	if err != nil {
		return false, err
	}
	clients, err := readClients(o.recordings)
	if err != nil {
		return false, err
	}
	instrumentations, err := readSpans(o.spans)
	if err != nil {
		return false, err
	}
	replays, err := prepare(ctx, append(clients, instrumentations...))
	if err != nil {
		return false, err
	}
	for _, r := range replays {
		fmt.Fprintf(progress, "%s: %d requests, %d answers\n", r, len(r.requests), len(r.answers))
	}
	results, err := try(ctx, allMutants(), replays, o, progress)
	if err != nil {
		return false, err
	}
	return report(out, results, reasons)
}
