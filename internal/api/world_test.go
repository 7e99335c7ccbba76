package api_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fusebox-llm/fusebox/internal/account"
	"github.com/fusebox-llm/fusebox/internal/api"
	"github.com/fusebox-llm/fusebox/internal/body"
	"github.com/fusebox-llm/fusebox/internal/explore"
	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/ingest"
	"github.com/fusebox-llm/fusebox/internal/media"
	"github.com/fusebox-llm/fusebox/internal/metadata"
	"github.com/fusebox-llm/fusebox/internal/metadata/sqldb"
	"github.com/fusebox-llm/fusebox/internal/otelmap"
	"github.com/fusebox-llm/fusebox/internal/pricing"
	"github.com/fusebox-llm/fusebox/internal/tasks"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/telemetry/telemetrytest"
	"github.com/fusebox-llm/fusebox/internal/tokens"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// base is when everything in the world began: 2026-05-01T10:00:00Z.
var base = trace.MicrosOf(time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC))

// ms is an instant a number of milliseconds after base.
func ms(n int64) trace.Micros { return base + trace.Micros(n*1000) }

// keys are the Authorization headers that scenarios name.
func keys() map[string]string {
	basic := func(pair string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(pair)) }
	return map[string]string{
		"pair": basic("pk-1:sk-1"), "other": basic("pk-2:sk-2"), "wrong": basic("pk-1:sk-2"),
		"judged": basic("pk-3:sk-3"), "public": "Bearer pk-1", "down": "Basic down", "none": "",
	}
}

func authenticate(r *http.Request) (account.Principal, error) {
	switch r.Header.Get("Authorization") {
	case "":
		return account.Principal{}, fault.New(fault.Unauthenticated, "No authorization header")
	case keys()["pair"]:
		return account.Principal{Project: "p-1", KeyID: "k-1", Access: account.AccessProject}, nil
	case keys()["other"]:
		return account.Principal{Project: "p-2", KeyID: "k-2", Access: account.AccessProject}, nil
	case keys()["judged"]:
		return account.Principal{Project: "p-3", KeyID: "k-3", Access: account.AccessProject}, nil
	case keys()["public"]:
		return account.Principal{Project: "p-1", KeyID: "k-1", Access: account.AccessScores}, nil
	case keys()["down"]:
		return account.Principal{}, fault.New(fault.Unavailable, "Service Unavailable")
	}
	return account.Principal{}, fault.New(fault.Unauthenticated, "Invalid credentials. Confirm that you've configured the correct host.")
}

// bucket keeps blobs in memory.
type bucket struct {
	mu    sync.Mutex
	blobs map[string]string
}

func (b *bucket) Put(_ context.Context, key string, r io.Reader) error {
	raw, err := io.ReadAll(r)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.blobs[key] = string(raw)
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

func (b *bucket) Delete(_ context.Context, key string) error {
	delete(b.blobs, key)
	return nil
}

// world is a server on a store with known content.
type world struct {
	cfg   api.Config
	store telemetry.Store
	blobs *bucket
	log   *bytes.Buffer
	api   *api.API
	url   string
}

// config is a configuration on the given parts.
func config(store telemetry.Store, meta metadata.Stores, blobs *bucket, log io.Writer) api.Config {
	now := func() time.Time { return base.Time().Add(time.Hour) }
	meaning := ingest.Meaning{
		Media:  media.New(media.Config{Key: []byte("key"), Now: now}, meta.Media, blobs),
		Prices: pricing.NewService(pricing.NewCatalog(pricing.BuiltIn()), meta.Models, now),
		Tokens: tokens.New(),
	}
	return api.Config{
		Version:      "1.2.3",
		Logger:       slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Now:          now,
		Authenticate: authenticate,
		Project: func(_ context.Context, p id.Project) (account.Project, account.Organization, error) {
			out := account.Project{ID: p, Organization: "o-1", Name: "Project <" + string(p) + ">"}
			if p == "p-2" {
				out.Metadata, out.RetentionDays = []byte(`{"team":"x & y"}`), 30
			}
			return out, account.Organization{ID: "o-1", Name: "Org"}, nil
		},
		Explore:       explore.New(explore.Config{}, store, blobs),
		DeleteScore:   store.DeleteScore,
		Ingest:        ingest.New(ingest.Config{}, otelmap.New(otelmap.DefaultRules()), store, blobs, meaning, nil, now),
		Media:         meaning.Media,
		Prices:        meaning.Prices,
		Tasks:         tasks.New(tasks.Config{Now: now}, meta.Tasks),
		Bodies:        body.NewPool(body.DefaultLimits(), 0),
		Ping:          store.Ping,
		LastTelemetry: func(context.Context) (time.Time, error) { return base.Time().Add(time.Hour - 2*time.Minute), nil },
		Draining:      func() bool { return false },
		ExportTraces:  func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "{}") },
		ExportMetrics: func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "{}") },
	}
}

