package reprice_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/ingest"
	"github.com/fusebox-llm/fusebox/internal/pricing"
	"github.com/fusebox-llm/fusebox/internal/reprice"
	"github.com/fusebox-llm/fusebox/internal/tasks"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

func TestPricesComeAndGo(t *testing.T) { onEveryStore(t, pricesComeAndGo) }

func pricesComeAndGo(s *shop) {
	s.write(project,
		record("t", "a", model("acme"), used(100, 10)),
		record("t", "b", model("acme"), used(1, 0), amounts(fold.Cost, map[string]int64{"input": 5 * dollar})),
		record("u", "c", model("gpt-4o"), used(1000, 0)),
		record("u", "d", used(1, 1)),
		record("u", "e", model("acme"), used(7, 0)),
	)
	s.write("other", record("t", "a", model("acme"), used(100, 10)))
	s.costs(map[string]int64{"a": -1, "b": 5_000_000, "c": 2500, "d": -1, "e": -1})
	reported, others := s.get("b"), s.all("other")

	s.want("with the prices that were there", s.run(reprice.Args{}), result(4, 0, 0, "", 0, 0))
	first := s.model("acme", "^acme$", nil)
	before := s.all(project)
	preview := s.run(reprice.Args{Preview: true})
	s.want("a preview", preview, result(4, 2, 0, "acme", 0, 127))
	if diff := cmp.Diff(before, s.all(project)); diff != "" {
		s.t.Errorf("a preview wrote (-before +after):\n%s", diff)
	}
	s.want("what it said", s.run(reprice.Args{}), preview)
	s.costs(map[string]int64{"a": 120, "b": 5_000_000, "c": 2500, "d": -1, "e": 7})
	if a := s.get("a").Account; !a.Repriced || a.ModelID != first || a.TierName != "Standard" || a.CostSource != trace.Computed || a.UsageSource != trace.Reported {
		s.t.Errorf("the account: %+v", a)
	}
	s.settled()

	// Other prices under the same name, then none.
	s.deleteModel(first)
	second := s.model("acme", "^acme$", func(m *pricing.Model) { m.Tiers[0].Prices = s.inOut("1e-5", "2e-5") })
	s.want("other prices", s.run(reprice.Args{Model: "acme"}), result(3, 2, 0, "acme", 127, 1270))
	s.costs(map[string]int64{"a": 1200, "c": 2500, "e": 70})
	s.settled()
	s.deleteModel(second)
	s.want("no prices", s.run(reprice.Args{}), result(4, 2, 0, "acme", 1270, 0))
	s.costs(map[string]int64{"a": -1, "b": 5_000_000, "c": 2500, "e": -1})
	if a := s.get("a").Account; a.ModelID != "" || a.TierID != "" || a.CostSource != trace.SourceNone || a.UsageSource != trace.Reported {
		s.t.Errorf("the account without prices: %+v", a)
	}
	s.settled()

	// What a recalculation chose is for the name that is shown: another name has the
	// prices of its own.
	s.write(project, later("t", "a", model("gpt-4o")))
	s.costs(map[string]int64{"a": 350})
	if diff := cmp.Diff(reported, s.get("b")); diff != "" {
		s.t.Errorf("what has a reported cost changed (-before +after):\n%s", diff)
	}
	if diff := cmp.Diff(others, s.all("other")); diff != "" {
		s.t.Errorf("another project changed (-before +after):\n%s", diff)
	}
}

// TestOnlyCostsCount: an observation that costs what it did has not changed, whatever
// definition says so.
func TestOnlyCostsCount(t *testing.T) { onEveryStore(t, onlyCostsCount) }

func onlyCostsCount(s *shop) {
	first := s.model("acme", "^acme$", nil)
	s.write(project, record("t", "a", model("acme"), used(100, 10)), record("t", "b", model("acme")))
	s.deleteModel(first)
	second := s.model("acme, the same", "^acme$", nil)
	s.want("another definition", s.run(reprice.Args{}), result(2, 0, 0, "", 0, 0))
	for _, observationID := range []string{"a", "b"} {
		if o := s.get(observationID); o.Account.ModelID != second {
			s.t.Errorf("%s has the definition %s, want %s", observationID, o.Account.ModelID, second)
		}
	}
	s.settled()
}

