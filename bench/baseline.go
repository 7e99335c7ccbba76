package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"syscall"
	"time"

	_ "modernc.org/sqlite" // the driver that the server uses too

	"github.com/fusebox-llm/fusebox/internal/testkit/load"
)

type written struct {
	n     int
	cpu   time.Duration
	bytes int64
}

// baseline writes the same observations into one plain SQLite table with full
// sync, batch by batch: what the disk and the engine cost without anything that
// makes it a product.
func baseline(ctx context.Context, path string, o options) (written, error) {
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		return written{}, err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, `CREATE TABLE observation (id TEXT, trace TEXT, parent TEXT, name TEXT, input TEXT, output TEXT, PRIMARY KEY (trace, id)) WITHOUT ROWID`); err != nil {
		return written{}, err
	}
	var (
		out written
		gen = load.New(99, time.Now())
	)
	for out.n < o.observations {
		r := gen.Request(o.traces)
		before := ownCPU()
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return written{}, err
		}
		for _, ob := range r.Observations {
			if _, err := tx.ExecContext(ctx, `INSERT INTO observation VALUES (?, ?, ?, ?, ?, ?)`, ob.ID, ob.TraceID, ob.ParentID, ob.Name, ob.Input, ob.Output); err != nil {
				return written{}, fmt.Errorf("baseline: %w", err)
			}
		}
		if err := tx.Commit(); err != nil {
			return written{}, err
		}
		out.cpu += ownCPU() - before
		out.n += len(r.Observations)
	}
	if _, err := db.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`); err != nil {
		return written{}, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return written{}, err
	}
	out.bytes = info.Size()
	return out, nil
}

func ownCPU() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
