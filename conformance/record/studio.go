package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/fusebox-llm/fusebox/conformance/record/provider"
)

// patience is how long a program may take.
const patience = 3 * time.Minute

// A studio has what is needed to record: the provider, who takes the spans, and
// which packages are installed where.
type studio struct {
	o        options
	folder   string // options.folder, absolute
	provider *provider.Server
	capture  *capture
	servers  []*http.Server
	// ports are those of the provider and of the capture.
	ports [2]int
	// ready has what is known of each lock that was installed.
	ready map[string]environment
}

// An environment is an installed lock.
type environment struct {
	dir      string
	lock     []byte
	language string // with its version
}

func newStudio(o options) (*studio, error) {
	folder, err := filepath.Abs(o.folder)
	if err != nil {
		return nil, err
	}
	s := &studio{o: o, folder: folder, provider: provider.New(), capture: &capture{}, ready: map[string]environment{}}
	for i, h := range []http.Handler{s.provider, s.capture} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			s.close()
			return nil, err
		}
		s.ports[i] = l.Addr().(*net.TCPAddr).Port
		srv := &http.Server{Handler: h}
		s.servers = append(s.servers, srv)
		go func() { _ = srv.Serve(l) }()
	}
	return s, nil
}

func (s *studio) close() {
	for _, srv := range s.servers {
		_ = srv.Close()
	}
}

// record runs one case and writes its recording. It returns what there is to say.
func (s *studio) record(ctx context.Context, f framework, name string) (string, error) {
	env, err := s.environment(ctx, f)
	if err != nil {
		return "", err
	}
	work, err := os.MkdirTemp("", "record-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(work)
	s.provider.Begin(f.Name, name)
	if _, _, err := s.capture.take(); err != nil {
		return "", err
	}
	around := s.surroundings(env, work)
	around.from = time.Now()
	printed, err := s.runProgram(ctx, f, name, env, work)
	around.to = time.Now()
	if s.o.verbose {
		fmt.Fprintf(os.Stderr, "%s\n", bytes.TrimSpace(printed))
	}
	if err != nil {
		return "", fmt.Errorf("%w\n%s", err, tail(printed, 12))
	}

	spans, logs, err := s.capture.take()
	if err != nil {
		return "", err
	}
	exchanges, unknown := s.provider.Exchanges(f.Name, name)
	if len(unknown) > 0 {
		return "", fmt.Errorf("the provider knows nothing of %s", strings.Join(unknown, ", "))
	}
	n, err := newNormaliser(f, around)
	if err != nil {
		return "", err
	}
	r := recording{framework: f, language: env.language, name: name, exchanges: exchanges, logs: logs}
	if r.versions, err = versionsOf(f, env.lock); err != nil {
		return "", err
	}
	if r.spans, err = n.normalise(spans); err != nil {
		return "", err
	}
	count := len(bySpanStart(r.spans.ResourceSpans))
	if count == 0 {
		return "", errors.New("no span was exported")
	}
	archive, err := r.archive()
	if err != nil {
		return "", err
	}
	if err := s.discreet(archive); err != nil {
		return "", err
	}
	outcome, err := s.keep(f, name, archive)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d spans, %d requests, %d log records: %s", count, len(exchanges), logs, outcome), nil
}

// tail returns the last lines of what a program printed.
func tail(printed []byte, n int) []byte {
	lines := bytes.Split(bytes.TrimSpace(printed), []byte("\n"))
	return bytes.Join(lines[max(0, len(lines)-n):], []byte("\n"))
}

// environment installs the framework's lock if that was not done yet.
func (s *studio) environment(ctx context.Context, f framework) (environment, error) {
	if e, ok := s.ready[f.Lock]; ok {
		return e, nil
	}
	lock, err := os.ReadFile(filepath.Join(s.folder, f.Lock))
	if err != nil {
		return environment{}, err
	}
	e := environment{lock: lock}
	if e.dir, err = install(ctx, s.folder, f, lock); err != nil {
		return environment{}, err
	}
	cmd := exec.CommandContext(ctx, filepath.Join(e.dir, "bin", "python"), "-c", "import sys; print('python', '%d.%d' % sys.version_info[:2])")
	if f.Language == "javascript" {
		cmd = exec.CommandContext(ctx, "node", "-p", "'node ' + process.versions.node.split('.')[0]")
	}
	out, err := cmd.Output()
	if err != nil {
		return environment{}, err
	}
	e.language = strings.TrimSpace(string(out))
	s.ready[f.Lock] = e
	return e, nil
}

// runProgram runs the program of a framework for one case, in an empty folder and
// with nothing of the caller's environment but where programs are.
func (s *studio) runProgram(ctx context.Context, f framework, name string, env environment, work string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	program := filepath.Join(s.folder, f.Program)
	command := filepath.Join(env.dir, "bin", "python")
	if f.Language == "javascript" {
		command = "node"
		var err error
		if program, err = besideModules(program, env.dir, work); err != nil {
			return nil, err
		}
	}
	cmd := exec.CommandContext(ctx, command, program, f.Name, name)
	cmd.Dir = work
	provider := fmt.Sprintf("http://127.0.0.1:%d/%s/%s", s.ports[0], f.Name, name)
	capture := fmt.Sprintf("http://127.0.0.1:%d", s.ports[1])
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + work, "TMPDIR=" + work, "LANG=C.UTF-8", "TZ=UTC",
		"PYTHONDONTWRITEBYTECODE=1", "PYTHONHASHSEED=0", "PYTHONUNBUFFERED=1", "NODE_NO_WARNINGS=1",
		// Whatever wants to call home finds nobody.
		"HTTP_PROXY=http://127.0.0.1:9", "HTTPS_PROXY=http://127.0.0.1:9", "http_proxy=http://127.0.0.1:9", "https_proxy=http://127.0.0.1:9",
		"NO_PROXY=127.0.0.1,localhost", "no_proxy=127.0.0.1,localhost",
		"TRACELOOP_TELEMETRY=false", "DO_NOT_TRACK=1",
		"RECORD_PROVIDER=" + provider,
		"OPENAI_API_KEY=sk-record", "ANTHROPIC_API_KEY=sk-ant-record", "GOOGLE_API_KEY=record",
		"OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
		"OTEL_EXPORTER_OTLP_ENDPOINT=" + capture,
		"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=" + capture + "/v1/traces",
		"OTEL_EXPORTER_OTLP_LOGS_ENDPOINT=" + capture + "/v1/logs",
		"LANGFUSE_BASE_URL=" + capture, "LANGFUSE_BASEURL=" + capture, "LANGFUSE_HOST=" + capture,
		"LANGFUSE_PUBLIC_KEY=pk-lf-record", "LANGFUSE_SECRET_KEY=sk-lf-record",
	}
	for k, v := range f.Env {
		cmd.Env = append(cmd.Env, k+"="+v)
	}
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		err = fmt.Errorf("took longer than %s: %w", patience, ctx.Err())
	}
	return out, err
}

