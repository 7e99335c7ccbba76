package metadatatest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/account"
	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/metadata"
)

// organization, project and key make values whose every field is set. Equal names
// make equal values.
func organization(name string) account.Organization {
	return account.Organization{
		ID:        id.Org("org-" + name),
		Name:      "Organization " + name,
		Metadata:  json.RawMessage(`{"b": 1, "a": ["ü", null]}`),
		CreatedAt: time.Date(2024, 2, 29, 23, 59, 59, 123456000, time.UTC),
	}
}

func project(name string) account.Project {
	return account.Project{
		ID:            id.Project("project-" + name),
		Organization:  id.Org("org-" + name),
		Name:          "Project " + name,
		Metadata:      json.RawMessage(`{"z":{"deep":[1.50]}}`),
		RetentionDays: 30,
		CreatedAt:     time.Date(2025, 3, 30, 1, 30, 0, 1000, time.UTC),
	}
}

func key(name string) account.Key {
	digest := make(account.Digest, 32)
	copy(digest, "digest of "+name+"\x00\xff")
	return account.Key{
		ID:        "key-" + name,
		Project:   id.Project("project-" + name),
		PublicKey: "pk-lf-" + name,
		Digest:    digest,
		Display:   "sk-lf-...abcd",
		Note:      "a note\nof two lines, für 日本 🙂",
		CreatedAt: time.Date(1999, 12, 31, 23, 59, 59, 999999000, time.UTC),
	}
}

func mustCreateFirst(t *testing.T, s account.Store, name string) {
	t.Helper()
	created, err := s.CreateFirst(t.Context(), organization(name), project(name), key(name))
	if err != nil || !created {
		t.Fatalf("create first: created %v, err %v", created, err)
	}
}

// mustEnsure makes organization, project and key of that name.
func mustEnsure(t *testing.T, s account.Store, name string) {
	t.Helper()
	_, err1 := s.EnsureOrganization(t.Context(), organization(name))
	_, err2 := s.EnsureProject(t.Context(), project(name))
	_, err3 := s.EnsureKey(t.Context(), key(name))
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
}

// accountCalls returns one call of every method, each valid in an empty store.
func accountCalls(s account.Store) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"EnsureOrganization": func(ctx context.Context) error {
			_, err := s.EnsureOrganization(ctx, organization("x"))
			return err
		},
		"EnsureProject": func(ctx context.Context) error {
			_, err := s.EnsureProject(ctx, project("x"))
			return err
		},
		"EnsureKey": func(ctx context.Context) error {
			_, err := s.EnsureKey(ctx, key("x"))
			return err
		},
		"CreateFirst": func(ctx context.Context) error {
			_, err := s.CreateFirst(ctx, organization("x"), project("x"), key("x"))
			return err
		},
		"Project": func(ctx context.Context) error {
			_, _, err := s.Project(ctx, "project-x")
			return err
		},
		"KeyByPublic": func(ctx context.Context) error {
			_, err := s.KeyByPublic(ctx, "pk-lf-x")
			return err
		},
		"Keys": func(ctx context.Context) error {
			_, err := s.Keys(ctx, "project-x")
			return err
		},
		"DeleteKey": func(ctx context.Context) error { return s.DeleteKey(ctx, "project-x", "key-x") },
	}
}

func testAccountRoundTrip(t *testing.T, stores metadata.Stores) {
	s := stores.Accounts
	mustEnsure(t, s, "a")
	checkProject(t, s, project("a"), organization("a"))
	checkKey(t, s, key("a"))

	// The zero values of what may be absent, and a time in another zone.
	o := account.Organization{ID: "bare", Name: "b", CreatedAt: time.UnixMicro(0)}
	p := account.Project{
		ID: "bare", Organization: "bare", Name: "p",
		CreatedAt: time.Date(2026, 1, 1, 0, 0, 0, 5000, time.FixedZone("", 3600)),
	}
	k := key("bare")
	k.Project, k.Note = "bare", ""
	_, err1 := s.EnsureOrganization(t.Context(), o)
	_, err2 := s.EnsureProject(t.Context(), p)
	_, err3 := s.EnsureKey(t.Context(), k)
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	o.Metadata, o.CreatedAt = json.RawMessage(`{}`), o.CreatedAt.UTC()
	p.Metadata, p.CreatedAt = json.RawMessage(`{}`), p.CreatedAt.UTC()
	checkProject(t, s, p, o)
	checkKey(t, s, k)
}