func TestPeriod(t *testing.T) { onEveryStore(t, period) }

func period(s *shop) {
	for i := range 4 {
		s.write(project, record("t", fmt.Sprint("o", i), model("acme"), used(1, 0), at(fold.Start, noon+trace.Micros(i)*day)))
	}
	s.model("acme", "^acme$", nil)
	s.want("two days", s.run(reprice.Args{From: instant(noon + day), To: instant(noon + 3*day)}), result(2, 2, 0, "acme", 0, 2))
	s.costs(map[string]int64{"o0": -1, "o1": 1, "o2": 1, "o3": -1})
	s.want("from then on", s.run(reprice.Args{From: instant(noon + 2*day)}), result(2, 1, 0, "acme", 0, 1))
	s.want("until then", s.run(reprice.Args{To: instant(noon + day)}), result(1, 1, 0, "acme", 0, 1))
	s.settled()
}

func TestStartDates(t *testing.T) { onEveryStore(t, startDates) }

func startDates(s *shop) {
	s.write(project,
		record("t", "before", model("acme"), used(1, 0), at(fold.Start, noon-1)),
		record("t", "then", model("acme"), used(1, 0)),
		record("t", "new", model("acme-2"), used(1, 0), at(fold.Start, noon-1)),
	)
	s.model("acme", "^acme", nil)
	s.model("acme, dearer", "^acme$", func(m *pricing.Model) {
		start := noon
		m.Start, m.Tiers[0].Prices = &start, s.inOut("5e-6", "5e-6")
	})
	s.run(reprice.Args{})
	s.costs(map[string]int64{"before": 1, "then": 5, "new": 1})
	// A start that comes later chooses anew.
	s.write(project, later("t", "then", at(fold.Start, noon-1)))
	s.costs(map[string]int64{"then": 1})
	s.sound()
	s.settled()
}

// TestAttributeTiers: conditions on attributes are decided from all that is known of
// an observation by then, wherever it came from; those on usage stay open.
func TestAttributeTiers(t *testing.T) { onEveryStore(t, attributeTiers) }

func attributeTiers(s *shop) {
	tiers := func(m *pricing.Model) {
		for i, c := range []pricing.Condition{
			{Source: pricing.ModelParameters, Key: "service_tier", Operator: pricing.In, Values: []string{"flex"}},
			{Source: pricing.Metadata, Key: "plan", Operator: pricing.In, Values: []string{"pro", "7", "true"}},
			{UsagePattern: "^input$", Operator: pricing.GT, Value: 10},
		} {
			m.Tiers = append(m.Tiers, pricing.Tier{
				Name: fmt.Sprint("tier ", i), Priority: i + 1, Conditions: []pricing.Condition{c}, Prices: s.inOut(fmt.Sprintf("%de-6", 10*(i+1)), "0"),
			})
		}
	}
	s.model("acme", "^acme$", tiers)
	flex := text(fold.ModelParameters, `{"service_tier":"flex"}`)
	s.write(project,
		record("t", "with it", model("acme"), used(1, 0), flex),
		record("t", "apart", model("acme"), used(1, 0)), later("t", "apart", flex),
		record("t", "metadata", model("acme"), used(1, 0)), later("t", "metadata", metadata(`{"plan":7}`)),
		record("t", "both", model("acme"), used(1, 0), metadata(`{"plan":"pro"}`)), later("t", "both", flex),
		record("t", "much", model("acme"), used(11, 0), metadata(`{"plan":"free"}`)),
		record("t", "plain", model("acme"), used(1, 0), text(fold.ModelParameters, `{"service_tier":"default"}`)),
	)
	// On arrival only the record with the usage counts.
	s.costs(map[string]int64{"with it": 10, "apart": 1, "metadata": 1, "both": 20, "much": 330, "plain": 1})
	s.want("all that is known", s.run(reprice.Args{}), result(6, 3, 0, "acme", 22, 40))
	s.costs(map[string]int64{"with it": 10, "apart": 10, "metadata": 20, "both": 10, "much": 330, "plain": 1})
	s.settled()

	s.write(project, later("t", "plain", used(11, 0)), later("t", "apart", used(11, 0)))
	s.costs(map[string]int64{"plain": 330, "apart": 110})
	s.sound()
	s.settled()
}

