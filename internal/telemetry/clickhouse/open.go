package clickhouse

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
)

// Config says where the store is. URL is needed; the zero value of everything
// else means its default.
type Config struct {
	// URL of a database that exists, as clickhouse://user:password@host:9000/name
	// over the native protocol; parameters as the driver has them.
	URL string
	Now func() time.Time // default: time.Now; for arrivals, created and updated times
	// MaxListed is up to how many entities a project may have for its traces,
	// observations, scores and sessions to be listed; default 50,000, which take a
	// second or two.
	MaxListed int
}

// Store is the telemetry engine on a ClickHouse server.
type Store struct {
	conn      driver.Conn
	now       func() time.Time
	folder    *fold.Folder
	codec     codec
	arrivals  *arrivals
	maxListed int

	// calls is held for reading by every call, and for writing by Close.
	calls  sync.RWMutex
	closed bool
}

var _ telemetry.Store = (*Store)(nil)

//go:embed migrations/*.sql
var migrations embed.FS

// Open connects to the server and creates what is missing in the database. The
// columns stand for [fold.DefaultRules], so there is no choosing another table.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	options, err := clickhouse.ParseDSN(cfg.URL)
	if err != nil {
		return nil, fmt.Errorf("ClickHouse store: %w", err)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.MaxListed == 0 {
		cfg.MaxListed = 50_000
	}
	if options.Settings == nil {
		options.Settings = clickhouse.Settings{}
	}
	// An insert is a whole call; the server must not answer before it is stored.
	options.Settings["async_insert"] = 0
	options.Compression = &clickhouse.Compression{Method: clickhouse.CompressionLZ4}
	conn, err := clickhouse.Open(options)
	if err != nil {
		return nil, fmt.Errorf("ClickHouse store: %w", err)
	}
	rules := fold.DefaultRules()
	s := &Store{
		conn: conn, now: cfg.Now, folder: fold.New(rules), codec: newCodec(rules),
		arrivals: &arrivals{now: cfg.Now}, maxListed: cfg.MaxListed,
	}
	if err := s.migrate(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open ClickHouse store: %w", err), conn.Close())
	}
	return s, nil
}

// migrate runs the migrations, each of which is one statement that changes
// nothing when it has been run before.
func (s *Store) migrate(ctx context.Context) error {
	files, err := fs.Glob(migrations, "migrations/*.sql") // sorted
	if err != nil {
		return err
	}
	for _, name := range files {
		statement, err := migrations.ReadFile(name)
		if err != nil {
			return err
		}
		if err := s.conn.Exec(ctx, string(statement)); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// begin starts a call, which the caller ends with calls.RUnlock when there is no
// error.
func (s *Store) begin(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.calls.RLock()
	if s.closed {
		s.calls.RUnlock()
		return fault.New(fault.Unavailable, "the store is closed")
	}
	return nil
}

// Ping implements [telemetry.Store].
func (s *Store) Ping(ctx context.Context) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	defer s.calls.RUnlock()
	return s.faultOf(ctx, s.conn.Ping(ctx))
}

// Close implements [telemetry.Store]. It waits for the calls that have begun.
func (s *Store) Close() error {
	s.calls.Lock()
	defer s.calls.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	return s.conn.Close()
}
