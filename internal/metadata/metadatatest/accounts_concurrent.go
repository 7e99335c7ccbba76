package metadatatest

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/metadata"
)

const callers = 12

// atOnce calls fn from several goroutines that start together, and returns how
// many reported created.
func atOnce(t *testing.T, fn func(i int) (created bool, err error)) int {
	t.Helper()
	var (
		wg      sync.WaitGroup
		start   = make(chan struct{})
		created atomic.Int64
	)
	for i := range callers {
		wg.Go(func() {
			<-start
			made, err := fn(i)
			if err != nil {
				t.Errorf("caller %d: %v", i, err)
			}
			if made {
				created.Add(1)
			}
		})
	}
	close(start)
	wg.Wait()
	return int(created.Load())
}

func testEnsureAtOnce(t *testing.T, stores metadata.Stores) {
	s := stores.Accounts
	if n := atOnce(t, func(int) (bool, error) { return s.EnsureOrganization(t.Context(), organization("a")) }); n != 1 {
		t.Errorf("%d organizations created, want 1", n)
	}
	if n := atOnce(t, func(int) (bool, error) { return s.EnsureProject(t.Context(), project("a")) }); n != 1 {
		t.Errorf("%d projects created, want 1", n)
	}
	// Every caller brings an id of its own, as processes that start together do.
	n := atOnce(t, func(i int) (bool, error) {
		k := key("a")
		k.ID = fmt.Sprint("key-", i)
		return s.EnsureKey(t.Context(), k)
	})
	if n != 1 {
		t.Errorf("%d keys created, want 1", n)
	}
	if keys, err := s.Keys(t.Context(), "project-a"); err != nil || len(keys) != 1 {
		t.Errorf("%d keys stored, want 1 (err %v)", len(keys), err)
	}
}

func testCreateFirstAtOnce(t *testing.T, stores metadata.Stores) {
	s := stores.Accounts
	n := atOnce(t, func(i int) (bool, error) {
		name := fmt.Sprint(i)
		return s.CreateFirst(t.Context(), organization(name), project(name), key(name))
	})
	if n != 1 {
		t.Errorf("%d first projects created, want 1", n)
	}
	stored := 0
	for i := range callers {
		if _, err := s.KeyByPublic(t.Context(), key(fmt.Sprint(i)).PublicKey); err == nil {
			stored++
		}
	}
	if stored != 1 {
		t.Errorf("%d first keys stored, want 1", stored)
	}
}

func testSameNameAtOnce(t *testing.T, stores metadata.Stores) {
	s := stores.Accounts
	if _, err := s.EnsureOrganization(t.Context(), organization("a")); err != nil {
		t.Fatal(err)
	}
	n := atOnce(t, func(i int) (bool, error) {
		p := project(fmt.Sprint(i))
		p.Organization, p.Name = "org-a", "the one name"
		created, err := s.EnsureProject(t.Context(), p)
		if fault.Is(err, fault.Conflict) {
			return false, nil
		}
		return created, err
	})
	if n != 1 {
		t.Errorf("%d projects of one name created, want 1", n)
	}
}