// openMetadata opens a metadata database that has the projects of the world.
func openMetadata(t *testing.T) metadata.Stores {
	t.Helper()
	db, err := sqldb.OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "meta.db"))
	if err != nil {
		t.Fatal(err)
	}
	stores := db.Stores()
	t.Cleanup(func() { stores.Close() })
	if _, err := stores.Accounts.EnsureOrganization(t.Context(), account.Organization{ID: "o-1", Name: "Org", CreatedAt: base.Time()}); err != nil {
		t.Fatal(err)
	}
	for _, p := range []id.Project{"p-1", "p-2", "p-3"} {
		if _, err := stores.Accounts.EnsureProject(t.Context(), account.Project{ID: p, Organization: "o-1", Name: string(p), CreatedAt: base.Time()}); err != nil {
			t.Fatal(err)
		}
	}
	return stores
}

// newWorld starts a server; change may alter its configuration.
func newWorld(t *testing.T, change func(*api.Config)) *world {
	t.Helper()
	return newWorldOn(t, telemetrytest.NewReference(fold.DefaultRules()), change)
}

// newWorldOn is newWorld on a store of any kind.
func newWorldOn(t *testing.T, store telemetry.Store, change func(*api.Config)) *world {
	t.Helper()
	w := &world{
		store: store,
		blobs: &bucket{blobs: map[string]string{}},
		log:   &bytes.Buffer{},
	}
	w.cfg = config(w.store, openMetadata(t), w.blobs, &locked{w: w.log})
	for p, records := range map[id.Project][]fold.Record{"p-1": worldRecords(w.blobs), "p-2": otherRecords(), "p-3": judgedRecords(w.blobs)} {
		if err := w.store.Write(t.Context(), p, records); err != nil {
			t.Fatal(err)
		}
	}
	if change != nil {
		change(&w.cfg)
	}
	w.start(t)
	return w
}

// start serves the world as it is configured.
func (w *world) start(t *testing.T) {
	t.Helper()
	var err error
	if w.api, err = api.New(w.cfg); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(w.api)
	t.Cleanup(server.Close)
	w.url = server.URL
}

// locked lets several requests log at once.
type locked struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}

func record(k fold.Kind, traceID, recordID string, at trace.Micros, parts ...func(*fold.Record)) fold.Record {
	r := fold.Record{Kind: k, TraceID: traceID, ID: recordID, Time: at, Rank: fold.Create}
	for _, p := range parts {
		p(&r)
	}
	if _, ok := r.Get(fold.Start); !ok {
		r.SetDefault(fold.Start, fold.Time(at))
	}
	return r
}

func text(f fold.Field, s string) func(*fold.Record) {
	return func(r *fold.Record) { r.Set(f, fold.Text(s)) }
}

func at(f fold.Field, t trace.Micros) func(*fold.Record) {
	return func(r *fold.Record) { r.Set(f, fold.Time(t)) }
}

func yes(f fold.Field) func(*fold.Record) {
	return func(r *fold.Record) { r.Set(f, fold.Bool(true)) }
}

func meta(object string) func(*fold.Record) {
	return func(r *fold.Record) { r.Metadata = trace.Metadata{Object: object} }
}

func tags(names ...string) func(*fold.Record) {
	return func(r *fold.Record) { r.Tags = names }
}

func amounts(f fold.Field, m map[string]int64) func(*fold.Record) {
	return func(r *fold.Record) { r.Set(f, fold.Map(trace.AmountsOf(m))) }
}

// stored is a text that lives in blob storage.
func stored(b *bucket, f fold.Field, key, whole string) func(*fold.Record) {
	return func(r *fold.Record) {
		b.blobs[key] = whole
		r.Set(f, fold.Value{S: whole[:10], Ref: key, Size: int64(len(whole))})
	}
}

const metadataOfG1 = `{"plan":"pro","n":"12","flag":"true","nul":null,"text":"null","big":9007199254740993,` +
	`"bigText":"9007199254740993","safe":9007199254740991,"a":{"b":{"c":1.50},"list":[1,"2",9007199254740993]},` +
	`"a.list":"hidden","empty":{},"json":"{\"x\":[1]}","html":"<b>&</b>"}`

