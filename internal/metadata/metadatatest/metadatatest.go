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

// Database opens the one database of a test. The first call finds it empty; each
// further one opens the same database again, beside what is open already, as another
// process does or the next start of the server. The suite closes what it opened.
type Database func() metadata.Stores

// Open returns a database that nobody has used.
type Open func(t *testing.T) Database

// Run runs the whole suite; every sub-test gets a database of its own.
func Run(t *testing.T, open Open) {
	for name, test := range all() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			connect := open(t)
			test(t, func() metadata.Stores {
				stores := connect()
				t.Cleanup(func() {
					if err := stores.Close(); err != nil {
						t.Errorf("close: %v", err)
					}
				})
				return stores
			})
		})
	}
}

// all returns the tests by name.
func all() map[string]func(*testing.T, Database) {
	tests := map[string]func(*testing.T, Database){
		"reopened":                testReopened,
		"tasks/several processes": testTasksOfSeveralProcesses,
	}
	for name, test := range map[string]func(*testing.T, metadata.Stores){
		"close":           testClose,
		"cancelled":       testCancelled,
		"odd lookups":     testOddLookups,
		"unknown project": testUnknownProject,

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

		"models/round trip":      testModelRoundTrip,
		"models/conflict":        testModelConflict,
		"models/delete":          testModelDelete,
		"models/in order":        testModelsInOrder,
		"models/isolation":       testModelIsolation,
		"models/equality":        testModelEquality,
		"models/refused values":  testModelRefused,
		"models/created at once": testModelsAtOnce,

		"media/round trip":       testMediaRoundTrip,
		"media/replace":          testMediaReplace,
		"media/put":              testMediaPut,
		"media/all or nothing":   testMediaAllOrNothing,
		"media/upload":           testMediaUpload,
		"media/links in order":   testMediaLinksInOrder,
		"media/odd ids":          testMediaOddIDs,
		"media/isolation":        testMediaIsolation,
		"media/refused values":   testMediaRefused,
		"media/same put at once": testMediaAtOnce,

		"tasks/round trip":      testTaskRoundTrip,
		"tasks/enqueue":         testTaskEnqueue,
		"tasks/unique":          testTaskUnique,
		"tasks/claim":           testTaskClaim,
		"tasks/lease":           testTaskLease,
		"tasks/lost lease":      testTaskLostLease,
		"tasks/finish":          testTaskFinish,
		"tasks/retry":           testTaskRetry,
		"tasks/release":         testTaskRelease,
		"tasks/cancel":          testTaskCancel,
		"tasks/list":            testTaskList,
		"tasks/isolation":       testTaskIsolation,
		"tasks/refused values":  testTaskRefused,
		"tasks/unique at once":  testTaskUniqueAtOnce,
		"tasks/claimed at once": testTaskClaimedAtOnce,
	} {
		tests[name] = func(t *testing.T, open Database) { test(t, open()) }
	}
	return tests
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
