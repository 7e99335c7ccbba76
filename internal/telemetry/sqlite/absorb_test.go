package sqlite_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/score"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/telemetry/sqlite"
	"github.com/fusebox-llm/fusebox/internal/telemetry/telemetrytest"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// absorbing is a record of a trace that absorbs an id.
func absorbing(traceID, absorbs string, at trace.Micros) fold.Record {
	r := fold.Record{Kind: fold.Trace, TraceID: traceID, ID: traceID, Time: at, Absorbs: absorbs, Tags: []string{"of " + traceID}}
	r.Set(fold.SessionID, fold.Text("session of "+traceID))
	return r
}

// scored is a record of a score of a trace.
func scored(scoreID, traceID string, at trace.Micros) fold.Record {
	r := fold.Record{Kind: fold.Score, ID: scoreID, Time: at}
	r.Set(fold.Start, fold.Time(at))
	r.Set(fold.TraceRef, fold.Text(traceID))
	r.Set(fold.ScoreValue, fold.ScoreOf(score.Value{Name: "n", DataType: score.Numeric, Number: float64(at)}))
	return r
}

// TestAbsorb absorbs in every way of cutting what arrives into calls. What is
// shown is what the reference shows, everything adds up, and all of it again
// changes nothing.
func TestAbsorb(t *testing.T) {
	t.Parallel()
	derived := id.TraceOfObservation("p", "u")
	explicit := func(traceID string, at trace.Micros) fold.Record {
		r := fold.Record{Kind: fold.Trace, TraceID: traceID, ID: traceID, Time: at, Tags: []string{"x"}, Metadata: trace.Metadata{Object: fmt.Sprintf(`{"%s":1}`, traceID)}}
		r.Set(fold.UserID, fold.Text("user of "+traceID))
		r.Set(fold.Input, fold.Text("input of "+traceID))
		r.Set(fold.SessionID, fold.Text("s"))
		return r
	}
	spanAt := func(traceID, obs string, at trace.Micros) fold.Record {
		r := fold.Record{Kind: fold.Observation, TraceID: traceID, ID: obs, Time: at, Rank: fold.Complete, OTel: true}
		r.Set(fold.Start, fold.Time(at))
		r.Set(fold.Name, fold.Text(obs+" in "+traceID))
		r.Set(fold.SessionID, fold.Text("own of "+traceID))
		r.Set(fold.Environment, fold.Text("prod"))
		return r
	}
	untraced := observation("", "u", "untraced")
	untraced.Time = 77
	tests := map[string][]fold.Record{
		"everything":               {spanAt("x", "a", 10), spanAt("x", "b", 20), explicit("x", 5), scored("c", "x", 3), absorbing("t", "x", 30), spanAt("x", "d", 2)},
		"the same observation":     {spanAt("x", "a", 10), spanAt("t", "a", 20), spanAt("t", "b", 5), scored("c", "x", 3), absorbing("t", "x", 30)},
		"a chain":                  {spanAt("x", "a", 10), absorbing("y", "x", 30), spanAt("y", "b", 4), scored("c", "x", 3), absorbing("z", "y", 40), spanAt("x", "c", 3)},
		"two want it":              {spanAt("x", "a", 10), absorbing("y", "x", 30), absorbing("z", "x", 40), spanAt("x", "b", 3)},
		"itself":                   {spanAt("x", "a", 10), absorbing("x", "x", 30)},
		"each other":               {spanAt("x", "a", 10), absorbing("x", "y", 30), absorbing("y", "x", 31), spanAt("y", "b", 3)},
		"by an alias":              {absorbing("t", "x", 30), spanAt("z", "a", 9), absorbing("x", "z", 31), scored("c", "z", 4)},
		"nothing":                  {absorbing("t", "x", 30), scored("c", "x", 4), scored("c", "t", 5)},
		"an observation's home":    {untraced, absorbing("t", derived, 30), observation("", "u", "again"), spanAt("zz", "u", 3)},
		"a home, named to be that": {untraced, absorbing("t", derived, 30), spanAt("t", "u", 3), spanAt("zz", "u", 4)},
		"a session":                {explicit("x", 5), explicit("y", 6), spanAt("y", "a", 1), absorbing("t", "x", 30), absorbing("t", "y", 31)},
		"many rows":                {spanAt("x", "a", 1), spanAt("x", "b", 2), spanAt("x", "c", 3), spanAt("x", "d", 4), spanAt("x", "e", 5), spanAt("t", "c", 6), absorbing("t", "x", 7)},
	}
	for name, records := range tests {
		for _, cfg := range []sqlite.Config{{}, sqlite.Config{}.Small()} {
			for cuts := range 1 << (len(records) - 1) {
				t.Run(fmt.Sprintf("%s/%d/%d", name, cfg.CacheBytes, cuts), func(t *testing.T) {
					t.Parallel()
					cfg.Synchronous = "OFF"
					s, ref := open(t, cfg), telemetrytest.NewReference(fold.DefaultRules())
					var call []fold.Record
					for i, r := range records {
						call = append(call, r)
						if cuts>>i&1 == 0 && i < len(records)-1 {
							continue
						}
						write(t, s, "p", call...)
						if err := ref.Write(t.Context(), "p", call); err != nil {
							t.Fatal(err)
						}
						verify(t, s)
						call = nil
					}
					got := dump(t, s, "p")
					if diff := cmp.Diff(dump(t, ref, "p"), got); diff != "" {
						t.Errorf("(-reference +engine):\n%s", diff)
					}
					for _, alias := range []string{"x", "y", derived} {
						want, errWant := ref.Trace(t.Context(), "p", alias, telemetry.Parts{})
						tree, err := s.Trace(t.Context(), "p", alias, telemetry.Parts{})
						if (err == nil) != (errWant == nil) || tree.Trace.ID != want.Trace.ID {
							t.Errorf("by %q: %q, %v, want %q", alias, tree.Trace.ID, err, want.Trace.ID)
						}
					}
					write(t, s, "p", records...)
					verify(t, s)
					if diff := cmp.Diff(got, dump(t, s, "p")); diff != "" && name != "an observation's home" && name != "a home, named to be that" {
						t.Errorf("sending it again changed something:\n%s", diff)
					}
				})
			}
		}
	}
}

// TestAbsorbKeepsTimes says that what a trace absorbs keeps the time at which it
// was stored, and that other projects have nothing to do with it.
func TestAbsorbKeepsTimes(t *testing.T) {
	t.Parallel()
	c := &clock{}
	s := open(t, sqlite.Config{Now: c.now})
	write(t, s, "p", observation("x", "a", ""))
	write(t, s, "p", observation("t", "b", ""))
	write(t, s, "q", observation("x", "a", ""))
	write(t, s, "p", absorbing("t", "x", 9))
	verify(t, s)
	tree, err := s.Trace(t.Context(), "p", "t", telemetry.Parts{})
	if err != nil || len(tree.Observations) != 2 || tree.Trace.CreatedAt != 1 || tree.Observations[0].CreatedAt != 1 || tree.Observations[1].CreatedAt != 2 {
		t.Errorf("%+v, error %v", tree, err)
	}
	n, err := s.Session(t.Context(), "p", "session of t")
	if err != nil || n.CreatedAt != 1 {
		t.Errorf("%+v, error %v", n, err)
	}
	write(t, s, "q", observation("x", "c", ""))
	if got := traceIDs(t, s, "q"); len(got) != 1 || got[0] != "x" {
		t.Errorf("another project's traces: %q", got)
	}
}
