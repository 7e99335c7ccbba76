//go:build clients

package conformance_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/testkit/fusebox"
)

// The one project of a server under test.
const (
	publicKey = "pk-lf-conformance"
	secretKey = "sk-lf-conformance"
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
	return bytes.TrimSpace(text)
}

// buildServer builds the binary once for all clients.
func buildServer(t *testing.T) string {
	t.Helper()
	binary, err := fusebox.Build(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return binary
}

// startServer starts the binary on an empty data folder and, when the test ends,
// asks it to stop, which must succeed.
func startServer(t *testing.T, binary string, env []string) *server {
	t.Helper()
	dir := t.TempDir()
	logFile, err := os.Create(filepath.Join(dir, "server.log"))
	if err != nil {
		t.Fatal(err)
	}
	defer logFile.Close()
	s, err := fusebox.Start(context.WithoutCancel(t.Context()), fusebox.Options{
		Binary: binary, Data: filepath.Join(dir, "data"), Env: env, Log: logFile,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Errorf("the server ended with %v", err)
		}
	})
	return &server{url: s.URL, logFile: logFile.Name()}
}
