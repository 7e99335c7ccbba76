package tasks

import (
	"context"

	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// Store keeps the tasks of all projects and hands each to one worker at a time,
// whatever the number of processes.
//
// Every write validates its values first (Validate of the types) and refuses them
// with fault.Invalid, text with a NUL byte among them. A lookup with such text finds
// nothing. Text is compared byte by byte. JSON comes back byte for byte.
//
// The store has no clock: now is the caller's, and the processes that share a store
// must agree on the time to within much less than a lease.
//
// A write returns nil only once it is durable. Errors carry fault codes: NotFound and
// Conflict as the methods say, Unavailable where trying again can help, after Close
// included. A cancelled context stops a call; its error then satisfies errors.Is with
// the context's.
type Store interface {
	// Enqueue stores a new task as queued, from t's project, id, kind, arguments,
	// unique key, creation time and RunAfter; everything else starts empty. When t has
	// a unique key with which a task of the project is not over yet, nothing changes
	// and that task is returned, even if somebody asked to cancel it. NotFound when the
	// project does not exist, Conflict when the id exists in it.
	Enqueue(ctx context.Context, t Task) (stored Task, created bool, err error)
	// Claim gives the caller the oldest task of those kinds that may run: queued with
	// RunAfter not after now, or running with a lease that ended at now or before. The
	// task is running with a lease until the given time, one attempt and one claim
	// more. ok is false when there is none. No two callers get one task, unless its
	// lease ended between them.
	Claim(ctx context.Context, now, until trace.Micros, kinds []string) (t Task, ok bool, err error)

	// The methods with a lease fail with Conflict, and change nothing, when it is not
	// held any more: the task was claimed again, is over, or is not there. A lease that
	// is past its time and was not taken over is still held.

	// Extend moves the end of the lease, keeps the progress, and reports whether
	// somebody asked to cancel the task.
	Extend(ctx context.Context, l Lease, now, until trace.Micros, p Progress) (cancelRequested bool, err error)
	// Finish ends the task.
	Finish(ctx context.Context, l Lease, now trace.Micros, o Outcome) error
	// Retry puts the task back after a failed attempt: queued until runAfter, with the
	// error. When somebody asked to cancel the task, it is cancelled instead.
	Retry(ctx context.Context, l Lease, now, runAfter trace.Micros, message string) error
	// Release puts the task back as if this attempt had not been: it may run at once,
	// and the attempt does not count. When somebody asked to cancel the task, it is
	// cancelled instead.
	Release(ctx context.Context, l Lease, now trace.Micros) error

	// RequestCancel asks for an end of the task and returns it as it is then: cancelled
	// when nobody is working on it (queued, or its lease ended at now or before), else
	// running with CancelRequested. A task that is over stays as it is, and so does a
	// running one that was asked before. NotFound when the project has no such task.
	RequestCancel(ctx context.Context, p id.Project, taskID string, now trace.Micros) (Task, error)
	// Get returns the task, or NotFound.
	Get(ctx context.Context, p id.Project, taskID string) (Task, error)
	// List returns the project's tasks, newest first by creation and then by id, at
	// most limit of them (Invalid when that is not positive), starting behind the task
	// with the id after ("": from the newest). NotFound when the project has no task
	// with that id; an unknown project has no tasks.
	List(ctx context.Context, p id.Project, limit int, after string) ([]Task, error)
}
