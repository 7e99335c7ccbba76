package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/otelmap"
	"github.com/fusebox-llm/fusebox/internal/span"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// A replay is one client's requests in one schedule, and what the whole tables make
// of them.
type replay struct {
	client, schedule string
	requests         []request
	answers          []answer

	batches []span.Batch
	states  map[entity]fold.State
}

// String names the replay.
func (r *replay) String() string { return r.client + ", " + r.schedule }

// prepare replays every schedule of every client with the whole tables. It does so
// twice, since what differs by itself could not tell a mutant from the original.
func prepare(ctx context.Context, clients []client) ([]*replay, error) {
	var all []*replay
	for _, s := range schedules() {
		for _, c := range clients {
			r := &replay{client: c.name, schedule: s.name}
			var err error
			if r.requests, err = s.of(ctx, c.requests); err != nil {
				return nil, fmt.Errorf("%s: %w", r, err)
			}
			if err := r.record(ctx); err != nil {
				return nil, fmt.Errorf("%s: %w", r, err)
			}
			all = append(all, r)
		}
	}
	return all, nil
}

func (r *replay) record(ctx context.Context) (err error) {
	if r.batches, err = decode(ctx, r.requests); err != nil {
		return err
	}
	whole := wholeTables()
	if r.states, err = statesOf(whole, r.batches); err != nil {
		return err
	}
	s, err := start(ctx, whole)
	if err != nil {
		return err
	}
	err = s.replayed(ctx, r.requests, func(a answer) bool {
		r.answers = append(r.answers, a)
		return a.status == http.StatusOK
	})
	if err = errors.Join(err, s.close()); err != nil {
		return err
	}
	if last := r.answers[len(r.answers)-1]; last.status != http.StatusOK {
		return fmt.Errorf("%s: answered %d %s", last.request, last.status, last.body)
	}
	switch where, err := r.differs(ctx, whole); {
	case err != nil:
		return err
	case where != "":
		return fmt.Errorf("%s: a second server with the same tables answers something else", where)
	}
	return nil
}

// differs replays to a server with other tables and returns the first request that it
// answers differently; "" if there is none.
func (r *replay) differs(ctx context.Context, t tables) (where string, err error) {
	s, err := start(ctx, t)
	if err != nil {
		return "", err
	}
	n := 0
	err = s.replayed(ctx, r.requests, func(a answer) bool {
		if n == len(r.answers) || a != r.answers[n] {
			where = a.request
		}
		n++
		return where == ""
	})
	if where == "" && n < len(r.answers) {
		where = r.answers[n].request
	}
	return where, errors.Join(err, s.close())
}

// sameStates reports whether other tables make the same of the requests as the whole
// ones. The tables have no other use in a server than to make states, so what they
// make the same of need not be asked of one.
func (r *replay) sameStates(t tables) (bool, error) {
	states, err := statesOf(t, r.batches)
	return err == nil && reflect.DeepEqual(states, r.states), err
}

type entity struct {
	kind        fold.Kind
	traceID, id string
}

// statesOf maps and folds the spans as a server does.
func statesOf(t tables, batches []span.Batch) (map[entity]fold.State, error) {
	var (
		mapper  = otelmap.New(t.mapping)
		folder  = fold.New(t.folding)
		states  = map[entity]fold.State{}
		records []fold.Record
		arrival int64
	)
	for i := range batches {
		for j := range batches[i].Resources {
			res := &batches[i].Resources[j]
			for k := range res.Scopes {
				for l := range res.Scopes[k].Spans {
					arrival++
					var err error
					if records, err = mapper.Map(res, &res.Scopes[k], &res.Scopes[k].Spans[l], trace.Micros(0), records[:0]); err != nil {
						return nil, err
					}
					for n := range records {
						r := &records[n]
						at, state := entity{r.Kind, r.TraceID, r.ID}, folder.State(r, arrival)
						if before, ok := states[at]; ok {
							state = folder.Join(before, state)
						}
						states[at] = state
					}
				}
			}
		}
	}
	return states, nil
}
