// Package metadatatest owns the suite that every metadata engine passes: each
// sentence of the store contracts that can be shown is shown here.
//
// The package knows no engine and skips nothing. Its only goroutines are those of
// the tests that call a store from several at once; each test waits for its own.
package metadatatest

import (
	"context"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/metadata"
)

// Open returns the stores of a fresh, empty database. The suite closes them.
type Open func(t *testing.T) metadata.Stores

// Run runs the whole suite; every sub-test gets a database of its own.
func Run(t *testing.T, open Open) {
	for name, test := range map[string]func(*testing.T, metadata.Stores){
		"close": testClose,

		"accounts/round trip":              testAccountRoundTrip,
		"accounts/ensure organization":     testEnsureOrganization,
		"accounts/ensure project":          testEnsureProject,
		"accounts/ensure key":              testEnsureKey,
		"accounts/create first":            testCreateFirst,
		"accounts/not found":               testAccountNotFound,
		"accounts/keys in order":           testKeysInOrder,
		"accounts/isolation":               testAccountIsolation,
		"accounts/equality":                testAccountEquality,
		"accounts/refused values":          testAccountRefused,
		"accounts/odd lookups":             testAccountOddLookups,
		"accounts/cancelled":               testAccountCancelled,
		"accounts/ensure at once":          testEnsureAtOnce,
		"accounts/first at once":           testCreateFirstAtOnce,
		"accounts/same name at once":       testSameNameAtOnce,
		"accounts/failed write is undone":  testFailedWriteUndone,
		"accounts/delete then ensure anew": testDeleteThenEnsure,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stores := open(t)
			t.Cleanup(func() {
				if err := stores.Close(); err != nil {
					t.Errorf("close: %v", err)
				}
			})
			test(t, stores)
		})
	}
}

func testClose(t *testing.T, s metadata.Stores) {
	mustCreateFirst(t, s.Accounts, "a")
	if err := s.Ping(t.Context()); err != nil {
		t.Errorf("ping: %v", err)
	}
	if err := s.Ping(cancelled(t)); err == nil {
		t.Error("ping with a cancelled context succeeds")
	}
	for range 3 {
		if err := s.Close(); err != nil {
			t.Fatalf("close: %v", err)
		}
	}
	wantCode(t, "ping after close", s.Ping(t.Context()), fault.Unavailable)
	for name, call := range accountCalls(s.Accounts) {
		if err := call(t.Context()); !fault.Is(err, fault.Unavailable) {
			t.Errorf("%s after close: %v, want unavailable", name, err)
		}
	}
}

// wantCode checks an error's code.
func wantCode(t *testing.T, what string, err error, want fault.Code) {
	t.Helper()
	if err == nil {
		t.Errorf("%s: no error, want %v", what, want)
	} else if got := fault.CodeOf(err); got != want {
		t.Errorf("%s: code %v (%v), want %v", what, got, err, want)
	}
}

// cancelled returns a context that is over.
func cancelled(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}
