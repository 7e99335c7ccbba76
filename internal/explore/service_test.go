package explore_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/explore"
	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/filter"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/score"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// reader answers every question with the same rows, cut into pages, and counts how
// often it is asked. Of scores it keeps the condition on the number.
type reader struct {
	tree   trace.Tree
	traces []trace.Trace
	scores []score.Score
	total  int
	reads  int
	err    error
}

func (r *reader) Trace(context.Context, id.Project, string, telemetry.Parts) (trace.Tree, error) {
	return r.tree, r.err
}

func (r *reader) Observation(context.Context, id.Project, string, telemetry.Parts) (trace.Observation, error) {
	if r.err != nil {
		return trace.Observation{}, r.err
	}
	return r.tree.Observations[0], nil
}

func (r *reader) Traces(_ context.Context, _ id.Project, q telemetry.TraceQuery) (telemetry.TraceList, error) {
	if r.traces == nil {
		return telemetry.TraceList{Traces: []trace.Trace{r.tree.Trace}, Total: 1}, r.err
	}
	r.reads++
	rows := r.traces[min(q.Offset, len(r.traces)):]
	return telemetry.TraceList{Traces: slices.Clone(rows[:min(q.Limit, len(rows))])}, r.err
}

func (r *reader) Score(context.Context, id.Project, string) (score.Score, error) {
	if r.err != nil {
		return score.Score{}, r.err
	}
	return r.scores[0], nil
}

func (r *reader) Scores(_ context.Context, _ id.Project, q telemetry.ScoreQuery) (telemetry.ScoreList, error) {
	r.reads++
	var rows []score.Score
	for _, sc := range r.scores {
		wrong := slices.ContainsFunc(q.Where, func(c filter.Condition) bool { return c.Field == filter.Value && c.Number != sc.Number })
		before := q.After != nil && (sc.Timestamp > q.After.Timestamp || sc.Timestamp == q.After.Timestamp && sc.ID >= q.After.ID)
		if !wrong && !before {
			rows = append(rows, sc)
		}
	}
	list := telemetry.ScoreList{Scores: rows[:min(q.Limit, len(rows))], Total: r.total}
	if n := len(list.Scores); n > 0 && n < len(rows) {
		list.Next = &telemetry.ScorePosition{Timestamp: rows[n-1].Timestamp, ID: rows[n-1].ID}
	}
	return list, r.err
}

func (r *reader) Session(context.Context, id.Project, string) (trace.Session, error) {
	return trace.Session{ID: "s"}, r.err
}

func (r *reader) Sessions(context.Context, id.Project, telemetry.SessionQuery) (telemetry.SessionList, error) {
	return telemetry.SessionList{Sessions: []trace.Session{{ID: "s"}}, Total: r.total}, r.err
}

func (r *reader) Observations(_ context.Context, _ id.Project, q telemetry.ObservationQuery) (telemetry.ObservationList, error) {
	r.reads++
	rows := r.tree.Observations
	if q.After != nil {
		for i := range rows {
			if rows[i].ID == q.After.ID {
				rows = rows[i+1:]
				break
			}
		}
	}
	rows = rows[min(q.Offset, len(rows)):]
	var list telemetry.ObservationList
	if q.Total {
		list.Total = r.total
	}
	list.Observations = append([]trace.Observation(nil), rows[:min(q.Limit, len(rows))]...)
	if !q.Parts.IO {
		for i := range list.Observations {
			list.Observations[i].Input = nil
		}
	}
	if n := len(list.Observations); n > 0 && n < len(rows) {
		list.Next = &telemetry.Position{ID: list.Observations[n-1].ID}
	}
	return list, r.err
}

// bucket holds blobs; get, if set, runs first.
type bucket struct {
	blobs map[string]string
	get   func(ctx context.Context, key string) error
	open  atomic.Int32
}

func (b *bucket) Put(context.Context, string, io.Reader) error { return errors.New("not used") }
func (b *bucket) Delete(context.Context, string) error         { return errors.New("not used") }

func (b *bucket) Get(ctx context.Context, key string) (io.ReadCloser, error) {
	if b.get != nil {
		if err := b.get(ctx, key); err != nil {
			return nil, err
		}
	}
	s, ok := b.blobs[key]
	if !ok {
		return nil, fault.New(fault.NotFound, "no blob %q", key)
	}
	b.open.Add(1)
	return &tracked{Reader: strings.NewReader(s), open: &b.open}, nil
}

type tracked struct {
	io.Reader
	open *atomic.Int32
}

func (t *tracked) Close() error {
	t.open.Add(-1)
	return nil
}

func inline(s string) *trace.Text { return &trace.Text{S: s} }

func stored(ref string, size int64) *trace.Text { return &trace.Text{S: "pre", Ref: ref, Size: size} }

