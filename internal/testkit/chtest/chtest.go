//go:build linux

// Package chtest starts real ClickHouse servers for tests.
//
// Each server is a child process running the launcher in tools/chserver, which
// loads the engine as a library and opens its own HTTP and native-protocol
// listeners on loopback ports. A server starts in a fraction of a second, so a
// test package can have its own.
//
// Two settings say where the parts are; without them a test fails, it is never
// skipped, so tests that use this package carry the build tag engines:
//
//	export LIBCHDB=$(scripts/fetch-libchdb.sh)
//	export CHSERVER_BIN=$PWD/bin/chserver
//	GOWORK=off go build -C tools -o "$CHSERVER_BIN" ./chserver
//
// The package never talks to a server that it did not start, and knows no
// schema. It runs one goroutine per running server, which waits for the process
// to end. A Server is for one goroutine at a time, except Exec, DSN and LogTail.
//
// Linux only, like the launcher, and for tests only: the engine needs a user
// without a password, so while a test runs any process on the machine can
// connect to the loopback ports.
package chtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// User and Password are the credentials every server accepts. The user may do
// everything except manage users, which only the configuration can.
const (
	User     = "test"
	Password = "test"
)

const (
	startTimeout = 30 * time.Second
	stopTimeout  = 20 * time.Second
	pollInterval = 10 * time.Millisecond
	logLines     = 40 // of the server's log, in the output of a failed test
)

// Server is one ClickHouse server. It keeps its ports and its data while it is
// stopped, until the test ends.
type Server struct {
	HTTPAddr string // host:port of the HTTP interface
	TCPAddr  string // host:port of the native protocol

	dir      string // configuration, logs and data
	lib, bin string
	http     *http.Client

	cmd   *exec.Cmd // nil while the server is stopped
	stdin io.WriteCloser
	out   bytes.Buffer // the launcher's own output; read after done
	done  chan struct{}
	err   error // how the process ended; read after done
}

// Start starts a server with no databases but the engine's own, and stops it
// when the test ends. A failed test gets the end of the server's log.
func Start(t testing.TB) *Server {
	t.Helper()
	s := &Server{
		HTTPAddr: reserveAddr(t),
		TCPAddr:  reserveAddr(t),
		dir:      t.TempDir(),
		lib:      fileFromEnv(t, "LIBCHDB", "export LIBCHDB=$(scripts/fetch-libchdb.sh)"),
		bin:      fileFromEnv(t, "CHSERVER_BIN", "GOWORK=off go build -C tools -o FILE ./chserver"),
		// No idle connections: they would delay Stop.
		http: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}},
	}
	if err := s.writeConfig(); err != nil {
		t.Fatalf("chtest: %v", err)
	}
	// The data is thrown away, so there is nothing to gain from an orderly stop.
	t.Cleanup(func() {
		s.Kill()
		if t.Failed() {
			t.Logf("chtest: log of %s:\n%s\nchtest: its output:\n%s", s.HTTPAddr, s.LogTail(logLines), s.out.String())
		}
	})
	if err := s.start(); err != nil {
		t.Fatalf("chtest: %v", err)
	}
	return s
}

// Restart starts the server again on the same data and ports, in order if it
// runs, or after Stop or Kill.
func (s *Server) Restart(t testing.TB) {
	t.Helper()
	if err := s.Stop(); err != nil {
		t.Fatalf("chtest: %v", err)
	}
	if err := s.start(); err != nil {
		t.Fatalf("chtest: %v", err)
	}
}

// Stop shuts the server down in order, which takes up to 5 seconds while
// clients hold idle HTTP connections. Stopping a stopped server does nothing.
func (s *Server) Stop() error {
	if s.cmd == nil {
		return nil
	}
	_ = s.stdin.Close() // the launcher takes this as its signal; it fails only if the launcher is gone
	select {
	case <-s.done:
	case <-time.After(stopTimeout):
		s.Kill()
		return fmt.Errorf("server %s did not stop within %v", s.HTTPAddr, stopTimeout)
	}
	s.cmd = nil
	if s.err != nil {
		return fmt.Errorf("server %s: %w\n%s", s.HTTPAddr, s.err, s.out.String())
	}
	return nil
}

