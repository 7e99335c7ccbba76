//go:build linux

// Command chserver turns libchdb.so (the ClickHouse engine as a shared
// library, fetched by scripts/fetch-libchdb.sh) into a real ClickHouse server
// for tests: the engine's own HTTP and native-protocol listeners, not an
// emulation of them. Linux only.
//
// The engine's clickhouse-local mode, which the library exports, accepts
// SYSTEM START LISTEN. chserver runs it once, with queries that open both
// listeners and then block reading a pipe; closing the pipe ends the last query
// and the engine shuts down in order.
//
// The server stops on SIGTERM or SIGINT and, with -stdin, when its standard
// input reaches its end, so a test that crashes leaves no server behind.
//
// Goroutines, all for the life of the process: one waits for signals, one for
// the end of standard input, one feeds the terminal (see terminalStdin).
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// The engine wants its entry point on the main thread, which also has the
// full-size stack. Only init can keep main there: by the time main runs, the
// scheduler may already have moved it.
func init() { runtime.LockOSThread() }

type config struct {
	lib, dir, file, host string
	httpPort, tcpPort    int
	watchStdin           bool
	extra                []string
}

func main() {
	var c config
	flag.StringVar(&c.lib, "lib", os.Getenv("LIBCHDB"), "path of libchdb.so (default $LIBCHDB)")
	flag.StringVar(&c.dir, "dir", "", "data directory (created if missing; required)")
	flag.StringVar(&c.file, "config", "", "ClickHouse configuration file (XML or YAML)")
	flag.StringVar(&c.host, "host", "127.0.0.1", "address to listen on")
	flag.IntVar(&c.httpPort, "http", 8123, "HTTP port")
	flag.IntVar(&c.tcpPort, "tcp", 9000, "native protocol port")
	flag.BoolVar(&c.watchStdin, "stdin", false, "stop when standard input reaches its end")
	version := flag.Bool("version", false, "print the library's version and exit")
	flag.Usage = func() {
		_, _ = fmt.Fprintln(flag.CommandLine.Output(), "usage: chserver [flags] [-- engine arguments]")
		flag.PrintDefaults()
	}
	flag.Parse()
	c.extra = flag.Args()

	if err := run(c, *version); err != nil {
		fmt.Fprintln(os.Stderr, "chserver:", err)
		os.Exit(1)
	}
}

func run(c config, version bool) error {
	if c.lib == "" {
		return errors.New("no library: give -lib or set LIBCHDB")
	}
	eng, err := openEngine(c.lib)
	if err != nil {
		return err
	}
	if version {
		fmt.Println(eng.version())
		return nil
	}
	if c, err = c.prepare(); err != nil {
		return err
	}

	// The pipe whose end of file stops the server. Raw file descriptors, so
	// that Go's poller does not own what the engine reopens through /proc.
	var pipe [2]int
	if err := unix.Pipe2(pipe[:], unix.O_CLOEXEC); err != nil {
		return fmt.Errorf("pipe: %w", err)
	}
	var stopping atomic.Bool
	stop := sync.OnceFunc(func() {
		stopping.Store(true)
		_ = unix.Close(pipe[1]) // the last step; there is nobody to tell
	})

	sig := make(chan os.Signal, 1)
	signal.Notify(sig, unix.SIGTERM, unix.SIGINT)
	go func() { <-sig; stop() }()
	stdin, err := terminalStdin()
	if err != nil {
		return fmt.Errorf("pseudo-terminal: %w", err)
	}
	if c.watchStdin {
		go func() {
			_, _ = io.Copy(io.Discard, stdin) // an error ends standard input as well
			stop()
		}()
	}

	if err := eng.commandLine(c.arguments(pipe[0])); err != nil {
		return err
	}
	// Some failures, such as a port in use, the engine only prints.
	if !stopping.Load() {
		return errors.New("the engine ended without being asked to")
	}
	return nil
}

// prepare makes paths absolute and creates the data directory.
func (c config) prepare() (config, error) {
	if c.dir == "" {
		return c, errors.New("-dir is required")
	}
	var err error
	if c.dir, err = filepath.Abs(c.dir); err != nil {
		return c, err
	}
	if err := os.MkdirAll(c.dir, 0o755); err != nil {
		return c, err
	}
	if c.file != "" {
		c.file, err = filepath.Abs(c.file)
	}
	return c, err
}

// arguments is the command line of clickhouse-local. keepAlive is the read end
// of the pipe that holds the server up.
func (c config) arguments(keepAlive int) []string {
	args := []string{"chserver"}
	if c.file != "" {
		args = append(args, "--config-file="+c.file)
	}
	queries := []string{
		"SYSTEM START LISTEN TCP",
		"SYSTEM START LISTEN HTTP", // last, so an answer to /ping means both are up
		fmt.Sprintf("SELECT count() FROM file('/proc/self/fd/%d', 'LineAsString', 'line String') FORMAT Null", keepAlive),
		"SYSTEM STOP LISTEN HTTP",
		"SYSTEM STOP LISTEN TCP",
	}
	args = append(args,
		"--path="+c.dir,
		"--listen_host="+c.host,
		"--http_port="+strconv.Itoa(c.httpPort),
		"--tcp_port="+strconv.Itoa(c.tcpPort),
		"--query="+strings.Join(queries, "; "),
		// See terminalStdin for why interactive. The rest silences it.
		"--interactive", "--echo=0", "--echo-query-id=0", "--disable_suggestion", "--history_file=/dev/null", "--progress=off",
	)
	return append(args, c.extra...)
}
