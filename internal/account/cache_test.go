package account_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/fusebox-llm/fusebox/internal/account"
	"github.com/fusebox-llm/fusebox/internal/fault"
)

func TestCacheLifetime(t *testing.T) {
	f := newFixture(t)
	c := f.mustStart(t)
	ask := func(what string, wantLookups int) {
		t.Helper()
		if _, err := f.Authenticate(t.Context(), c.PublicKey, c.SecretKey); err != nil {
			t.Fatal(err)
		}
		_, err := f.AuthenticateBearer(t.Context(), "pk-lf-unknown")
		wantCode(t, what, err, fault.Unauthenticated)
		if got := f.store.count(); got != wantLookups {
			t.Errorf("%s: %d lookups so far, want %d", what, got, wantLookups)
		}
	}
	ask("at first", 2)
	ask("at once again", 2)
	*f.clock = f.clock.Add(10*time.Second - 1)
	ask("just within the lifetime", 2)
	*f.clock = f.clock.Add(1)
	ask("after it", 4)
	ask("remembered anew", 4)
}

func TestCacheOff(t *testing.T) {
	f := newFixtureOn(t, openStore(t), account.Config{CacheTTL: -1})
	c := f.mustStart(t)
	for range 3 {
		if _, err := f.AuthenticateBearer(t.Context(), c.PublicKey); err != nil {
			t.Fatal(err)
		}
	}
	if got := f.store.count(); got != 3 {
		t.Errorf("%d lookups, want 3", got)
	}
}

func TestCacheForgetsOnChange(t *testing.T) {
	f := newFixture(t)
	c := f.mustStart(t)
	if _, err := f.Authenticate(t.Context(), c.PublicKey, c.SecretKey); err != nil {
		t.Fatal(err)
	}
	if err := f.DeleteKey(t.Context(), c.Project, c.KeyID); err != nil {
		t.Fatal(err)
	}
	_, err := f.Authenticate(t.Context(), c.PublicKey, c.SecretKey)
	wantCode(t, "deleted key", err, fault.Unauthenticated)

	// The other way round: remembered as unknown, then created.
	in := account.Init{
		OrganizationID: "o", ProjectID: "p", PublicKey: c.PublicKey, SecretKey: c.SecretKey,
	}
	if _, err := f.Bootstrap(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Authenticate(t.Context(), c.PublicKey, c.SecretKey); err != nil {
		t.Errorf("key that came into being: %v", err)
	}
}

// A lookup that was on its way while the key was deleted must not bring it back.
func TestCacheDoesNotRememberWhatChangedMeanwhile(t *testing.T) {
	f := newFixture(t)
	c := f.mustStart(t)
	f.store.hold = func() {
		f.store.mu.Lock()
		f.store.hold = nil
		f.store.mu.Unlock()
		if err := f.DeleteKey(t.Context(), c.Project, c.KeyID); err != nil {
			t.Error(err)
		}
	}
	if _, err := f.Authenticate(t.Context(), c.PublicKey, c.SecretKey); err != nil {
		t.Fatalf("the lookup that was first: %v", err)
	}
	_, err := f.Authenticate(t.Context(), c.PublicKey, c.SecretKey)
	wantCode(t, "deleted key", err, fault.Unauthenticated)
}

func TestCacheIsBounded(t *testing.T) {
	f := newFixtureOn(t, openStore(t), account.Config{CacheSize: 4})
	c := f.mustStart(t)
	if _, err := f.AuthenticateBearer(t.Context(), c.PublicKey); err != nil {
		t.Fatal(err)
	}
	for i := range 100 {
		_, err := f.AuthenticateBearer(t.Context(), fmt.Sprint("pk-lf-guess-", i))
		wantCode(t, "guess", err, fault.Unauthenticated)
	}
	before := f.store.count()
	// Guessing has not pushed the known key out …
	if _, err := f.AuthenticateBearer(t.Context(), c.PublicKey); err != nil {
		t.Fatal(err)
	}
	if got := f.store.count(); got != before {
		t.Error("guessing pushed a known key out of the cache")
	}
	// … and of the guesses at most four are remembered.
	for i := range 100 {
		_, err := f.AuthenticateBearer(t.Context(), fmt.Sprint("pk-lf-guess-", i))
		wantCode(t, "guess", err, fault.Unauthenticated)
	}
	if asked := f.store.count() - before; asked < 96 {
		t.Errorf("only %d of 100 guesses went to the store: more than 4 were remembered", asked)
	}
}
