// Package fs keeps blobs as files in one folder.
//
// All access goes through an os.Root, so that no key and no symbolic link leads
// out of the folder. The package knows nothing about who a blob belongs to, and
// starts no goroutines. One process at a time may write to a folder.
package fs

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	iofs "io/fs"
	"os"
	"path"
	"time"

	"github.com/fusebox-llm/fusebox/internal/blob"
	"github.com/fusebox-llm/fusebox/internal/fault"
)

const (
	// tempDir holds blobs that are being written. No key's file begins
	// with '~'.
	tempDir = "~tmp"
	// litterAge is how old a file in tempDir is when no Put can still be writing
	// it: what a crash left behind.
	litterAge = 24 * time.Hour
)

// Bucket is a blob.Bucket in a folder. It is safe for concurrent use.
type Bucket struct {
	root *os.Root
	dirs *durableDirs
}

var _ blob.Bucket = (*Bucket)(nil)

// Config is what a Bucket needs to be told.
type Config struct {
	// Dir is the folder; it is created (for its owner alone) where it is missing,
	// its parents are not.
	Dir string
	// Now is the clock. Default time.Now.
	Now func() time.Time
}

// New opens the folder and removes what a crash may have left half-written.
func New(cfg Config) (*Bucket, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if err := os.Mkdir(cfg.Dir, 0o700); err != nil && !errors.Is(err, iofs.ErrExist) {
		return nil, fmt.Errorf("create blob folder: %w", err)
	}
	if err := syncParent(cfg.Dir); err != nil {
		return nil, fmt.Errorf("create blob folder: %w", err)
	}
	root, err := os.OpenRoot(cfg.Dir)
	if err != nil {
		return nil, fmt.Errorf("open blob folder: %w", err)
	}
	if err := sweep(root, cfg.Now()); err != nil {
		return nil, errors.Join(fmt.Errorf("open blob folder %s: %w", cfg.Dir, err), root.Close())
	}
	return &Bucket{root: root, dirs: newDurableDirs(root)}, nil
}

// Close releases the folder. Later calls fail; readers that are open stay usable.
func (b *Bucket) Close() error { return b.root.Close() }

// Put implements blob.Bucket.
func (b *Bucket) Put(ctx context.Context, key string, r io.Reader) error {
	name, err := fileName(key)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return unavailable("put", key, err)
	}
	temp := path.Join(tempDir, rand.Text())
	if err := b.write(ctx, temp, r); err != nil {
		err = errors.Join(err, b.discard(temp))
		if errors.Is(err, errSource) {
			return fmt.Errorf("put blob %s: %w", key, err)
		}
		return unavailable("put", key, err)
	}
	if err := b.publish(ctx, temp, name); err != nil {
		return unavailable("put", key, errors.Join(err, b.discard(temp)))
	}
	return nil
}

// errSource marks an error of the reader that was to be stored: it is the
// caller's own and keeps its code.
var errSource = errors.New("read content")

// write puts the content into a new file and makes the file itself durable.
func (b *Bucket) write(ctx context.Context, temp string, r io.Reader) error {
	f, err := b.root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	source := &contextReader{ctx: ctx, r: r}
	_, err = io.Copy(f, source)
	switch {
	case err != nil && ctx.Err() != nil:
		err = ctx.Err()
	case err != nil && source.err != nil:
		err = fmt.Errorf("%w: %w", errSource, source.err)
	}
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// publish gives a written file its name and makes that durable.
func (b *Bucket) publish(ctx context.Context, temp, name string) error {
	dir := path.Dir(name)
	if err := b.dirs.ensure(dir); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil { // the last moment at which nothing is stored
		return err
	}
	if err := b.root.Rename(temp, name); err != nil {
		return err
	}
	return syncDir(b.root, dir)
}

func (b *Bucket) discard(temp string) error {
	if err := b.root.Remove(temp); err != nil && !errors.Is(err, iofs.ErrNotExist) {
		return err
	}
	return nil
}

// Get implements blob.Bucket.
func (b *Bucket) Get(ctx context.Context, key string) (io.ReadCloser, error) {
	name, err := fileName(key)
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, unavailable("get", key, err)
	}
	f, err := b.root.Open(name)
	switch {
	case errors.Is(err, iofs.ErrNotExist):
		return nil, fault.New(fault.NotFound, "no blob %s", key)
	case err != nil:
		return nil, unavailable("get", key, err)
	}
	return struct {
		io.Reader
		io.Closer
	}{&contextReader{ctx: ctx, r: f}, f}, nil
}

// Delete implements blob.Bucket. Folders that become empty stay.
func (b *Bucket) Delete(ctx context.Context, key string) error {
	name, err := fileName(key)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return unavailable("delete", key, err)
	}
	switch err := b.root.Remove(name); {
	case errors.Is(err, iofs.ErrNotExist):
		return nil
	case err != nil:
		return unavailable("delete", key, err)
	}
	if err := syncDir(b.root, path.Dir(name)); err != nil {
		return unavailable("delete", key, err)
	}
	return nil
}

// unavailable codes a failure of the disk or an end of patience: trying again can
// help. The key is in the cause only, for the log.
func unavailable(op, key string, err error) error {
	return fault.Wrap(fault.Unavailable, fmt.Errorf("%s blob %s: %w", op, key, err), "blob storage is not available")
}

// contextReader reads until the context is over, and remembers the reader's own
// failure.
type contextReader struct {
	ctx context.Context //nolint:containedctx // the reader lives within one call or one response
	r   io.Reader
	err error
}

func (c *contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := c.r.Read(p)
	if err != nil && err != io.EOF { // readers return EOF bare
		c.err = err
	}
	return n, err
}
