// Command record makes the golden inputs of the span mapping: it runs programs that
// use published instrumentations, each in front of a provider that answers from a
// script, keeps the spans that they export, and writes them as they were beside what
// the provider had said.
//
//	go run ./conformance/record                      every framework
//	go run ./conformance/record -only openinference-openai/stream
//	go run ./conformance/record -check               compare instead of write
//
// What changes from run to run (ids, times, ports, folders) is replaced, so that a
// second run of the same versions gives the same bytes; nothing else of a span is
// touched. The package owns the form of the recordings and how programs are started.
// It never reads what a span means. Its goroutines are two HTTP servers, which end
// with the run.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
)

func main() {
	var o options
	flag.StringVar(&o.only, "only", "", "only this `framework[/case]`; several with commas")
	flag.StringVar(&o.folder, "folder", "conformance/record", "`folder` with frameworks, locks and programs")
	flag.StringVar(&o.out, "out", "internal/otelmap/testdata/recorded", "`folder` for the recordings")
	flag.BoolVar(&o.check, "check", false, "compare with the recordings that are there and write nothing")
	flag.BoolVar(&o.verbose, "v", false, "show what the programs print")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, o, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "record:", err)
		os.Exit(1)
	}
}

// options are the flags.
type options struct {
	only    string
	folder  string
	out     string
	check   bool
	verbose bool
}

// wants reports whether a case is to be recorded.
func (o options) wants(framework, name string) bool {
	if o.only == "" {
		return true
	}
	for one := range strings.SplitSeq(o.only, ",") {
		if one == framework || one == framework+"/"+name {
			return true
		}
	}
	return false
}

// run records every wanted case. One that fails does not keep the others from being
// recorded.
func run(ctx context.Context, o options, out io.Writer) error {
	frameworks, err := readFrameworks(o.folder)
	if err != nil {
		return err
	}
	s, err := newStudio(o)
	if err != nil {
		return err
	}
	defer s.close()
	done, failed := 0, 0
	for _, f := range frameworks {
		for _, name := range f.Cases {
			if !o.wants(f.Name, name) {
				continue
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			done++
			what, err := s.record(ctx, f, name)
			if err != nil {
				failed++
				what = "FAIL " + err.Error()
			}
			fmt.Fprintf(out, "%s/%s: %s\n", f.Name, name, what)
		}
	}
	if done == 0 {
		return fmt.Errorf("no case is called %q", o.only)
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d cases failed", failed, done)
	}
	return nil
}
