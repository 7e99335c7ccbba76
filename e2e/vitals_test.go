package e2e_test

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/fusebox-llm/fusebox/internal/testkit/fusebox"
	"github.com/fusebox-llm/fusebox/internal/testkit/load"
)

// TestSecretsStayOut runs a server through all that it logs about, at the most
// talkative level, and looks for secrets in what it wrote and in its files.
func TestSecretsStayOut(t *testing.T) {
	data := t.TempDir()
	const instanceKey = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	talk := []string{"FUSEBOX_LOG_LEVEL=debug", "FUSEBOX_SECRET_KEY=" + instanceKey, "LANGFUSE_INIT_USER_EMAIL=a@example.com", "LANGFUSE_INIT_USER_NAME=a", "LANGFUSE_INIT_USER_PASSWORD=correct-horse-battery"}
	var written []string // standard error and output of all runs

	// A pair of the server's own: shown once, on standard output.
	v := newVictim(t, fusebox.Options{Data: data, Env: unnamed(talk...)})
	m := firstStart.FindStringSubmatch(v.Output())
	if m == nil {
		t.Fatal(v.Output())
	}
	own := tenant{public: m[1], secret: m[2]}
	keys := []tenant{own, owner(), {public: own.public, secret: "sk-lf-wrong-secret-of-somebody"}, {public: "pk-lf-nobody", secret: "sk-lf-another-wrong-secret"}}
	abuse := func(v *victim) {
		b := newBatch(t.Name())
		b.good()
		body := string(marshalProto(t, b.request))
		for _, k := range keys {
			for _, header := range []string{k.key(), "Bearer " + k.secret, "Bearer " + k.public, "basic " + k.secret, k.secret, strings.TrimSuffix(k.key(), "="), k.key() + "!"} {
				for _, target := range []string{"/api/public/traces", "/api/public/traces?limit=0", "/api/public/projects", "/nowhere", "/v1/traces"} {
					send(t, v.Server, http.MethodGet, target, nil, "Authorization: "+header, "X-Langfuse-Admin-Api-Key: "+k.secret, "Cookie: session="+k.secret)
					send(t, v.Server, http.MethodPost, target, strings.NewReader(body), "Authorization: "+header, protobuf)
					send(t, v.Server, http.MethodPost, target, strings.NewReader(body[:7]), "Authorization: "+header, protobuf)
				}
			}
			l := v.dial(t)
			l.say(t, "GET /api/public/projects HTTP/1.1\r\nHost: x\r\nAuthorization: "+k.key()+"\r\nBroken header "+k.secret+"\r\n\r\n")
			l.hear(t)
		}
		v.unharmed(t)
	}
	end := func(v *victim) {
		if err := v.Stop(); err != nil {
			t.Error(err)
		}
		written = append(written, strings.Join(v.log.lines(), "\n"))
	}
	abuse(v)
	end(v)
	v = newVictim(t, fusebox.Options{Data: data, Env: talk})
	abuse(v)
	flights := fly(t, v, 2) // and what it says about those who break off
	for _, f := range flights {
		f.Close()
	}
	end(v)
	written = append(written, v.Output())
	wrong := owner()
	wrong.secret = keys[2].secret
	r := command(t, bare(append(talk, wrong.environment("org-one", "Project One")...)...), "serve", "--listen", "127.0.0.1:0", "--ops-listen", "", "--data", data)
	if r.code != 1 {
		t.Errorf("a contradicting secret: %+v", r)
	}
	written = append(written, r.stdout, r.err)

	secrets := map[string]string{"instance key": instanceKey, "password": "correct-horse-battery"}
	for _, k := range keys {
		secrets["secret of "+k.public] = k.secret
		secrets["header of "+k.public] = strings.TrimRight(strings.TrimPrefix(k.key(), "Basic "), "=")
		secrets["base64 of the secret of "+k.public] = base64.RawStdEncoding.EncodeToString([]byte(k.secret))
	}
	for name, secret := range secrets {
		for _, text := range written {
			if i := strings.Index(text, secret); i >= 0 {
				t.Errorf("the %s is written: …%.300s", name, text[max(0, i-100):])
			}
		}
	}
	for _, text := range written {
		if i := strings.Index(text, "Authorization"); i >= 0 {
			t.Errorf("an Authorization header is written: …%.300s", text[max(0, i-100):])
		}
	}
	if n := count(strings.Split(written[0], "\n"), `"msg":"request"`, own.public); n != 0 {
		t.Logf("%d lines name the public key", n)
	}
	err := filepath.WalkDir(data, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		for name, secret := range secrets {
			if bytes.Contains(raw, []byte(secret)) {
				t.Errorf("the %s is in %s", name, path)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestMetrics looks for the series that operators are promised.
func TestMetrics(t *testing.T) {
	v := newVictim(t, fusebox.Options{})
	b := newBatch(t.Name())
	b.good()
	b.good()
	v.export(t, b, wires()[0], packings()[0])
	m := v.metrics(t)
	for name, want := range map[string]string{
		`fusebox_build_info{go="[^"]+",revision="[^"]*",version="[^"]+"}`: "1",
		`fusebox_ingest_accepted_items_total`:                             "2",
		`fusebox_ingest_rejected_items_total`:                             "0",
		`fusebox_telemetry_commit_records_count`:                          "1",
		`fusebox_telemetry_commit_records_sum`:                            `\d+`,
		`fusebox_telemetry_commit_seconds_count`:                          "1",
		`fusebox_telemetry_commit_seconds_bucket{le="\+Inf"}`:             "1",
		`go_goroutines`:                 `\d+`,
		`process_resident_memory_bytes`: `\S+`,
	} {
		found := false
		for got, value := range m {
			if regexp.MustCompile("^" + name + "$").MatchString(got) {
				found = regexp.MustCompile("^" + want + "$").MatchString(value)
				if !found {
					t.Errorf("%s is %s, want %s", got, value, want)
				}
			}
		}
		if !found {
			t.Errorf("no %s", name)
		}
	}
	for _, path := range []string{"/health", "/ready", "/debug/pprof/"} {
		if a := get(t, v.OpsURL+path); a.Status != http.StatusOK {
			t.Errorf("%s: %d %s", path, a.Status, a.Body)
		}
	}
}

// TestIdleMemory starts a server on a folder with data, asks it once, and lets it
// be.
func TestIdleMemory(t *testing.T) {
	const most = 100 << 20
	data := t.TempDir()
	small := func(v *victim) {
		t.Helper()
		v.unharmed(t)
		rss, err := v.Resident()
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%.1f MiB", float64(rss)/(1<<20))
		if rss > most {
			t.Errorf("the idle server takes %d MiB, want at most %d", rss>>20, most>>20)
		}
	}
	v := newVictim(t, fusebox.Options{Data: data})
	small(v)
	gen := load.New(3, time.Now())
	for range 100 {
		if a := send(t, v.Server, http.MethodPost, "/v1/traces", bytes.NewReader(gen.Request(4).Body), protobuf); a.Status != http.StatusOK {
			t.Fatalf("%d %s", a.Status, a.Body)
		}
	}
	if err := v.Stop(); err != nil {
		t.Fatal(err)
	}
	v = newVictim(t, fusebox.Options{Data: data})
	if a := send(t, v.Server, http.MethodGet, "/api/public/traces", nil); !strings.Contains(a.Body, `"totalItems":400,`) {
		t.Errorf("%d %.300s", a.Status, a.Body)
	}
	small(v)
}