func checkProject(t *testing.T, s account.Store, wantProject account.Project, wantOrg account.Organization) {
	t.Helper()
	p, o, err := s.Project(t.Context(), wantProject.ID)
	if err != nil {
		t.Fatalf("project %q: %v", wantProject.ID, err)
	}
	if diff := cmp.Diff(wantProject, p); diff != "" {
		t.Errorf("project (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(wantOrg, o); diff != "" {
		t.Errorf("organization (-want +got):\n%s", diff)
	}
}

func checkKey(t *testing.T, s account.Store, want account.Key) {
	t.Helper()
	got, err := s.KeyByPublic(t.Context(), want.PublicKey)
	if err != nil {
		t.Fatalf("key %q: %v", want.PublicKey, err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("key (-want +got):\n%s", diff)
	}
	keys, err := s.Keys(t.Context(), want.Project)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]account.Key{want}, keys); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
}

func testEnsureOrganization(t *testing.T, stores metadata.Stores) {
	s := stores.Accounts
	mustEnsure(t, s, "a")
	other := organization("a")
	other.Name, other.Metadata = "Another name", nil
	created, err := s.EnsureOrganization(t.Context(), other)
	if err != nil || created {
		t.Errorf("ensure again: created %v, err %v", created, err)
	}
	checkProject(t, s, project("a"), organization("a"))

	// Names of organizations are free.
	same := organization("b")
	same.Name = organization("a").Name
	if created, err := s.EnsureOrganization(t.Context(), same); err != nil || !created {
		t.Errorf("same name, other id: created %v, err %v", created, err)
	}
}

func testEnsureProject(t *testing.T, stores metadata.Stores) {
	s := stores.Accounts
	_, err := s.EnsureProject(t.Context(), project("a"))
	wantCode(t, "project without organization", err, fault.NotFound)

	mustEnsure(t, s, "a")
	mustEnsure(t, s, "b")
	other := project("a")
	other.Name, other.RetentionDays, other.Metadata = "Another name", 0, nil
	created, err := s.EnsureProject(t.Context(), other)
	if err != nil || created {
		t.Errorf("ensure again: created %v, err %v", created, err)
	}

	moved := project("a")
	moved.Organization = "org-b"
	_, err = s.EnsureProject(t.Context(), moved)
	wantCode(t, "same id in another organization", err, fault.Conflict)

	namesake := project("a")
	namesake.ID = "project-a2"
	_, err = s.EnsureProject(t.Context(), namesake)
	wantCode(t, "same name in the organization", err, fault.Conflict)
	namesake.Organization = "org-b"
	if created, err := s.EnsureProject(t.Context(), namesake); err != nil || !created {
		t.Errorf("same name in another organization: created %v, err %v", created, err)
	}
	checkProject(t, s, project("a"), organization("a"))
}

func testEnsureKey(t *testing.T, stores metadata.Stores) {
	s := stores.Accounts
	_, err := s.EnsureKey(t.Context(), key("a"))
	wantCode(t, "key without project", err, fault.NotFound)

	mustEnsure(t, s, "a")
	mustEnsure(t, s, "b")
	again := key("a")
	again.ID, again.Note, again.CreatedAt = "another id", "another note", time.UnixMicro(1).UTC()
	created, err := s.EnsureKey(t.Context(), again)
	if err != nil || created {
		t.Errorf("ensure again: created %v, err %v", created, err)
	}

	rotated := key("a")
	rotated.ID, rotated.Digest = "rotated", key("b").Digest
	_, err = s.EnsureKey(t.Context(), rotated)
	wantCode(t, "same public key, another secret", err, fault.Conflict)

	moved := key("a")
	moved.ID, moved.Project = "moved", "project-b"
	_, err = s.EnsureKey(t.Context(), moved)
	wantCode(t, "same public key in another project", err, fault.Conflict)

	for name, p := range map[string]id.Project{"the same": "project-a", "another": "project-b"} {
		clash := key("c")
		clash.ID, clash.Project = key("a").ID, p
		_, err = s.EnsureKey(t.Context(), clash)
		wantCode(t, "same id in "+name+" project", err, fault.Conflict)
	}
	checkKey(t, s, key("a"))
	checkKey(t, s, key("b"))
}

