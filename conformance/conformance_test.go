//go:build clients

// The tests under this tag need Python 3.11, Node 20 and the package registries:
//
//	go test -tags clients ./conformance/
//
// With -record they also write what the clients sent into recordings/, one pair of
// files per request, and with -update they rewrite docs/clients.md.
package conformance_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A client writes and reads about two hundred and fifty observations, most of them
// many times; this is several times what that takes on two slow cores.
const programTimeout = 5 * time.Minute

// A client is one entry of clients.json.
type client struct {
	Name     string
	Language string // "python" or "javascript"
	Program  string // relative to this folder
	Packages map[string]string
	// Second says that the program needs a second server with another project.
	Second bool
}

func TestMain(m *testing.M) {
	flag.Bool("record", false, "write the requests of every client into recordings/")
	flag.Bool("update", false, "write docs/clients.md")
	os.Exit(m.Run())
}

// records reports whether the test runs with -record.
func records() bool { return flagged("record") }

// updates reports whether the test runs with -update.
func updates() bool { return flagged("update") }

func flagged(name string) bool {
	on, _ := flag.Lookup(name).Value.(flag.Getter).Get().(bool)
	return on
}

// TestClients runs every client's program against a server of its own with an empty
// data folder, and holds the table of clients against what they compared.
func TestClients(t *testing.T) {
	binary := buildServer(t)
	clients := readClients(t)
	var rows []row
	for _, c := range clients {
		t.Run(c.Name, func(t *testing.T) {
			folder := install(t, c)
			srv := startServer(t, binary, initEnv())
			env, recordings := programEnv(), ""
			if records() {
				recordings = filepath.Join("recordings", c.Name)
				// Large values would make large recordings.
				env = append(env, "FUSEBOX_CONFORMANCE_SMALL=1")
			}
			between := startWitness(t, srv.url, recordings)
			// Version 3 and older read the second name.
			env = append(env, "LANGFUSE_BASE_URL="+between.url, "LANGFUSE_HOST="+between.url)
			if c.Second {
				env = append(env, startSecond(t, binary)...)
			}
			output, err := runProgram(t, c, folder, env)
			if err != nil {
				t.Errorf("%s: %v\n%s\n%s", c.Program, err, failures(output), complaints(srv.log(t)))
			}
			rows = append(rows, row{c, between.endpoints(), comparisons(output)})
		})
	}
	if !t.Failed() && len(rows) == len(clients) {
		checkTable(t, rows)
	}
}

// startSecond starts a server with another project and returns what tells a program
// of it.
func startSecond(t *testing.T, binary string) []string {
	t.Helper()
	const public, private = "pk-lf-conformance-second", "sk-lf-conformance-second"
	srv := startServer(t, binary, []string{
		"LANGFUSE_INIT_ORG_ID=second-org", "LANGFUSE_INIT_PROJECT_ID=second-project",
		"LANGFUSE_INIT_PROJECT_PUBLIC_KEY=" + public, "LANGFUSE_INIT_PROJECT_SECRET_KEY=" + private,
	})
	return []string{
		"FUSEBOX_CONFORMANCE_SECOND_URL=" + srv.url,
		"FUSEBOX_CONFORMANCE_SECOND_PUBLIC_KEY=" + public, "FUSEBOX_CONFORMANCE_SECOND_SECRET_KEY=" + private,
		"FUSEBOX_CONFORMANCE_SECOND_PROJECT_ID=second-project",
	}
}

// readClients reads the one list of clients.
func readClients(t *testing.T) []client {
	t.Helper()
	raw, err := os.ReadFile("clients.json")
	if err != nil {
		t.Fatal(err)
	}
	var list struct{ Clients []client }
	if err := json.Unmarshal(raw, &list); err != nil {
		t.Fatalf("clients.json: %v", err)
	}
	if len(list.Clients) == 0 {
		t.Fatal("clients.json names no clients")
	}
	return list.Clients
}

