package reprice_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/account"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/ingest"
	"github.com/fusebox-llm/fusebox/internal/metadata/sqldb"
	"github.com/fusebox-llm/fusebox/internal/otelmap"
	"github.com/fusebox-llm/fusebox/internal/pricing"
	"github.com/fusebox-llm/fusebox/internal/reprice"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/telemetry/sqlite"
	"github.com/fusebox-llm/fusebox/internal/telemetry/telemetrytest"
	"github.com/fusebox-llm/fusebox/internal/tokens"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

const (
	project id.Project   = "p"
	dollar               = 1_000_000_000_000
	day     trace.Micros = 86_400_000_000
)

// noon is when what is recalculated began.
var noon = trace.MicrosOf(time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC))

// shop is a store with what fills and recalculates it.
type shop struct {
	t      *testing.T
	store  telemetry.Store
	verify func(context.Context) error
	prices *pricing.Service
	// arrive takes telemetry in and knows no tokenizers, so that estimates are left to
	// the recalculation.
	arrive   *ingest.Service
	repricer *reprice.Service
	now      trace.Micros
}

// onEveryStore runs a test on the reference and on a real engine.
func onEveryStore(t *testing.T, test func(*shop)) {
	t.Helper()
	t.Run("reference", func(t *testing.T) {
		store := telemetrytest.NewReference(fold.DefaultRules())
		test(newShop(t, store, func(context.Context) error { return nil }))
	})
	t.Run("sqlite", func(t *testing.T) {
		store, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), "telemetry.db"), Folder: fold.New(fold.DefaultRules())})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { store.Close() })
		test(newShop(t, store, store.Verify))
	})
}

func newShop(t *testing.T, store telemetry.Store, verify func(context.Context) error) *shop {
	t.Helper()
	db, err := sqldb.OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "meta.db"))
	if err != nil {
		t.Fatal(err)
	}
	stores := db.Stores()
	t.Cleanup(func() { stores.Close() })
	_, err1 := stores.Accounts.EnsureOrganization(t.Context(), account.Organization{ID: "o", Name: "o"})
	_, err2 := stores.Accounts.EnsureProject(t.Context(), account.Project{ID: project, Organization: "o", Name: "p"})
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	s := &shop{t: t, store: store, verify: verify, now: noon + day}
	now := func() time.Time { return s.now.Time() }
	s.prices = pricing.NewService(pricing.NewCatalog(pricing.BuiltIn()), stores.Models, now)
	taker := func(m ingest.Meaning) *ingest.Service {
		return ingest.New(ingest.Config{InlineBytes: 1000}, otelmap.New(otelmap.DefaultRules()), store, blobs{}, m, nil, now)
	}
	s.arrive = taker(ingest.Meaning{Prices: s.prices})
	s.repricer = reprice.New(store, s.prices, taker(ingest.Meaning{Prices: s.prices, Tokens: tokens.New()}), now)
	return s
}

// model defines what names of the pattern cost, by default one and two micro-dollars
// for units of input and output.
func (s *shop) model(name, pattern string, change func(*pricing.Model)) string {
	s.t.Helper()
	m := pricing.Model{
		Project: project, Name: name, Pattern: pattern, Unit: pricing.Tokens,
		Tiers: []pricing.Tier{{Name: "Standard", Default: true, Prices: s.inOut("1e-6", "2e-6")}},
	}
	if change != nil {
		change(&m)
	}
	m, err := s.prices.Create(s.t.Context(), m)
	if err != nil {
		s.t.Fatal(err)
	}
	return m.ID
}

func (s *shop) inOut(in, out string) (prices []pricing.Price) {
	s.t.Helper()
	for _, p := range []struct{ usage, text string }{{"input", in}, {"output", out}} {
		d, err := pricing.ParseDecimal(p.text)
		if err != nil {
			s.t.Fatal(err)
		}
		prices = append(prices, pricing.Price{Usage: p.usage, USD: d})
	}
	return prices
}

func (s *shop) deleteModel(modelID string) {
	s.t.Helper()
	if err := s.prices.Delete(s.t.Context(), project, modelID); err != nil {
		s.t.Fatal(err)
	}
}

// part is something that a record says.
type part func(*fold.Record)

func text(f fold.Field, s string) part { return func(r *fold.Record) { r.Set(f, fold.Text(s)) } }
func at(f fold.Field, when trace.Micros) part {
	return func(r *fold.Record) { r.Set(f, fold.Time(when)) }
}
func model(name string) part      { return text(fold.Model, name) }
func metadata(object string) part { return func(r *fold.Record) { r.Metadata.Object = object } }
func amounts(f fold.Field, m map[string]int64) part {
	return func(r *fold.Record) { r.Set(f, fold.Map(trace.AmountsOf(m))) }
}

func used(in, out int64) part {
	return amounts(fold.Usage, map[string]int64{"input": in, "output": out})
}

