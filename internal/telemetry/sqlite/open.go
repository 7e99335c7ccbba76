package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pressly/goose/v3"
	driver "modernc.org/sqlite"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
)

// Config says where the store is and how it works. Path and Folder are needed;
// the zero value of everything else means its default.
type Config struct {
	// Path of the database file. It is created, readable by its owner only, when
	// it does not exist; two more files lie beside it while the store is open.
	Path   string
	Folder *fold.Folder
	Logger *slog.Logger     // default: none
	Now    func() time.Time // default: time.Now; for created and updated times

	// Synchronous is "FULL", the default, which is what the contract needs, or
	// "OFF", with which a power cut loses what was acknowledged. The latter is for
	// tests that must be able to see the difference.
	Synchronous string

	// Observe is called by the writer after each commit; it must return quickly.
	Observe func(CommitStats)

	ReadConns    int           // connections that read; default: twice the CPUs, 4 to 16
	QueueRecords int           // records that may wait or be in work; default 200,000
	QueueBytes   int64         // their size; default 256 MiB
	GroupRecords int           // records of one transaction, unless one call has more; default 8,000
	GroupBytes   int64         // their compressed size; default 16 MiB
	CacheBytes   int           // memory for recent traces; texts take as much again; default 16 MiB
	CountLimit   time.Duration // after which a count is refused; default 2 s

	// What tests make small: the layout; how many observations of a trace, and how
	// many without a trace, are known by id in memory; up to how many traces a list
	// of observations goes through one by one.
	layout                         layout
	liveIDs, unnamedIDs, fewTraces int
}

// CommitStats describes one commit.
type CommitStats struct {
	Calls    int // of Write and DeleteScore
	Records  int
	Entities int   // as which the calls' records were folded
	Bytes    int64 // compressed
	Duration time.Duration
}

