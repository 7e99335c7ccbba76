package e2e_test

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/testkit/fusebox"
)

// serveOnce runs the server in the hope that it refuses to start, and returns what
// it printed.
func serveOnce(t *testing.T, env []string, args ...string) (output string, code int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary, append([]string{"serve"}, args...)...)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}, env...)
	out, err := cmd.CombinedOutput()
	if err == nil {
		t.Fatalf("the server ended without an error:\n%s", out)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// TestFailedStartCreatesNothing checks that a start which cannot listen has not
// made the key pair that the first start shows once.
func TestFailedStartCreatesNothing(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, flag := range []string{"--listen", "--ops-listen"} {
		data := filepath.Join(t.TempDir(), "data")
		args := []string{"--data", data, "--listen", "127.0.0.1:0", "--ops-listen", "", flag, taken.Addr().String()}
		output, code := serveOnce(t, nil, args...)
		if code != 1 || !strings.Contains(output, "address already in use") {
			t.Errorf("%s: status %d\n%s", flag, code, output)
		}
		s := start(t, fusebox.Options{Data: data, Env: []string{
			"LANGFUSE_INIT_ORG_ID=", "LANGFUSE_INIT_ORG_NAME=", "LANGFUSE_INIT_PROJECT_ID=", "LANGFUSE_INIT_PROJECT_NAME=",
			"LANGFUSE_INIT_PROJECT_PUBLIC_KEY=", "LANGFUSE_INIT_PROJECT_SECRET_KEY=",
		}})
		if !strings.Contains(s.Output(), "LANGFUSE_SECRET_KEY=sk-lf-") {
			t.Errorf("%s: the start after a failed one shows no keys:\n%s", flag, s.Output())
		}
	}
}

// TestLostInstanceKey checks that the server does not make a new instance key
// where one has been lost, which would make every API key worthless.
func TestLostInstanceKey(t *testing.T) {
	data := t.TempDir()
	if err := start(t, fusebox.Options{Data: data}).Stop(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(data, "instance.key")
	key, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	args := []string{"--data", data, "--listen", "127.0.0.1:0", "--ops-listen", ""}
	if output, code := serveOnce(t, nil, args...); code != 1 || !strings.Contains(output, "instance.key is missing") {
		t.Errorf("status %d\n%s", code, output)
	}
	s := start(t, fusebox.Options{Data: data, Env: []string{"FUSEBOX_SECRET_KEY=" + strings.TrimSpace(string(key))}})
	if a := send(t, s, "GET", "/api/public/projects", nil); a.Status != 200 {
		t.Errorf("with the key in the environment: status %d %s", a.Status, a.Body)
	}
}
