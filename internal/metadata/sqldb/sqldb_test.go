package sqldb_test

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pressly/goose/v3"

	"github.com/fusebox-llm/fusebox/internal/account"
	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/media"
	"github.com/fusebox-llm/fusebox/internal/metadata"
	"github.com/fusebox-llm/fusebox/internal/metadata/metadatatest"
	"github.com/fusebox-llm/fusebox/internal/metadata/sqldb"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func open(t *testing.T, path string) *sqldb.DB {
	t.Helper()
	db, err := sqldb.OpenSQLite(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func TestSuiteSQLite(t *testing.T) {
	metadatatest.Run(t, func(t *testing.T) metadatatest.Database {
		path := filepath.Join(t.TempDir(), "meta.db")
		return func() metadata.Stores { return open(t, path).Stores() }
	})
}

// raw opens the file without this package, for looking underneath.
func raw(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// dump returns what a query answers, a line for each row.
func dump(t *testing.T, db *sql.DB, query string) string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out strings.Builder
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		out.WriteString(line + "\n")
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

const (
	schemaQuery = `SELECT sql || ';' FROM sqlite_schema
		WHERE sql IS NOT NULL AND tbl_name NOT LIKE 'goose%' AND tbl_name NOT LIKE 'sqlite%' ORDER BY type, name`
	versionsQuery = `SELECT version_id || ' ' || is_applied || ' ' || tstamp FROM goose_db_version ORDER BY id`
)

func TestSchemaSQLite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "meta.db")
	open(t, path)
	got := dump(t, raw(t, path), schemaQuery)

	golden := filepath.Join("testdata", "schema-sqlite.golden")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("schema (-golden +got), rewrite with -update:\n%s", diff)
	}
}

func TestSecondOpenChangesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "meta.db")
	first := open(t, path)
	mustFill(t, first)
	under := raw(t, path)
	schema, versions := dump(t, under, schemaQuery), dump(t, under, versionsQuery)
	if versions == "" {
		t.Fatal("no schema version was recorded")
	}

	second := open(t, path) // while the first is open
	if err := errors.Join(first.Close(), second.Close()); err != nil {
		t.Fatal(err)
	}
	third := open(t, path)
	if diff := cmp.Diff(schema, dump(t, under, schemaQuery)); diff != "" {
		t.Errorf("schema changed:\n%s", diff)
	}
	if diff := cmp.Diff(versions, dump(t, under, versionsQuery)); diff != "" {
		t.Errorf("schema versions changed:\n%s", diff)
	}
	if _, err := third.Stores().Accounts.KeyByPublic(t.Context(), "pk-lf-a"); err != nil {
		t.Errorf("the data is gone: %v", err)
	}
}

