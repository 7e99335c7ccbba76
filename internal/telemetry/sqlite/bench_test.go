//go:build unix

package sqlite_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/fusebox-llm/fusebox/internal/filter"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/pricing"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/telemetry/sqlite"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// words gives text that compresses about as well as prose does: few frequent words
// and many rare ones.
func words(rnd *rand.Rand, vocabulary []string, size int) string {
	var b strings.Builder
	zipf := rand.NewZipf(rnd, 1.1, 8, uint64(len(vocabulary)-1))
	for b.Len() < size {
		b.WriteString(vocabulary[zipf.Uint64()])
		b.WriteByte(' ')
	}
	return b.String()
}

func vocabulary(rnd *rand.Rand) []string {
	v := make([]string, 20_000)
	for i := range v {
		var b strings.Builder
		for range 2 + rnd.IntN(8) {
			b.WriteByte("etaoinshrdlcumwfgypbvkjxqz"[min(rnd.IntN(26), rnd.IntN(26))])
		}
		v[i] = b.String()
	}
	return v
}

// traffic makes what an SDK sends by OTLP: traces of ten spans of about 3 KB each,
// every span with what it says of its trace, in calls of about fifty spans. A third
// of them name a model and report a cost.
type traffic struct {
	rnd        *rand.Rand
	vocabulary []string
	now        trace.Micros
	// models says that every span names a model and none reports a cost; with cards,
	// by model, they bring that along, and their reasons.
	models  bool
	cards   map[string]string
	reasons []string
}

func someModels() []string {
	return []string{
		"gpt-4o-mini-2024-07-18", "gpt-4o", "gpt-5", "o3", "claude-sonnet-4-5-20250929", "claude-opus-4-1", "gemini-2.5-pro", "gemini-2.5-flash",
	}
}

// builtInCards returns the cards of all the models.
func builtInCards() map[string]string {
	catalog := pricing.NewCatalog(pricing.BuiltIn())
	cards := map[string]string{}
	for _, name := range someModels() {
		cards[name] = pricing.CardOf(name, catalog.Candidates(nil, name))
	}
	return cards
}

func (g *traffic) hex(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = "0123456789abcdef"[g.rnd.IntN(16)]
	}
	return string(b)
}

// call returns the records of n observations.
func (g *traffic) call(n int) []fold.Record {
	var records []fold.Record
	for range n / 10 {
		traceID, user, session := g.hex(32), fmt.Sprint("user-", g.rnd.IntN(5000)), g.hex(32)
		name := fmt.Sprint("pipeline-", g.rnd.IntN(20))
		root := g.hex(16)
		for i := range 10 {
			g.now += 1000
			end := g.now + trace.Micros(g.rnd.IntN(2_000_000))
			r := fold.Record{Kind: fold.Observation, TraceID: traceID, ID: g.hex(16), Time: end, Rank: fold.Complete, OTel: true}
			r.Set(fold.Name, fold.Text(fmt.Sprint("step-", g.rnd.IntN(50))))
			r.Set(fold.UserID, fold.Text(user))
			r.Set(fold.SessionID, fold.Text(session))
			r.Set(fold.Environment, fold.Text("production"))
			r.Set(fold.Start, fold.Time(g.now))
			r.Set(fold.End, fold.Time(end))
			if i == 0 {
				r.ID = root
			} else {
				r.Set(fold.Parent, fold.Text(root))
			}
			if g.models || g.rnd.IntN(3) == 0 {
				model := someModels()[g.rnd.IntN(8)]
				r.Set(fold.Type, fold.Text("GENERATION"))
				r.Set(fold.Model, fold.Text(model))
				r.Set(fold.ModelParameters, fold.Text(`{"temperature":0.7,"max_tokens":1024}`))
				r.Set(fold.Usage, fold.Map(trace.AmountsOf(map[string]int64{"input": g.rnd.Int64N(4000), "output": g.rnd.Int64N(900), "input_cached_tokens": g.rnd.Int64N(500)})))
				if !g.models {
					r.Set(fold.Cost, fold.Map(trace.AmountsOf(map[string]int64{"input": g.rnd.Int64N(1e9), "output": g.rnd.Int64N(1e9)})))
				}
			} else {
				r.SetDefault(fold.Type, fold.Text("SPAN"))
			}
			r.SetDefault(fold.Level, fold.Text("DEFAULT"))
			r.Set(fold.Input, fold.Text(words(g.rnd, g.vocabulary, 2000)))
			r.Set(fold.Output, fold.Text(words(g.rnd, g.vocabulary, 1000)))
			if model, ok := r.Get(fold.Model); ok && g.cards != nil {
				r.Set(fold.Reasons, fold.Text(g.reasons[i]))
				r.Set(fold.Rates, fold.Text(g.cards[model.Value.S]))
			}
			r.Metadata = trace.Metadata{Object: `{"resourceAttributes":{"service.name":"shop","telemetry.sdk.language":"python"},"scope":{"name":"langfuse-sdk","version":"3.2.1"},"request":"` + g.hex(32) + `","note":"` + words(g.rnd, g.vocabulary, 100) + `"}`}
			records = append(records, r)

			of := fold.Record{Kind: fold.Trace, TraceID: traceID, ID: traceID, Time: end, Rank: fold.Complete, OTel: true, Tags: []string{"a", "b"}}
			of.Set(fold.Name, fold.Text(name))
			of.Set(fold.UserID, fold.Text(user))
			of.Set(fold.SessionID, fold.Text(session))
			records = append(records, of)
		}
	}
	return records
}