func testCreateFirst(t *testing.T, stores metadata.Stores) {
	s := stores.Accounts
	stray := key("a")
	stray.Project = "project-b"
	_, err := s.CreateFirst(t.Context(), organization("a"), project("a"), stray)
	wantCode(t, "key of another project", err, fault.Invalid)
	_, err = s.CreateFirst(t.Context(), organization("b"), project("a"), key("a"))
	wantCode(t, "project of another organization", err, fault.Invalid)

	mustCreateFirst(t, s, "a")
	checkProject(t, s, project("a"), organization("a"))
	checkKey(t, s, key("a"))

	for _, name := range []string{"a", "b"} {
		created, err := s.CreateFirst(t.Context(), organization(name), project(name), key(name))
		if err != nil || created {
			t.Errorf("second call with %q: created %v, err %v", name, created, err)
		}
	}
	_, _, err = s.Project(t.Context(), "project-b")
	wantCode(t, "the refused project", err, fault.NotFound)
}

func testAccountNotFound(t *testing.T, stores metadata.Stores) {
	s := stores.Accounts
	_, _, err := s.Project(t.Context(), "project-x")
	wantCode(t, "project", err, fault.NotFound)
	_, err = s.KeyByPublic(t.Context(), "pk-lf-x")
	wantCode(t, "key", err, fault.NotFound)
	wantCode(t, "delete", s.DeleteKey(t.Context(), "project-x", "key-x"), fault.NotFound)
	if keys, err := s.Keys(t.Context(), "project-x"); err != nil || len(keys) != 0 {
		t.Errorf("keys of an unknown project: %v, err %v", keys, err)
	}

	mustEnsure(t, s, "x")
	if err := s.DeleteKey(t.Context(), "project-x", "key-x"); err != nil {
		t.Fatal(err)
	}
	_, err = s.KeyByPublic(t.Context(), "pk-lf-x")
	wantCode(t, "deleted key", err, fault.NotFound)
	wantCode(t, "second delete", s.DeleteKey(t.Context(), "project-x", "key-x"), fault.NotFound)
}

func testKeysInOrder(t *testing.T, stores metadata.Stores) {
	s := stores.Accounts
	mustEnsure(t, s, "a")
	var want []string
	for i := range 5 { // three times, two of them shared, inserted backwards
		k := key(fmt.Sprint("k", 4-i))
		k.Project, k.CreatedAt = "project-a", time.UnixMicro(int64(4-i)/2)
		if _, err := s.EnsureKey(t.Context(), k); err != nil {
			t.Fatal(err)
		}
	}
	want = []string{"key-k0", "key-k1", "key-k2", "key-k3", "key-k4", "key-a"}
	keys, err := s.Keys(t.Context(), "project-a")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, k := range keys {
		got = append(got, k.ID)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("keys, oldest first (-want +got):\n%s", diff)
	}
}

func testAccountIsolation(t *testing.T, stores metadata.Stores) {
	s := stores.Accounts
	mustEnsure(t, s, "a")
	mustEnsure(t, s, "b")
	wantCode(t, "delete another project's key", s.DeleteKey(t.Context(), "project-b", "key-a"), fault.NotFound)
	checkKey(t, s, key("a"))
	checkKey(t, s, key("b"))
	checkProject(t, s, project("b"), organization("b"))
}