// Kill ends the server with SIGKILL, as a crash would. Killing a stopped server
// does nothing.
func (s *Server) Kill() {
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Kill() // fails only if the process has ended
	<-s.done
	_ = s.stdin.Close()
	s.cmd = nil
}

// DSN returns a clickhouse-go data source name for a database over the native
// protocol. The database need not exist yet; an empty name means "default".
func (s *Server) DSN(database string) string {
	u := url.URL{Scheme: "clickhouse", User: url.UserPassword(User, Password), Host: s.TCPAddr, Path: "/" + database}
	return u.String()
}

// Exec runs one statement over HTTP and returns the response body, tab
// separated unless the statement names another format, without the last line
// end. A statement the server refuses is an error with the server's text.
func (s *Server) Exec(ctx context.Context, query string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+s.HTTPAddr+"/", strings.NewReader(query))
	if err != nil {
		return "", err
	}
	req.SetBasicAuth(User, Password)
	resp, err := s.http.Do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return "", err
	}
	text := strings.TrimSuffix(string(body), "\n")
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s: %s", resp.Status, text)
	}
	return text, nil
}

// MustExec is Exec that fails the test on an error.
func (s *Server) MustExec(t testing.TB, query string) string {
	t.Helper()
	out, err := s.Exec(t.Context(), query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return out
}

// LogTail returns the last n lines of the server's log, or why there are none.
func (s *Server) LogTail(n int) string {
	b, err := os.ReadFile(filepath.Join(s.dir, "server.log"))
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimRight(string(b), "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

// start runs the launcher and waits until it answers.
func (s *Server) start() error {
	s.out.Reset()
	cmd := exec.Command(s.bin, "-lib", s.lib, "-dir", filepath.Join(s.dir, "data"),
		"-config", filepath.Join(s.dir, "config.xml"),
		"-http", port(s.HTTPAddr), "-tcp", port(s.TCPAddr), "-stdin", "--", "--log-level=information")
	cmd.Dir = s.dir
	cmd.Stdout = &s.out
	cmd.Stderr = &s.out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a terminal's ^C is for the tests, not for it
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	s.cmd, s.stdin, s.done = cmd, stdin, make(chan struct{})
	go func() {
		s.err = cmd.Wait()
		close(s.done)
	}()

	deadline := time.After(startTimeout)
	for !s.answers() {
		select {
		case <-s.done:
			s.Kill()
			return errors.Join(fmt.Errorf("server ended while starting:\n%s", s.out.String()), s.err)
		case <-deadline:
			s.Kill()
			return fmt.Errorf("server did not answer within %v\n%s", startTimeout, s.out.String())
		case <-time.After(pollInterval):
		}
	}
	return nil
}

// answers reports whether the server takes requests.
func (s *Server) answers() bool {
	resp, err := s.http.Get("http://" + s.HTTPAddr + "/ping")
	if err != nil {
		return false
	}
	_ = resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// fileFromEnv returns the file that an environment variable names, and fails
// the test when there is none.
func fileFromEnv(t testing.TB, name, hint string) string {
	t.Helper()
	file := os.Getenv(name)
	if file == "" {
		t.Fatalf("chtest: %s is not set; run: %s", name, hint)
	}
	// A relative path would mean another file in every package.
	if !filepath.IsAbs(file) {
		t.Fatalf("chtest: %s: %q is not an absolute path", name, file)
	}
	if info, err := os.Stat(file); err != nil {
		t.Fatalf("chtest: %s: %v", name, err)
	} else if !info.Mode().IsRegular() {
		t.Fatalf("chtest: %s: %q is not a file", name, file)
	}
	return file
}