// someReasons returns a few texts, as the mapping of one instrumentation gives them.
func someReasons() []string {
	texts := make([]string, 10)
	for i := range texts {
		texts[i] = reasonsOf(i)
	}
	return texts
}

func reasonsOf(n int) string {
	var b strings.Builder
	for _, f := range []fold.Field{
		fold.Name, fold.UserID, fold.SessionID, fold.Environment, fold.Type, fold.Level, fold.Model, fold.ModelParameters, fold.Input, fold.Output, fold.Usage,
	} {
		fmt.Fprintf(&b, "%s\tsome.convention.%s\n", f, f)
	}
	fmt.Fprintf(&b, "usage.input\tsome.convention.usage.input_tokens\nusage.output\tsome.convention.usage.output_tokens\nmetadata\tsome.convention.%d", n)
	return b.String()
}

func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkWrite writes calls of 50 observations from 16 callers at once; b.N
// counts observations. cpu-s/100k is the CPU time of the whole process.
func BenchmarkWrite(b *testing.B) {
	b.Run("usual", func(b *testing.B) { benchmarkWrite(b, traffic{}) })
	b.Run("models", func(b *testing.B) { benchmarkWrite(b, traffic{models: true}) })
	b.Run("models that cost", func(b *testing.B) {
		benchmarkWrite(b, traffic{models: true, cards: builtInCards(), reasons: someReasons()})
	})
}

func benchmarkWrite(b *testing.B, g traffic) {
	const callers, perCall = 16, 50
	dir := b.TempDir()
	var commits int
	s := open(b, sqlite.Config{Path: dir + "/telemetry.db", Observe: func(sqlite.CommitStats) { commits++ }})
	rnd := rand.New(rand.NewPCG(1, 2))
	v := vocabulary(rnd)
	calls := make([][]fold.Record, (b.N+perCall-1)/perCall)
	g.rnd, g.vocabulary, g.now = rnd, v, 1_780_000_000_000_000
	raw := 0
	for i := range calls {
		calls[i] = g.call(perCall)
		for _, r := range calls[i] {
			raw += len(r.Metadata.Object)
			for _, f := range r.Fields {
				raw += len(f.Value.S)
			}
		}
	}
	b.ResetTimer()
	before := cpu()
	work := make(chan []fold.Record)
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() {
			for records := range work {
				if err := s.Write(b.Context(), "p", records); err != nil {
					b.Error(err)
				}
			}
		})
	}
	for _, c := range calls {
		work <- c
	}
	close(work)
	wg.Wait()
	used := cpu() - before
	b.StopTimer()
	n := len(calls) * perCall
	b.ReportMetric(used.Seconds()*100_000/float64(n), "cpu-s/100k")
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "obs/s")
	b.ReportMetric(float64(n)/float64(max(commits, 1)), "obs/commit")
	b.ReportMetric(float64(raw)/float64(n), "rawB/obs")
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	if fi, err := os.Stat(dir + "/telemetry.db"); err == nil {
		b.ReportMetric(float64(fi.Size())/float64(n), "fileB/obs")
	}
}

