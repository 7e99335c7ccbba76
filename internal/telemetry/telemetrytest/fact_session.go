package telemetrytest

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// sessionShows expects a session, read by its id and in the list, with that
// environment, created when the first of its traces was.
func sessionShows(sessionID, environment string) fact {
	return fact{fmt.Sprintf("session %q", sessionID), func(ctx context.Context, s telemetry.Store, p id.Project) error {
		one, err := s.Session(ctx, p, sessionID)
		if err != nil {
			return err
		}
		want := trace.Session{Project: p, ID: sessionID, Environment: environment}
		traces, err := s.Traces(ctx, p, telemetry.TraceQuery{Limit: 1000})
		if err != nil {
			return err
		}
		for _, t := range traces.Traces {
			if t.SessionID != nil && *t.SessionID == sessionID && (want.CreatedAt == 0 || t.CreatedAt < want.CreatedAt) {
				want.CreatedAt = t.CreatedAt
			}
		}
		if diff := cmp.Diff(want, one); diff != "" {
			return fmt.Errorf("(-want +got)\n%s", diff)
		}
		list, err := s.Sessions(ctx, p, telemetry.SessionQuery{Limit: 1000})
		if err != nil {
			return err
		}
		if !slices.Contains(list.Sessions, one) {
			return fmt.Errorf("it is not in the list: %+v", list.Sessions)
		}
		return nil
	}}
}

// noSession expects that there is no such session.
func noSession(sessionID string) fact {
	return fact{fmt.Sprintf("session %q is not there", sessionID), func(ctx context.Context, s telemetry.Store, p id.Project) error {
		if _, err := s.Session(ctx, p, sessionID); !fault.Is(err, fault.NotFound) {
			return fmt.Errorf("got error %w, want not found", err)
		}
		return nil
	}}
}

// sessionsListed expects exactly these sessions in the list of sessions, which is
// in its order whatever the case says.
func sessionsListed(want ...string) fact {
	return fact{"the list of sessions", func(ctx context.Context, s telemetry.Store, p id.Project) error {
		list, err := s.Sessions(ctx, p, telemetry.SessionQuery{Limit: 1000, Total: true})
		if err != nil {
			return err
		}
		if !slices.IsSortedFunc(list.Sessions, compareSessions) {
			return fmt.Errorf("it is out of order: %+v", list.Sessions)
		}
		got := sessionIDs(list.Sessions)
		slices.Sort(got)
		if diff := cmp.Diff(slices.Sorted(slices.Values(append([]string{}, want...))), got, same()); diff != "" || list.Total != len(want) {
			return fmt.Errorf("total %d; (-want +got)\n%s", list.Total, diff)
		}
		return nil
	}}
}

func sessionIDs(sessions []trace.Session) []string {
	ids := make([]string, len(sessions))
	for i, s := range sessions {
		ids[i] = s.ID
	}
	return ids
}
