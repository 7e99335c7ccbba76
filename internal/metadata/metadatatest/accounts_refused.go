package metadatatest

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/account"
	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/metadata"
)

func testAccountRefused(t *testing.T, stores metadata.Stores) {
	s := stores.Accounts
	mustEnsure(t, s, "a")

	badTexts := map[string]string{
		"empty":    "",
		"NUL":      "a\x00b",
		"newline":  "a\nb",
		"not text": "a\xffb",
		"too long": strings.Repeat("x", account.MaxText+1),
	}
	for name, bad := range badTexts {
		for field, change := range map[string]func(*account.Organization){
			"id":   func(o *account.Organization) { o.ID = id.Org(bad) },
			"name": func(o *account.Organization) { o.Name = bad },
		} {
			o := organization("new")
			change(&o)
			_, err := s.EnsureOrganization(t.Context(), o)
			wantCode(t, "organization "+field+" "+name, err, fault.Invalid)
		}
		for field, change := range map[string]func(*account.Project){
			"id":           func(p *account.Project) { p.ID = id.Project(bad) },
			"organization": func(p *account.Project) { p.Organization = id.Org(bad) },
			"name":         func(p *account.Project) { p.Name = bad },
		} {
			p := project("a")
			change(&p)
			_, err := s.EnsureProject(t.Context(), p)
			wantCode(t, "project "+field+" "+name, err, fault.Invalid)
		}
		for field, change := range map[string]func(*account.Key){
			"id":         func(k *account.Key) { k.ID = bad },
			"project":    func(k *account.Key) { k.Project = id.Project(bad) },
			"public key": func(k *account.Key) { k.PublicKey = bad },
			"display":    func(k *account.Key) { k.Display = bad },
		} {
			k := key("a")
			change(&k)
			_, err := s.EnsureKey(t.Context(), k)
			wantCode(t, "key "+field+" "+name, err, fault.Invalid)
		}
	}

	for name, bad := range map[string]string{
		"null": "null", "array": "[]", "text": `"a"`, "cut": `{"a":`, "empty": "",
		"not UTF-8": "{\"a\":\"\xff\"}", "too long": `{"a":"` + strings.Repeat("x", 1<<16) + `"}`,
	} {
		o, p := organization("new"), project("a")
		o.Metadata, p.Metadata = json.RawMessage(bad), json.RawMessage(bad)
		_, err := s.EnsureOrganization(t.Context(), o)
		wantCode(t, "organization metadata "+name, err, fault.Invalid)
		_, err = s.EnsureProject(t.Context(), p)
		wantCode(t, "project metadata "+name, err, fault.Invalid)
	}

	p := project("a")
	p.RetentionDays = -1
	_, err := s.EnsureProject(t.Context(), p)
	wantCode(t, "negative retention", err, fault.Invalid)

	for name, change := range map[string]func(*account.Key){
		"short digest":        func(k *account.Key) { k.Digest = k.Digest[:31] },
		"no digest":           func(k *account.Key) { k.Digest = nil },
		"colon":               func(k *account.Key) { k.PublicKey = "pk:lf" },
		"space":               func(k *account.Key) { k.PublicKey = "pk lf" },
		"note with NUL":       func(k *account.Key) { k.Note = "a\x00" },
		"note not UTF-8":      func(k *account.Key) { k.Note = "\xff" },
		"note that is a tome": func(k *account.Key) { k.Note = strings.Repeat("x", account.MaxNote+1) },
	} {
		k := key("a")
		change(&k)
		_, err := s.EnsureKey(t.Context(), k)
		wantCode(t, "key with "+name, err, fault.Invalid)
	}

	// The longest that is allowed goes in.
	long := strings.Repeat("x", account.MaxText)
	if _, err := s.EnsureOrganization(t.Context(), account.Organization{ID: id.Org(long), Name: long}); err != nil {
		t.Errorf("the longest organization: %v", err)
	}
	checkProject(t, s, project("a"), organization("a"))
	checkKey(t, s, key("a"))
}
