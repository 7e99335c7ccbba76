package sqlite_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/telemetry/sqlite"
)

func TestFilesAreTheOwnersOnly(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, sqlite.Config{Path: filepath.Join(dir, "a b?c%41#.db")})
	if err := s.Write(t.Context(), "p", []fold.Record{observation("t", "o", "x")}); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 3 {
		t.Fatalf("files %v, error %v", files, err)
	}
	for _, f := range files {
		info, err := f.Info()
		if err != nil || info.Mode().Perm() != 0o600 || !strings.HasPrefix(f.Name(), "a b?c%41#.db") {
			t.Errorf("%q: %v, error %v", f.Name(), info.Mode(), err)
		}
	}
}

func TestPragmas(t *testing.T) {
	t.Parallel()
	for synchronous, want := range map[string]int64{"": 2, "FULL": 2, "OFF": 0} {
		s := open(t, sqlite.Config{Synchronous: synchronous})
		if got, err := s.QueryInt("SELECT journal_mode = 'wal' FROM pragma_journal_mode"); err != nil || got != 1 {
			t.Errorf("synchronous %q: not WAL; error %v", synchronous, err)
		}
		for pragma, want := range map[string]int64{"synchronous": want, "page_size": 8192, "wal_autocheckpoint": 8000, "busy_timeout": 10000} {
			if got, err := s.QueryInt("PRAGMA " + pragma); err != nil || got != want {
				t.Errorf("synchronous %q: %s is %d, want %d; error %v", synchronous, pragma, got, want, err)
			}
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	folder := fold.New(fold.DefaultRules())
	tests := map[string]struct {
		cfg  func(dir string) sqlite.Config
		want string
	}{
		"no path":   {func(string) sqlite.Config { return sqlite.Config{Folder: folder} }, "a path"},
		"no folder": {func(dir string) sqlite.Config { return sqlite.Config{Path: dir + "/x.db"} }, "fold table"},
		"another synchronous": {func(dir string) sqlite.Config {
			return sqlite.Config{Path: dir + "/x.db", Folder: folder, Synchronous: "NORMAL"}
		}, "FULL or OFF"},
		"no such folder": {func(dir string) sqlite.Config { return sqlite.Config{Path: dir + "/y/x.db", Folder: folder} }, "no such file"},
		"no database": {func(dir string) sqlite.Config {
			if err := os.WriteFile(dir+"/x.db", []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
				panic(err)
			}
			return sqlite.Config{Path: dir + "/x.db", Folder: folder}
		}, "not a database"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := sqlite.Open(t.Context(), tt.cfg(t.TempDir()))
			if err == nil {
				s.Close()
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want one that says %q", err, tt.want)
			}
		})
	}
}

func TestNewerFileIsRefused(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "telemetry.db")
	s := open(t, sqlite.Config{Path: path})
	if err := s.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)"); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := sqlite.Open(t.Context(), sqlite.Config{Path: path, Folder: fold.New(fold.DefaultRules())})
	if err == nil || !strings.Contains(err.Error(), "newer version") || !strings.Contains(err.Error(), "99") {
		t.Errorf("got %v", err)
	}
}

// TestTwoProcesses lets two stores write to one file by turns: each notices that
// what it remembers is out of date.
func TestTwoProcesses(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "telemetry.db")
	a, b := open(t, sqlite.Config{Path: path}), open(t, sqlite.Config{Path: path})
	for i := range 20 {
		s := []*sqlite.Store{a, b}[i%2]
		records := []fold.Record{observation("t", string(rune('a'+i)), "x"), observation("", "u", "y")}
		records[0].Set(fold.Name, fold.Text(string(rune('A'+i))))
		if err := s.Write(t.Context(), "p", records); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Verify(t.Context()); err != nil {
		t.Error(err)
	}
	tree, err := a.Trace(t.Context(), "p", "t", telemetry.Parts{})
	if err != nil || len(tree.Observations) != 20 || *tree.Observations[7].Name != "H" {
		t.Errorf("%d observations, %v", len(tree.Observations), err)
	}
}
