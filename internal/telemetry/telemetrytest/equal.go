package telemetrytest

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/score"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// same are the options under which answers of two stores are compared: texts
// byte for byte, but metadata with its keys in any order; nil as empty; created
// and updated times aside, since they are outside the rule.
func same() cmp.Options {
	return append(sameWithTimes(),
		cmpopts.IgnoreFields(trace.Trace{}, "CreatedAt", "UpdatedAt"),
		cmpopts.IgnoreFields(trace.Observation{}, "CreatedAt", "UpdatedAt"),
		cmpopts.IgnoreFields(trace.Session{}, "CreatedAt"),
		cmpopts.IgnoreFields(score.Score{}, "CreatedAt", "UpdatedAt"))
}

func sameWithTimes() cmp.Options {
	return cmp.Options{
		cmpopts.EquateEmpty(),
		cmp.Transformer("metadata", func(m trace.Metadata) plainMetadata {
			return plainMetadata{canonical(m.Object), slices.SortedFunc(slices.Values(m.Blobs), func(a, b trace.BlobLeaf) int { return slices.Compare(a.Path, b.Path) })}
		}),
		cmp.Transformer("text", func(t trace.Text) plainText {
			if t.Ref == "" {
				t.Size = int64(len(t.S))
			}
			return plainText(t)
		}),
	}
}

type (
	plainMetadata struct {
		Object string
		Blobs  []trace.BlobLeaf
	}
	plainText trace.Text
)

// questions are reads of one project.
type questions struct {
	traces       []string
	observations []string
	traceLists   []telemetry.TraceQuery
	lists        []telemetry.ObservationQuery
	parts        telemetry.Parts
	scores       []string
	scoreLists   []telemetry.ScoreQuery
	sessions     []string
	// sessionLists have no conditions on times, which differ from store to store,
	// and limits that cut nothing off.
	sessionLists []telemetry.SessionQuery
}

// compareAnswers asks two stores the same and returns the first difference.
func compareAnswers(ctx context.Context, want, got telemetry.Store, p id.Project, q questions) error {
	for _, traceID := range q.traces {
		a, errA := want.Trace(ctx, p, traceID, q.parts)
		b, errB := got.Trace(ctx, p, traceID, q.parts)
		if err := compareAnswer(a, b, errA, errB); err != nil {
			return fmt.Errorf("trace %q with %+v: %w", traceID, q.parts, err)
		}
	}
	for _, obs := range q.observations {
		a, errA := want.Observation(ctx, p, obs, q.parts)
		b, errB := got.Observation(ctx, p, obs, q.parts)
		if err := compareAnswer(a, b, errA, errB); err != nil {
			return fmt.Errorf("observation %q with %+v: %w", obs, q.parts, err)
		}
	}
	for _, list := range q.traceLists {
		a, errA := want.Traces(ctx, p, list)
		b, errB := got.Traces(ctx, p, list)
		if !list.Total {
			a.Total, b.Total = 0, 0
		}
		sortIDs(a.ObservationIDs)
		sortIDs(b.ObservationIDs)
		if err := compareAnswer(a, b, errA, errB); err != nil {
			return fmt.Errorf("the list of traces by %+v: %w", list, err)
		}
	}
	for _, list := range q.lists {
		a, errA := want.Observations(ctx, p, list)
		b, errB := got.Observations(ctx, p, list)
		if !list.Total {
			a.Total, b.Total = 0, 0
		}
		if err := compareAnswer(a, b, errA, errB); err != nil {
			return fmt.Errorf("the list of observations by %+v after %+v: %w", list, list.After, err)
		}
	}
	return compareJudged(ctx, want, got, p, q)
}

// compareJudged asks two stores the same about scores and sessions.
func compareJudged(ctx context.Context, want, got telemetry.Store, p id.Project, q questions) error {
	for _, scoreID := range q.scores {
		a, errA := want.Score(ctx, p, scoreID)
		b, errB := got.Score(ctx, p, scoreID)
		if err := compareAnswer(a, b, errA, errB); err != nil {
			return fmt.Errorf("score %q: %w", scoreID, err)
		}
	}
	for _, list := range q.scoreLists {
		a, errA := want.Scores(ctx, p, list)
		b, errB := got.Scores(ctx, p, list)
		if !list.Total {
			a.Total, b.Total = 0, 0
		}
		if err := compareAnswer(a, b, errA, errB); err != nil {
			return fmt.Errorf("the list of scores by %+v after %+v: %w", list, list.After, err)
		}
	}
	for _, sessionID := range q.sessions {
		a, errA := want.Session(ctx, p, sessionID)
		b, errB := got.Session(ctx, p, sessionID)
		if err := compareAnswer(a, b, errA, errB); err != nil {
			return fmt.Errorf("session %q: %w", sessionID, err)
		}
	}
	for _, list := range q.sessionLists {
		a, errA := want.Sessions(ctx, p, list)
		b, errB := got.Sessions(ctx, p, list)
		if !list.Total {
			a.Total, b.Total = 0, 0
		}
		if !slices.IsSortedFunc(b.Sessions, compareSessions) {
			return fmt.Errorf("the list of sessions by %+v is out of order: %+v", list, b.Sessions)
		}
		for _, sessions := range [][]trace.Session{a.Sessions, b.Sessions} {
			slices.SortFunc(sessions, func(a, b trace.Session) int { return strings.Compare(a.ID, b.ID) })
		}
		if err := compareAnswer(a, b, errA, errB); err != nil {
			return fmt.Errorf("the list of sessions by %+v: %w", list, err)
		}
	}
	return nil
}

func compareAnswer[T any](want, got T, wantErr, gotErr error) error {
	switch {
	case wantErr != nil && !fault.Is(gotErr, fault.CodeOf(wantErr)):
		return fmt.Errorf("got error %w, want one of code %s", gotErr, fault.CodeOf(wantErr))
	case wantErr == nil && gotErr != nil:
		return gotErr
	case wantErr != nil:
		return nil //nolint:nilerr // both failed alike
	}
	if diff := cmp.Diff(want, got, same()); diff != "" {
		return fmt.Errorf("(-want +got)\n%s", diff)
	}
	return nil
}

// sortIDs sorts the ids of each trace; their order is not promised.
func sortIDs(ids [][]string) {
	for _, of := range ids {
		slices.Sort(of)
	}
}
