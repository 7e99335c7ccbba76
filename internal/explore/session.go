package explore

import (
	"context"
	"slices"

	"github.com/fusebox-llm/fusebox/internal/filter"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// Sessions lists sessions. Errors: fault.TooCostly when counting takes too long.
func (s *Service) Sessions(ctx context.Context, p id.Project, q telemetry.SessionQuery) (telemetry.SessionList, error) {
	return s.reader.Sessions(ctx, p, q)
}

// Session returns a session with all its traces, oldest first, whole but for their
// observations and scores.
//
// Errors: fault.NotFound when no trace of the project shows the session,
// fault.TooCostly when the texts are more than an answer may hold.
func (s *Service) Session(ctx context.Context, p id.Project, sessionID string) (trace.Session, []trace.Trace, error) {
	session, err := s.reader.Session(ctx, p, sessionID)
	if err != nil {
		return trace.Session{}, nil, err
	}
	load := s.newLoad()
	load.advice = "List the session's traces by page instead."
	q := telemetry.TraceQuery{
		Where: filter.All{filter.Equals(filter.SessionID, sessionID)},
		Order: telemetry.Order{Field: filter.Timestamp},
		Limit: rowsAtOnce,
		Parts: telemetry.Parts{IO: true, Metadata: true},
	}
	var (
		out  []trace.Trace
		seen = map[string]bool{}
	)
	for {
		list, err := s.reader.Traces(ctx, p, q)
		if err != nil {
			return trace.Session{}, nil, err
		}
		n := len(list.Traces)
		// Where an older trace came in meanwhile, the pages have moved.
		rows := slices.DeleteFunc(list.Traces, func(t trace.Trace) bool { return seen[t.ID] })
		for i := range rows {
			seen[rows[i].ID] = true
			load.row()
			load.trace(&rows[i])
		}
		if err := load.run(ctx); err != nil {
			return trace.Session{}, nil, err
		}
		out = append(out, rows...)
		if n < q.Limit {
			return session, out, nil
		}
		q.Offset += n
	}
}