func TestEstimates(t *testing.T) { onEveryStore(t, estimates) }

func estimates(s *shop) {
	s.write(project,
		record("t", "ended", model("gpt-4o"), ended),
		record("t", "open", model("gpt-4o"), text(fold.Input, "hello world")),
		record("t", "failed", model("gpt-4o"), ended, text(fold.Level, "ERROR")),
		record("t", "silent", model("gpt-4o"), at(fold.End, noon+5)),
		record("t", "unknown", model("claude-3-opus-20240229"), ended),
		record("t", "reported", model("gpt-4o"), ended, used(1000, 0)),
		record("t", "cost", model("gpt-4o"), ended, amounts(fold.Cost, map[string]int64{"total": dollar})),
		record("t", "nameless", ended),
		record("t", "unanswered", model("gpt-4o"), at(fold.End, noon+5), text(fold.Input, "hello world")),
		record("t", "huge", model("gpt-4o"), at(fold.End, noon+5), text(fold.Input, fmt.Sprintf("%2000d", 1))),
	)
	s.want("a preview", s.run(reprice.Args{Preview: true}), reprice.Result{
		Observations: 9, Changed: 1, Estimated: 1, CostAfter: 15_000_000,
		Models: []reprice.ModelResult{{Model: "gpt-4o", Changed: 1, CostAfter: 15_000_000}},
	})
	if o := s.get("ended"); len(o.Usage) != 0 {
		s.t.Errorf("a preview estimated: %v", o.Usage)
	}
	s.want("the estimate", s.run(reprice.Args{}), result(9, 1, 1, "gpt-4o", 0, 15))
	o := s.get("ended")
	if diff := cmp.Diff(trace.AmountsOf(map[string]int64{"input": 2, "output": 1, "total": 3}), o.Usage); diff != "" {
		s.t.Errorf("usage (-want +got):\n%s", diff)
	}
	if a := o.Account; a.UsageSource != trace.Estimated || a.Tokenizer != "o200k_base" || a.CostSource != trace.Computed || a.TierName != "Standard" {
		s.t.Errorf("the account of an estimate: %+v", a)
	}
	for _, name := range []string{"open", "failed", "silent", "unknown", "cost", "nameless", "huge", "unanswered"} {
		if o := s.get(name); len(o.Usage) != 0 || o.Account.UsageSource != trace.SourceNone {
			s.t.Errorf("%s: usage %v from %q", name, o.Usage, o.Account.UsageSource)
		}
	}
	s.costs(map[string]int64{"ended": 15, "reported": 2500, "cost": 1_000_000, "open": -1, "failed": -1})
	s.settled()

	// What is reported later takes the place of the estimate, though it was meant
	// earlier, and is priced like it.
	s.write(project, later("t", "ended", used(1000, 0)))
	s.costs(map[string]int64{"ended": 2500})
	if a := s.get("ended").Account; a.UsageSource != trace.Reported || a.Tokenizer != "" {
		s.t.Errorf("the account of what was reported: %+v", a)
	}
	s.sound()
	s.settled()
}

// TestUntraced: what has named no trace so far still has not.
func TestUntraced(t *testing.T) { onEveryStore(t, untraced) }

func untraced(s *shop) {
	s.write(project, later("", "a", model("acme"), used(100, 0)), record("t", "b", model("acme"), used(1, 0)))
	s.model("acme", "^acme$", nil)
	s.want("both", s.run(reprice.Args{}), result(2, 2, 0, "acme", 0, 101))
	if got := s.get("a").TraceID; got != id.TraceOfObservation(project, "a") {
		s.t.Errorf("the observation went to %s", got)
	}
	s.settled()
	s.write(project, record("t", "a"))
	s.costs(map[string]int64{"a": 100, "b": 1})
	if got := s.get("a").TraceID; got != "t" || len(s.all(project)) != 2 {
		s.t.Errorf("the observation did not move to its trace, it is in %s", got)
	}
	s.sound()
	s.settled()
}

// TestOneIDInTwoTraces: they are two observations.
func TestOneIDInTwoTraces(t *testing.T) { onEveryStore(t, oneIDInTwoTraces) }

