package tasks

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// enter makes the running task known to Cancel until leave is called.
func (s *Service) enter(t Task, cancel context.CancelCauseFunc) (leave func()) {
	k := key{t.Project, t.ID}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.working[k] = cancel
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.working, k)
	}
}

// keepLease renews the lease and writes the progress until stop is called, whether
// ctx has ended or not: while a handler winds up nobody else may start. It calls
// cancel when the task was cancelled or lost.
func (a *attempt) keepLease(ctx context.Context, cancel context.CancelCauseFunc) (stop func()) {
	ctx, end := context.WithCancel(context.WithoutCancel(ctx))
	var keeper sync.WaitGroup
	keeper.Go(func() { a.keep(ctx, cancel) })
	return func() {
		end()
		keeper.Wait()
	}
}

func (a *attempt) keep(ctx context.Context, cancel context.CancelCauseFunc) {
	third := a.s.cfg.Lease / 3
	tick := time.NewTicker(min(a.s.cfg.Poll, third))
	defer tick.Stop()
	written, at, failing := a.noted(), a.s.cfg.Now(), false
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		progress, now := a.noted(), a.s.cfg.Now()
		if progress == written && now.Sub(at) < third {
			continue
		}
		cancelRequested, err := a.extend(ctx, now, progress)
		switch {
		case ctx.Err() != nil:
			return
		case err == nil:
			a.until = now.Add(a.s.cfg.Lease)
			written, at, failing = progress, now, false
			if cancelRequested {
				cancel(errCancelled)
			}
		case fault.Is(err, fault.Conflict), !a.s.cfg.Now().Before(a.until):
			cancel(errLost)
			return
		case !failing: // once, not every second
			failing = true
			a.log.Warn("cannot renew the lease of a task", slog.Any("error", err))
		}
	}
}

// extend renews the lease; the call does not outlast the lease by much.
func (a *attempt) extend(ctx context.Context, now time.Time, p Progress) (cancelRequested bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, max(a.until.Sub(now), time.Second))
	defer cancel()
	return a.s.store.Extend(ctx, a.task.Lease(), trace.MicrosOf(now), trace.MicrosOf(now.Add(a.s.cfg.Lease)), p)
}
