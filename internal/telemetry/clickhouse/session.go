package clickhouse

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// Session implements [telemetry.Reader]. Only traces of which some record names
// the session are folded.
func (s *Store) Session(ctx context.Context, p id.Project, sessionID string) (trace.Session, error) {
	if err := s.begin(ctx); err != nil {
		return trace.Session{}, err
	}
	defer s.calls.RUnlock()
	named, err := s.naming(ctx, p, sessionID)
	if err != nil {
		return trace.Session{}, err
	}
	if len(named) > 0 {
		f, _, err := s.load(ctx, p, named, telemetry.Parts{})
		if err != nil {
			return trace.Session{}, err
		}
		if session, ok := f.sessions(p)[sessionID]; ok {
			return session, nil
		}
	}
	return trace.Session{}, fault.New(fault.NotFound, "session not found")
}

// naming returns the ids under which a record of a trace names the session. It
// looks at rows before they are merged, so the traces may show another by now.
func (s *Store) naming(ctx context.Context, p id.Project, sessionID string) ([]string, error) {
	found, err := s.conn.Query(ctx, fmt.Sprintf("SELECT DISTINCT trace FROM entities"+
		" WHERE project = {project:String} AND kind = 'trace' AND tupleElement(fields['session'], 's') = {session:String} LIMIT %d", s.maxListed+1),
		clickhouse.Named("project", string(p)), clickhouse.Named("session", sessionID))
	if err != nil {
		return nil, s.faultOf(ctx, err)
	}
	defer func() { _ = found.Close() }()
	var ids []string
	for found.Next() {
		var traceID string
		if err := found.Scan(&traceID); err != nil {
			return nil, fmt.Errorf("trace of entities: %w", err)
		}
		ids = append(ids, traceID)
	}
	if len(ids) > s.maxListed {
		return nil, fault.New(fault.TooCostly, "The session has more than %d traces, which is more than the ClickHouse store can look at.", s.maxListed)
	}
	return ids, s.faultOf(ctx, found.Err())
}

// Sessions implements [telemetry.Reader].
func (s *Store) Sessions(ctx context.Context, p id.Project, q telemetry.SessionQuery) (telemetry.SessionList, error) {
	if err := s.begin(ctx); err != nil {
		return telemetry.SessionList{}, err
	}
	defer s.calls.RUnlock()
	matches, err := ofSessions(q.Where)
	if err != nil {
		return telemetry.SessionList{}, err
	}
	f, _, err := s.loadAll(ctx, p)
	if err != nil {
		return telemetry.SessionList{}, err
	}
	var found []trace.Session
	for _, one := range f.sessions(p) {
		if matches(&one) {
			found = append(found, one)
		}
	}
	// The last created first, then greater id.
	slices.SortFunc(found, func(a, b trace.Session) int {
		return cmp.Or(cmp.Compare(b.CreatedAt, a.CreatedAt), strings.Compare(b.ID, a.ID))
	})
	var list telemetry.SessionList
	if q.Total {
		list.Total = len(found)
	}
	list.Sessions = page(found, q.Offset, q.Limit)
	return list, nil
}

// sessions returns the sessions that the traces form, by id.
func (f forest) sessions(p id.Project) map[string]trace.Session {
	sessions := map[string]trace.Session{}
	first := map[string]*trace.Trace{} // by session
	for traceID, t := range f {
		shown := &t.show(p, traceID).Trace
		if shown.SessionID == nil {
			continue
		}
		sessionID := *shown.SessionID
		session, ok := sessions[sessionID]
		if !ok {
			session = trace.Session{Project: p, ID: sessionID, CreatedAt: shown.CreatedAt}
		}
		session.CreatedAt = min(session.CreatedAt, shown.CreatedAt)
		if f := first[sessionID]; f == nil || cmp.Or(cmp.Compare(shown.Timestamp, f.Timestamp), strings.Compare(shown.ID, f.ID)) < 0 {
			first[sessionID], session.Environment = shown, shown.Environment
		}
		sessions[sessionID] = session
	}
	return sessions
}
