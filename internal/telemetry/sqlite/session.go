package sqlite

import (
	"cmp"
	"maps"
	"slices"

	"github.com/fusebox-llm/fusebox/internal/trace"
)

// This file keeps the sessions in step with the traces that show them.

type sessionKey struct{ project, session int64 }

// sessionRow is a row of sessions; its zero value stands for none.
type sessionRow struct {
	traces      int64
	created     trace.Micros
	environment int64
	first       int64 // number of the first trace
	firstAt     trace.Micros
}

// membership is what a session has to know of one of its traces.
type membership struct {
	timestamp, created trace.Micros
	environment        int64
}

func (s *storedTrace) membership() membership {
	return membership{s.timestamp, s.created, s.cell.environment}
}

// sessionMove is how one trace changed for a session: was is not there for a trace
// that comes, is not for one that goes.
type sessionMove struct {
	t       int64
	was, is optional[membership]
}

// moveSession notes what a change of a trace means for sessions.
func (x *txn) moveSession(t *liveTrace, was, is *storedTrace) {
	from, to := was.session, is.session
	switch {
	case from == to && (from == 0 || was.membership() == is.membership()):
	case from == to:
		x.noteMove(t.project, to, sessionMove{t.t, some(was.membership()), some(is.membership())})
	default:
		if from != 0 {
			x.noteMove(t.project, from, sessionMove{t: t.t, was: some(was.membership())})
		}
		if to != 0 {
			x.noteMove(t.project, to, sessionMove{t: t.t, is: some(is.membership())})
		}
	}
}

func (x *txn) noteMove(project, session int64, m sessionMove) {
	if x.sessions == nil {
		x.sessions = map[sessionKey][]sessionMove{}
	}
	key := sessionKey{project, session}
	x.sessions[key] = append(x.sessions[key], m)
}

const (
	sessionColumns = "session, project, traces, created_at, environment, first, first_at"
	selectSession  = "SELECT traces, created_at, environment, first, first_at FROM sessions WHERE session = ?"
	deleteSession  = "DELETE FROM sessions WHERE session = ?"

	selectOldest = "SELECT MIN(created_at) FROM traces WHERE project = ? AND session = ?"
	selectFirst  = "SELECT environment, t, timestamp FROM traces WHERE project = ? AND session = ? ORDER BY timestamp, trace_id LIMIT 1"
)

// flushSessions writes the sessions whose traces have changed. The traces are
// written already.
func (x *txn) flushSessions() error {
	byKey := func(a, b sessionKey) int { return cmp.Compare(a.session, b.session) }
	for _, key := range slices.SortedFunc(maps.Keys(x.sessions), byKey) {
		if err := x.flushSession(key); err != nil {
			return err
		}
	}
	return nil
}

func (x *txn) flushSession(key sessionKey) error {
	var was sessionRow
	if key.session < x.firstNew { // else the text, and with it the session, is new
		err := x.w.conn.query(selectSession, func(v []any) error {
			was = sessionRow{intOf(v[0]), trace.Micros(intOf(v[1])), intOf(v[2]), intOf(v[3]), trace.Micros(intOf(v[4]))}
			return nil
		}, key.session)
		if err != nil {
			return err
		}
	}
	is := was
	var oldestGone, firstGone bool
	for _, m := range x.sessions[key] {
		oldest, first := is.apply(m)
		oldestGone, firstGone = oldestGone || oldest, firstGone || first
	}
	if is.traces == 0 {
		return x.w.conn.exec(deleteSession, key.session)
	}
	if oldestGone {
		n, _, err := x.w.conn.queryInt(selectOldest, key.project, key.session)
		if err != nil {
			return err
		}
		is.created = trace.Micros(n)
	}
	if firstGone {
		err := x.w.conn.query(selectFirst, func(v []any) error {
			is.environment, is.first, is.firstAt = intOf(v[0]), intOf(v[1]), trace.Micros(intOf(v[2]))
			return nil
		}, key.project, key.session)
		if err != nil {
			return err
		}
	}
	query := x.w.updateSession
	switch was {
	case is:
		return nil
	case sessionRow{}:
		query = x.w.insertSession
	}
	return x.w.conn.exec(query, key.session, key.project, is.traces, int64(is.created), is.environment, is.first, int64(is.firstAt))
}

// apply takes a trace's change into a row. It reports what can only be known from
// the traces now: when the oldest was stored, because that one is gone, and which
// is the first, because it is another or shares its timestamp.
func (r *sessionRow) apply(m sessionMove) (oldestGone, firstGone bool) {
	if m.was.ok {
		r.traces--
		oldestGone = m.was.v.created == r.created && (!m.is.ok || m.is.v.created > r.created)
		firstGone = m.t == r.first && (!m.is.ok || m.is.v.timestamp > r.firstAt)
	}
	if !m.is.ok {
		return oldestGone, firstGone
	}
	is := m.is.v
	if r.traces++; r.traces == 1 && !m.was.ok {
		*r = sessionRow{1, is.created, is.environment, m.t, is.timestamp}
		return oldestGone, firstGone
	}
	r.created = min(r.created, is.created)
	switch {
	case m.t == r.first || is.timestamp < r.firstAt:
		r.first, r.firstAt, r.environment = m.t, is.timestamp, is.environment
	case is.timestamp == r.firstAt:
		firstGone = true
	}
	return oldestGone, firstGone
}
