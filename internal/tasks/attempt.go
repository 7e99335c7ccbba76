package tasks

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// Why a handler's context ends, besides the end of Run.
var (
	errCancelled = errors.New("the task was cancelled")
	errLost      = errors.New("the task was lost to another worker")
	errOver      = errors.New("the task is over")
)

// grace is how long one write of a task's end may take. A server that stops waits no
// longer than that for it.
const grace = 5 * time.Second

// attempt is one attempt at a task, from the claim to the end.
type attempt struct {
	s    *Service
	task Task
	log  *slog.Logger
	// until is the end of the lease. It belongs to the goroutine that keeps the lease
	// while there is one.
	until time.Time

	mu       sync.Mutex
	progress Progress
}

// work makes one attempt at a task that was claimed.
func (s *Service) work(ctx context.Context, t Task) {
	began := s.cfg.Now()
	a := &attempt{
		s:    s,
		task: t,
		log: s.log.With(slog.String("task", t.ID), slog.String("kind", t.Kind),
			slog.String("project", string(t.Project)), slog.Int("attempt", t.Attempts)),
		until:    t.LeaseUntil.Time(),
		progress: t.Progress,
	}
	status := a.do(ctx)
	s.cfg.Observe(Attempt{Kind: t.Kind, Status: status, Duration: s.cfg.Now().Sub(began)})
}

// do makes the attempt and returns the status that the task has afterwards.
func (a *attempt) do(ctx context.Context) Status {
	switch t := a.task; {
	case t.CancelRequested: // of a worker that is gone
		return a.finish(ctx, Outcome{Status: Cancelled})
	case t.Attempts > a.s.cfg.Attempts:
		// A task that takes its server down would otherwise do so for ever.
		a.log.Error("task given up: its last worker never said how it ended")
		return a.finish(ctx, Outcome{
			Status: Failed,
			Error:  fmt.Sprintf("given up after %d attempts; the server stopped during the last one", t.Attempts-1),
		})
	}
	working, cancel := context.WithCancelCause(ctx)
	defer cancel(errOver)
	leave := a.s.enter(a.task, cancel)
	stop := a.keepLease(ctx, cancel)
	result, err := a.call(working, a.s.handler(a.task.Kind))
	cause := context.Cause(working) // before the handler's end adds one
	stop()
	leave()

	switch {
	case err == nil:
		return a.succeed(ctx, result)
	case errors.Is(cause, errCancelled):
		a.log.Info("task cancelled")
		return a.finish(ctx, Outcome{Status: Cancelled})
	case errors.Is(cause, errLost):
		a.log.Warn("task lost: its lease could not be kept", slog.Any("error", err))
		return Running
	case fault.Is(err, fault.Invalid):
		return a.fail(ctx, err)
	case ctx.Err() != nil:
		a.log.Info("task put back: the server stops")
		return a.settle(ctx, Queued, func(ctx context.Context) error {
			return a.s.store.Release(ctx, a.task.Lease(), a.s.clock())
		})
	case a.task.Attempts >= a.s.cfg.Attempts:
		return a.fail(ctx, err)
	default:
		return a.retry(ctx, err)
	}
}

// call runs the handler; a panic is an error like any other.
func (a *attempt) call(ctx context.Context, h Handler) (result any, err error) {
	defer func() {
		if p := recover(); p != nil {
			a.log.Error("task handler panicked", slog.Any("panic", p), slog.String("stack", string(debug.Stack())))
			err = fmt.Errorf("the handler panicked: %v", p)
		}
	}()
	return h(ctx, a.task, func(done, total int64) error {
		a.mu.Lock()
		a.progress = Progress{Done: max(done, 0), Total: max(total, 0)}
		a.mu.Unlock()
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return nil
	})
}

func (a *attempt) noted() Progress {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.progress
}

func (a *attempt) succeed(ctx context.Context, result any) Status {
	var text string
	if result != nil {
		var err error
		if text, err = marshal(result); err == nil {
			err = checkJSON("result of a task", text)
		}
		if err != nil { // the same result would come out of every attempt
			return a.fail(ctx, fmt.Errorf("store the result: %w", err))
		}
	}
	a.log.Info("task succeeded")
	return a.finish(ctx, Outcome{Status: Succeeded, Result: text})
}

func (a *attempt) fail(ctx context.Context, err error) Status {
	a.log.Error("task failed", slog.Any("error", err))
	return a.finish(ctx, Outcome{Status: Failed, Error: message(err)})
}

func (a *attempt) retry(ctx context.Context, err error) Status {
	wait := a.s.wait(a.task.Attempts, err)
	a.log.Warn("attempt at a task failed", slog.Any("error", err), slog.Duration("wait", wait))
	return a.settle(ctx, Queued, func(ctx context.Context) error {
		now := a.s.cfg.Now()
		return a.s.store.Retry(ctx, a.task.Lease(), trace.MicrosOf(now), trace.MicrosOf(now.Add(wait)), message(err))
	})
}

func (a *attempt) finish(ctx context.Context, o Outcome) Status {
	o.Progress = a.noted()
	return a.settle(ctx, o.Status, func(ctx context.Context) error {
		return a.s.store.Finish(ctx, a.task.Lease(), a.s.clock(), o)
	})
}

// settle writes how the attempt ended, again and again while the store is not
// available and the lease lasts. What cannot be written is found and repeated by
// whoever claims the task when the lease is over.
func (a *attempt) settle(ctx context.Context, then Status, write func(context.Context) error) Status {
	for {
		err := a.once(ctx, write)
		switch {
		case err == nil:
			return then
		case fault.Is(err, fault.Conflict):
			a.log.Warn("the end of a task was not written: another worker has taken it")
			return Running
		case !fault.Is(err, fault.Unavailable), ctx.Err() != nil, !a.s.cfg.Now().Before(a.until):
			a.log.Error("the end of a task was not written; it will be done again", slog.Any("error", err))
			return Running
		}
		a.s.rest(ctx, false)
	}
}

// once calls write, also after the end of ctx.
func (a *attempt) once(ctx context.Context, write func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	return write(ctx)
}

// message returns what people may read about an error.
func message(err error) string {
	text := "internal error; the log of the server says more"
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Code != fault.Internal {
		text = f.Message
	}
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
	if len(text) > MaxNote {
		text = strings.ToValidUTF8(text[:MaxNote], "") // a character that was cut through
	}
	return text
}
