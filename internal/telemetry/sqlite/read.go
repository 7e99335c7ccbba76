package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/filter"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// reader answers one question from one snapshot of the file.
type reader struct {
	store     *Store
	ctx       context.Context
	tx        *sql.Tx
	projectID id.Project
	project   int64 // 0 when there is no such project
}

// read runs a question in a read transaction.
func (s *Store) read(ctx context.Context, p id.Project, ask func(r *reader) error) error {
	if err := s.queue.open(); err != nil {
		return err
	}
	tx, err := s.readers.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return s.readFault(ctx, err)
	}
	defer tx.Rollback() //nolint:errcheck // nothing was written
	r := &reader{store: s, ctx: ctx, tx: tx, projectID: p}
	err = tx.QueryRowContext(ctx, "SELECT id FROM projects WHERE name = ?", string(p)).Scan(&r.project)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return s.readFault(ctx, err)
	}
	return s.readFault(ctx, ask(r))
}

// query hands each row to the function, whose argument is valid during the call
// only.
func (r *reader) query(each func(v []any) error, query string, args ...any) error {
	return r.queryWithin(r.ctx, each, query, args...)
}

func (r *reader) queryWithin(ctx context.Context, each func(v []any) error, query string, args ...any) (err error) {
	rows, err := r.tx.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	values := make([]any, len(columns))
	places := make([]any, len(columns))
	for i := range values {
		places[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(places...); err != nil {
			return err
		}
		if err := each(values); err != nil {
			return err
		}
	}
	return rows.Err()
}

// maxMarks bounds the question marks of one statement.
const maxMarks = 500

// queryEach runs a query that ends in "IN (" for all the numbers.
func (r *reader) queryEach(each func(v []any) error, query string, numbers []int64) error {
	for len(numbers) > 0 {
		n := min(len(numbers), maxMarks)
		args := make([]any, n)
		for i, k := range numbers[:n] {
			args[i] = k
		}
		if err := r.query(each, query+"?"+strings.Repeat(", ?", n-1)+")", args...); err != nil {
			return err
		}
		numbers = numbers[n:]
	}
	return nil
}

// count runs a counting statement, which may take as long as the limit says.
func (r *reader) count(st statement) (n int, err error) {
	ctx, cancel := context.WithTimeout(r.ctx, r.store.cfg.CountLimit)
	defer cancel()
	err = r.queryWithin(ctx, func(v []any) error {
		n = int(intOf(v[0]))
		return nil
	}, st.sql, st.args...)
	if err != nil && ctx.Err() != nil && r.ctx.Err() == nil {
		return 0, fault.New(fault.TooCostly, "counting the matches takes too long: narrow the time range or add conditions")
	}
	return n, err
}

// compiler returns the compiler for a question with these conditions.
func (r *reader) compiler(where filter.All) (compiler, error) {
	c := compiler{layout: r.store.cfg.layout, projectID: r.projectID, project: r.project, numbers: map[string]int64{}}
	texts := numbered(where)
	wanted := make(map[string]bool, len(texts))
	hashes := make([]int64, len(texts))
	for i, text := range texts {
		wanted[text], hashes[i] = true, textHash(text)
	}
	err := r.queryEach(func(v []any) error {
		if text := textOf(v[2]); wanted[text] && intOf(v[1]) == r.project {
			c.numbers[text] = intOf(v[0])
		}
		return nil
	}, "SELECT id, project, text FROM strings WHERE hash IN (", hashes)
	return c, err
}

func (r *reader) text(n int64) (string, error) { return r.store.texts.read(r.ctx, r.tx, n) }

// wantsBody reports whether the body of payloads is needed.
func wantsBody(parts telemetry.Parts) bool { return parts.IO || parts.Metadata || parts.Raw }

// own returns an observation's own fields from its row, whose payload was taken
// in as far as it is wanted.
func (r *reader) own(w *row, traceID string, parts telemetry.Parts) (trace.Observation, error) {
	if !parts.Raw {
		w.withoutReasons()
	}
	if err := w.lookUp(r.text); err != nil {
		return trace.Observation{}, err
	}
	s, err := w.state()
	if err != nil {
		return trace.Observation{}, err
	}
	o := fold.ObservationView(w.id, traceID, &s)
	o.CreatedAt, o.UpdatedAt = w.created, w.updated
	if !parts.IO {
		o.Input, o.Output = nil, nil
	}
	if !parts.Metadata {
		o.Metadata = trace.Metadata{}
	}
	if parts.Raw {
		o.Reasons = s.Reasons()
	} else {
		o.Raw = nil
	}
	return o, nil
}

// shown returns a trace as it is shown.
func (r *reader) shown(s *traceRow, parts telemetry.Parts) (trace.Trace, error) {
	var seen fold.Observed
	state := s.state
	if s.root.ok {
		seen.Root = &fold.State{Kind: fold.Observation, OTel: true}
	}
	if s.root.ok && s.name != 0 {
		// The shown name is the root's wherever it is not the trace's own.
		name, err := r.text(s.name)
		if err != nil {
			return trace.Trace{}, err
		}
		seen.Root.Registers = []fold.Register{{Field: fold.Name, Value: fold.Text(name)}}
	}
	if wantsBody(parts) {
		if err := r.addPayload(s, &state, seen.Root); err != nil {
			return trace.Trace{}, err
		}
	}
	if s.firstOTel.ok {
		seen.FirstOTel = &s.firstOTel.v
	}
	if s.sums.Observations > 0 {
		seen.First = &s.sums.First
	}
	if s.seenEnv != 0 {
		var err error
		if seen.Environment, err = r.text(s.seenEnv); err != nil {
			return trace.Trace{}, err
		}
	}
	t := fold.TraceView(s.id, &state, seen)
	t.Project, t.Sums, t.CreatedAt, t.UpdatedAt = r.projectID, s.sums, s.created, s.updated
	if !parts.IO {
		t.Input, t.Output = nil, nil
	}
	if !parts.Metadata {
		t.Metadata = trace.Metadata{}
	}
	if !parts.Raw {
		t.Raw = nil
	}
	return t, nil
}

// addPayload adds the heavy part to a trace's explicit state, and the root's
// payload to the root's.
func (r *reader) addPayload(s *traceRow, own, root *fold.State) error {
	if s.hasPayload {
		err := r.query(func(v []any) error {
			b, err := r.store.squeezer.expand(bytesOf(v[0]))
			if err != nil {
				return err
			}
			heavy, err := readState(b, fold.Trace)
			*own = r.store.folder.Join(*own, heavy)
			return err
		}, "SELECT body FROM trace_payload WHERE t = ?", s.t)
		if err != nil {
			return err
		}
	}
	if root == nil {
		return nil
	}
	return r.query(func(v []any) error {
		b, err := r.store.squeezer.expand(bytesOf(v[0]))
		if err != nil {
			return err
		}
		return readBody(b, root, fold.Key{})
	}, "SELECT body FROM payload WHERE r = ?", s.root.v)
}