func (c Config) withDefaults() Config {
	set := func(p *int, v int) {
		if *p == 0 {
			*p = v
		}
	}
	set(&c.ReadConns, min(max(2*runtime.GOMAXPROCS(0), 4), 16))
	set(&c.QueueRecords, 200_000)
	set(&c.GroupRecords, 8_000)
	set(&c.CacheBytes, 16<<20)
	if c.QueueBytes == 0 {
		c.QueueBytes = 256 << 20
	}
	if c.GroupBytes == 0 {
		c.GroupBytes = 16 << 20
	}
	if c.CountLimit == 0 {
		c.CountLimit = 2 * time.Second
	}
	if c.layout == (layout{}) {
		c.layout = defaultLayout()
	}
	set(&c.liveIDs, 4096)
	set(&c.unnamedIDs, 1<<16)
	set(&c.fewTraces, 1000) // about what a page out of all observations costs
	if c.Synchronous == "" {
		c.Synchronous = "FULL"
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

// Store is the embedded telemetry engine.
type Store struct {
	cfg      Config
	log      *slog.Logger
	now      func() time.Time
	folder   *fold.Folder
	squeezer *squeezer
	texts    *texts
	arrivals atomic.Int64

	queue   *queue
	writer  *writer
	readers *sql.DB

	done     sync.WaitGroup // the writer's goroutine
	closing  sync.Once
	closeErr error
}

var _ telemetry.Store = (*Store)(nil)

//go:embed migrations/*.sql
var migrations embed.FS

// Open opens the store, creating the file or bringing its schema up to date where
// needed. It fails when the file was written by a newer version.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	cfg = cfg.withDefaults()
	switch {
	case cfg.Path == "" || cfg.Folder == nil:
		return nil, errors.New("sqlite store: a path and a fold table are needed")
	case cfg.Synchronous != "FULL" && cfg.Synchronous != "OFF":
		return nil, fmt.Errorf("sqlite store: synchronous is FULL or OFF, not %q", cfg.Synchronous)
	}
	s := &Store{
		cfg: cfg, log: cfg.Logger, now: cfg.Now, folder: cfg.Folder, texts: newTexts(cfg.CacheBytes / 2),
		queue: newQueue(claim{cfg.QueueRecords, cfg.QueueBytes}),
	}
	if err := s.open(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open telemetry store %s: %w", cfg.Path, err), s.release())
	}
	s.done.Go(s.writer.run)
	return s, nil
}

func (s *Store) open(ctx context.Context) error {
	if err := touch(s.cfg.Path); err != nil {
		return err
	}
	if err := migrate(ctx, s.dsn(false)); err != nil {
		return err
	}
	var err error
	if s.squeezer, err = newSqueezer(); err != nil {
		return err
	}
	connector, err := driver.NewConnector(s.dsn(false))
	if err != nil {
		return err
	}
	dc, err := connector.Connect(ctx)
	if err != nil {
		return err
	}
	c := newConn(dc)
	if s.writer, err = newWriter(s, c); err != nil {
		return errors.Join(err, c.close())
	}
	if s.readers, err = sql.Open("sqlite", s.dsn(true)); err != nil {
		return err
	}
	s.readers.SetMaxOpenConns(s.cfg.ReadConns)
	s.readers.SetMaxIdleConns(s.cfg.ReadConns)
	s.readers.SetConnMaxIdleTime(time.Minute) // and with it its cache of pages
	return s.readers.PingContext(ctx)
}

// touch creates the file if there is none, for its owner only. SQLite gives the
// files beside it the same mode.
func touch(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// dsn returns the data source name of a connection that writes or one that can
// only read.
func (s *Store) dsn(readOnly bool) string {
	// The driver sets the busy timeout first, since the others may have to wait
	// already, then the listed ones in alphabetical order and the journal mode
	// after them, which is what the page size needs: it holds only for a file
	// that has no page yet.
	pragmas := []string{
		"busy_timeout(10000)", "page_size(8192)", "synchronous(" + s.cfg.Synchronous + ")", "trusted_schema(0)",
		"wal_autocheckpoint(8000)", "journal_size_limit(134217728)",
	}
	if readOnly {
		pragmas = append(pragmas, "query_only(1)", "cache_size(-8192)")
	} else {
		pragmas = append(pragmas, "cache_size(-32768)")
	}
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: s.cfg.Path}).EscapedPath()}
	u.RawQuery = url.Values{"_pragma": pragmas, "_journal_mode": {"WAL"}}.Encode()
	return u.String()
}

// migrate brings the schema up to date.
func migrate(ctx context.Context, dsn string) error {
	return migrateWith(dsn, func(p *goose.Provider) error {
		current, known, err := p.GetVersions(ctx)
		if err != nil {
			return fmt.Errorf("read schema version: %w", err)
		}
		if current > known {
			return fmt.Errorf("the file was written by a newer version of this program (its schema is %d, this program knows up to %d)", current, known)
		}
		if _, err := p.Up(ctx); err != nil {
			return fmt.Errorf("bring schema up to date: %w", err)
		}
		return nil
	})
}

// migrateWith does something with the migrations on a connection of its own.
func migrateWith(dsn string, do func(p *goose.Provider) error) (err error) {
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, dir, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	return do(p)
}

// Ping implements [telemetry.Store].
func (s *Store) Ping(ctx context.Context) error {
	if err := s.queue.open(); err != nil {
		return err
	}
	return s.readFault(ctx, s.readers.PingContext(ctx))
}

// Close implements [telemetry.Store]. What Write has queued is stored first.
func (s *Store) Close() error {
	s.closing.Do(func() {
		s.queue.close()
		s.done.Wait()
		s.closeErr = s.release()
	})
	return s.closeErr
}

// release closes what was opened.
func (s *Store) release() error {
	var errs []error
	if s.readers != nil {
		errs = append(errs, s.readers.Close())
	}
	if s.writer != nil {
		errs = append(errs, s.writer.conn.close())
	}
	if s.squeezer != nil {
		s.squeezer.close()
	}
	return errors.Join(errs...)
}
