package fs_test

import (
	iofs "io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/fusebox-llm/fusebox/internal/blob"
	"github.com/fusebox-llm/fusebox/internal/blob/blobtest"
	"github.com/fusebox-llm/fusebox/internal/blob/fs"
	"github.com/fusebox-llm/fusebox/internal/fault"
)

func open(t *testing.T, dir string) *fs.Bucket {
	t.Helper()
	b, err := fs.New(fs.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return b
}

func TestSuite(t *testing.T) {
	blobtest.Run(t, func(t *testing.T) blob.Bucket { return open(t, filepath.Join(t.TempDir(), "blobs")) })
}

// files returns every file below dir by its relative path.
func files(t *testing.T, dir string) map[string]os.FileInfo {
	t.Helper()
	all := map[string]os.FileInfo{}
	err := filepath.WalkDir(dir, func(path string, d iofs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		all[filepath.ToSlash(rel)], err = d.Info()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "blobs")
	b := open(t, dir)
	if err := b.Put(t.Context(), "p1/2026/abc", strings.NewReader("x")); err != nil {
		t.Fatal(err)
	}
	all := files(t, dir)
	info, ok := all["p1/2026/abc~"]
	if len(all) != 1 || !ok {
		t.Fatalf("files %v, want p1/2026/abc~ alone", all)
	}
	if runtime.GOOS == "windows" {
		return // no such modes there
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("file mode %v, want 0600", info.Mode().Perm())
	}
	for _, folder := range []string{dir, filepath.Join(dir, "p1"), filepath.Join(dir, "p1", "2026")} {
		info, err := os.Stat(folder)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o700 {
			t.Errorf("%s has mode %v, want 0700", folder, info.Mode().Perm())
		}
	}
}

func TestFailedPutLeavesNoFile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "blobs")
	b := open(t, dir)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	w.Close()
	r.Close() // reading fails
	if err := b.Put(t.Context(), "k", r); err == nil {
		t.Fatal("no error")
	}
	if all := files(t, dir); len(all) != 0 {
		t.Errorf("left behind: %v", all)
	}
}

func TestReopen(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "blobs")
	first := open(t, dir)
	if err := first.Put(t.Context(), "a/b", strings.NewReader("x")); err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if err := first.Put(t.Context(), "a/c", strings.NewReader("x")); !fault.Is(err, fault.Unavailable) {
		t.Errorf("put after close: %v", err)
	}
	second := open(t, dir)
	r, err := second.Get(t.Context(), "a/b")
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	if err := second.Put(t.Context(), "a/c", strings.NewReader("y")); err != nil {
		t.Errorf("put into a folder from before: %v", err)
	}
}

func TestSweepsOldLitter(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "blobs")
	open(t, dir)
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	for name, age := range map[string]time.Duration{"old": 25 * time.Hour, "young": time.Hour, "future": -time.Hour} {
		path := filepath.Join(dir, "~tmp", name)
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, now.Add(-age), now.Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	b, err := fs.New(fs.Config{Dir: dir, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	all := files(t, dir)
	if _, ok := all["~tmp/old"]; ok || len(all) != 2 {
		t.Errorf("after the sweep: %v, want young and future", all)
	}
}

// A link inside the folder leads nowhere outside.
func TestLinksDoNotEscape(t *testing.T) {
	outside := t.TempDir()
	if err := os.WriteFile(filepath.Join(outside, "secret~"), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "blobs")
	b := open(t, dir)
	if err := os.Symlink(outside, filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	if r, err := b.Get(t.Context(), "link/secret"); err == nil {
		r.Close()
		t.Error("get followed a link out of the folder")
	}
	if err := b.Put(t.Context(), "link/new", strings.NewReader("x")); err == nil {
		t.Error("put followed a link out of the folder")
	}
	if err := b.Delete(t.Context(), "link/secret"); err == nil {
		t.Error("delete followed a link out of the folder")
	}
	if all := files(t, outside); len(all) != 1 {
		t.Errorf("outside: %v", all)
	}
}

func TestNewFails(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string]string{"a file": file, "no parent": filepath.Join(dir, "no", "blobs")} {
		if b, err := fs.New(fs.Config{Dir: bad}); err == nil {
			b.Close()
			t.Errorf("%s: no error", name)
		}
	}
}
