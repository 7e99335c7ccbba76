package main

import (
	"context"
	"fmt"
	"time"
)

// A change turns what a client said of something into what it could have said of the
// same thing at another time. The ids stay; it is moved in time and whatever it says
// becomes something else of the same kind, so that it shows which of the two a field
// came from.
type change struct {
	every  int           // what is said again: each span, event or call, or each second one, …
	suffix string        // of every text that has no entry in texts or values
	shift  time.Duration // of start and end, and so of the event time
	by     int64         // added to every number
	flip   bool          // booleans become their opposite
	parent string        // replaces a parent
	texts  map[string]string
	values map[string]any    // of the keys of events and calls
	nulls  bool              // those of them that null clears are null
	types  map[string]string // of events
	source string            // of scores that come as events
	judge  any               // the execution trace of these
}

// withReexports returns the recorded requests, then every second thing that they say
// as said an hour later, then each as said an hour earlier. The order of arrival
// and the order of events thus disagree about which is the last; and since not every
// observation has a last record, not every one agrees with its trace about what the
// trace's value is.
//
// The calls of 2023 have no time but that of their arrival, so that what they say
// again is later in both cases.
func withReexports(ctx context.Context, recorded []request) ([]request, error) {
	out := append([]request(nil), recorded...)
	for _, c := range []change{later(), earlier()} {
		all, err := decode(ctx, recorded)
		if err != nil {
			return nil, err
		}
		seen := 0
		for i, r := range recorded {
			again, ok, err := c.request(ctx, r, all[i], &seen)
			if err != nil {
				return nil, fmt.Errorf("request %d, %s, again: %w", i+1, r, err)
			}
			if ok {
				out = append(out, again)
			}
		}
	}
	return out, nil
}

// request returns the request with all that it says changed; ok is false if nothing of
// it is said again. It counts what the requests say from seen on.
func (c change) request(ctx context.Context, r request, said said, seen *int) (again request, ok bool, err error) {
	var what any
	switch {
	case said.spans != nil:
		if *seen = c.batch(said.spans, *seen); said.spans.Resources != nil {
			what = exportOf(said.spans)
		}
	case len(said.records) > 0: // others are refused, delete, or say nothing
		data, err := r.plain(ctx)
		if err != nil {
			return request{}, false, err
		}
		if said.events != nil {
			what, err = c.events(data, said.events, seen)
		} else {
			what, err = c.call(data, said.records[0].Kind, seen)
		}
		if err != nil {
			return request{}, false, err
		}
	}
	if what == nil {
		return request{}, false, nil
	}
	if again, err = r.saying(what); err != nil {
		return request{}, false, err
	}
	return again, true, again.check(ctx)
}

// check returns an error if something of the request is refused: it would show nothing.
func (r request) check(ctx context.Context) error {
	s, err := r.said(ctx, 0)
	if err != nil {
		return err
	}
	for i := range s.events {
		if refused := s.events[i].Refused; refused != nil {
			return fmt.Errorf("event %s is refused: %s", s.events[i].ID, refused.Detail)
		}
	}
	if s.refused {
		return fmt.Errorf("it is refused: %s", r.body)
	}
	return nil
}

// later empties inputs and outputs: an empty one must not take the place of one that
// says something, though it is the last.
func later() change {
	return change{
		every: 2, suffix: "-later", shift: time.Hour, by: 1, flip: true, parent: "1a7e1a7e1a7e1a7e",
		texts: map[string]string{
			"langfuse.observation.type":                  "generation", // others have no prompt
			"langfuse.observation.level":                 "WARNING",
			"langfuse.observation.input":                 "",
			"langfuse.observation.output":                "",
			"langfuse.trace.input":                       "",
			"langfuse.trace.output":                      "",
			"langfuse.observation.completion_start_time": "2031-01-01T00:00:00Z",
			"langfuse.observation.model.parameters":      `{"temperature":1.5}`,
			"langfuse.observation.usage_details":         `{"input":11,"output":7}`,
			"langfuse.observation.cost_details":          `{"input":0.11,"output":0.07}`,
		},
		nulls: true, source: "EVAL", judge: nil,
		values: map[string]any{"input": "", "output": "", "prompt": "", "completion": "", "type": "GENERATION"},
		types: map[string]string{
			"span-create": "generation-create", "span-update": "generation-update", "generation-create": "agent-create",
			"event-create": "span-create",
		},
	}
}

func earlier() change {
	return change{
		every: 1, suffix: "-earlier", shift: -time.Hour, by: 2, parent: "0e0e0e0e0e0e0e0e",
		texts: map[string]string{
			"langfuse.observation.type":                  "agent",
			"langfuse.observation.level":                 "DEBUG",
			"langfuse.observation.completion_start_time": "2021-01-01T00:00:00Z",
			"langfuse.observation.model.parameters":      `{"temperature":0.5}`,
			"langfuse.observation.usage_details":         `{"input":3,"output":2}`,
			"langfuse.observation.cost_details":          `{"input":0.03,"output":0.02}`,
		},
		source: "API", judge: "judged-earlier",
		values: map[string]any{"level": "DEBUG", "type": "SPAN"},
		types: map[string]string{
			"span-create": "tool-create", "generation-create": "embedding-create", "event-create": "chain-create",
		},
	}
}
