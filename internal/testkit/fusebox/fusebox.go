// Package fusebox starts the built binary as a child process, for tests and
// measurements that need the real thing: its flags, its output, its signals.
//
// It never reaches into the server; what it knows it reads from the process's
// standard output and from /proc. One goroutine per started server copies its
// log.
package fusebox

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// The credentials that [Start] creates through the environment.
const (
	Project   = "project-one"
	PublicKey = "pk-lf-11111111-1111-4111-8111-111111111111"
	SecretKey = "sk-lf-22222222-2222-4222-8222-222222222222"
)

// Options says how to start a server.
type Options struct {
	Binary string // path of the binary; required
	Data   string // data folder; required
	// Env is added to a small fixed environment; "NAME=value".
	Env []string
	// Args are added after "serve" and the loopback addresses.
	Args []string
	// Wrap, when set, is put in front of the command line: a tracer.
	Wrap []string
	// Log receives the server's standard error; nil discards it.
	Log io.Writer
}

// Server is a running server.
type Server struct {
	URL     string // http://127.0.0.1:port
	OpsURL  string // of metrics and health
	Started time.Duration
	// Output is what the server has printed for people so far.
	Output func() string

	cmd  *exec.Cmd
	done chan struct{}
	err  error
}

// Build builds the binary into dir, statically, and returns its path. ldflags are
// the linker's, so that a test can build a server that is wrong on purpose.
func Build(ctx context.Context, dir string, ldflags ...string) (string, error) {
	root, err := moduleRoot()
	if err != nil {
		return "", err
	}
	bin := filepath.Join(dir, "fusebox")
	cmd := exec.CommandContext(ctx, "go", "build", "-o", bin, "-ldflags", strings.Join(ldflags, " "), "./cmd/fusebox")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return bin, nil
}

func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if raw, err := os.ReadFile(filepath.Join(dir, "go.mod")); err == nil &&
			strings.HasPrefix(string(raw), "module github.com/fusebox-llm/fusebox\n") {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("not inside the module")
		}
		dir = parent
	}
}

// startTimeout is how long a server may take on a loaded machine.
const startTimeout = 60 * time.Second

// Start starts a server on free loopback ports and waits until it listens.
func Start(ctx context.Context, o Options) (*Server, error) {
	args := append(append([]string{}, o.Wrap...), o.Binary, "serve",
		"--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0", "--data", o.Data)
	args = append(args, o.Args...)
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "TMPDIR=" + os.TempDir(),
		"FUSEBOX_LOG_LEVEL=warn", // an access line for each of thousands of requests helps nobody
		"LANGFUSE_INIT_ORG_ID=org-one", "LANGFUSE_INIT_ORG_NAME=Org One",
		"LANGFUSE_INIT_PROJECT_ID=" + Project, "LANGFUSE_INIT_PROJECT_NAME=Project One",
		"LANGFUSE_INIT_PROJECT_PUBLIC_KEY=" + PublicKey, "LANGFUSE_INIT_PROJECT_SECRET_KEY=" + SecretKey,
	}, o.Env...)
	// A group of its own, so that a tracer and its child are killed together.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Stderr = o.Log
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &Server{cmd: cmd, done: make(chan struct{})}
	var (
		mu        sync.Mutex
		output    strings.Builder
		listening = make(chan struct{})
		once      sync.Once
	)
	s.Output = func() string { mu.Lock(); defer mu.Unlock(); return output.String() }
	go func() {
		lines := bufio.NewScanner(stdout)
		for lines.Scan() {
			line := lines.Text()
			mu.Lock()
			output.WriteString(line + "\n")
			mu.Unlock()
			if url, ok := strings.CutPrefix(line, "metrics and health on "); ok {
				s.OpsURL = url
			}
			if url, ok := strings.CutPrefix(line, "listening on "); ok {
				once.Do(func() { s.URL, s.Started = url, time.Since(begin); close(listening) })
			}
		}
		s.err = cmd.Wait()
		close(s.done)
	}()
	select {
	case <-listening:
		return s, nil
	case <-s.done:
		return nil, fmt.Errorf("server ended while starting: %w\n%s", s.err, s.Output())
	case <-time.After(startTimeout):
		s.Kill()
		return nil, fmt.Errorf("server did not listen within %v\n%s", startTimeout, s.Output())
	}
}

// PID returns the process id of what was started: the tracer's, if there is one.
func (s *Server) PID() int { return s.cmd.Process.Pid }

// Kill ends the server with signal 9 and waits for its end.
func (s *Server) Kill() {
	syscall.Kill(-s.cmd.Process.Pid, syscall.SIGKILL) //nolint:errcheck // it may have ended by itself
	<-s.done
}

// Stop asks the server to stop with SIGTERM, waits for its end and returns its
// error, if any.
func (s *Server) Stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	<-s.done
	return s.err
}

// CPU returns the processor time that the server used, user and system. It is
// known after the server has ended.
func (s *Server) CPU() time.Duration {
	<-s.done
	return s.cmd.ProcessState.UserTime() + s.cmd.ProcessState.SystemTime()
}

// Signal sends the server a signal and does not wait.
func (s *Server) Signal(sig os.Signal) error { return s.cmd.Process.Signal(sig) }

// Wait waits for the server's end and returns its error, if any.
func (s *Server) Wait() error {
	<-s.done
	return s.err
}

// Running reports whether the process that was started has not ended.
func (s *Server) Running() bool {
	select {
	case <-s.done:
		return false
	default:
		return true
	}
}

// Resident returns the server's resident memory in bytes, as the kernel has it.
func (s *Server) Resident() (int64, error) { return s.memory("VmRSS") }

// Peak returns the most resident memory that the server ever had, in bytes.
func (s *Server) Peak() (int64, error) { return s.memory("VmHWM") }

func (s *Server) memory(field string) (int64, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(raw)) {
		var kb int64
		if rest, ok := strings.CutPrefix(line, field+":"); ok {
			if _, err := fmt.Sscanf(rest, "%d kB", &kb); err != nil {
				return 0, err
			}
			return kb << 10, nil
		}
	}
	return 0, fmt.Errorf("no %s in the process status", field)
}

// Request builds a request with the credentials of [Project].
func (s *Server) Request(ctx context.Context, method, path string, body io.Reader) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, method, s.URL+path, body)
	if err != nil {
		return nil, err
	}
	req.SetBasicAuth(PublicKey, SecretKey)
	return req, nil
}

// CPUSoFar returns the processor time that the running server has used, in the
// kernel's ticks of ten milliseconds.
func (s *Server) CPUSoFar() (time.Duration, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	// The command name is in parentheses and may hold anything; user and system
	// time are the 12th and 13th field behind it.
	_, rest, _ := strings.Cut(string(raw), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0, errors.New("unexpected form of the process status")
	}
	var user, system int64
	if _, err := fmt.Sscan(fields[11]+" "+fields[12], &user, &system); err != nil {
		return 0, err
	}
	return time.Duration(user+system) * 10 * time.Millisecond, nil
}