func leaf(ref string, size int64, path ...string) trace.BlobLeaf {
	return trace.BlobLeaf{Path: path, Ref: ref, Size: size}
}

var allParts = telemetry.Parts{IO: true, Metadata: true, Observations: true, Raw: true}

func TestValuesAreWhole(t *testing.T) {
	r := &reader{tree: trace.Tree{
		Trace: trace.Trace{ID: "t", Input: stored("i", 5), Output: inline("out"), Metadata: trace.Metadata{
			Object: `{"z":1,"a":"pre","b":{"c":"pre","d":[1,{"c":"pre"}],"":"pre"},"a.b":2,"e":{}}`,
			Blobs:  []trace.BlobLeaf{leaf("m1", 3, "a"), leaf("m2", 9, "b", "c"), leaf("m3", 4, "b", ""), leaf("m3", 4, "not", "there")},
		}},
		Observations: []trace.Observation{
			{ID: "o", Input: inline("in"), Output: stored("i", 5), Raw: stored("r", 2)},
			{ID: "p"},
		},
	}}
	b := &bucket{blobs: map[string]string{"i": "whole", "m1": `"x"`, "m2": `{"<&>":1}`, "m3": "null", "r": "{}"}}
	before := r.tree
	s := explore.New(explore.Config{}, r, b)
	got, err := s.Trace(t.Context(), "p", "t", allParts)
	if err != nil {
		t.Fatal(err)
	}
	want := trace.Tree{
		Trace: trace.Trace{
			ID: "t", Input: inline("whole"), Output: inline("out"),
			Metadata: trace.Metadata{Object: `{"z":1,"a":"x","b":{"c":{"<&>":1},"d":[1,{"c":"pre"}],"":null},"a.b":2,"e":{}}`},
		},
		Observations: []trace.Observation{
			{ID: "o", Input: inline("in"), Output: inline("whole"), Raw: inline("{}")},
			{ID: "p"},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("trace (-want +got):\n%s", diff)
	}
	if r.tree.Trace.Input != before.Trace.Input || r.tree.Trace.Input.Ref != "i" {
		t.Error("the engine's own value was changed")
	}
	if n := b.open.Load(); n != 0 {
		t.Errorf("%d blobs are still open", n)
	}

	list, err := s.Traces(t.Context(), "p", telemetry.TraceQuery{Limit: 1, Parts: allParts})
	if err != nil || list.Traces[0].Input.S != "whole" || list.Total != 1 {
		t.Errorf("list %+v, err %v", list, err)
	}
}

func TestObservationsOfATraceOnlyWhenWanted(t *testing.T) {
	r := &reader{tree: trace.Tree{Observations: []trace.Observation{{ID: "o", Input: stored("gone", 1<<40)}}}}
	got, err := explore.New(explore.Config{}, r, &bucket{}).Trace(t.Context(), "p", "t", telemetry.Parts{IO: true})
	if err != nil || got.Observations != nil {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestRefusals(t *testing.T) {
	tests := map[string]struct {
		observation trace.Observation
		blobs       map[string]string
		get         func(context.Context, string) error
		reader      error
		want        fault.Code
	}{
		"reader":             {reader: fault.New(fault.NotFound, "none"), want: fault.NotFound},
		"over by inline":     {observation: trace.Observation{Input: inline(strings.Repeat("x", 101))}, want: fault.TooCostly},
		"over by metadata":   {observation: trace.Observation{Metadata: trace.Metadata{Object: `{"a":"` + strings.Repeat("x", 100) + `"}`}}, want: fault.TooCostly},
		"over by references": {observation: trace.Observation{Input: stored("a", 60), Output: stored("b", 60)}, want: fault.TooCostly},
		"over by raw":        {observation: trace.Observation{Raw: stored("a", 101)}, want: fault.TooCostly},
		"over by a leaf": {observation: trace.Observation{Metadata: trace.Metadata{
			Object: `{"a":""}`, Blobs: []trace.BlobLeaf{leaf("a", 100, "a")},
		}}, want: fault.TooCostly},
		"missing blob":    {observation: trace.Observation{Input: stored("a", 5)}, want: fault.Unavailable},
		"bucket down":     {observation: trace.Observation{Input: stored("a", 5)}, get: func(context.Context, string) error { return fault.New(fault.Unavailable, "down") }, want: fault.Unavailable},
		"bucket broken":   {observation: trace.Observation{Input: stored("a", 5)}, get: func(context.Context, string) error { return errors.New("broken") }, want: fault.Internal},
		"blob too long":   {observation: trace.Observation{Input: stored("a", 5)}, blobs: map[string]string{"a": "123456"}, want: fault.Internal},
		"blob too short":  {observation: trace.Observation{Input: stored("a", 5)}, blobs: map[string]string{"a": "1234"}, want: fault.Internal},
		"leaf is no JSON": {observation: trace.Observation{Metadata: trace.Metadata{Object: `{"a":""}`, Blobs: []trace.BlobLeaf{leaf("a", 3, "a")}}}, blobs: map[string]string{"a": "{,}"}, want: fault.Internal},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			r := &reader{err: tc.reader, tree: trace.Tree{Observations: []trace.Observation{tc.observation}}}
			b := &bucket{blobs: tc.blobs, get: tc.get}
			s := explore.New(explore.Config{MaxResponseBytes: 100}, r, b)
			_, err := s.Observation(t.Context(), "p", "o", allParts)
			if err == nil || fault.CodeOf(err) != tc.want {
				t.Errorf("error %v, want %v", err, tc.want)
			}
			if n := b.open.Load(); n != 0 {
				t.Errorf("%d blobs are still open", n)
			}
		})
	}
}

// A long list with texts is read in steps with one budget, and gives the same
// rows as a short one.
func TestObservationsInSteps(t *testing.T) {
	r := &reader{total: 777}
	for i := range 250 {
		r.tree.Observations = append(r.tree.Observations, trace.Observation{ID: fmt.Sprint(i), Input: inline("0123456789")})
	}
	s := explore.New(explore.Config{MaxResponseBytes: 2_450}, r, &bucket{})
	ask := func(limit int, parts telemetry.Parts) (telemetry.ObservationList, error) {
		r.reads = 0
		return s.Observations(t.Context(), "p", telemetry.ObservationQuery{Offset: 5, Limit: limit, Total: true, Parts: parts})
	}
	got, err := ask(240, allParts)
	if err != nil || len(got.Observations) != 240 || r.reads != 3 || got.Total != 777 {
		t.Fatalf("%d rows of %d in %d reads, %v", len(got.Observations), got.Total, r.reads, err)
	}
	for i, o := range got.Observations {
		if o.ID != fmt.Sprint(i+5) {
			t.Fatalf("row %d is %s", i, o.ID)
		}
	}
	if got.Next == nil || got.Next.ID != "244" {
		t.Errorf("next %v", got.Next)
	}
	if got, err = ask(245, allParts); err != nil || got.Next != nil {
		t.Errorf("the last page: next %v, %v", got.Next, err)
	}
	r.tree.Observations[150].Input = inline(strings.Repeat("x", 2_000))
	if _, err = ask(245, allParts); !fault.Is(err, fault.TooCostly) || r.reads != 2 {
		t.Errorf("%v after %d reads", err, r.reads)
	}
	if got, err = ask(1000, telemetry.Parts{}); len(got.Observations) != 245 || r.reads != 1 {
		t.Errorf("without texts: %d rows in %d reads, %v", len(got.Observations), r.reads, err)
	}
	r.tree.Observations = nil
	if got, err = ask(1000, allParts); err != nil || len(got.Observations) != 0 {
		t.Errorf("nothing: %d rows, %v", len(got.Observations), err)
	}
}

func TestObservationOf(t *testing.T) {
	s := explore.New(explore.Config{}, &reader{tree: trace.Tree{Observations: []trace.Observation{{ID: "o"}}}}, &bucket{})
	if o, err := s.ObservationOf(t.Context(), "p", "t", "o", allParts); err != nil || o.ID != "o" {
		t.Errorf("%+v, %v", o, err)
	}
	s = explore.New(explore.Config{}, &reader{}, &bucket{})
	if _, err := s.ObservationOf(t.Context(), "p", "t", "o", allParts); !fault.Is(err, fault.NotFound) {
		t.Errorf("%v", err)
	}
}

// Blobs are read side by side, and the first failure ends the others.
func TestBlobsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var running, most atomic.Int32
		b := &bucket{blobs: map[string]string{}}
		b.get = func(ctx context.Context, key string) error {
			most.Store(max(most.Load(), running.Add(1)))
			defer running.Add(-1)
			if key == "7" {
				time.Sleep(time.Second) // of the bubble's clock: all others wait by then
				return errors.New("broken")
			}
			<-ctx.Done()
			return ctx.Err()
		}
		r := &reader{}
		for i := range 20 {
			r.tree.Observations = append(r.tree.Observations, trace.Observation{Input: stored(fmt.Sprint(i), 1)})
		}
		_, err := explore.New(explore.Config{}, r, b).Trace(t.Context(), "p", "t", allParts)
		if err == nil || !strings.Contains(err.Error(), "broken") {
			t.Errorf("err %v", err)
		}
		if n := most.Load(); n < 2 || n > 8 {
			t.Errorf("%d blobs at once", n)
		}
		if running.Load() != 0 {
			t.Error("a read outlives the call")
		}
	})
}
