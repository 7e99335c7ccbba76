package e2e_test

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/testkit/fusebox"
)

// unnamed takes back the organization, project and key pair that the test kit
// names to a server.
func unnamed(more ...string) []string {
	var env []string
	for _, name := range []string{"ORG_ID", "ORG_NAME", "PROJECT_ID", "PROJECT_NAME", "PROJECT_PUBLIC_KEY", "PROJECT_SECRET_KEY"} {
		env = append(env, "LANGFUSE_INIT_"+name+"=")
	}
	return append(env, more...)
}

var firstStart = regexp.MustCompile(`^metrics and health on http://127\.0\.0\.1:\d+

First start: an organization and a project were created\. Paste this where your
application runs; the secret key is not shown again\.

  export LANGFUSE_PUBLIC_KEY=(pk-lf-[0-9a-f-]{36})
  export LANGFUSE_SECRET_KEY=(sk-lf-[0-9a-f-]{36})
  export LANGFUSE_BASE_URL=(\S+)
  export LANGFUSE_HOST=(\S+)      # for older clients
  export LANGFUSE_BASEURL=(\S+)   # for older clients in JavaScript

listening on (http://127\.0\.0\.1:\d+)
$`)

// TestFirstStart starts a server on nothing. It prints a key pair once, which
// works, and goes on working.
func TestFirstStart(t *testing.T) {
	data := filepath.Join(t.TempDir(), "not", "yet", "there")
	v := newVictim(t, fusebox.Options{Data: data, Env: unnamed()})
	m := firstStart.FindStringSubmatch(v.Output())
	if m == nil {
		t.Fatalf("the first start prints\n%s", v.Output())
	}
	pair := tenant{public: m[1], secret: m[2]}
	if m[3] != v.URL || m[4] != v.URL || m[5] != v.URL || m[6] != v.URL {
		t.Errorf("the URLs are %v, want %s", m[3:], v.URL)
	}
	works := func(v *victim) {
		t.Helper()
		if a := v.as(t, pair, http.MethodGet, "/api/public/projects", ""); a.Status != http.StatusOK || !strings.Contains(a.Body, `"name":"My project","organization":{"id":`) {
			t.Errorf("the pair: %d %s", a.Status, a.Body)
		}
	}
	works(v)
	export(t, v, pair, onSdk(`{"traceId":"first","spanId":"s","name":"n"}`))
	for name, mode := range map[string]os.FileMode{"": 0o700, "instance.key": 0o600, "meta.db": 0o600, "telemetry.db": 0o600, "blobs": 0o700} {
		info, err := os.Stat(filepath.Join(data, name))
		if err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v, mode %v, want %v", name, err, info.Mode().Perm(), mode)
		}
	}
	if err := v.Stop(); err != nil {
		t.Fatal(err)
	}

	for _, env := range [][]string{unnamed(), stranger().environment("org-two", "Project Two"), unnamed()} {
		v = newVictim(t, fusebox.Options{Data: data, Env: env})
		if out := v.Output(); strings.Contains(out, "LANGFUSE") || strings.Contains(out, "-lf-") {
			t.Errorf("a later start prints\n%s", out)
		}
		works(v)
		if a := v.as(t, pair, http.MethodGet, "/api/public/traces/first", ""); a.Status != http.StatusOK {
			t.Errorf("the trace: %d %s", a.Status, a.Body)
		}
		if err := v.Stop(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestPublicURL prints what clients can reach.
func TestPublicURL(t *testing.T) {
	v := newVictim(t, fusebox.Options{Env: unnamed("FUSEBOX_PUBLIC_URL=https://fusebox.example.com/base")})
	m := firstStart.FindStringSubmatch(v.Output())
	if m == nil || m[3] != "https://fusebox.example.com/base" || m[4] != m[3] || m[5] != m[3] || m[6] != v.URL {
		t.Errorf("the first start prints\n%s", v.Output())
	}
}

// TestNamedAtStart names an organization, a project and a pair at every start.
// What exists stays as it is; what contradicts ends the start.
func TestNamedAtStart(t *testing.T) {
	data := t.TempDir()
	const want = `{"data":[{"id":"project-one","name":"Project One","organization":{"id":"org-one","name":"Org One"},"metadata":{},"retentionDays":0}]}`
	for _, env := range [][]string{nil, nil, {"LANGFUSE_INIT_ORG_NAME=Other", "LANGFUSE_INIT_PROJECT_NAME=Other"}, unnamed(), nil} {
		v := newVictim(t, fusebox.Options{Data: data, Env: env})
		if a := v.as(t, owner(), http.MethodGet, "/api/public/projects", ""); a.Status != http.StatusOK || a.Body != want {
			t.Errorf("%v: %d %s", env, a.Status, a.Body)
		}
		if strings.Contains(v.Output(), "-lf-") {
			t.Errorf("the start prints\n%s", v.Output())
		}
		if err := v.Stop(); err != nil {
			t.Fatal(err)
		}
	}
	other := owner()
	other.secret = stranger().secret
	foreign := owner()
	foreign.project = "project-three"
	for name, c := range map[string]struct {
		env  []string
		want string
	}{
		"another secret":       {other.environment("org-one", "Project One"), `create API key "` + owner().public + `"`},
		"another project":      {foreign.environment("org-one", "Project Three"), `create API key "` + owner().public + `"`},
		"another organization": {owner().environment("org-four", "Project One"), `create project "project-one"`},
	} {
		r := command(t, bare(c.env...), "serve", "--listen", "127.0.0.1:0", "--ops-listen", "", "--data", data)
		if r.code != 1 || !strings.Contains(r.err, "fusebox: create what must exist at start: "+c.want) || r.stdout != "" || strings.Contains(r.err, "sk-lf-") {
			t.Errorf("%s: %+v", name, r)
		}
	}
	v := newVictim(t, fusebox.Options{Data: data})
	if a := v.as(t, owner(), http.MethodGet, "/api/public/projects", ""); a.Body != want {
		t.Errorf("after that: %d %s", a.Status, a.Body)
	}
}

// TestTakenPorts starts servers where others listen.
func TestTakenPorts(t *testing.T) {
	var lc net.ListenConfig
	taken, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	address := taken.Addr().String()
	data := t.TempDir()

	r := command(t, bare(), "serve", "--listen", address, "--ops-listen", "", "--data", data)
	if want := "fusebox: listen on " + address + ": listen tcp " + address + ": bind: address already in use\n"; r.code != 1 || !strings.HasSuffix(r.err, want) || strings.Contains(r.stdout, "listening") {
		t.Errorf("%+v, want %s", r, want)
	}
	for name, given := range map[string]struct{ env, args []string }{
		"by flag":     {nil, []string{"--ops-listen", address}},
		"by variable": {[]string{"FUSEBOX_OPS_LISTEN=" + address}, nil},
	} {
		r = command(t, bare(given.env...), append([]string{"serve", "--listen", "127.0.0.1:0", "--data", data}, given.args...)...)
		if want := "fusebox: listen on " + address + " for metrics and health: listen tcp " + address + ": bind: address already in use\n"; r.code != 1 || !strings.HasSuffix(r.err, want) || strings.Contains(r.stdout, "listening") {
			t.Errorf("the other address, %s: %+v, want %s", name, r, want)
		}
	}

	// Nobody asked for the default one. If it is free, the test takes it.
	if l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:9090"); err == nil {
		defer l.Close()
	}
	p := runBinary(t, bare(), "serve", "--listen", "127.0.0.1:0", "--data", data)
	url := p.line(t, "listening on ")
	if a := get(t, url+"/api/public/health"); a.Status != http.StatusOK {
		t.Errorf("health: %d %s", a.Status, a.Body)
	}
	if n := count(p.errs.lines(), `"level":"WARN"`, "metrics and health are off: the default port is taken", `"address":"127.0.0.1:9090"`); n != 1 {
		t.Errorf("%d warnings: %s", n, strings.Join(p.errs.lines(), "\n"))
	}
}

// TestRefusedSettings starts servers with settings that make no sense. Each wrong
// one is named, all of them at once, and no secret is shown.
func TestRefusedSettings(t *testing.T) {
	const hint = "Run \"fusebox --help\" for the commands, \"fusebox serve --help\" for the settings.\n"
	for name, c := range map[string]struct {
		env, args []string
		names     []string
	}{
		"unknown flag":      {nil, []string{"--nope"}, []string{"--nope"}},
		"unknown command":   {nil, []string{"frobnicate"}, []string{"frobnicate"}},
		"an argument":       {nil, []string{"serve", "here"}, []string{"here"}},
		"flag of no value":  {nil, []string{"serve", "--listen"}, []string{"--listen"}},
		"no number":         {nil, []string{"--max-spans", "x"}, []string{"--max-spans"}},
		"no number by env":  {[]string{"FUSEBOX_MAX_SPANS=x"}, nil, []string{"--max-spans", "FUSEBOX_MAX_SPANS"}},
		"several of no use": {[]string{"FUSEBOX_DRAIN_TIMEOUT=soon"}, []string{"--max-spans", "x", "--max-depth", "y"}, []string{"--max-spans", "--max-depth", "FUSEBOX_DRAIN_TIMEOUT"}},
		"secret by env":     {[]string{"FUSEBOX_SECRET_KEY=very-secret"}, nil, []string{"FUSEBOX_SECRET_KEY"}},
		"secret that is no": {[]string{"FUSEBOX_SECRET_KEY_FILE=/nowhere/at/all"}, nil, []string{"FUSEBOX_SECRET_KEY_FILE", "/nowhere/at/all"}},
		"all at once": {
			[]string{
				"FUSEBOX_LOG_FORMAT=xml", "FUSEBOX_MAX_SPANS=0", "FUSEBOX_SECRET_KEY=very-secret", "FUSEBOX_TELEMETRY_URL=mysql://x",
				"LANGFUSE_INIT_PROJECT_ID=p", "LANGFUSE_INIT_PROJECT_SECRET_KEY=sk-lf-very-secret",
			},
			[]string{"serve", "--listen", "x", "--ops-listen", "127.0.0.1:99999", "--drain-timeout=-1s", "--roles", "api,cook", "--data", "", "--max-value-size", "1"},
			[]string{
				"12 settings are wrong", "--listen (FUSEBOX_LISTEN)", "--ops-listen (FUSEBOX_OPS_LISTEN)", "--drain-timeout (FUSEBOX_DRAIN_TIMEOUT)", "--data (FUSEBOX_DATA)",
				"--telemetry-url (FUSEBOX_TELEMETRY_URL)", "--roles (FUSEBOX_ROLES)", "--log-format (FUSEBOX_LOG_FORMAT)", "--max-spans (FUSEBOX_MAX_SPANS)",
				"--max-value-size (FUSEBOX_MAX_VALUE_SIZE)", "FUSEBOX_SECRET_KEY", "LANGFUSE_INIT_PROJECT_ID needs LANGFUSE_INIT_ORG_ID",
				"LANGFUSE_INIT_PROJECT_SECRET_KEY needs LANGFUSE_INIT_PROJECT_PUBLIC_KEY",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := command(t, bare(c.env...), c.args...)
			if r.code != 2 || r.stdout != "" || !strings.HasPrefix(r.err, "fusebox: ") || !strings.HasSuffix(r.err, "\n"+hint) || strings.Contains(r.err, "very-secret") {
				t.Errorf("%+v", r)
			}
			for _, n := range c.names {
				if !strings.Contains(r.err, n) {
					t.Errorf("%s is not named: %s", n, r.err)
				}
			}
		})
	}
}

// TestCommands runs the commands that end by themselves.
func TestCommands(t *testing.T) {
	if r := command(t, bare(), "version"); r.code != 0 || !regexp.MustCompile(`^fusebox dev \(.*go1\.\d+.*\)\n$`).MatchString(r.stdout) || r.err != "" {
		t.Errorf("version: %+v", r)
	}
	for _, args := range [][]string{{"--help"}, {"-h"}, {"serve", "--help"}} {
		r := command(t, bare(), args...)
		if r.code != 0 || !strings.HasPrefix(r.stdout, "Usage: fusebox") || r.err != "" {
			t.Errorf("%v: %+v", args, r)
		}
		if len(args) == 1 {
			continue
		}
		for _, want := range []string{"--listen=", "127.0.0.1:3000", "--data=", "$FUSEBOX_MAX_BODY_SIZE", "LANGFUSE_INIT_PROJECT_SECRET_KEY", "FUSEBOX_SECRET_KEY_FILE"} {
			if !strings.Contains(r.stdout, want) {
				t.Errorf("the help of serve has no %s:\n%s", want, r.stdout)
			}
		}
	}

	v := newVictim(t, fusebox.Options{})
	listen := strings.TrimPrefix(v.URL, "http://")
	if r := command(t, bare(), "healthcheck", "--listen", listen); r != (result{}) {
		t.Errorf("healthcheck: %+v", r)
	}
	if r := command(t, bare("FUSEBOX_LISTEN="+listen), "healthcheck"); r != (result{}) {
		t.Errorf("healthcheck by variable: %+v", r)
	}
	if err := v.Stop(); err != nil {
		t.Fatal(err)
	}
	if r := command(t, bare(), "healthcheck", "--listen", listen); r.code != 1 || !strings.HasPrefix(r.err, "fusebox: health check: ") || r.stdout != "" {
		t.Errorf("healthcheck of nothing: %+v", r)
	}
}

// TestOneProcessAFolder starts a second server on a folder that is in use.
func TestOneProcessAFolder(t *testing.T) {
	data := t.TempDir()
	v := newVictim(t, fusebox.Options{Data: data})
	b := newBatch(t.Name())
	b.good()
	v.export(t, b, wires()[0], packings()[0])
	for range 3 {
		r := command(t, bare(owner().environment("org-one", "Project One")...), "serve", "--listen", "127.0.0.1:0", "--ops-listen", "", "--data", data)
		if want := fmt.Sprintf("fusebox: lock %s: another server is running on this file\n", filepath.Join(data, "telemetry.db")); r.code != 1 || r.err != want || r.stdout != "" {
			t.Errorf("%+v, want %s", r, want)
		}
	}
	b.good()
	v.export(t, b, wires()[0], packings()[0])
	v.Kill() // a lock must not outlive its process
	v = newVictim(t, fusebox.Options{Data: data})
	b.accounted(t, v)
}

// TestUnusableFolders starts servers on what is no folder, or not theirs.
func TestUnusableFolders(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	// A key of its own keeps the server from missing the one beside meta.db.
	env := bare(append(owner().environment("org-one", "Project One"), "FUSEBOX_SECRET_KEY="+strings.Repeat("0a", 32))...)
	if err := os.WriteFile(file, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	noise := func(name string) string {
		data := filepath.Join(dir, name+" is noise")
		if err := os.Mkdir(data, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(data, name), []byte(strings.Repeat("this is not what you look for ", 1000)), 0o600); err != nil {
			t.Fatal(err)
		}
		return data
	}
	folders := map[string]string{
		file: "data folder: ", filepath.Join(file, "below"): "data folder: ", "/proc/nowhere": "data folder: ",
		noise("meta.db"): "open metadata: ", noise("telemetry.db"): "open telemetry: ", noise("blobs"): "open blobs: ",
	}
	if os.Geteuid() != 0 { // root may write anywhere
		locked := filepath.Join(dir, "locked")
		if err := os.Mkdir(locked, 0o500); err != nil {
			t.Fatal(err)
		}
		folders[locked], folders[filepath.Join(locked, "below")] = locked, "data folder: "
	}
	for data, want := range folders {
		r := command(t, env, "serve", "--listen", "127.0.0.1:0", "--ops-listen", "", "--data", data)
		if r.code != 1 || !strings.HasPrefix(r.err, "fusebox: "+want) || strings.Contains(r.stdout, "listening") {
			t.Errorf("%s: %+v", data, r)
		}
	}
	if raw, err := os.ReadFile(file); err != nil || string(raw) != "mine" {
		t.Errorf("the file is %q now, %v", raw, err)
	}
}
