package sqlite

import (
	"context"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

const selectSessionByID = `SELECT n.session, n.created_at, n.environment FROM strings x
CROSS JOIN sessions n ON n.session = x.id
WHERE x.hash = ? AND x.project = ? AND x.text = ?`

// Session implements [telemetry.Reader].
func (s *Store) Session(ctx context.Context, p id.Project, sessionID string) (trace.Session, error) {
	var found []trace.Session
	err := s.read(ctx, p, func(r *reader) (err error) {
		found, err = r.sessions(statement{selectSessionByID, []any{textHash(sessionID), r.project, sessionID}})
		return err
	})
	if err != nil {
		return trace.Session{}, err
	}
	if len(found) == 0 {
		return trace.Session{}, fault.New(fault.NotFound, "session not found")
	}
	return found[0], nil
}

// Sessions implements [telemetry.Reader].
func (s *Store) Sessions(ctx context.Context, p id.Project, q telemetry.SessionQuery) (telemetry.SessionList, error) {
	var list telemetry.SessionList
	err := s.read(ctx, p, func(r *reader) error {
		c, err := r.compiler(q.Where)
		if err != nil {
			return err
		}
		st, err := c.sessions(q)
		if err != nil {
			return err
		}
		if q.Total {
			counting, err := c.countSessions(q.Where)
			if err != nil {
				return err
			}
			if list.Total, err = r.count(counting); err != nil {
				return err
			}
		}
		list.Sessions, err = r.sessions(st)
		return err
	})
	if err != nil {
		return telemetry.SessionList{}, err
	}
	return list, nil
}

// sessions runs a list of sessions.
func (r *reader) sessions(st statement) ([]trace.Session, error) {
	var all []trace.Session
	var texts [][2]int64 // numbers of ids and environments
	err := r.query(func(v []any) error {
		all = append(all, trace.Session{Project: r.projectID, CreatedAt: trace.Micros(intOf(v[1]))})
		texts = append(texts, [2]int64{intOf(v[0]), intOf(v[2])})
		return nil
	}, st.sql, st.args...)
	if err != nil {
		return nil, err
	}
	for i, n := range texts {
		if all[i].ID, err = r.text(n[0]); err != nil {
			return nil, err
		}
		if all[i].Environment, err = r.text(n[1]); err != nil {
			return nil, err
		}
	}
	return all, nil
}