func testAccountEquality(t *testing.T, stores metadata.Stores) {
	s := stores.Accounts
	// Pairs that a folding or normalizing database takes for equal.
	names := []string{"é", "e\u0301", "É", "straße", "strasse", "ﬁ", "fi", "a b", "a  b", "%", "_", "日本", "🙂"}
	for _, name := range append(names, "A", "a") {
		_, err := s.EnsureOrganization(t.Context(), account.Organization{ID: id.Org(name), Name: name})
		if err != nil {
			t.Fatalf("%q: %v", name, err)
		}
		created, err := s.EnsureProject(t.Context(), account.Project{
			ID: id.Project(name), Organization: id.Org(name), Name: name, CreatedAt: time.UnixMicro(0).UTC(),
		})
		if err != nil || !created {
			t.Errorf("project %q: created %v, err %v", name, created, err)
		}
		k := key(name)
		k.PublicKey = "pk-lf-" + strings.ReplaceAll(name, " ", "-")
		k.Project = id.Project(name)
		if created, err := s.EnsureKey(t.Context(), k); err != nil || !created {
			t.Errorf("key %q: created %v, err %v", name, created, err)
		}
		p, o, err := s.Project(t.Context(), id.Project(name))
		if err != nil || p.Name != name || o.Name != name {
			t.Errorf("project %q reads back as %q in %q, err %v", name, p.Name, o.Name, err)
		}
	}
	_, err := s.KeyByPublic(t.Context(), "PK-LF-a")
	wantCode(t, "key in another case", err, fault.NotFound)
	_, err = s.KeyByPublic(t.Context(), "pk-lf-a ")
	wantCode(t, "key with a space behind", err, fault.NotFound)

	// Names within one organization differ by case, too.
	for _, name := range []string{"prod", "Prod"} {
		p := project("case-" + name)
		p.Organization, p.Name = "a", name
		if _, err := s.EnsureProject(t.Context(), p); err != nil {
			t.Errorf("project named %q: %v", name, err)
		}
	}
}

func testAccountOddLookups(t *testing.T, stores metadata.Stores) {
	s := stores.Accounts
	mustEnsure(t, s, "a")
	for _, odd := range []string{"", "\x00", "pk-lf-a\x00", "\xff\xfe", "' OR 1=1 --", strings.Repeat("x", 1<<20)} {
		_, err := s.KeyByPublic(t.Context(), odd)
		wantCode(t, fmt.Sprintf("key %.20q", odd), err, fault.NotFound)
		_, _, err = s.Project(t.Context(), id.Project(odd))
		wantCode(t, fmt.Sprintf("project %.20q", odd), err, fault.NotFound)
		if keys, err := s.Keys(t.Context(), id.Project(odd)); err != nil || len(keys) != 0 {
			t.Errorf("keys of %.20q: %v, err %v", odd, keys, err)
		}
		wantCode(t, fmt.Sprintf("delete in %.20q", odd), s.DeleteKey(t.Context(), id.Project(odd), "key-a"), fault.NotFound)
		wantCode(t, fmt.Sprintf("delete of %.20q", odd), s.DeleteKey(t.Context(), "project-a", odd), fault.NotFound)
	}
	checkKey(t, s, key("a"))
}

func testAccountCancelled(t *testing.T, stores metadata.Stores) {
	s := stores.Accounts
	for name, call := range accountCalls(s) {
		if err := call(cancelled(t)); !errors.Is(err, context.Canceled) {
			t.Errorf("%s with a cancelled context: %v", name, err)
		}
	}
	// Nothing of it happened.
	if created, err := s.CreateFirst(t.Context(), organization("a"), project("a"), key("a")); err != nil || !created {
		t.Errorf("create first afterwards: created %v, err %v", created, err)
	}
	_, err := s.KeyByPublic(t.Context(), "pk-lf-x")
	wantCode(t, "key of a cancelled call", err, fault.NotFound)
}

func testFailedWriteUndone(t *testing.T, stores metadata.Stores) {
	s := stores.Accounts
	if _, err := s.EnsureOrganization(t.Context(), organization("a")); err != nil {
		t.Fatal(err)
	}
	// The organization exists already, so nothing of the three may come into being.
	_, err := s.CreateFirst(t.Context(), organization("a"), project("a"), key("a"))
	wantCode(t, "create first beside an existing organization", err, fault.Conflict)
	_, _, err = s.Project(t.Context(), "project-a")
	wantCode(t, "its project", err, fault.NotFound)
	_, err = s.KeyByPublic(t.Context(), "pk-lf-a")
	wantCode(t, "its key", err, fault.NotFound)
}

func testDeleteThenEnsure(t *testing.T, stores metadata.Stores) {
	s := stores.Accounts
	mustEnsure(t, s, "a")
	if err := s.DeleteKey(t.Context(), "project-a", "key-a"); err != nil {
		t.Fatal(err)
	}
	rotated := key("a")
	rotated.Digest = key("b").Digest
	if created, err := s.EnsureKey(t.Context(), rotated); err != nil || !created {
		t.Fatalf("created %v, err %v", created, err)
	}
	checkKey(t, s, rotated)
}
