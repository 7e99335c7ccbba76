package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/tasks"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// taskStore is the tasks.Store of a metadata database.
type taskStore struct{ db *DB }

var _ tasks.Store = taskStore{}

const (
	taskColumns = `project_id, id, kind, args, unique_key, status, done, total, result, error, attempts, claims,
       cancel_requested, run_after, lease_until, created_at, updated_at, started_at, finished_at`

	// The existing task comes back through an update that changes nothing: between an
	// insert that did nothing and a look at what stood in its way, that may be over.
	// Nothing comes back when the task stands in its own way.
	insertTask = `
INSERT INTO tasks (` + taskColumns + `)
VALUES ($1, $2, $3, $4, $5, 'queued', 0, 0, '', '', 0, 0, 0, $6, NULL, $7, $7, NULL, NULL)
ON CONFLICT (project_id, unique_key) WHERE unique_key <> '' AND status IN ('queued', 'running')
DO UPDATE SET unique_key = excluded.unique_key WHERE tasks.id <> excluded.id
RETURNING ` + taskColumns

	selectTask = `
SELECT ` + taskColumns + `
FROM tasks`

	// What is claimed, for the kinds that follow. The first condition is what makes the
	// index of open tasks fit.
	runnable = `status IN ('queued', 'running')
  AND CASE status WHEN 'queued' THEN run_after ELSE lease_until END <= $1 AND kind IN `

	// Whoever holds a lease; the arguments are those of held.
	heldLease = `
WHERE project_id = $1 AND id = $2 AND claims = $3 AND status = 'running'`

	// What becomes of a task that goes back to the queue.
	backInQueue = `lease_until = NULL, updated_at = $4,
  status = CASE cancel_requested WHEN 0 THEN 'queued' ELSE 'cancelled' END,
  finished_at = CASE cancel_requested WHEN 0 THEN finished_at ELSE $4 END`
)

// Enqueue implements tasks.Store.
func (s taskStore) Enqueue(ctx context.Context, t tasks.Task) (stored tasks.Task, created bool, err error) {
	if err := t.Validate(); err != nil {
		return tasks.Task{}, false, err
	}
	err = s.db.tx(ctx, func(tx *sql.Tx) error {
		stored, err = scanTask(tx.QueryRowContext(ctx, insertTask,
			t.Project, t.ID, t.Kind, t.Args, t.Unique, t.RunAfter, t.CreatedAt))
		switch problem := s.db.dialect.classify(err); {
		case problem == uniqueViolation, errors.Is(err, sql.ErrNoRows):
			return fault.Wrap(fault.Conflict, err, "task %q exists already", t.ID)
		case problem == foreignViolation:
			return fault.Wrap(fault.NotFound, err, "project %q does not exist", t.Project)
		}
		return err
	})
	if err != nil {
		return tasks.Task{}, false, s.db.fail(ctx, "enqueue task", err)
	}
	return stored, stored.ID == t.ID, nil
}

// Claim implements tasks.Store.
func (s taskStore) Claim(ctx context.Context, now, until trace.Micros, kinds []string) (t tasks.Task, ok bool, err error) {
	if len(kinds) == 0 {
		return tasks.Task{}, false, nil
	}
	args := []any{now}
	for _, kind := range kinds {
		args = append(args, kind)
	}
	// Workers ask all the time and mostly in vain, so they ask without a lock first.
	where := runnable + placeholders(2, len(kinds))
	var some bool
	err = s.db.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM tasks WHERE `+where+`)`, args...).Scan(&some)
	if err != nil || !some {
		return tasks.Task{}, false, s.db.fail(ctx, "look for a task", err)
	}
	err = s.db.tx(ctx, func(tx *sql.Tx) error {
		// The outer condition repeats the inner one for engines on which another worker
		// may have changed the row in between.
		t, err = scanTask(tx.QueryRowContext(ctx, `
UPDATE tasks SET status = 'running', claims = claims + 1, attempts = attempts + 1,
  updated_at = $1, started_at = COALESCE(started_at, $1), lease_until = `+placeholders(len(args)+1, 1)+`
WHERE (project_id, id) = (
    SELECT project_id, id FROM tasks WHERE `+where+`
    ORDER BY created_at, project_id, id LIMIT 1)
  AND `+where+`
RETURNING `+taskColumns, append(args, until)...))
		if errors.Is(err, sql.ErrNoRows) { // somebody was faster
			return nil
		}
		ok = err == nil
		return err
	})
	if err != nil || !ok {
		return tasks.Task{}, false, s.db.fail(ctx, "claim task", err)
	}
	return t, true, nil
}

// Extend implements tasks.Store.
func (s taskStore) Extend(ctx context.Context, l tasks.Lease, now, until trace.Micros, p tasks.Progress) (cancelRequested bool, err error) {
	if err := p.Validate(); err != nil {
		return false, err
	}
	err = s.held(ctx, "extend lease of task", &cancelRequested,
		`UPDATE tasks SET lease_until = $5, updated_at = $4, done = $6, total = $7`, l, now, until, p.Done, p.Total)
	return cancelRequested && err == nil, err
}

// Finish implements tasks.Store.
func (s taskStore) Finish(ctx context.Context, l tasks.Lease, now trace.Micros, o tasks.Outcome) error {
	if err := o.Validate(); err != nil {
		return err
	}
	var cancelRequested bool
	return s.held(ctx, "finish task", &cancelRequested, `