// ended says that a call with a text of two tokens, and one of one, is over.
func ended(r *fold.Record) {
	at(fold.End, noon+5)(r)
	text(fold.Input, "hello world")(r)
	text(fold.Output, "hi")(r)
}

// record is a record of an observation that starts at noon, made then.
func record(traceID, recordID string, parts ...part) fold.Record {
	r := fold.Record{Kind: fold.Observation, TraceID: traceID, ID: recordID, Time: noon, Rank: fold.Create}
	for _, p := range parts {
		p(&r)
	}
	if _, ok := r.Get(fold.Start); !ok {
		r.SetDefault(fold.Start, fold.Time(noon))
	}
	return r
}

// later is a record that comes after another one.
func later(traceID, recordID string, parts ...part) fold.Record {
	r := fold.Record{Kind: fold.Observation, TraceID: traceID, ID: recordID, Time: noon + 1, Rank: fold.Update}
	for _, p := range parts {
		p(&r)
	}
	return r
}

// write lets records arrive, each in a request of its own.
func (s *shop) write(p id.Project, records ...fold.Record) {
	s.t.Helper()
	for _, r := range records {
		items := []ingest.Item{{Records: []fold.Record{r}}}
		if err := s.arrive.Records(s.t.Context(), p, items); err != nil || items[0].Refused != "" {
			s.t.Fatal(err, items[0].Refused)
		}
	}
}

// run recalculates, a minute later than whatever came before.
func (s *shop) run(args reprice.Args) reprice.Result {
	s.t.Helper()
	s.now += 60_000_000
	result, err := s.repricer.Run(s.t.Context(), project, args, func(int64, int64) error { return nil })
	if err != nil {
		s.t.Fatal(err)
	}
	s.sound()
	return result
}

// settled recalculates again, which must change nothing.
func (s *shop) settled() {
	s.t.Helper()
	before := s.all(project)
	got := s.run(reprice.Args{})
	if got.Changed != 0 || got.Estimated != 0 || got.CostBefore != 0 || got.CostAfter != 0 || len(got.Models) != 0 {
		s.t.Errorf("a second run: %+v", got)
	}
	if diff := cmp.Diff(before, s.all(project)); diff != "" {
		s.t.Errorf("a second run wrote (-before +after):\n%s", diff)
	}
}

// sound checks what the engine adds up right after the writes.
func (s *shop) sound() {
	s.t.Helper()
	if err := s.verify(s.t.Context()); err != nil {
		s.t.Error(err)
	}
	list, err := s.store.Traces(s.t.Context(), project, telemetry.TraceQuery{Limit: 10_000})
	if err != nil {
		s.t.Fatal(err)
	}
	sums := map[string]int64{}
	for _, o := range s.all(project) {
		if o.TotalCost != nil {
			sums[o.TraceID] += *o.TotalCost
		}
	}
	for _, tr := range list.Traces {
		if tr.Sums.CostTotal != sums[tr.ID] {
			s.t.Errorf("the trace %s adds up to %d, its observations to %d", tr.ID, tr.Sums.CostTotal, sums[tr.ID])
		}
	}
}

// all returns the observations of a project.
func (s *shop) all(p id.Project) []trace.Observation {
	s.t.Helper()
	list, err := s.store.Observations(s.t.Context(), p, telemetry.ObservationQuery{Limit: 10_000, Parts: telemetry.Parts{IO: true, Metadata: true, Raw: true}})
	if err != nil {
		s.t.Fatal(err)
	}
	return list.Observations
}

func (s *shop) get(observationID string) trace.Observation {
	s.t.Helper()
	o, err := s.store.Observation(s.t.Context(), project, observationID, telemetry.Parts{IO: true, Metadata: true})
	if err != nil {
		s.t.Fatal(err)
	}
	return o
}

// costs checks the total costs of observations, in millionths of a dollar; -1 is none.
func (s *shop) costs(want map[string]int64) {
	s.t.Helper()
	for observationID, micros := range want {
		o := s.get(observationID)
		got := int64(-1)
		if o.TotalCost != nil {
			got = *o.TotalCost / 1_000_000
		}
		if got != micros {
			s.t.Errorf("%s costs %d, want %d: %+v", observationID, got, micros, o.Account)
		}
	}
}

// result makes the result of a recalculation that concerns one model, with costs in
// millionths of a dollar.
func result(observations, changed, estimated int64, model string, before, after reprice.Dollars) reprice.Result {
	before, after = before*1_000_000, after*1_000_000
	r := reprice.Result{Observations: observations, Changed: changed, Estimated: estimated, CostBefore: before, CostAfter: after, Models: []reprice.ModelResult{}}
	if model != "" {
		r.Models = append(r.Models, reprice.ModelResult{Model: model, Changed: changed, CostBefore: before, CostAfter: after})
	}
	return r
}

func (s *shop) want(what string, got, want reprice.Result) {
	s.t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		s.t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}
