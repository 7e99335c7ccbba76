package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/prometheus/client_golang/prometheus"

	blobfs "github.com/fusebox-llm/fusebox/internal/blob/fs"
	"github.com/fusebox-llm/fusebox/internal/config"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/instance"
	"github.com/fusebox-llm/fusebox/internal/metadata"
	"github.com/fusebox-llm/fusebox/internal/metadata/sqldb"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/telemetry/sqlite"
)

// errInUse says that another process holds the lock.
var errInUse = errors.New("another server is running on this file")

// stores is everything that holds data.
type stores struct {
	metadata  metadata.Stores
	telemetry telemetry.Store
	blobs     *blobfs.Bucket
	lock      *os.File
}

// openStores opens what the settings name. Today each URL has one scheme; the
// place to choose between engines is here.
func openStores(ctx context.Context, o Options, reg prometheus.Registerer) (s *stores, err error) {
	s = &stores{}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
			s = nil
		}
	}()
	storage := o.Config.Storage
	// The telemetry engine keeps what it knows about open traces in memory, so a
	// second process on the same file would work from stale sums.
	if s.lock, err = lockFile(storage.TelemetryPath() + ".lock"); err != nil {
		return s, fmt.Errorf("lock %s: %w", storage.TelemetryPath(), err)
	}
	db, err := sqldb.OpenSQLite(ctx, storage.MetadataPath())
	if err != nil {
		return s, fmt.Errorf("open metadata: %w", err)
	}
	s.metadata = db.Stores()
	if s.blobs, err = blobfs.New(blobfs.Config{Dir: storage.BlobPath(), Now: o.Now}); err != nil {
		return s, fmt.Errorf("open blobs: %w", err)
	}
	rules := o.FoldRules
	if rules == nil {
		rules = fold.DefaultRules()
	}
	commits := newCommitMetrics(reg)
	engine, err := sqlite.Open(ctx, sqlite.Config{
		Path:        storage.TelemetryPath(),
		Folder:      fold.New(rules),
		Logger:      o.Logger,
		Now:         o.Now,
		Synchronous: o.Synchronous,
		CountLimit:  o.Config.Limits.CountTimeout,
		Observe:     commits.observe,
	})
	if err != nil {
		return s, fmt.Errorf("open telemetry: %w", err)
	}
	s.telemetry = engine // only now: a nil engine would make an interface that is not nil
	return s, nil
}

// Close closes the stores, the one that was opened last first.
func (s *stores) Close() error {
	var errs []error
	if s.telemetry != nil {
		errs = append(errs, s.telemetry.Close())
	}
	if s.blobs != nil {
		errs = append(errs, s.blobs.Close())
	}
	if s.metadata.Close != nil {
		errs = append(errs, s.metadata.Close())
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close())
		s.lock = nil
	}
	return errors.Join(errs...)
}

// loadKey returns the instance key, from which all others are derived. It makes the
// data folder and, at the first start, the instance key; later on a key file that
// is gone is an error, because a new one would make every API key worthless.
func loadKey(cfg config.Config) (key instance.Key, err error) {
	if err := os.MkdirAll(cfg.Storage.Data, 0o700); err != nil {
		return key, fmt.Errorf("data folder: %w", err)
	}
	keyFile := filepath.Join(cfg.Storage.Data, instance.FileName)
	if cfg.Instance.SecretKey.IsZero() && missing(keyFile) && !missing(cfg.Storage.MetadataPath()) {
		return key, fmt.Errorf("%s is missing, and without it no API key in %s works: put it back, or set FUSEBOX_SECRET_KEY to what it held",
			keyFile, cfg.Storage.MetadataPath())
	}
	if key, _, err = instance.Load(cfg.Storage.Data, cfg.Instance.SecretKey); err != nil {
		return key, fmt.Errorf("instance key: %w", err)
	}
	return key, nil
}

func missing(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}
