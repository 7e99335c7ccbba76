package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
)

// A replay is one client's requests in one schedule, and what the whole tables make
// of them.
type replay struct {
	client, schedule string
	requests         []request
	answers          []answer

	said     []said
	families families
	states   states
}

// String names the replay.
func (r *replay) String() string { return r.client + ", " + r.schedule }

// prepare replays every schedule of every client with the whole tables. It does so
// twice, since what differs by itself could not tell a mutant from the original.
func prepare(ctx context.Context, clients []client) ([]*replay, error) {
	var all []*replay
	for i := range clients {
		var err error
		if clients[i].requests, err = withIDs(ctx, clients[i].requests); err != nil {
			return nil, fmt.Errorf("%s: %w", clients[i].name, err)
		}
	}
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
	if r.said, err = decode(ctx, r.requests); err != nil {
		return err
	}
	whole := wholeTables()
	r.families = familiesOf(r.said)
	if r.states, err = statesOf(whole, r.said, r.families); err != nil {
		return err
	}
	s, err := start(ctx, whole)
	if err != nil {
		return err
	}
	expected := true
	err = s.replayed(ctx, r.requests, func(a answer) bool {
		expected = r.expects(a, len(r.answers))
		r.answers = append(r.answers, a)
		return expected
	})
	if err = errors.Join(err, s.close()); err != nil {
		return err
	}
	if n := len(r.answers); !expected {
		last := r.answers[n-1]
		return fmt.Errorf("answer %d: %s: %d %s", n, last.request, last.status, last.body)
	}
	switch where, err := r.differs(ctx, whole); {
	case err != nil:
		return err
	case where != "":
		return fmt.Errorf("%s: a second server with the same tables answers something else", where)
	}
	return nil
}

// expects reports whether the n-th answer is in order: a request is taken or refused
// as this program read it, and every read succeeds.
func (r *replay) expects(a answer, n int) bool {
	if n >= len(r.said) {
		return a.status == http.StatusOK
	}
	if r.said[n].refused {
		return a.status >= 400 && a.status < 500
	}
	return a.status >= 200 && a.status < 300
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
