package fs

import (
	"errors"
	"fmt"
	iofs "io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"sync"
	"time"
)

// maxDurable is how many folders are remembered at most; forgetting one costs a
// few syncs the next time.
const maxDurable = 1 << 14

// durableDirs makes folders and knows which of them will survive a power cut.
//
// A folder that exists is not enough: another Put may have made it a moment ago
// and not yet synced its parent, or a process that was killed in between.
type durableDirs struct {
	root *os.Root

	mu   sync.Mutex
	done map[string]struct{}
}

func newDurableDirs(root *os.Root) *durableDirs {
	return &durableDirs{root: root, done: map[string]struct{}{".": {}}}
}

// ensure makes dir with its parents and returns once their entries are durable.
func (d *durableDirs) ensure(dir string) error {
	if d.known(dir) {
		return nil
	}
	parent := path.Dir(dir)
	if err := d.ensure(parent); err != nil {
		return err
	}
	if err := d.root.Mkdir(dir, 0o700); err != nil && !errors.Is(err, iofs.ErrExist) {
		return err
	}
	if err := syncDir(d.root, parent); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.done) >= maxDurable {
		clear(d.done)
		d.done["."] = struct{}{}
	}
	d.done[dir] = struct{}{}
	return nil
}

func (d *durableDirs) known(dir string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, ok := d.done[dir]
	return ok
}

// syncDir makes the entries of a folder inside the root durable.
func syncDir(root *os.Root, dir string) error {
	if runtime.GOOS == "windows" { // no such call there
		return nil
	}
	f, err := root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// syncParent makes the entry of a folder durable in the one that holds it.
func syncParent(dir string) error {
	root, err := os.OpenRoot(filepath.Dir(filepath.Clean(dir)))
	if err != nil {
		return err
	}
	defer root.Close()
	return syncDir(root, ".")
}

// sweep makes the folder for unfinished files and removes those that nobody can
// still be writing.
func sweep(root *os.Root, now time.Time) error {
	if err := root.Mkdir(tempDir, 0o700); err != nil && !errors.Is(err, iofs.ErrExist) {
		return err
	}
	dir, err := root.Open(tempDir)
	if err != nil {
		return err
	}
	defer dir.Close()
	entries, err := dir.ReadDir(-1)
	if err != nil {
		return err
	}
	for _, e := range entries {
		info, err := e.Info()
		switch {
		case errors.Is(err, iofs.ErrNotExist):
			continue
		case err != nil:
			return err
		}
		if now.Sub(info.ModTime()) < litterAge {
			continue
		}
		if err := root.Remove(path.Join(tempDir, e.Name())); err != nil && !errors.Is(err, iofs.ErrNotExist) {
			return fmt.Errorf("remove an unfinished blob: %w", err)
		}
	}
	return nil
}
