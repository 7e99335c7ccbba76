package telemetrytest

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// Session implements [telemetry.Reader].
func (r *Reference) Session(ctx context.Context, p id.Project, sessionID string) (trace.Session, error) {
	w, err := r.world(ctx, p)
	if err != nil {
		return trace.Session{}, err
	}
	s, ok := w.sessions[sessionID]
	if !ok {
		return trace.Session{}, fault.New(fault.NotFound, "no such session")
	}
	return s, nil
}

// Sessions implements [telemetry.Reader].
func (r *Reference) Sessions(ctx context.Context, p id.Project, q telemetry.SessionQuery) (telemetry.SessionList, error) {
	w, err := r.world(ctx, p)
	if err != nil {
		return telemetry.SessionList{}, err
	}
	var found []trace.Session
	for _, s := range w.sessions {
		if matchesSession(&s, q.Where) {
			found = append(found, s)
		}
	}
	slices.SortFunc(found, compareSessions)
	var list telemetry.SessionList
	if q.Total {
		list.Total = len(found)
	}
	list.Sessions = cut(found, q.Offset, q.Limit)
	return list, nil
}

// compareSessions orders as sessions are listed: the last created first, then
// greater id.
func compareSessions(a, b trace.Session) int {
	return cmp.Or(cmp.Compare(b.CreatedAt, a.CreatedAt), strings.Compare(b.ID, a.ID))
}

// worldSessions returns the sessions that the traces form, by id.
func (w *world) worldSessions(p id.Project) map[string]trace.Session {
	of := map[string][]*trace.Trace{}
	for _, t := range w.traces {
		if t.shown.SessionID != nil {
			of[*t.shown.SessionID] = append(of[*t.shown.SessionID], &t.shown)
		}
	}
	sessions := map[string]trace.Session{}
	for sessionID, traces := range of {
		first := slices.MinFunc(traces, func(a, b *trace.Trace) int {
			return cmp.Or(cmp.Compare(a.Timestamp, b.Timestamp), strings.Compare(a.ID, b.ID))
		})
		oldest := slices.MinFunc(traces, func(a, b *trace.Trace) int { return cmp.Compare(a.CreatedAt, b.CreatedAt) })
		sessions[sessionID] = trace.Session{Project: p, ID: sessionID, Environment: first.Environment, CreatedAt: oldest.CreatedAt}
	}
	return sessions
}