// install makes sure the client is installed and returns its folder.
func install(t *testing.T, c client) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "./install.sh", c.Name)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("install.sh %s: %v\n%s", c.Name, err, stderr.String())
	}
	name, folder, ok := strings.Cut(strings.TrimSpace(string(out)), " ")
	if !ok || name != c.Name {
		t.Fatalf("install.sh %s printed %q", c.Name, out)
	}
	return folder
}

// programEnv is the environment of a program, without the server's address. Nothing
// of ours is passed on but what finds interpreters and homes, so that a setting of
// the developer's cannot change what a client sends.
func programEnv() []string {
	env := append(initEnv(),
		"LANGFUSE_PUBLIC_KEY="+publicKey,
		"LANGFUSE_SECRET_KEY="+secretKey,
		"PYTHONDONTWRITEBYTECODE=1",
	)
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "LANG"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// runProgram runs the client's program and returns all it printed. The error is that
// of the process: not nil if a check failed.
func runProgram(t *testing.T, c client, folder string, env []string) ([]byte, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), programTimeout)
	defer cancel()
	var cmd *exec.Cmd
	switch c.Language {
	case "python":
		cmd = exec.CommandContext(ctx, filepath.Join(folder, "bin", "python"), c.Program)
	case "javascript":
		cmd = exec.CommandContext(ctx, "node", filepath.Join(besideModules(t, c, folder), filepath.Base(c.Program)))
	default:
		t.Fatalf("client %s: no way to run %q", c.Name, c.Language)
	}
	cmd.Env = env
	cmd.WaitDelay = 10 * time.Second
	started := time.Now()
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		err = errors.Join(err, ctx.Err())
	}
	t.Logf("%s in %s", lastLine(out), time.Since(started).Round(time.Millisecond))
	return out, err
}

// besideModules copies the JavaScript programs and their data next to the installed packages: an
// ES module finds packages only from its own folder upwards.
func besideModules(t *testing.T, c client, folder string) string {
	t.Helper()
	work := t.TempDir()
	sources, err := filepath.Glob(filepath.Join(filepath.Dir(c.Program), "*.mjs"))
	if err != nil {
		t.Fatal(err)
	}
	data, err := filepath.Glob(filepath.Join(filepath.Dir(c.Program), "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, source := range append(sources, data...) {
		text, err := os.ReadFile(source)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(work, filepath.Base(source)), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(filepath.Join(folder, "node_modules"), filepath.Join(work, "node_modules")); err != nil {
		t.Fatal(err)
	}
	return work
}

// failures returns what a reader of a failed run wants to see: the failed checks, or
// the end of the output where a program broke off before it could count them.
func failures(output []byte) string {
	var failed []string
	lines := bufio.NewScanner(bytes.NewReader(output))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "FAIL ") {
			failed = append(failed, lines.Text())
		}
	}
	if !strings.HasSuffix(lastLine(output), " failed") {
		failed = append(failed, tail(output, 4000))
	}
	return strings.Join(failed, "\n")
}

// complaints returns the lines of the server's log that are not mere information.
func complaints(log []byte) string {
	found := []string{"the server's log has no warnings or errors"}
	for line := range strings.Lines(string(log)) {
		if !strings.Contains(line, `"level":"INFO"`) && !strings.Contains(line, `"level":"DEBUG"`) {
			found = append(found, line)
		}
	}
	if len(found) > 1 {
		found[0] = "from the server's log:\n"
	}
	return tail([]byte(strings.Join(found, "")), 4000)
}

func lastLine(output []byte) string {
	text := strings.TrimSpace(string(output))
	return text[strings.LastIndexByte(text, '\n')+1:]
}

// tail returns the last n bytes, from the start of a line.
func tail(text []byte, n int) string {
	if len(text) > n {
		text = text[len(text)-n:]
		if i := bytes.IndexByte(text, '\n'); i >= 0 {
			text = text[i+1:]
		}
	}
	return string(text)
}
