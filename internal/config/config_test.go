package config_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/config"
	"github.com/fusebox-llm/fusebox/internal/secret"
)

const hexKey = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

// env is an environment of its own for one parse.
type env map[string]string

func (e env) lookup(name string) (string, bool) {
	v, ok := e[name]
	return v, ok
}

func parse(args []string, e env) (config.Invocation, error) {
	return config.Parse(args, e.lookup, io.Discard, io.Discard)
}

func mustParse(t *testing.T, args []string, e env) config.Config {
	t.Helper()
	i, err := parse(args, e)
	if err != nil {
		t.Fatal(err)
	}
	if i.Command != config.CommandServe {
		t.Fatalf("command %q, want serve", i.Command)
	}
	return i.Config
}

func defaults() config.Config {
	return config.Config{
		HTTP:    config.HTTP{Listen: "127.0.0.1:3000", OpsListen: "127.0.0.1:9090", DrainTimeout: 8 * time.Second},
		Storage: config.Storage{Data: "./fusebox-data"},
		Roles:   []config.Role{config.RoleAPI, config.RoleIngest, config.RoleWorker},
		Log:     config.Log{Level: config.Level(slog.LevelInfo), Format: "auto"},
		Limits: config.Limits{
			BodySize: 16 << 20, DecompressedSize: 128 << 20, CompressionRatio: 200,
			Events: 10_000, Spans: 50_000, Attributes: 1024, Depth: 32, KeySize: 1 << 10,
			InlineSize: 1 << 20, ValueSize: 64 << 20, MediaSize: 1_000_000_000, CountTimeout: 2 * time.Second,
		},
	}
}

func TestDefaults(t *testing.T) {
	for _, args := range [][]string{nil, {"serve"}} {
		got := mustParse(t, args, nil)
		if diff := cmp.Diff(defaults(), got); diff != "" {
			t.Errorf("%v (-want +got):\n%s", args, diff)
		}
	}
	if err := defaults().Validate(); err != nil {
		t.Error(err)
	}
}

