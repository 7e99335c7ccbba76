package ingest_test

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fusebox-llm/fusebox/internal/account"
	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/ingest"
	"github.com/fusebox-llm/fusebox/internal/media"
	"github.com/fusebox-llm/fusebox/internal/metadata/sqldb"
	"github.com/fusebox-llm/fusebox/internal/otelmap"
	"github.com/fusebox-llm/fusebox/internal/pricing"
	"github.com/fusebox-llm/fusebox/internal/span"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/telemetry/telemetrytest"
	"github.com/fusebox-llm/fusebox/internal/tokens"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

const project id.Project = "p"

// noon is when everything here begins.
var noon = trace.MicrosOf(time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC))

// bucket keeps blobs in memory, and fails when it is told to.
type bucket struct {
	mu    sync.Mutex
	blobs map[string]string
	puts  int
	fails error
}

func (b *bucket) Put(_ context.Context, key string, r io.Reader) error {
	raw, err := io.ReadAll(r)
	b.mu.Lock()
	defer b.mu.Unlock()
	if err == nil {
		err = b.fails
	}
	if err == nil {
		b.puts++
		b.blobs[key] = string(raw)
	}
	return err
}

func (b *bucket) Get(_ context.Context, key string) (io.ReadCloser, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	s, ok := b.blobs[key]
	if !ok {
		return nil, fault.New(fault.NotFound, "no blob %q", key)
	}
	return io.NopCloser(strings.NewReader(s)), nil
}

func (*bucket) Delete(context.Context, string) error { return nil }

// watched is a store that says when it is written to.
type watched struct {
	telemetry.Store
	before func(records []fold.Record)
}

func (w watched) Write(ctx context.Context, p id.Project, records []fold.Record) error {
	if w.before != nil {
		w.before(records)
	}
	return w.Store.Write(ctx, p, records)
}

// taker is a service with everything that it enriches records by.
type taker struct {
	*ingest.Service
	t      *testing.T
	store  *watched
	blobs  *bucket
	media  *media.Service
	prices *pricing.Service
	// closeMetadata makes the metadata database fail from then on.
	closeMetadata func()
}

func newTaker(t *testing.T, cfg ingest.Config) *taker {
	t.Helper()
	db, err := sqldb.OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "meta.db"))
	if err != nil {
		t.Fatal(err)
	}
	stores := db.Stores()
	t.Cleanup(func() { stores.Close() })
	_, err = stores.Accounts.EnsureOrganization(t.Context(), account.Organization{ID: "o", Name: "o"})
	for _, p := range []id.Project{project, "other"} {
		_, err2 := stores.Accounts.EnsureProject(t.Context(), account.Project{ID: p, Organization: "o", Name: string(p)})
		err = errors.Join(err, err2)
	}
	if err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return noon.Time().Add(time.Hour) }
	k := &taker{
		closeMetadata: func() { stores.Close() },
		t:             t, store: &watched{Store: telemetrytest.NewReference(fold.DefaultRules())}, blobs: &bucket{blobs: map[string]string{}},
		prices: pricing.NewService(pricing.NewCatalog(pricing.BuiltIn()), stores.Models, now),
	}
	k.media = media.New(media.Config{Key: []byte("key"), Now: now}, stores.Media, k.blobs)
	meaning := ingest.Meaning{Media: k.media, Prices: k.prices, Tokens: tokens.New()}
	k.Service = ingest.New(cfg, otelmap.New(otelmap.DefaultRules()), k.store, k.blobs, meaning, nil, now)
	return k
}

// take lets records arrive in one request.
func (k *taker) take(p id.Project, records ...fold.Record) {
	k.t.Helper()
	if err := k.try(p, records...); err != nil {
		k.t.Fatal(err)
	}
}

func (k *taker) try(p id.Project, records ...fold.Record) error {
	k.t.Helper()
	items := make([]ingest.Item, len(records))
	for i, r := range records {
		items[i].Records = []fold.Record{r}
	}
	err := k.Records(k.t.Context(), p, items)
	for _, item := range items {
		if item.Refused != "" {
			k.t.Fatal(item.Refused)
		}
	}
	return err
}

// export lets one span arrive.
func (k *taker) export(sp span.Span) error {
	k.t.Helper()
	sp.Start, sp.HasStart = int64(noon), true
	got, err := k.Spans(k.t.Context(), project, &span.Batch{Resources: []span.Resource{{Scopes: []span.Scope{{Spans: []span.Span{sp}}}}}})
	if err == nil && got.Accepted != 1 {
		k.t.Fatal(got)
	}
	return err
}

func (k *taker) get(observationID string) trace.Observation {
	k.t.Helper()
	o, err := k.store.Observation(k.t.Context(), project, observationID, telemetry.Parts{IO: true, Metadata: true, Raw: true})
	if err != nil {
		k.t.Fatal(err)
	}
	return o
}

// all returns the observations of the project.
func (k *taker) all() []trace.Observation {
	k.t.Helper()
	list, err := k.store.Observations(k.t.Context(), project, telemetry.ObservationQuery{Limit: 100, Parts: telemetry.Parts{IO: true, Metadata: true, Raw: true}})
	if err != nil {
		k.t.Fatal(err)
	}
	return list.Observations
}

// part is something that a record says.
type part func(*fold.Record)

func text(f fold.Field, s string) part { return func(r *fold.Record) { r.Set(f, fold.Text(s)) } }

func amounts(f fold.Field, m map[string]int64) part {
	return func(r *fold.Record) { r.Set(f, fold.Map(trace.AmountsOf(m))) }
}

func metadata(object string) part { return func(r *fold.Record) { r.Metadata.Object = object } }

func ended(r *fold.Record) { r.Set(fold.End, fold.Time(noon+5)) }

// observation is a record of an observation, made at noon and some microseconds.
func observation(traceID, recordID string, later trace.Micros, parts ...part) fold.Record {
	r := fold.Record{Kind: fold.Observation, TraceID: traceID, ID: recordID, Time: noon + later, Rank: fold.Create}
	if later > 0 {
		r.Rank = fold.Update
	}
	r.SetDefault(fold.Start, fold.Time(r.Time))
	for _, p := range parts {
		p(&r)
	}
	return r
}

func attribute(key, value string) span.Attribute {
	return span.Attribute{Key: key, Value: span.Value{Kind: span.String, Str: value}}
}