// BenchmarkRead asks the usual questions of a store with 100,000 observations.
func BenchmarkRead(b *testing.B) {
	s := open(b, sqlite.Config{Synchronous: "OFF"})
	rnd := rand.New(rand.NewPCG(1, 2))
	g := traffic{rnd: rnd, vocabulary: vocabulary(rnd), now: 1_780_000_000_000_000}
	var some []fold.Record
	for range 200 {
		records := g.call(500)
		some = append(some, records[rnd.IntN(500)*2])
		if err := s.Write(b.Context(), "p", records); err != nil {
			b.Fatal(err)
		}
	}
	all := telemetry.Parts{IO: true, Metadata: true}
	equals := filter.Equals
	questions := []struct {
		name string
		ask  func(r fold.Record) error
	}{
		{"trace with payload", func(r fold.Record) error { _, err := s.Trace(b.Context(), "p", r.TraceID, all); return err }},
		{"observation by id", func(r fold.Record) error { _, err := s.Observation(b.Context(), "p", r.ID, all); return err }},
		{"newest 50 traces", func(fold.Record) error {
			_, err := s.Traces(b.Context(), "p", telemetry.TraceQuery{Limit: 50})
			return err
		}},
		{"newest 50 traces with payload and total", func(fold.Record) error {
			_, err := s.Traces(b.Context(), "p", telemetry.TraceQuery{Limit: 50, Total: true, Parts: all})
			return err
		}},
		{"traces of a user", func(r fold.Record) error {
			user, _ := r.Get(fold.UserID)
			_, err := s.Traces(b.Context(), "p", telemetry.TraceQuery{Where: filter.All{equals(filter.UserID, user.Value.S)}, Limit: 50, Total: true})
			return err
		}},
		{"traces of a tag", func(fold.Record) error {
			_, err := s.Traces(b.Context(), "p", telemetry.TraceQuery{Where: filter.All{equals(filter.Tags, "a")}, Limit: 50})
			return err
		}},
		{"50 generations of a name", func(fold.Record) error {
			_, err := s.Observations(b.Context(), "p", telemetry.ObservationQuery{
				Where: filter.All{equals(filter.Type, "GENERATION"), equals(filter.Name, "step-7")}, Limit: 50,
			})
			return err
		}},
		{"observations of a trace", func(r fold.Record) error {
			_, err := s.Observations(b.Context(), "p", telemetry.ObservationQuery{Where: filter.All{equals(filter.TraceID, r.TraceID)}, Limit: 50})
			return err
		}},
		{"observations of a user, of all", func(r fold.Record) error {
			user, _ := r.Get(fold.UserID)
			_, err := s.Observations(b.Context(), "p", telemetry.ObservationQuery{Where: filter.All{equals(filter.UserID, user.Value.S)}, Limit: 1000})
			return err
		}},
		{"count of all observations", func(fold.Record) error {
			_, err := s.Observations(b.Context(), "p", telemetry.ObservationQuery{Total: true})
			return err
		}},
	}
	for _, q := range questions {
		b.Run(q.name, func(b *testing.B) {
			for i := range b.N {
				if err := q.ask(some[i%len(some)]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
