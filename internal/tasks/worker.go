package tasks

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/fusebox-llm/fusebox/internal/trace"
)

// Run does tasks of the registered kinds until ctx ends, and then returns nil once
// the handlers have returned: their contexts end with ctx. A task whose handler then
// gives up is put back without counting the attempt. Run is called once.
func (s *Service) Run(ctx context.Context) error {
	var slots sync.WaitGroup
	for range s.cfg.Slots {
		slots.Go(func() { s.slot(ctx) })
	}
	slots.Wait()
	return nil
}

// slot does one task after the other.
func (s *Service) slot(ctx context.Context) {
	failing := false
	for ctx.Err() == nil {
		now := s.cfg.Now()
		t, ok, err := s.store.Claim(ctx, trace.MicrosOf(now), trace.MicrosOf(now.Add(s.cfg.Lease)), s.kinds())
		switch {
		case err != nil && ctx.Err() != nil:
			return
		case err != nil:
			if !failing { // once, not every second
				s.log.Warn("cannot look for tasks", slog.Any("error", err))
			}
			failing = true
			s.rest(ctx, false)
		case ok:
			failing = false
			s.work(ctx, t)
		default:
			failing = false
			s.rest(ctx, true)
		}
	}
}

// rest waits for the next look, or where it may, until the slot is woken.
func (s *Service) rest(ctx context.Context, wakeable bool) {
	wake := s.wake
	if !wakeable {
		wake = nil
	}
	timer := time.NewTimer(s.cfg.Poll)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	case <-wake:
	}
}