func TestFlagsAndVariables(t *testing.T) {
	tests := map[string]struct {
		args []string
		env  env
		want func(*config.Config)
	}{
		"flag": {[]string{"--listen", ":8080"}, nil, func(c *config.Config) { c.HTTP.Listen = ":8080" }},
		"flag behind the command": {
			[]string{"serve", "--listen=0.0.0.0:80"}, nil, func(c *config.Config) { c.HTTP.Listen = "0.0.0.0:80" },
		},
		"variable": {nil, env{"FUSEBOX_LISTEN": "[::1]:1"}, func(c *config.Config) { c.HTTP.Listen = "[::1]:1" }},
		"flag beats variable": {
			[]string{"--data", "/flag"}, env{"FUSEBOX_DATA": "/variable"}, func(c *config.Config) { c.Storage.Data = "/flag" },
		},
		"flag at its default beats variable": {
			[]string{"--data", "./fusebox-data"}, env{"FUSEBOX_DATA": "/variable"}, func(*config.Config) {},
		},
		"ops off by variable": {
			nil, env{"FUSEBOX_OPS_LISTEN": ""}, func(c *config.Config) { c.HTTP.OpsListen, c.HTTP.OpsListenGiven = "", true },
		},
		"ops off by flag": {
			[]string{"--ops-listen="}, nil, func(c *config.Config) { c.HTTP.OpsListen, c.HTTP.OpsListenGiven = "", true },
		},
		"ops at its default by hand": {
			[]string{"--ops-listen=127.0.0.1:9090"}, nil, func(c *config.Config) { c.HTTP.OpsListenGiven = true },
		},
		"both on any free port": {
			[]string{"--listen=127.0.0.1:0", "--ops-listen=127.0.0.1:0"},
			nil,
			func(c *config.Config) {
				c.HTTP.Listen, c.HTTP.OpsListen, c.HTTP.OpsListenGiven = "127.0.0.1:0", "127.0.0.1:0", true
			},
		},
		"roles": {
			nil, env{"FUSEBOX_ROLES": "ingest,api"}, func(c *config.Config) { c.Roles = []config.Role{config.RoleIngest, config.RoleAPI} },
		},
		"log": {
			[]string{"--log-level=WARN", "--log-format=text"},
			nil,
			func(c *config.Config) { c.Log = config.Log{Level: config.Level(slog.LevelWarn), Format: "text"} },
		},
		"limits": {
			[]string{"--max-body-size=1MB", "--max-events=7"},
			env{"FUSEBOX_MAX_KEY_SIZE": "300", "FUSEBOX_DRAIN_TIMEOUT": "1m", "FUSEBOX_COUNT_TIMEOUT": "150ms"},
			func(c *config.Config) {
				c.Limits.BodySize, c.Limits.Events, c.Limits.KeySize = 1_000_000, 7, 300
				c.HTTP.DrainTimeout, c.Limits.CountTimeout = time.Minute, 150*time.Millisecond
			},
		},
		"URLs": {
			[]string{"--database-url=sqlite:///srv/m.db", "--telemetry-url=sqlite:///srv/t.db", "--blob-url=file:///srv/b"},
			env{"FUSEBOX_PUBLIC_URL": "https://fusebox.example.com/sub"},
			func(c *config.Config) {
				c.Storage.DatabaseURL, c.Storage.TelemetryURL = "sqlite:///srv/m.db", "sqlite:///srv/t.db"
				c.Storage.BlobURL, c.HTTP.PublicURL = "file:///srv/b", "https://fusebox.example.com/sub"
			},
		},
		"instance key": {
			nil, env{"FUSEBOX_SECRET_KEY": hexKey}, func(c *config.Config) { c.Instance.SecretKey = secret.New(hexKey) },
		},
		"everything to create": {
			nil,
			env{
				"LANGFUSE_INIT_ORG_ID": "o", "LANGFUSE_INIT_ORG_NAME": "O", "LANGFUSE_INIT_PROJECT_ID": "p",
				"LANGFUSE_INIT_PROJECT_NAME": "P", "LANGFUSE_INIT_PROJECT_PUBLIC_KEY": "pk-lf-1",
				"LANGFUSE_INIT_PROJECT_SECRET_KEY": "sk-lf-1", "LANGFUSE_INIT_USER_EMAIL": "u@example.com",
				"LANGFUSE_INIT_USER_NAME": "U", "LANGFUSE_INIT_USER_PASSWORD": "pw",
			},
			func(c *config.Config) {
				c.Init = config.Init{
					OrgID: "o", OrgName: "O", ProjectID: "p", ProjectName: "P", ProjectPublicKey: "pk-lf-1",
					ProjectSecretKey: secret.New("sk-lf-1"), UserEmail: "u@example.com", UserName: "U", UserPassword: secret.New("pw"),
				}
			},
		},
		"empty ones to create are unset": {
			nil,
			env{"LANGFUSE_INIT_ORG_ID": "", "LANGFUSE_INIT_PROJECT_SECRET_KEY": "", "LANGFUSE_INIT_PROJECT_SECRET_KEY_FILE": ""},
			func(*config.Config) {},
		},
		"variables of others": {
			nil, env{"FUSEBOX_PORT": "tcp://10.0.0.1:80", "FUSEBOX_HELP": "1", "FUSEBOX_SERVICE_HOST": "x"}, func(*config.Config) {},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // two parses do not meet
			want := defaults()
			tc.want(&want)
			if diff := cmp.Diff(want, mustParse(t, tc.args, tc.env)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestSecretFiles(t *testing.T) {
	dir := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	key := file("key", hexKey+"\n")
	c := mustParse(t, nil, env{
		"FUSEBOX_SECRET_KEY_FILE": key,
		"LANGFUSE_INIT_ORG_ID":    "o", "LANGFUSE_INIT_PROJECT_ID": "p", "LANGFUSE_INIT_PROJECT_PUBLIC_KEY": "pk",
		"LANGFUSE_INIT_PROJECT_SECRET_KEY_FILE": file("sk", "sk-lf-from-file\r\n"),
		"LANGFUSE_INIT_USER_PASSWORD_FILE":      file("pw", "  spaces stay  "),
	})
	if c.Instance.SecretKey.Reveal() != hexKey || c.Init.ProjectSecretKey.Reveal() != "sk-lf-from-file" ||
		c.Init.UserPassword.Reveal() != "  spaces stay  " {
		t.Error("a secret from a file is not what the file holds")
	}

	for name, tc := range map[string]struct {
		env  env
		want string
	}{
		"both":    {env{"FUSEBOX_SECRET_KEY": hexKey, "FUSEBOX_SECRET_KEY_FILE": key}, "both set"},
		"missing": {env{"FUSEBOX_SECRET_KEY_FILE": filepath.Join(dir, "none")}, "FUSEBOX_SECRET_KEY_FILE: open"},
		"folder":  {env{"FUSEBOX_SECRET_KEY_FILE": dir}, "FUSEBOX_SECRET_KEY_FILE:"},
		"empty":   {env{"FUSEBOX_SECRET_KEY_FILE": file("empty", "\n")}, "is empty"},
		"no path": {env{"FUSEBOX_SECRET_KEY_FILE": ""}, "FUSEBOX_SECRET_KEY_FILE:"},
		"large":   {env{"FUSEBOX_SECRET_KEY_FILE": file("large", strings.Repeat("a", 1<<17))}, "more than"},
		"no key":  {env{"FUSEBOX_SECRET_KEY_FILE": file("text", "sesame")}, "64 hex digits"},
		"value":   {env{"FUSEBOX_SECRET_KEY": ""}, "FUSEBOX_SECRET_KEY is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parse(nil, tc.env)
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("err = %v, want %q in it", err, tc.want)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	tests := map[string]struct {
		args []string
		env  env
		want []string // pieces of the error
	}{
		"unknown command":    {[]string{"backup"}, nil, []string{"unexpected argument backup"}},
		"unknown flag":       {[]string{"--nope"}, nil, []string{"unknown flag --nope"}},
		"secret as a flag":   {[]string{"--secret-key=x"}, nil, []string{"unknown flag --secret-key"}},
		"flags not here yet": {[]string{"--demo"}, nil, []string{"unknown flag --demo"}},
		"no number":          {[]string{"--max-events=many"}, nil, []string{"--max-events", "many"}},
		"no number, variable": {
			nil, env{"FUSEBOX_MAX_EVENTS": "many"}, []string{"--max-events", "many", "from FUSEBOX_MAX_EVENTS"},
		},
		"empty number":       {nil, env{"FUSEBOX_MAX_EVENTS": ""}, []string{"FUSEBOX_MAX_EVENTS"}},
		"no size":            {nil, env{"FUSEBOX_MAX_BODY_SIZE": "16 elephants"}, []string{"16 elephants", "FUSEBOX_MAX_BODY_SIZE"}},
		"no duration":        {nil, env{"FUSEBOX_DRAIN_TIMEOUT": "soon"}, []string{"soon", "FUSEBOX_DRAIN_TIMEOUT"}},
		"no level":           {[]string{"--log-level=chatty"}, nil, []string{"chatty", "debug, info, warn, error"}},
		"no format":          {[]string{"--log-format=xml"}, nil, []string{"FUSEBOX_LOG_FORMAT", "xml"}},
		"unknown role":       {[]string{"--roles=api,gateway"}, nil, []string{"gateway"}},
		"role twice":         {[]string{"--roles=api,api"}, nil, []string{"api is named twice"}},
		"no role":            {nil, env{"FUSEBOX_ROLES": ""}, []string{"names no role"}},
		"no listen address":  {nil, env{"FUSEBOX_LISTEN": ""}, []string{"FUSEBOX_LISTEN"}},
		"no port":            {[]string{"--listen=localhost"}, nil, []string{"localhost"}},
		"port too high":      {[]string{"--listen=:65536"}, nil, []string{"65536"}},
		"port by name":       {[]string{"--ops-listen=:http"}, nil, []string{"--ops-listen"}},
		"one address twice":  {[]string{"--ops-listen=127.0.0.1:3000"}, nil, []string{"same as --listen"}},
		"no data folder":     {[]string{"--data="}, nil, []string{"--data"}},
		"public URL":         {[]string{"--public-url=fusebox.example.com"}, nil, []string{"--public-url"}},
		"public URL, query":  {[]string{"--public-url=https://x/?a=1"}, nil, []string{"--public-url"}},
		"PostgreSQL":         {[]string{"--database-url=postgres://u:hidden-pw@h/db"}, nil, []string{"cannot use postgres", "sqlite:///path"}},
		"ClickHouse":         {[]string{"--telemetry-url=clickhouse://h"}, nil, []string{"cannot use clickhouse", "sqlite:///path"}},
		"S3":                 {[]string{"--blob-url=s3://bucket"}, nil, []string{"cannot use s3", "file:///path"}},
		"no scheme":          {[]string{"--database-url=meta.db"}, nil, []string{"sqlite:///path"}},
		"relative":           {[]string{"--database-url=sqlite:meta.db"}, nil, []string{"absolute path"}},
		"two slashes":        {[]string{"--database-url=sqlite://meta.db"}, nil, []string{"absolute path"}},
		"with a query":       {[]string{"--database-url=sqlite:///m.db?mode=ro"}, nil, []string{"nothing else"}},
		"folder as database": {[]string{"--database-url=sqlite:///srv/"}, nil, []string{"absolute path"}},
		"one file twice":     {[]string{"--database-url=sqlite:///x.db", "--telemetry-url=sqlite:///x.db"}, nil, []string{"same file"}},
		"limits against each other": {
			[]string{"--max-inline-size=65MiB", "--max-decompressed-size=1MiB"},
			nil,
			[]string{"less than --max-inline-size", "less than --max-body-size"},
		},
		"all at once": {
			[]string{"--listen=x", "--max-events=0", "--max-depth=-1", "--drain-timeout=0s", "--log-format=xml"},
			env{"FUSEBOX_SECRET_KEY": "hidden-pw", "LANGFUSE_INIT_PROJECT_ID": "p", "LANGFUSE_INIT_PROJECT_SECRET_KEY": "hidden-pw"},
			[]string{
				"8 settings are wrong", "--listen", "--max-events", "--max-depth", "--drain-timeout", "--log-format",
				"FUSEBOX_SECRET_KEY", "LANGFUSE_INIT_PROJECT_ID needs", "LANGFUSE_INIT_PROJECT_SECRET_KEY needs",
			},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			i, err := parse(tc.args, tc.env)
			if err == nil {
				t.Fatalf("accepted: %+v", i)
			}
			for _, piece := range tc.want {
				if !strings.Contains(err.Error(), piece) {
					t.Errorf("no %q in:\n%v", piece, err)
				}
			}
			if strings.Contains(err.Error(), "hidden-pw") {
				t.Errorf("the error quotes a secret:\n%v", err)
			}
		})
	}
	_, err := parse([]string{"--listen=x"}, nil)
	if _, ok := errors.AsType[*config.Error](err); !ok {
		t.Errorf("%T is not a config.Error", err)
	}
}

func TestStoragePaths(t *testing.T) {
	s := config.Storage{Data: "d"}
	got := []string{s.MetadataPath(), s.TelemetryPath(), s.BlobPath()}
	want := []string{filepath.Join("d", "meta.db"), filepath.Join("d", "telemetry.db"), filepath.Join("d", "blobs")}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	s = config.Storage{
		Data: "d", DatabaseURL: "sqlite:///srv/with%20space/m.db", TelemetryURL: "sqlite:///t.db", BlobURL: "file:///srv/b",
	}
	got = []string{filepath.ToSlash(s.MetadataPath()), filepath.ToSlash(s.TelemetryPath()), filepath.ToSlash(s.BlobPath())}
	if diff := cmp.Diff([]string{"/srv/with space/m.db", "/t.db", "/srv/b"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestSecretsNeverPrint(t *testing.T) {
	c := mustParse(t, nil, env{
		"FUSEBOX_SECRET_KEY": hexKey, "LANGFUSE_INIT_ORG_ID": "o", "LANGFUSE_INIT_PROJECT_ID": "p",
		"LANGFUSE_INIT_PROJECT_PUBLIC_KEY": "pk", "LANGFUSE_INIT_PROJECT_SECRET_KEY": "sk-hidden", "LANGFUSE_INIT_USER_PASSWORD": "pw-hidden",
	})
	var out bytes.Buffer
	fmt.Fprintf(&out, "%v %+v %#v %+v", c, c, c, c.Init.Account())
	slog.New(slog.NewJSONHandler(&out, nil)).Info("settings", "config", c, "init", c.Init.Account())
	slog.New(slog.NewTextHandler(&out, nil)).Info("settings", "config", c, "init", c.Init.Account())
	for _, leak := range []string{hexKey, "sk-hidden", "pw-hidden"} {
		if strings.Contains(out.String(), leak) {
			t.Errorf("%s was printed", leak)
		}
	}
}

func TestCommands(t *testing.T) {
	if i, err := parse([]string{"version"}, nil); err != nil || i.Command != config.CommandVersion {
		t.Errorf("version: %+v, %v", i, err)
	}
	// A broken setting of the server does not keep the program from saying what it is.
	if _, err := parse([]string{"version"}, env{"FUSEBOX_LISTEN": "x", "FUSEBOX_MAX_EVENTS": "x"}); err != nil {
		t.Errorf("version: %v", err)
	}
	for _, args := range [][]string{{"--help"}, {"serve", "--help"}, {"-h"}, {"healthcheck", "--help"}} {
		var stdout, stderr bytes.Buffer
		i, err := config.Parse(args, env{"FUSEBOX_LISTEN": "x"}.lookup, &stdout, &stderr)
		if err != nil || i.Command != config.CommandNone || !strings.Contains(stdout.String(), "Usage: fusebox") || stderr.Len() > 0 {
			t.Errorf("%v: %+v, %v\n%s%s", args, i, err, &stdout, &stderr)
		}
	}
	var stdout bytes.Buffer
	if _, err := config.Parse([]string{"serve", "--help"}, env{}.lookup, &stdout, io.Discard); err != nil {
		t.Fatal(err)
	}
	help := strings.Join(strings.Fields(stdout.String()), " ")
	for _, s := range settings(t) {
		if s.Command == "serve" && (!strings.Contains(help, s.Flag) || !strings.Contains(help, s.Variable)) {
			t.Errorf("the help lacks %s %s", s.Flag, s.Variable)
		}
	}
}

func TestHealthcheck(t *testing.T) {
	tests := map[string]struct {
		args []string
		env  env
		url  string // "" when refused
	}{
		"default":         {nil, nil, "http://127.0.0.1:3000/api/public/health"},
		"from variable":   {nil, env{"FUSEBOX_LISTEN": "10.0.0.1:80"}, "http://10.0.0.1:80/api/public/health"},
		"all interfaces":  {nil, env{"FUSEBOX_LISTEN": "0.0.0.0:80"}, "http://127.0.0.1:80/api/public/health"},
		"all, version 6":  {[]string{"--listen=[::]:80"}, nil, "http://[::1]:80/api/public/health"},
		"no host":         {[]string{"--listen=:8080"}, nil, "http://127.0.0.1:8080/api/public/health"},
		"host by name":    {[]string{"--listen=localhost:8080"}, nil, "http://localhost:8080/api/public/health"},
		"any free port":   {[]string{"--listen=:0"}, nil, ""},
		"no address":      {[]string{"--listen=x"}, nil, ""},
		"no patience":     {[]string{"--health-timeout=0s"}, nil, ""},
		"no such setting": {[]string{"--data=x"}, nil, ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			i, err := parse(append([]string{"healthcheck"}, tc.args...), tc.env)
			if tc.url == "" {
				if err == nil {
					t.Errorf("accepted: %+v", i)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			want := config.Invocation{Command: config.CommandHealthcheck, Health: config.Health{URL: tc.url, Timeout: 3 * time.Second}}
			if diff := cmp.Diff(want, i); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSize(t *testing.T) {
	for text, want := range map[string]config.Size{
		"0": 0, "1": 1, "1000": 1000, "10B": 10, "1KiB": 1024, "1kib": 1024, "2 MiB": 2 << 20, "1GiB": 1 << 30,
		"1kB": 1000, "1KB": 1000, "3MB": 3e6, "4GB": 4e9, " 5 ": 5, "8589934591GiB": 8589934591 << 30,
	} {
		var got config.Size
		if err := got.UnmarshalText([]byte(text)); err != nil || got != want {
			t.Errorf("%q is %d, err %v, want %d", text, got, err, want)
		}
		var again config.Size
		if err := again.UnmarshalText([]byte(want.String())); err != nil || again != want {
			t.Errorf("%v reads back as %d, err %v", want, again, err)
		}
	}
	for _, bad := range []string{"", "MiB", "-1", "1.5MiB", "1TiB", "x", "0x10", "9223372036854775808", "8589934592GiB", "1 2"} {
		var got config.Size
		if err := got.UnmarshalText([]byte(bad)); err == nil {
			t.Errorf("%q is accepted as %d", bad, got)
		}
	}
	for size, want := range map[config.Size]string{0: "0", 1023: "1023", 1024: "1KiB", 16 << 20: "16MiB", 1 << 30: "1GiB", 1e6: "1000000"} {
		if got := size.String(); got != want {
			t.Errorf("%d prints as %s, want %s", int64(size), got, want)
		}
	}
}

func TestUnreadableValuesAreNamedTogether(t *testing.T) {
	env := map[string]string{"FUSEBOX_DRAIN_TIMEOUT": "soon"}
	lookup := func(name string) (string, bool) { v, ok := env[name]; return v, ok }
	_, err := config.Parse([]string{"--max-spans", "x", "--max-depth=y", "--roles", "cook"}, lookup, io.Discard, io.Discard)
	if err == nil {
		t.Fatal("no error")
	}
	for _, name := range []string{"--max-spans", "--max-depth", "FUSEBOX_DRAIN_TIMEOUT", "--roles"} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%s is not named:\n%v", name, err)
		}
	}
}
