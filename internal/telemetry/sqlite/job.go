package sqlite

import (
	"context"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
)

// job is one call of Write or DeleteScore on its way to the writer.
type job struct {
	ctx     context.Context
	project id.Project
	absorbs []absorption // in the order of the records
	deletes []string     // ids of scores
	items   []*item
	records int
	size    int64 // of what it brings, compressed
	done    chan error
	answer  error
}

// item is what a job says about one entity: the joined state of its records.
type item struct {
	kind    fold.Kind
	traceID string // "": a record of an observation that names none
	id      string
	state   fold.State
	more    []fold.State // of further records, until they are joined

	// run holds, of an item that names no trace, the states of its records one by
	// one: where several traces hold the id, each record finds its own.
	run []fold.State

	// Of observations only.
	hash  uint32
	fresh *row // the row as it is when the observation is new

	// Of traces only: the parts of the state.
	light, heavy fold.State

	score *scoreRow // of scores only: the row as it is when the score is new
}

// itemKey tells entities apart. Records of one entity are joined before they are
// queued, except across a record that names no trace: which observation that one
// joins may depend on the state at that moment, so such records begin another epoch
// for their id. Those that come one after the other, with none between them that
// names a trace, are one item.
type itemKey struct {
	kind        fold.Kind
	traceID, id string
	epoch       int
}

// newJob does everything for a call that needs no database: it folds, encodes and
// compresses in the caller's goroutine.
func (s *Store) newJob(ctx context.Context, p id.Project, records []fold.Record) *job {
	j := &job{ctx: ctx, project: p, records: len(records), done: make(chan error, 1)}
	arrival := s.arrivals.Add(int64(len(records))) - int64(len(records))
	places := make(map[itemKey]*item, len(records))
	var (
		epochs map[string]int
		open   map[string]*item // by id, the last item that names no trace, while records may join it
	)
	j.items = make([]*item, 0, len(records))
	for i := range records {
		rec := &records[i]
		arrival++
		state := s.folder.State(rec, arrival)
		untraced := rec.Kind == fold.Observation && rec.TraceID == ""
		switch {
		case untraced && open[rec.ID] != nil:
			open[rec.ID].run = append(open[rec.ID].run, state)
			continue
		case untraced:
			if epochs == nil {
				epochs, open = map[string]int{}, map[string]*item{}
			}
			epochs[rec.ID]++
		case rec.Kind == fold.Observation && open != nil:
			delete(open, rec.ID)
		}
		key := itemKey{kind: rec.Kind, traceID: rec.TraceID, id: rec.ID, epoch: epochs[rec.ID]}
		if rec.Kind != fold.Observation {
			key = itemKey{kind: rec.Kind, id: rec.ID}
		}
		if rec.Kind == fold.Trace && rec.Absorbs != "" {
			j.absorbs = append(j.absorbs, absorption{by: rec.ID, id: rec.Absorbs})
		}
		if it, ok := places[key]; ok {
			it.more = append(it.more, state)
			continue
		}
		it := &item{kind: rec.Kind, traceID: rec.TraceID, id: rec.ID, state: state}
		if untraced {
			it.run = []fold.State{state}
			open[rec.ID] = it
		}
		places[key] = it
		j.items = append(j.items, it)
	}
	for _, it := range j.items {
		if ctx.Err() != nil {
			return j // nobody waits for it; the writer leaves it out
		}
		if len(it.run) > 1 {
			it.state = s.folder.JoinAll(it.run)
		}
		if len(it.more) > 0 {
			it.state = s.folder.JoinAll(append(it.more, it.state))
			it.more = nil
		}
		j.size += s.finish(p, it)
	}
	return j
}

// finish encodes an item and returns its size.
func (s *Store) finish(p id.Project, it *item) int64 {
	switch it.kind {
	case fold.Trace:
		it.light, it.heavy = splitState(it.state)
		return stateSize(&it.state)
	case fold.Score:
		it.score = s.scoreRowOf(it.id, &it.state)
		return stateSize(&it.state)
	}
	it.hash = s.cfg.layout.hash(p, it.id)
	it.fresh = rowOf(it.id, &it.state)
	s.pack(it.fresh, &it.state)
	return int64(len(it.fresh.packedBody) + len(it.fresh.packedExtra) + len(it.fresh.extra) + 256)
}

// pack fills in a row's payload.
func (s *Store) pack(w *row, state *fold.State) {
	w.packedBody, w.packedExtra = s.squeezer.squeezeBody(state), nil
	if w.flags&flagExtra != 0 {
		w.packedExtra = s.squeezer.squeeze(w.extra)
	}
}

// stateSize estimates the bytes that a state holds.
func stateSize(s *fold.State) int64 {
	n := 64 + 128*len(s.Registers)
	for i := range s.Registers {
		n += len(s.Registers[i].Value.S)
	}
	if whole, _, ok := s.Metadata.Whole(); ok {
		n += len(whole.Object)
	} else {
		for _, l := range s.Metadata.Leaves() {
			n += len(l.JSON) + 128
		}
	}
	for _, t := range s.Tags {
		n += len(t.Name) + 64
	}
	return int64(n)
}

// recordsSize estimates the bytes that records hold, before anything is done with
// them. Cards of prices are left out: all records of a model share one text.
func recordsSize(records []fold.Record) int64 {
	n := 0
	for i := range records {
		r := &records[i]
		n += 256 + len(r.Metadata.Object)
		for j := range r.Fields {
			if f := r.Fields[j].Field; f != fold.Rates && f != fold.Repriced {
				n += len(r.Fields[j].Value.S)
			}
		}
	}
	return int64(n)
}

// Write implements [telemetry.Writer].
func (s *Store) Write(ctx context.Context, p id.Project, records []fold.Record) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	for i := range records {
		if k := records[i].Kind; k != fold.Trace && k != fold.Observation && k != fold.Score {
			return fault.New(fault.Unsupported, "this engine does not keep records of kind %d", k)
		}
	}
	if len(records) == 0 {
		return s.queue.open()
	}
	return s.do(ctx, claim{records: len(records), bytes: recordsSize(records)}, func() *job { return s.newJob(ctx, p, records) })
}

// DeleteScore implements [telemetry.Writer].
func (s *Store) DeleteScore(ctx context.Context, p id.Project, scoreID string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	size := int64(256 + len(scoreID))
	return s.do(ctx, claim{records: 1, bytes: size}, func() *job {
		return &job{ctx: ctx, project: p, deletes: []string{scoreID}, records: 1, size: size, done: make(chan error, 1)}
	})
}

// do queues a job that takes this share of the queue, and waits for its result.
func (s *Store) do(ctx context.Context, claim claim, build func() *job) error {
	if err := s.queue.reserve(claim); err != nil {
		return err
	}
	pushed := false
	defer func() {
		if !pushed {
			s.queue.release(claim)
		}
	}()
	j := build()
	if err := s.queue.push(j, claim); err != nil {
		return err
	}
	pushed = true
	select {
	case err := <-j.done:
		return err
	case <-ctx.Done():
		// The job may be part of a commit already; what it holds stays reserved
		// until the writer is through with it.
		return ctx.Err()
	}
}