// worldRecords is what the project p-1 holds.
func worldRecords(b *bucket) []fold.Record {
	long := strings.Repeat("ü", 250)
	records := []fold.Record{
		record(fold.Trace, "t-1", "t-1", ms(0), text(fold.Name, "chat"), text(fold.UserID, "u-1"), text(fold.SessionID, "s-1"), text(fold.Environment, "default"),
			tags("beta", "a"), meta(`{"plan":"pro","n":"12","nested":{"n":"12"}}`), text(fold.Input, `{"q":"hi <there> & you","n":12345678901234567890}`), text(fold.Output, "hello")),
		record(fold.Observation, "t-1", "g-1", ms(0), text(fold.Name, "llm"), text(fold.Type, "GENERATION"),
			at(fold.End, ms(1250)+7), at(fold.CompletionStart, ms(300)), text(fold.Model, "gpt-4.1-mini"),
			text(fold.ModelParameters, `{"temperature":0.2}`), meta(metadataOfG1),
			text(fold.Input, `[{"role":"user","content":"hi"}]`), text(fold.Output, `{"role":"assistant","content":"hello"}`),
			amounts(fold.Usage, map[string]int64{"input": 10, "input_cached": 2, "output": 5}),
			amounts(fold.Cost, map[string]int64{"input": 4_000_000, "output": 8_000_001})),
		record(fold.Observation, "t-1", "s-1", ms(100), text(fold.Parent, "g-1"), text(fold.Level, "ERROR"), text(fold.StatusMessage, "boom"),
			text(fold.Environment, "staging"), text(fold.Version, "v2"),
			func(r *fold.Record) { r.Set(fold.PromptLink, fold.Value{S: "greet", N: 3, HasN: true}) },
			text(fold.Input, "12"), text(fold.Output, `"quoted"`), text(fold.Raw, `{"events":[1]}`),
			meta(fmt.Sprintf(`{"long":%q,"list":[%s1],"deep":{"":{"x":true}}}`, long, strings.Repeat("1234567890,", 30))),
			text(fold.ToolCalls, `["a"]`)),
		record(fold.Trace, "t-2", "t-2", ms(2000), text(fold.Name, "batch"), text(fold.UserID, "u-2"), text(fold.Environment, "staging"),
			tags("beta"), text(fold.Release, "r1"), text(fold.Version, "v1"), yes(fold.Public), yes(fold.Bookmarked)),
		record(fold.Trace, "t-3", "t-3", ms(3000), text(fold.Name, "chat"), text(fold.UserID, "u-1"), tags("a", "beta", "c,d")),
	}
	for _, odd := range []string{"a/b", "..", ".", "a//b", "%", "%2F", "ü 漢 x", "a+b", "?#", ";&=", `<&">`} {
		records = append(records, record(fold.Trace, odd, odd, ms(-1000), text(fold.Name, "odd")))
	}
	// Ten observations, two of them in one microsecond and two within one
	// millisecond, so that pages can only be cut by the whole position.
	for i := range 10 {
		start := ms(10_000 + int64(i))
		switch i {
		case 4:
			start = ms(10_003)
		case 6:
			start = ms(10_005) + 1
		}
		records = append(records, record(fold.Observation, "t-page", fmt.Sprintf("o-%d", i), start, text(fold.Name, "paged")))
	}
	metadata := trace.Metadata{
		Object: `{"small":1,"big":"preview","in":{"side":"preview"}}`,
		Blobs: []trace.BlobLeaf{
			{Path: []string{"big"}, Ref: "m/1", Size: 13}, {Path: []string{"in", "side"}, Ref: "m/2", Size: 7},
		},
	}
	b.blobs["m/1"], b.blobs["m/2"] = `{"whole":"1"}`, `[1,2,3]`
	return append(records,
		record(fold.Trace, "t-blob", "t-blob", ms(20_000), text(fold.Name, "blob"),
			stored(b, fold.Input, "i/1", `{"whole":"`+strings.Repeat("x", 100)+`"}`), func(r *fold.Record) { r.Metadata = metadata }),
		record(fold.Observation, "t-blob", "b-1", ms(20_000), text(fold.Name, "blob"),
			stored(b, fold.Output, "o/1", strings.Repeat("whole ", 20)), func(r *fold.Record) { r.Metadata = metadata }),
	)
}

// otherRecords is what the project p-2 holds.
func otherRecords() []fold.Record {
	return []fold.Record{
		record(fold.Trace, "t-other", "t-other", ms(0), text(fold.Name, "other")),
		record(fold.Observation, "t-other", "g-other", ms(0), text(fold.Name, "other")),
	}
}
