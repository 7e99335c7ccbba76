package vitals_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"regexp"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/vitals"
)

func TestReadBuild(t *testing.T) {
	info := &debug.BuildInfo{
		GoVersion: "go1.26.8",
		Main:      debug.Module{Version: "v1.2.3"},
		Settings: []debug.BuildSetting{
			{Key: "vcs.revision", Value: "0123456789abcdef0123"},
			{Key: "vcs.time", Value: "2026-05-01T12:00:00Z"},
			{Key: "vcs.modified", Value: "true"},
		},
	}
	devel := &debug.BuildInfo{GoVersion: "go1.26.8", Main: debug.Module{Version: "(devel)"}}
	tests := map[string]struct {
		version string
		info    *debug.BuildInfo
		want    string
	}{
		"everything":      {"v2.0.0", info, "fusebox 2.0.0 (0123456789ab with changes, 2026-05-01T12:00:00Z, go1.26.8)"},
		"module version":  {"", info, "fusebox 1.2.3 (0123456789ab with changes, 2026-05-01T12:00:00Z, go1.26.8)"},
		"from a tree":     {"", devel, "fusebox dev (go1.26.8)"},
		"nothing known":   {"", nil, "fusebox dev"},
		"version alone":   {"3.0.0", nil, "fusebox 3.0.0"},
		"without details": {"3.0.0", &debug.BuildInfo{}, "fusebox 3.0.0"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := vitals.ReadBuild(tc.version, tc.info).String(); got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
		})
	}
}

func TestNewLogger(t *testing.T) {
	var out bytes.Buffer
	log, err := vitals.NewLogger(&out, vitals.FormatJSON, slog.LevelWarn)
	if err != nil {
		t.Fatal(err)
	}
	log.Info("not this")
	log.Warn("this", "n", 1)
	var line map[string]any
	if err := json.Unmarshal(out.Bytes(), &line); err != nil || line["msg"] != "this" || line["n"] != 1.0 {
		t.Errorf("%v: %s", err, &out)
	}

	out.Reset()
	if log, err = vitals.NewLogger(&out, vitals.FormatText, slog.LevelDebug); err != nil {
		t.Fatal(err)
	}
	log.Debug("hello", "n", 1)
	if !strings.Contains(out.String(), "level=DEBUG msg=hello n=1") {
		t.Errorf("text: %s", &out)
	}
	if _, err := vitals.NewLogger(&out, "xml", slog.LevelInfo); err == nil {
		t.Error("an unknown format is accepted")
	}
}

func TestNewRegistry(t *testing.T) {
	build := vitals.Build{Version: "1.2.3", Revision: "abc", Go: "go1.26.8"}
	for range 2 { // two in one process do not meet
		registry, err := vitals.NewRegistry(build)
		if err != nil {
			t.Fatal(err)
		}
		families, err := registry.Gather()
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]string{}
		for _, f := range families {
			seen[f.GetName()] = f.String()
		}
		for _, name := range []string{"go_goroutines", "process_cpu_seconds_total", "fusebox_build_info"} {
			if seen[name] == "" {
				t.Errorf("no %s", name)
			}
		}
		for _, label := range []string{`"1.2.3"`, `"abc"`, `"go1.26.8"`} {
			if !strings.Contains(seen["fusebox_build_info"], label) {
				t.Errorf("no %s in %s", label, seen["fusebox_build_info"])
			}
		}
	}
}

func TestCheckSQLite(t *testing.T) {
	sqlite := &debug.Module{Path: "modernc.org/sqlite", Version: vitals.SQLiteVersion}
	libc := &debug.Module{Path: "modernc.org/libc", Version: vitals.LibcVersion}
	replaced := *libc
	replaced.Replace = &debug.Module{Path: "example.com/libc", Version: vitals.LibcVersion}
	tests := map[string]struct {
		info *debug.BuildInfo
		want string // a piece of the error; "" for none
	}{
		"the pair":       {&debug.BuildInfo{Deps: []*debug.Module{{Path: "a"}, libc, sqlite}}, ""},
		"other library":  {&debug.BuildInfo{Deps: []*debug.Module{{Path: libc.Path, Version: "v1.0.0"}, sqlite}}, "modernc.org/libc v1.0.0"},
		"other driver":   {&debug.BuildInfo{Deps: []*debug.Module{libc, {Path: sqlite.Path, Version: "v1.0.0"}}}, "modernc.org/sqlite v1.0.0"},
		"replaced":       {&debug.BuildInfo{Deps: []*debug.Module{&replaced, sqlite}}, "example.com/libc"},
		"library absent": {&debug.BuildInfo{Deps: []*debug.Module{sqlite}}, "modernc.org/libc is not"},
		"nothing":        {&debug.BuildInfo{}, "is not in the build information"},
		"no information": {nil, "no build information"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			err := vitals.CheckSQLite(tc.info)
			switch {
			case tc.want == "" && err != nil:
				t.Error(err)
			case tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)):
				t.Errorf("err = %v, want %q in it", err, tc.want)
			}
		})
	}
}

// The pinned pair is what the driver's own go.mod says, and what this module's
// go.mod selects.
func TestPinnedPair(t *testing.T) {
	goList := func(format, module string) string {
		t.Helper()
		out, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", format, module).CombinedOutput()
		if err != nil {
			t.Fatalf("go list -m %s: %v\n%s", module, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	if got := goList("{{.Version}}", "modernc.org/sqlite"); got != vitals.SQLiteVersion {
		t.Errorf("go.mod selects the driver %s, pinned is %s", got, vitals.SQLiteVersion)
	}
	if got := goList("{{.Version}}", "modernc.org/libc"); got != vitals.LibcVersion {
		t.Errorf("go.mod selects the library %s, pinned is %s", got, vitals.LibcVersion)
	}
	mod, err := exec.CommandContext(t.Context(), "go", "mod", "edit", "-print", goList("{{.GoMod}}", "modernc.org/sqlite")).Output()
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`(?m)^\s*modernc\.org/libc (\S+)`).FindSubmatch(mod)
	if named == nil || string(named[1]) != vitals.LibcVersion {
		t.Errorf("the driver's go.mod names the library %s, pinned is %s", named, vitals.LibcVersion)
	}
}

func TestCheckHealth(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/well" {
			http.Error(w, "the store is gone", http.StatusServiceUnavailable)
		}
	}))
	if err := vitals.CheckHealth(t.Context(), server.Client(), server.URL+"/well"); err != nil {
		t.Error(err)
	}
	err := vitals.CheckHealth(t.Context(), server.Client(), server.URL+"/ill")
	if err == nil || !strings.Contains(err.Error(), "503") || !strings.Contains(err.Error(), "the store is gone") {
		t.Errorf("err = %v, want status and body", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := vitals.CheckHealth(ctx, server.Client(), server.URL+"/well"); err == nil {
		t.Error("a cancelled check succeeds")
	}
	server.Close()
	if err := vitals.CheckHealth(t.Context(), http.DefaultClient, server.URL+"/well"); err == nil {
		t.Error("a server that is gone is well")
	}
}