// A database of each earlier version becomes what a new one is, and keeps its data.
func TestUpgradeSQLite(t *testing.T) {
	fresh := filepath.Join(t.TempDir(), "fresh.db")
	open(t, fresh)
	want := dump(t, raw(t, fresh), schemaQuery)

	path := filepath.Join(t.TempDir(), "meta.db")
	under := raw(t, path)
	old, err := goose.NewProvider(goose.DialectSQLite3, under, os.DirFS(filepath.Join("migrations", "sqlite")), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := old.UpTo(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if _, err := under.ExecContext(t.Context(), `
		INSERT INTO organizations VALUES ('o', 'o', '{}', 1);
		INSERT INTO projects VALUES ('p', 'o', 'p', '{}', 0, 1)`); err != nil {
		t.Fatal(err)
	}
	stores := open(t, path).Stores()
	if diff := cmp.Diff(want, dump(t, under, schemaQuery)); diff != "" {
		t.Errorf("schema (-fresh +upgraded):\n%s", diff)
	}
	if p, _, err := stores.Accounts.Project(t.Context(), "p"); err != nil || p.Name != "p" {
		t.Errorf("project %+v, err %v", p, err)
	}
	asset := media.Asset{Project: "p", ID: "m", SHA256: "h", ContentType: "text/plain", Key: "k"}
	if err := stores.Media.PutAsset(t.Context(), asset); err != nil {
		t.Error(err)
	}
}

func TestOpenAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "meta.db")
	var (
		wg    sync.WaitGroup
		start = make(chan struct{})
	)
	for range 6 {
		wg.Go(func() {
			<-start
			db, err := sqldb.OpenSQLite(t.Context(), path)
			if err != nil {
				t.Error(err)
				return
			}
			if _, err := db.Stores().Accounts.EnsureOrganization(t.Context(), account.Organization{ID: "o", Name: "o"}); err != nil {
				t.Error(err)
			}
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	close(start)
	wg.Wait()
}

func TestNewerDatabaseIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "meta.db")
	open(t, path).Close()
	if _, err := raw(t, path).ExecContext(t.Context(),
		`INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`); err != nil {
		t.Fatal(err)
	}
	_, err := sqldb.OpenSQLite(t.Context(), path)
	if err == nil || !strings.Contains(err.Error(), "newer version") {
		t.Errorf("err = %v, want one that speaks of a newer version", err)
	}
}

func TestOpenFails(t *testing.T) {
	dir := t.TempDir()
	notADatabase := filepath.Join(dir, "text.db")
	if err := os.WriteFile(notADatabase, []byte(strings.Repeat("this is no database\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{
		"folder missing": filepath.Join(dir, "no", "meta.db"),
		"a folder":       dir,
		"not a database": notADatabase,
	} {
		t.Run(name, func(t *testing.T) {
			db, err := sqldb.OpenSQLite(t.Context(), path)
			if err == nil {
				db.Close()
				t.Fatal("no error")
			}
			if !strings.Contains(err.Error(), path) {
				t.Errorf("the error does not name the file: %v", err)
			}
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := sqldb.OpenSQLite(ctx, filepath.Join(dir, "c.db")); !errors.Is(err, context.Canceled) {
		t.Errorf("open with a cancelled context: %v", err)
	}
}

func TestFileModes(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // no such modes there
	}
	dir := t.TempDir()
	db := open(t, filepath.Join(dir, "meta.db"))
	mustFill(t, db)
	seen := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		seen++
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v, want 0600", d.Name(), info.Mode().Perm())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen != 3 { // the database, its log and its shared memory
		t.Errorf("%d files in the folder, want 3", seen)
	}
}

func TestDurabilitySettings(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "meta.db"))
	for pragma, want := range map[string]string{
		"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "500",
	} {
		if got := db.WriterPragma(t, pragma); got != want {
			t.Errorf("%s = %s, want %s", pragma, got, want)
		}
	}
	if got := db.ReaderPragma(t, "query_only"); got != "1" {
		t.Errorf("readers may write: query_only = %s", got)
	}
}

func TestOddPaths(t *testing.T) {
	for _, name := range []string{"with space", "per%41cent", "que?ry=1", "ha#sh", "ünï", "a&b", "a+b", "a'b"} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), name)
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			mustFill(t, open(t, filepath.Join(dir, "meta.db")))
			if _, err := os.Stat(filepath.Join(dir, "meta.db-wal")); err != nil {
				t.Errorf("the database is somewhere else: %v", err)
			}
		})
	}
}

func TestLockedByAnotherProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "meta.db")
	db := open(t, path)
	mustFill(t, db)
	other := raw(t, path)
	other.SetMaxOpenConns(1)
	if _, err := other.ExecContext(t.Context(), `BEGIN IMMEDIATE`); err != nil {
		t.Fatal(err)
	}
	// Readers go on, a writer waits and gives up with its context.
	if _, err := db.Stores().Accounts.KeyByPublic(t.Context(), "pk-lf-a"); err != nil {
		t.Errorf("read beside a writer: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := db.Stores().Accounts.EnsureOrganization(ctx, account.Organization{ID: "late", Name: "late"})
	if !fault.Is(err, fault.Unavailable) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("write beside a writer: %v", err)
	}
	if _, err := other.ExecContext(t.Context(), `ROLLBACK`); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Stores().Accounts.EnsureOrganization(t.Context(), account.Organization{ID: "late", Name: "late"}); err != nil {
		t.Errorf("write afterwards: %v", err)
	}
}

func mustFill(t *testing.T, db *sqldb.DB) {
	t.Helper()
	created, err := db.Stores().Accounts.CreateFirst(t.Context(),
		account.Organization{ID: "o", Name: "o"},
		account.Project{ID: "p", Organization: "o", Name: "p"},
		account.Key{ID: "k", Project: "p", PublicKey: "pk-lf-a", Digest: make([]byte, 32), Display: "..."})
	if err != nil || !created {
		t.Fatal(fmt.Errorf("created %v: %w", created, err))
	}
}