func oneIDInTwoTraces(s *shop) {
	s.write(project,
		record("t", "a", model("acme"), used(100, 0)), record("u", "a", model("acme"), used(1, 0)),
		record("t", "e", model("gpt-4o"), ended), record("u", "e", model("gpt-4o"), ended, used(1, 0)),
	)
	s.model("acme", "^acme$", nil)
	s.run(reprice.Args{})
	sums := map[string]int64{}
	for _, o := range s.all(project) {
		if o.ID == "a" {
			sums[o.TraceID] = *o.TotalCost / 1_000_000
		}
	}
	if diff := cmp.Diff(map[string]int64{"t": 100, "u": 1}, sums); diff != "" {
		s.t.Errorf("costs (-want +got):\n%s", diff)
	}
	s.settled()
}

// TestManyPages goes over more than a page holds, and stops when it is told to: what
// is done then stays done, and the next run does the rest.
func TestManyPages(t *testing.T) { onEveryStore(t, manyPages) }

func manyPages(s *shop) {
	const n = 1_101
	items := make([]ingest.Item, n)
	for i := range items {
		items[i].Records = []fold.Record{record(fmt.Sprint("t", i%7), fmt.Sprint("o", i), model("acme"), used(1, 0), at(fold.Start, noon+trace.Micros(i/3)))}
	}
	if err := s.arrive.Records(s.t.Context(), project, items); err != nil {
		s.t.Fatal(err)
	}
	s.model("acme", "^acme$", nil)

	stop := errors.New("stop")
	calls := 0
	_, err := s.repricer.Run(s.t.Context(), project, reprice.Args{}, func(done, total int64) error {
		if calls++; done != 500 || total != n {
			s.t.Errorf("progress %d of %d", done, total)
		}
		return stop
	})
	if !errors.Is(err, stop) || calls != 1 {
		s.t.Errorf("%v after %d calls", err, calls)
	}
	s.sound()
	ctx, cancel := context.WithCancel(s.t.Context())
	cancel()
	if _, err := s.repricer.Run(ctx, project, reprice.Args{}, func(int64, int64) error { return nil }); !errors.Is(err, context.Canceled) {
		s.t.Errorf("with a context that is over: %v", err)
	}
	var progress []int64
	s.now += 60_000_000
	got, err := s.repricer.Run(s.t.Context(), project, reprice.Args{}, func(done, total int64) error {
		progress = append(progress, done, total)
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	s.want("the rest", got, result(n, n-500, 0, "acme", 0, n-500))
	if diff := cmp.Diff([]int64{500, n, 1000, n, n, n}, progress); diff != "" {
		s.t.Errorf("progress (-want +got):\n%s", diff)
	}
	s.settled()
}

func TestHandle(t *testing.T) {
	onEveryStore(t, func(s *shop) {
		s.write(project, record("t", "a", model("acme"), used(100, 10)), record("t", "b", model("<b>"), used(1_500_000, 0)), record("t", "c", model("<c>"), used(5, 0)))
		s.model("all", "^(acme|<.>)$", nil)
		task := tasks.Task{Project: project, Kind: reprice.Kind, Args: `{"model":"","preview":true,"to":` + fmt.Sprint(int64(noon+1000)) + `}`}
		got, err := s.repricer.Handle(s.t.Context(), task, func(int64, int64) error { return nil })
		if err != nil {
			s.t.Fatal(err)
		}
		raw, err := json.Marshal(got)
		if err != nil {
			s.t.Fatal(err)
		}
		const want = `{"observations":3,"changed":3,"estimated":0,"costBefore":0,"costAfter":1.500125,"models":[` +
			`{"model":"\u003cb\u003e","changed":1,"costBefore":0,"costAfter":1.5},{"model":"acme","changed":1,"costBefore":0,"costAfter":0.00012},{"model":"\u003cc\u003e","changed":1,"costBefore":0,"costAfter":0.000005}]}`
		if string(raw) != want {
			s.t.Errorf("got  %s\nwant %s", raw, want)
		}
		task.Args = `{"fromStartTime":"x"}`
		if _, err := s.repricer.Handle(s.t.Context(), task, func(int64, int64) error { return nil }); err == nil {
			s.t.Error("arguments that cannot be read are taken")
		}
	})
}

func instant(t trace.Micros) *reprice.Instant { return new(reprice.Instant(t)) }