UPDATE tasks SET lease_until = NULL, updated_at = $4, finished_at = $4, status = $5, done = $6, total = $7, result = $8, error = $9`,
		l, now, o.Status, o.Done, o.Total, o.Result, o.Error)
}

// Retry implements tasks.Store.
func (s taskStore) Retry(ctx context.Context, l tasks.Lease, now, runAfter trace.Micros, message string) error {
	if err := tasks.CheckError(message); err != nil {
		return err
	}
	var cancelRequested bool
	return s.held(ctx, "retry task", &cancelRequested,
		`UPDATE tasks SET `+backInQueue+`, run_after = $5, error = $6`, l, now, runAfter, message)
}

// Release implements tasks.Store.
func (s taskStore) Release(ctx context.Context, l tasks.Lease, now trace.Micros) error {
	var cancelRequested bool
	return s.held(ctx, "release task", &cancelRequested,
		`UPDATE tasks SET `+backInQueue+`, run_after = $4, attempts = attempts - 1`, l, now)
}

// held changes a task that the caller holds. The update's arguments are numbered from
// 4, the time.
func (s taskStore) held(ctx context.Context, op string, cancelRequested *bool, update string, l tasks.Lease, args ...any) error {
	lost := fault.New(fault.Conflict, "the task is not in the hands of this worker any more")
	if !storable(string(l.Project)) || !storable(l.ID) {
		return lost
	}
	args = append([]any{l.Project, l.ID, l.Claim}, args...)
	err := s.db.tx(ctx, func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, update+heldLease+` RETURNING cancel_requested`, args...).Scan(cancelRequested)
		if errors.Is(err, sql.ErrNoRows) {
			return lost
		}
		return err
	})
	return s.db.fail(ctx, op, err)
}

// RequestCancel implements tasks.Store.
func (s taskStore) RequestCancel(ctx context.Context, p id.Project, taskID string, now trace.Micros) (t tasks.Task, err error) {
	if !storable(string(p)) || !storable(taskID) {
		return tasks.Task{}, taskNotFound()
	}
	err = s.db.tx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `
UPDATE tasks SET cancel_requested = 1, updated_at = $3
WHERE project_id = $1 AND id = $2 AND status IN ('queued', 'running') AND cancel_requested = 0`, p, taskID, now); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `
UPDATE tasks SET status = 'cancelled', lease_until = NULL, updated_at = $3, finished_at = $3
WHERE project_id = $1 AND id = $2 AND (status = 'queued' OR status = 'running' AND lease_until <= $3)`, p, taskID, now); err != nil {
			return err
		}
		t, err = scanTask(tx.QueryRowContext(ctx, selectTask+` WHERE project_id = $1 AND id = $2`, p, taskID))
		return err
	})
	return s.one(ctx, "cancel task", t, err)
}

// Get implements tasks.Store.
func (s taskStore) Get(ctx context.Context, p id.Project, taskID string) (tasks.Task, error) {
	if !storable(string(p)) || !storable(taskID) {
		return tasks.Task{}, taskNotFound()
	}
	t, err := scanTask(s.db.read.QueryRowContext(ctx, selectTask+` WHERE project_id = $1 AND id = $2`, p, taskID))
	return s.one(ctx, "read task", t, err)
}

func (s taskStore) one(ctx context.Context, op string, t tasks.Task, err error) (tasks.Task, error) {
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return tasks.Task{}, taskNotFound()
	case err != nil:
		return tasks.Task{}, s.db.fail(ctx, op, err)
	}
	return t, nil
}

// List implements tasks.Store.
func (s taskStore) List(ctx context.Context, p id.Project, limit int, after string) ([]tasks.Task, error) {
	if limit <= 0 {
		return nil, fault.New(fault.Invalid, "a list of tasks needs a limit, not %d", limit)
	}
	query, args := selectTask+` WHERE project_id = $1`, []any{p, limit}
	if after != "" {
		last, err := s.Get(ctx, p, after)
		if err != nil {
			return nil, err
		}
		query, args = query+` AND (created_at, id) < ($3, $4)`, append(args, last.CreatedAt, last.ID)
	} else if !storable(string(p)) {
		return nil, nil
	}
	rows, err := s.db.read.QueryContext(ctx, query+` ORDER BY created_at DESC, id DESC LIMIT $2`, args...)
	if err != nil {
		return nil, s.db.fail(ctx, "list tasks", err)
	}
	all, err := collect(rows, func(r *sql.Rows) (tasks.Task, error) { return scanTask(r) })
	if err != nil {
		return nil, s.db.fail(ctx, "list tasks", err)
	}
	return all, nil
}

func scanTask(row interface{ Scan(...any) error }) (t tasks.Task, err error) {
	err = row.Scan(&t.Project, &t.ID, &t.Kind, &t.Args, &t.Unique, &t.Status, &t.Done, &t.Total, &t.Result, &t.Error,
		&t.Attempts, &t.Claims, &t.CancelRequested, &t.RunAfter, &t.LeaseUntil, &t.CreatedAt, &t.UpdatedAt, &t.StartedAt, &t.FinishedAt)
	if err != nil {
		return tasks.Task{}, err
	}
	return t, nil
}

func taskNotFound() error { return fault.New(fault.NotFound, "no such task in this project") }

// placeholders returns a list of n arguments, the first of which has the given number.
func placeholders(first, n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("$%d", first+i)
	}
	return "(" + strings.Join(list, ", ") + ")"
}
