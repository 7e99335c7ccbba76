package account_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fusebox-llm/fusebox/internal/account"
	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/metadata/sqldb"
	"github.com/fusebox-llm/fusebox/internal/secret"
)

var now = time.Date(2026, 5, 1, 12, 0, 0, 123456789, time.UTC)

// fixture is a service on a real store, with its log and a clock that tests move.
type fixture struct {
	*account.Service
	store *countingStore
	log   *bytes.Buffer
	clock *time.Time
}

func newFixture(t *testing.T) fixture { return newFixtureOn(t, openStore(t), account.Config{}) }

func newFixtureOn(t *testing.T, store account.Store, cfg account.Config) fixture {
	t.Helper()
	clock := now
	f := fixture{store: &countingStore{Store: store}, log: &bytes.Buffer{}, clock: &clock}
	if cfg.DigestKey == nil {
		cfg.DigestKey = bytes.Repeat([]byte{7}, 32)
	}
	cfg.Now = func() time.Time { return clock }
	service, err := account.New(cfg, f.store,
		slog.New(slog.NewJSONHandler(f.log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	if err != nil {
		t.Fatal(err)
	}
	f.Service = service
	return f
}

func openStore(t *testing.T) account.Store {
	t.Helper()
	db, err := sqldb.OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "meta.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db.Stores().Accounts
}

// countingStore counts lookups, and can be told to fail them or to hold them up.
type countingStore struct {
	account.Store

	mu      sync.Mutex
	lookups []string
	err     error
	hold    func() // runs after the lookup, before its result is returned
}

func (s *countingStore) KeyByPublic(ctx context.Context, public string) (account.Key, error) {
	s.mu.Lock()
	s.lookups = append(s.lookups, public)
	err, hold := s.err, s.hold
	s.mu.Unlock()
	if err != nil {
		return account.Key{}, err
	}
	key, err := s.Store.KeyByPublic(ctx, public)
	if hold != nil {
		hold()
	}
	return key, err
}

func (s *countingStore) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.lookups)
}

func (s *countingStore) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
}

// mustStart bootstraps a fresh store and returns the first key pair.
func (f fixture) mustStart(t *testing.T) account.Credentials {
	t.Helper()
	c, err := f.Bootstrap(t.Context(), account.Init{})
	if err != nil || c == nil {
		t.Fatalf("bootstrap: %v, err %v", c, err)
	}
	return *c
}

func wantCode(t *testing.T, what string, err error, want fault.Code) {
	t.Helper()
	if err == nil || fault.CodeOf(err) != want {
		t.Errorf("%s: err = %v, want code %v", what, err, want)
	}
}

func TestPrincipalCan(t *testing.T) {
	tests := map[string]struct {
		who account.Principal
		can []account.Permission
	}{
		"nobody": {account.Principal{}, []account.Permission{account.Public}},
		"unknown access": {
			account.Principal{Project: "p", Access: "admin"},
			[]account.Permission{account.Public},
		},
		"key pair": {account.Principal{Project: "p", Access: account.AccessProject}, account.Permissions()},
		"public key alone": {
			account.Principal{Project: "p", Access: account.AccessScores},
			[]account.Permission{account.Public, account.ScoresWrite},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			for _, p := range append(account.Permissions(), "", "projects:*", "*", "PUBLIC") {
				if got, want := tc.who.Can(p), slices.Contains(tc.can, p); got != want {
					t.Errorf("Can(%q) = %v, want %v", p, got, want)
				}
			}
		})
	}
}

func TestPermissionValid(t *testing.T) {
	seen := map[account.Permission]bool{}
	for _, p := range account.Permissions() {
		if !p.Valid() || seen[p] {
			t.Errorf("%q is listed twice or not valid", p)
		}
		seen[p] = true
	}
	for _, p := range []account.Permission{"", "traces", "traces:*"} {
		if p.Valid() {
			t.Errorf("%q is valid", p)
		}
	}
}

func TestNewRefusesShortDigestKey(t *testing.T) {
	for _, n := range []int{0, 16, 31, 33} {
		if _, err := account.New(account.Config{DigestKey: make([]byte, n)}, nil, slog.New(slog.DiscardHandler)); err == nil {
			t.Errorf("a digest key of %d bytes is accepted", n)
		}
	}
}

