// Package tasks owns the work that people start and do not wait for: queued in the
// metadata database, done by whichever process runs a worker, watched and cancelled
// through its id.
//
// A task is done at least once, not exactly once: a process that dies leaves its task
// to another one, and a failed attempt is repeated. So handlers must be idempotent.
// The package knows no kind of task and no storage engine; whoever owns a kind of
// work registers a [Handler] for it. It keeps no schedule.
//
// [Service.Run] has one goroutine for each task that may run at once, and, while a
// handler runs, a second one that keeps the task's lease. Both end before Run
// returns. Nothing else starts goroutines.
package tasks