// besideModules copies the JavaScript programs into a folder in which they find
// their packages, and returns the path of this one there.
func besideModules(program, installed, work string) (string, error) {
	sources, err := filepath.Glob(filepath.Join(filepath.Dir(program), "*.mjs"))
	if err != nil {
		return "", err
	}
	for _, from := range sources {
		raw, err := os.ReadFile(from)
		if err != nil {
			return "", err
		}
		if err := os.WriteFile(filepath.Join(work, filepath.Base(from)), raw, 0o644); err != nil {
			return "", err
		}
	}
	if err := os.Symlink(filepath.Join(installed, "node_modules"), filepath.Join(work, "node_modules")); err != nil {
		return "", err
	}
	return filepath.Join(work, filepath.Base(program)), nil
}

// surroundings returns what a recording must not show of this machine.
func (s *studio) surroundings(env environment, work string) surroundings {
	a := surroundings{ports: []int64{int64(s.ports[0]), int64(s.ports[1])}}
	for _, port := range s.ports {
		for _, host := range []string{"127.0.0.1", "localhost"} {
			a.texts = append(a.texts, replacement{fmt.Sprintf("%s:%d", host, port), host + ":1"})
		}
	}
	a.texts = append(a.texts,
		replacement{env.dir, "/packages"},
		replacement{filepath.Join(s.folder, "programs"), "/programs"},
		replacement{work, "/run"})
	return a
}

// discreet says whether a recording shows a folder or the name of this machine.
func (s *studio) discreet(archive []byte) error {
	secrets := []string{s.folder}
	if cache, err := cacheFolder(); err == nil {
		secrets = append(secrets, cache)
	}
	if home, err := os.UserHomeDir(); err == nil && len(home) > 3 {
		secrets = append(secrets, home+"/")
	}
	if host, err := os.Hostname(); err == nil && len(host) > 5 {
		secrets = append(secrets, host)
	}
	for _, port := range s.ports {
		secrets = append(secrets, fmt.Sprintf("127.0.0.1:%d", port))
	}
	for _, secret := range secrets {
		if i := bytes.Index(archive, []byte(secret)); i >= 0 {
			return fmt.Errorf("the recording shows %q: …%s…", secret, archive[max(0, i-60):min(len(archive), i+60)])
		}
	}
	return nil
}

// keep writes a recording, or compares it with the one that is there.
func (s *studio) keep(f framework, name string, archive []byte) (string, error) {
	path := filepath.Join(s.o.out, f.Name, name+".txtar")
	old, err := os.ReadFile(path)
	if err == nil && bytes.Equal(old, archive) {
		return "as before", nil
	}
	if s.o.check {
		if err != nil {
			return "", err
		}
		return "", fmt.Errorf("differs: %s", firstDifference(old, archive))
	}
	what := "written"
	if err == nil {
		what = "changed: " + firstDifference(old, archive)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return "", err
	}
	return what, os.WriteFile(path, archive, 0o644)
}

// firstDifference shows the first line that differs.
func firstDifference(old, now []byte) string {
	a, b := bytes.Split(old, []byte("\n")), bytes.Split(now, []byte("\n"))
	for i := range min(len(a), len(b)) {
		if !bytes.Equal(a[i], b[i]) {
			return fmt.Sprintf("line %d: %.200q, now %.200q", i+1, a[i], b[i])
		}
	}
	return fmt.Sprintf("%d lines, now %d", len(a), len(b))
}
