//go:build clients

package conformance_test

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The one project of a server under test. Public ids and names only: the secret half
// of the key reaches nothing that is kept.
const (
	publicKey = "pk-lf-conformance"
	secretKey = "sk-lf-conformance"
)

// How long a server may take to accept requests, and to stop when asked.
const (
	startTimeout = 30 * time.Second
	stopTimeout  = 15 * time.Second
)

// initEnv names what the server has to create at its first start. The programs get
// it too, to compare it with what they read.
func initEnv() []string {
	return []string{
		"LANGFUSE_INIT_ORG_ID=conformance-org",
		"LANGFUSE_INIT_ORG_NAME=Conformance Organization",
		"LANGFUSE_INIT_PROJECT_ID=conformance-project",
		"LANGFUSE_INIT_PROJECT_NAME=Conformance Project",
		"LANGFUSE_INIT_PROJECT_PUBLIC_KEY=" + publicKey,
		"LANGFUSE_INIT_PROJECT_SECRET_KEY=" + secretKey,
	}
}

// A server is a running process with a data folder of its own.
type server struct {
	url     string
	logFile string
}

// log returns what the server wrote to stderr so far.
func (s *server) log(t *testing.T) []byte {
	t.Helper()
	text, err := os.ReadFile(s.logFile)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// buildServer builds the binary once for all clients.
func buildServer(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "fusebox")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "./cmd/fusebox")
	cmd.Dir = ".."
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build ./cmd/fusebox: %v\n%s", err, out)
	}
	return binary
}

// startServer starts the binary on a free port and an empty data folder, waits until
// it says that it accepts requests, and stops it when the test ends.
func startServer(t *testing.T, binary string) *server {
	t.Helper()
	dir := t.TempDir()
	logFile, err := os.Create(filepath.Join(dir, "server.log"))
	if err != nil {
		t.Fatal(err)
	}
	defer logFile.Close()

	// The test ends the process itself, so that it can see how it ends.
	cmd := exec.Command(binary, "serve", "--listen", "127.0.0.1:0", "--data", filepath.Join(dir, "data"))
	cmd.Env = append(initEnv(), "PATH="+os.Getenv("PATH"), "HOME="+dir)
	cmd.Stderr = logFile
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s := &server{logFile: logFile.Name()}

	// One goroutine reads stdout to its end, so that the server never blocks on it.
	address := make(chan string, 1)
	exited := make(chan error, 1)
	go func() {
		lines := bufio.NewScanner(stdout)
		for lines.Scan() {
			if _, url, ok := strings.Cut(lines.Text(), "listening on "); ok {
				select {
				case address <- strings.TrimSpace(url):
				default:
				}
			}
		}
		exited <- cmd.Wait()
	}()
	t.Cleanup(func() { stop(t, cmd, exited) })

	select {
	case s.url = <-address:
	case err := <-exited:
		exited <- err
		t.Fatalf("the server ended before it listened: %v\n%s", err, tail(s.log(t), 4000))
	case <-time.After(startTimeout):
		t.Fatalf("the server did not listen within %s\n%s", startTimeout, tail(s.log(t), 4000))
	}
	return s
}

// stop asks the server to end and fails the test if it does not do so in time and
// without an error.
func stop(t *testing.T, cmd *exec.Cmd, exited chan error) {
	t.Helper()
	// A process that has ended already cannot be signalled; its error is in exited.
	_ = cmd.Process.Signal(syscall.SIGTERM)
	select {
	case err := <-exited:
		if err != nil {
			t.Errorf("the server ended with %v", err)
		}
	case <-time.After(stopTimeout):
		_ = cmd.Process.Kill()
		t.Errorf("the server did not stop within %s", stopTimeout)
		<-exited
	}
}
