package sqldb

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// sqliteReaders is how many reads may run at once. Metadata reads are point
// lookups; more connections would only cost memory.
const sqliteReaders = 4

// OpenSQLite opens the metadata database in the file path, creates it (readable
// by its owner alone) where it is missing, and brings its schema up to date. The
// folder must exist. Several processes may have the same file open.
//
// The file is in WAL mode with synchronous=FULL: what a store acknowledged
// survives a power cut.
func OpenSQLite(ctx context.Context, path string) (*DB, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open metadata database %s: %w", path, err)
	}
	if err := createOwnerOnly(abs); err != nil {
		return nil, fmt.Errorf("create metadata database %s: %w", path, err)
	}
	db, err := openPools(abs)
	if err != nil {
		return nil, fmt.Errorf("open metadata database %s: %w", path, err)
	}
	if err := migrate(ctx, db.write, db.dialect); err != nil {
		return nil, errors.Join(fmt.Errorf("open metadata database %s: %w", path, err), db.Close())
	}
	return db, nil
}

func openPools(abs string) (*DB, error) {
	// busy_timeout comes first, since switching to WAL already takes a lock. It is
	// short because SQLite does not see a cancelled context while it waits; see
	// busyAttempts.
	write, err := sql.Open("sqlite", sqliteDSN(abs, url.Values{
		"_busy_timeout": {"500"},
		"_journal_mode": {"WAL"},
		"_synchronous":  {"FULL"},
		"_foreign_keys": {"on"},
		"_dqs":          {"false"}, // "x" is a column, never a string
		// A transaction that reads and then writes would fail with "busy" when
		// another process wrote in between; taking the lock at once cannot.
		"_txlock": {"immediate"},
	}))
	if err != nil {
		return nil, err
	}
	write.SetMaxOpenConns(1)
	read, err := sql.Open("sqlite", sqliteDSN(abs, url.Values{
		"_busy_timeout": {"500"},
		"_query_only":   {"on"},
		"_dqs":          {"false"},
	}))
	if err != nil {
		return nil, errors.Join(err, write.Close())
	}
	read.SetMaxOpenConns(sqliteReaders)
	read.SetMaxIdleConns(sqliteReaders)
	return &DB{write: write, read: read, dialect: sqliteDialect()}, nil
}

// sqliteDSN names the file as a URI, so that any character may appear in its path.
func sqliteDSN(abs string, params url.Values) string {
	path := filepath.ToSlash(abs)
	if !strings.HasPrefix(path, "/") { // a Windows drive
		path = "/" + path
	}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: params.Encode()}).String()
}

// createOwnerOnly creates an empty file with mode 0600 unless there is one;
// SQLite gives its side files the same mode.
//
// The file is made beside and linked into place: closing a descriptor of the
// database itself would drop the locks that another connection of this process
// holds on it.
func createOwnerOnly(path string) error {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	temp := path + "." + rand.Text()
	if err := createEmpty(temp); err != nil {
		return err
	}
	defer os.Remove(temp) // at worst an empty file stays behind
	err := os.Link(temp, path)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		err = createEmpty(path) // no hard links on this file system
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncDir(filepath.Dir(path))
}

func createEmpty(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// syncDir makes a folder's entries durable.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" { // no such call there
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