func TestAuthenticate(t *testing.T) {
	f := newFixture(t)
	first := f.mustStart(t)
	second, err := f.CreateKey(t.Context(), first.Project, "second")
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		public string
		secret string
		ok     bool
	}{
		"pair":                    {first.PublicKey, first.SecretKey.Reveal(), true},
		"second pair":             {second.PublicKey, second.SecretKey.Reveal(), true},
		"foreign public key":      {second.PublicKey, first.SecretKey.Reveal(), false},
		"unknown public key":      {"pk-lf-unknown", first.SecretKey.Reveal(), false},
		"wrong secret":            {first.PublicKey, "sk-lf-wrong", false},
		"halves swapped":          {first.SecretKey.Reveal(), first.PublicKey, false},
		"public key in both":      {first.PublicKey, first.PublicKey, false},
		"empty secret":            {first.PublicKey, "", false},
		"empty public key":        {"", first.SecretKey.Reveal(), false},
		"nothing":                 {"", "", false},
		"secret in another case":  {first.PublicKey, strings.ToUpper(first.SecretKey.Reveal()), false},
		"secret with more behind": {first.PublicKey, first.SecretKey.Reveal() + "x", false},
		"endless public key":      {strings.Repeat("p", 1<<20), first.SecretKey.Reveal(), false},
	}
	for name, tc := range tests {
		for range 2 { // from the store, then from the cache
			t.Run(name, func(t *testing.T) {
				got, err := f.Authenticate(t.Context(), tc.public, secret.New(tc.secret))
				if !tc.ok {
					wantCode(t, "authenticate", err, fault.Unauthenticated)
					if got != (account.Principal{}) {
						t.Errorf("a principal came with the error: %+v", got)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				if got.Project != first.Project || got.Access != account.AccessProject || got.KeyID == "" {
					t.Errorf("principal %+v", got)
				}
			})
		}
	}
}

func TestAuthenticateBearer(t *testing.T) {
	f := newFixture(t)
	c := f.mustStart(t)
	got, err := f.AuthenticateBearer(t.Context(), c.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	want := account.Principal{Project: c.Project, KeyID: c.KeyID, Access: account.AccessScores}
	if got != want {
		t.Errorf("principal %+v, want %+v", got, want)
	}
	for _, bad := range []string{"", "pk-lf-unknown", c.SecretKey.Reveal(), strings.ToUpper(c.PublicKey)} {
		_, err := f.AuthenticateBearer(t.Context(), bad)
		wantCode(t, fmt.Sprintf("bearer %.12q", bad), err, fault.Unauthenticated)
	}
}

func TestAnotherInstanceKey(t *testing.T) {
	store := openStore(t)
	f := newFixtureOn(t, store, account.Config{})
	c := f.mustStart(t)
	other := newFixtureOn(t, store, account.Config{DigestKey: bytes.Repeat([]byte{8}, 32)})
	_, err := other.Authenticate(t.Context(), c.PublicKey, c.SecretKey)
	wantCode(t, "the pair under another instance key", err, fault.Unauthenticated)
}

func TestStoreUnavailable(t *testing.T) {
	f := newFixture(t)
	c := f.mustStart(t)
	f.store.fail(fault.New(fault.Unavailable, "down"))
	_, err := f.Authenticate(t.Context(), c.PublicKey, c.SecretKey)
	wantCode(t, "pair", err, fault.Unavailable)
	_, err = f.AuthenticateBearer(t.Context(), c.PublicKey)
	wantCode(t, "bearer", err, fault.Unavailable)

	f.store.fail(nil) // the failure was not remembered
	if _, err := f.Authenticate(t.Context(), c.PublicKey, c.SecretKey); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestProjectAndKeys(t *testing.T) {
	f := newFixture(t)
	c := f.mustStart(t)
	p, o, err := f.Project(t.Context(), c.Project)
	if err != nil {
		t.Fatal(err)
	}
	if p.ID != c.Project || p.Organization != o.ID || p.Name == "" || o.Name == "" {
		t.Errorf("project %+v in %+v", p, o)
	}
	if want := now.Truncate(time.Microsecond); !p.CreatedAt.Equal(want) {
		t.Errorf("created at %v, want %v", p.CreatedAt, want)
	}
	_, _, err = f.Project(t.Context(), "unknown")
	wantCode(t, "unknown project", err, fault.NotFound)

	if _, err := f.CreateKey(t.Context(), c.Project, "a note"); err != nil {
		t.Fatal(err)
	}
	keys, err := f.Keys(t.Context(), c.Project)
	if err != nil || len(keys) != 2 {
		t.Fatalf("%d keys, err %v", len(keys), err)
	}
	if keys[1].Note != "a note" {
		t.Errorf("note %q", keys[1].Note)
	}
	_, err = f.CreateKey(t.Context(), "unknown", "")
	wantCode(t, "key for an unknown project", err, fault.NotFound)
	wantCode(t, "delete in another project", f.DeleteKey(t.Context(), id.Project("other"), c.KeyID), fault.NotFound)
}

func TestKeyForms(t *testing.T) {
	f := newFixture(t)
	c := f.mustStart(t)
	const uuid = "00000000-0000-4000-8000-000000000000"
	if !strings.HasPrefix(c.PublicKey, "pk-lf-") || len(c.PublicKey) != len("pk-lf-"+uuid) {
		t.Errorf("public key %q", c.PublicKey)
	}
	private := c.SecretKey.Reveal()
	if !strings.HasPrefix(private, "sk-lf-") || len(private) != len("sk-lf-"+uuid) {
		t.Error("the secret key has another form")
	}
	keys, err := f.Keys(t.Context(), c.Project)
	if err != nil {
		t.Fatal(err)
	}
	if want := "sk-lf-..." + private[len(private)-4:]; keys[0].Display != want {
		t.Errorf("display form %q, want %q", keys[0].Display, want)
	}
}

func TestDisplayOfChosenSecrets(t *testing.T) {
	for text, want := range map[string]string{
		"lf_sk_1234567890abcdef": "...cdef",
		"sk-lf-1234567890":       "sk-lf-...7890",
		"sk-lf-abc":              "sk-lf-...",
		"short":                  "...",
		"ein sehr langes ü🙂ab":   "...ü🙂ab",
	} {
		if got := account.Display(secret.New(text)); got != want {
			t.Errorf("display(%q) = %q, want %q", text, got, want)
		}
	}
}
