// Command bench measures the built binary and prints a scoreboard: start, idle
// memory, ingest, reads.
//
// Processor seconds and ratios to the baseline of the same run mean something on
// any machine; wall-clock figures only on a quiet one. The load comes from this
// process, the figures are those of the server's process.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/fusebox-llm/fusebox/internal/testkit/fusebox"
)

func main() {
	var o options
	flag.StringVar(&o.binary, "binary", "bin/fusebox", "path of the `binary` under test")
	flag.IntVar(&o.observations, "n", 100_000, "observations to ingest")
	flag.IntVar(&o.clients, "clients", 16, "concurrent clients")
	flag.IntVar(&o.traces, "traces", 5, "traces of ten observations in each request")
	flag.StringVar(&o.profile, "profile", "", "write a processor profile of the server's first ten seconds of ingest to this `file`")
	flag.Parse()
	if err := run(context.Background(), o, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

type options struct {
	binary, profile               string
	observations, clients, traces int
}

func run(ctx context.Context, o options, out io.Writer) error {
	dir, err := os.MkdirTemp("", "fusebox-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	defer table.Flush()
	row := func(what, format string, args ...any) {
		fmt.Fprintf(table, "%s\t%s\n", what, fmt.Sprintf(format, args...))
	}

	data := filepath.Join(dir, "data")
	s, err := fusebox.Start(ctx, fusebox.Options{Binary: o.binary, Data: data})
	if err != nil {
		return err
	}
	row("start, empty folder", "%d ms", s.Started.Milliseconds())
	time.Sleep(2 * time.Second)
	resident, err := s.Resident()
	if err != nil {
		return err
	}
	row("memory, idle", "%d MB resident", resident>>20)

	in, err := ingest(ctx, s, o)
	if err != nil {
		return err
	}
	base, err := baseline(ctx, filepath.Join(dir, "baseline.db"), o)
	if err != nil {
		return err
	}
	row("ingest", "%d observations, %d clients, %d in a request", in.n, o.clients, o.traces*10)
	row("ingest, processor", "%.2f CPU-s per 100,000 observations", per100k(in.cpu, in.n))
	row("bare SQLite, processor", "%.2f CPU-s per 100,000 rows (plain table, same texts, same batches, full sync)", per100k(base.cpu, base.n))
	row("ratio to bare SQLite", "%.2f", per100k(in.cpu, in.n)/per100k(base.cpu, base.n))
	row("ingest, wall", "%.0f observations/s", float64(in.n)/in.wall.Seconds())
	row("acknowledgement", "p50 %v, p99 %v", in.p50.Round(100*time.Microsecond), in.p99.Round(100*time.Microsecond))
	resident, err = s.Resident()
	if err != nil {
		return err
	}
	row("memory, after ingest", "%d MB resident", resident>>20)
	size, err := folderSize(data)
	if err != nil {
		return err
	}
	row("disk", "%d bytes per observation (bare SQLite %d)", size/int64(in.n), base.bytes/int64(base.n))
	reads, err := read(ctx, s, in.traceIDs)
	if err != nil {
		return err
	}
	for _, r := range reads {
		row(r.what, "p50 %v, p99 %v", r.p50.Round(10*time.Microsecond), r.p99.Round(10*time.Microsecond))
	}
	if err := s.Stop(); err != nil {
		return err
	}
	if s, err = fusebox.Start(ctx, fusebox.Options{Binary: o.binary, Data: data}); err != nil {
		return err
	}
	row("start, filled folder", "%d ms", s.Started.Milliseconds())
	return s.Stop()
}

func per100k(cpu time.Duration, n int) float64 { return cpu.Seconds() * 100_000 / float64(n) }

func folderSize(dir string) (int64, error) {
	var size int64
	err := filepath.Walk(dir, func(_ string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().IsRegular() {
			size += info.Size()
		}
		return err
	})
	return size, err
}
