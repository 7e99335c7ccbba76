package clickhouse_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/telemetry/clickhouse"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// TestGreatestKeyWins: of two registers the one with the greater bytes is the one
// that a join keeps, for every field of the fold table.
func TestGreatestKeyWins(t *testing.T) {
	folder := fold.New(fold.DefaultRules())
	rapid.Check(t, func(t *rapid.T) {
		rule := rapid.SampledFrom(fold.DefaultRules()).Filter(isKept).Draw(t, "rule")
		draw := func(n int64, name string) fold.State {
			r := fold.Record{
				Kind: rule.Kind, Rank: fold.Rank(rapid.IntRange(0, 2).Draw(t, "rank")),
				Time: rapid.SampledFrom([]trace.Micros{trace.MinMicros, -1, 0, 1, trace.MaxMicros}).Draw(t, "time"),
			}
			v := fold.Value{S: name, A: trace.Amounts{{Name: name, N: 1}}, Weak: rapid.Bool().Draw(t, "weak")}
			r.Fields = []fold.Register{{Field: rule.Field, Value: v, Default: rapid.Bool().Draw(t, "default")}}
			return folder.State(&r, n)
		}
		a, b := draw(5, "a"), draw(rapid.Int64Range(6, 1<<62).Draw(t, "arrival"), "b")
		kept := folder.Join(a, b).Registers[0]
		winner := a.Registers[0]
		if strings.Compare(clickhouse.KeyOf(b.Registers[0]), clickhouse.KeyOf(winner)) > 0 {
			winner = b.Registers[0]
		}
		if winner.Value.S != kept.Value.S {
			t.Errorf("%s %s: the greater key is that of %+v, a join keeps %+v", rule.Kind, rule.Class, winner, kept)
		}
		if absent := strings.Repeat("\x00", 18); clickhouse.KeyOf(a.Registers[0]) <= absent {
			t.Error("a key is not greater than that of an absent value")
		}
	})
}

// isKept reports whether the field of a row is kept as a register.
func isKept(r fold.Rule) bool {
	return r.Kind != fold.Session && r.Class != fold.Leaves && r.Class != fold.TagSet
}

// TestFieldsHaveOneClass: the columns do not tell traces, observations and scores
// apart.
func TestFieldsHaveOneClass(t *testing.T) {
	classes := map[fold.Field]fold.Class{}
	for _, r := range fold.DefaultRules() {
		if r.Kind == fold.Session {
			continue
		}
		if c, ok := classes[r.Field]; ok && c != r.Class {
			t.Errorf("%s is %s in one kind and %s in the other", r.Field, c, r.Class)
		}
		classes[r.Field] = r.Class
	}
}

// TestRegistersComeBack: what is written of a field is what is read, null
// included where null is a value.
func TestRegistersComeBack(t *testing.T) {
	key := fold.Key{Time: -5, Rank: fold.Complete, Arrival: 1 << 60}
	for _, rule := range fold.DefaultRules() {
		if !isKept(rule) {
			continue
		}
		var values []fold.Value
		switch rule.Field {
		case fold.Start, fold.End, fold.CompletionStart, fold.Public, fold.Bookmarked, fold.AppRoot, fold.AsRoot:
			values = []fold.Value{{N: 0}, {N: -7}}
		case fold.PromptLink:
			values = []fold.Value{{S: "p"}, {S: "p", N: 3, HasN: true}, {S: "", N: 0, HasN: true}}
		case fold.Usage, fold.Cost:
			values = []fold.Value{{A: trace.Amounts{{Name: "a", N: 1}, {Name: "b", N: -2}}}}
			if rule.Field == fold.Usage {
				values = append(values, fold.Value{A: trace.Amounts{{Name: "a", N: 1}}, S: `{"k":"hint"}`})
			}
		case fold.Input, fold.Output:
			values = []fold.Value{{S: "x", Ref: "blob", Size: 5}, {S: "", Weak: true}}
		case fold.Raw:
			values = []fold.Value{{S: "x"}, {S: "x", Ref: "blob", Size: 5}}
		default:
			values = []fold.Value{{S: ""}, {S: "a\x00é"}}
		}
		if !rule.NullIsAbsent {
			values = append(values, fold.Null())
		}
		for _, v := range values {
			for _, byDefault := range []bool{false, true} {
				r := fold.Register{Field: rule.Field, Default: byDefault, Key: key, Value: v}
				back, ok := clickhouse.Keep(r)
				if diff := cmp.Diff(r, back); diff != "" || !ok {
					t.Errorf("%s %s (-written +read)\n%s", rule.Kind, rule.Field, diff)
				}
			}
		}
	}
}

// TestArrivalsGrow: over calls and within them, whatever the clock does.
func TestArrivalsGrow(t *testing.T) {
	now := time.Unix(1_790_000_000, 0)
	take := clickhouse.Arrivals(func() time.Time { return now })
	last := int64(0)
	for _, step := range []time.Duration{0, 0, time.Nanosecond, -time.Hour, 0, 3 * time.Hour} {
		now = now.Add(step)
		first := take(5)
		if first <= last {
			t.Errorf("after a step of %v: %d, the last was %d", step, first, last)
		}
		last = first + 4
	}
	if now.UnixNano() > last {
		t.Error("the counter is behind the clock")
	}
}
