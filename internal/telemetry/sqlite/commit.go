package sqlite

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/fusebox-llm/fusebox/internal/trace"
)

// writer owns the connection that writes and everything that only the writer's
// goroutine touches.
type writer struct {
	store  *Store
	conn   *conn
	intern *interner
	recent *lru[traceKey, *liveTrace]

	nextT   int64 // next new trace or extent; numbers are not used twice
	nextS   int64 // next new score
	unnamed unnamed
	aliased map[int64]bool // projects that have aliases; it may name too many
	version int64          // of the file, which changes when another connection has written

	insertObservations, insertPayloads map[int]string // by number of rows
	updateObservation                  string
	insertTrace, updateTrace           string
	insertScore, updateScore           string
	insertSession, updateSession       string
}

func newWriter(s *Store, c *conn) (*writer, error) {
	w := &writer{
		store: s, conn: c, version: -1, recent: newLRU[traceKey, *liveTrace](s.cfg.CacheBytes),
		intern:             newInterner(c, s.texts, s.cfg.CacheBytes/2),
		insertObservations: map[int]string{}, insertPayloads: map[int]string{},
		updateObservation: updateSQL("observations", observationColumns),
		insertTrace:       insertSQL("traces", traceColumns, 1),
		updateTrace:       updateSQL("traces", traceColumns),
		insertScore:       insertSQL("scores", scoreColumns, 1),
		updateScore:       updateSQL("scores", scoreColumns),
		insertSession:     insertSQL("sessions", sessionColumns, 1),
		updateSession:     updateSQL("sessions", sessionColumns),
	}
	for _, n := range batchSizes() {
		w.insertObservations[n] = insertSQL("observations", observationColumns, n)
		w.insertPayloads[n] = insertSQL("payload", "r, body, extra", n)
	}
	if err := w.keepUp(); err != nil {
		return nil, fmt.Errorf("read where the last process stopped: %w", err)
	}
	return w, nil
}

// resume reads what the writer has to know of the file before it can write.
func (w *writer) resume() error {
	w.recent.clear()
	w.intern.clear()
	w.unnamed = unnamed{limit: w.store.cfg.unnamedIDs, counts: map[uint32]int{}}
	for _, query := range []string{"SELECT MAX(t) FROM traces", "SELECT MAX(extent) FROM extents"} {
		n, _, err := w.conn.queryInt(query)
		if err != nil {
			return err
		}
		w.nextT = max(w.nextT, n+1)
	}
	n, _, err := w.conn.queryInt("SELECT MAX(id) FROM strings")
	if err != nil {
		return err
	}
	w.intern.next = n + 1
	if n, _, err = w.conn.queryInt("SELECT MAX(s) FROM scores"); err != nil {
		return err
	}
	w.nextS = n + 1
	if err := w.loadAliased(); err != nil {
		return err
	}
	return w.conn.query("SELECT k FROM observations WHERE flags & 8 = 0 LIMIT ?", func(v []any) error {
		w.unnamed.add(uint32(intOf(v[0])))
		return nil
	}, int64(w.store.cfg.unnamedIDs+1))
}

// run is the writer's goroutine. It ends when the queue is closed and empty.
func (w *writer) run() {
	limit := claim{w.store.cfg.GroupRecords, w.store.cfg.GroupBytes}
	for {
		jobs := w.store.queue.take(limit)
		if len(jobs) == 0 {
			return
		}
		w.commit(jobs)
		for _, q := range jobs {
			w.store.queue.release(q.claim)
			q.job.done <- q.job.answer
		}
	}
}

// commit stores a group of jobs in one transaction. When that fails, each is
// tried alone, so that one bad job fails alone.
func (w *writer) commit(group []queued) {
	jobs := make([]*job, 0, len(group))
	for _, q := range group {
		// Nobody waits for a job whose caller has left.
		if q.job.answer = q.job.ctx.Err(); q.job.answer == nil {
			jobs = append(jobs, q.job)
		}
	}
	if len(jobs) == 0 {
		return
	}
	err := w.transact(jobs)
	if err == nil {
		return
	}
	if len(jobs) == 1 {
		jobs[0].answer = w.store.faultOf(err)
		return
	}
	w.store.log.LogAttrs(context.Background(), slog.LevelWarn, "group commit failed, trying each call alone",
		slog.Int("calls", len(jobs)), slog.Any("error", err))
	for _, j := range jobs {
		j.answer = w.store.faultOf(w.transact([]*job{j}))
	}
}

// transact stores jobs in one transaction. Nothing of it is left when it fails,
// neither in the file nor in memory.
func (w *writer) transact(jobs []*job) (err error) {
	now := w.store.now()
	x := &txn{
		w: w, now: trace.MicrosOf(now), traces: map[traceKey]*liveTrace{},
		byHash: map[uint64]*liveRow{}, byR: map[int64]*liveRow{}, cells: map[observationCell]observationSums{},
	}
	w.intern.begin()
	if err := w.begin(); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer func() {
		// A panic while folding one call's data must not take the others' with it.
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
		if err != nil {
			x.rollback()
		}
	}()
	if err := w.keepUp(); err != nil {
		return err
	}
	x.firstNew = w.intern.next
	for _, j := range jobs {
		if err := x.apply(j); err != nil {
			return err
		}
	}
	if err := x.flush(); err != nil {
		return err
	}
	if err := w.conn.exec("COMMIT"); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	x.committed()
	w.report(jobs, w.store.now().Sub(now))
	return nil
}

// begin begins a transaction. One that could not be rolled back, because the disk
// failed, is ended first.
func (w *writer) begin() error {
	err := w.conn.exec("BEGIN IMMEDIATE")
	if err != nil && w.conn.exec("ROLLBACK") == nil {
		err = w.conn.exec("BEGIN IMMEDIATE")
	}
	return err
}

// keepUp forgets what it knows when somebody else has written to the file, an
// administrator with the sqlite3 tool for instance.
func (w *writer) keepUp() error {
	v, _, err := w.conn.queryInt("PRAGMA data_version")
	if err != nil || v == w.version {
		return err
	}
	w.version = v
	return w.resume()
}

// committed makes the transaction's state the one that the next starts from.
func (x *txn) committed() {
	for _, h := range x.newlyNamed {
		x.w.unnamed.remove(h)
	}
	for _, t := range x.traces {
		x.w.remember(t)
	}
}

// rollback ends a failed transaction and forgets everything that it has touched.
func (x *txn) rollback() {
	// SQLite may have rolled back by itself, in which case this fails.
	if err := x.w.conn.exec("ROLLBACK"); err != nil {
		x.w.store.log.LogAttrs(context.Background(), slog.LevelDebug, "rollback", slog.Any("error", err))
	}
	x.w.intern.undo()
	for _, h := range x.newlyUnnamed {
		x.w.unnamed.remove(h)
	}
	for key := range x.traces {
		x.w.recent.drop(key)
	}
}

func (w *writer) report(jobs []*job, d time.Duration) {
	if w.store.cfg.Observe == nil {
		return
	}
	stats := CommitStats{Calls: len(jobs), Duration: d}
	for _, j := range jobs {
		stats.Records += j.records
		stats.Entities += len(j.items)
		stats.Bytes += j.size
	}
	w.store.cfg.Observe(stats)
}
