package auth_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/account"
	"github.com/fusebox-llm/fusebox/internal/auth"
	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/metadata/sqldb"
	"github.com/fusebox-llm/fusebox/internal/secret"
)

const (
	public, private           = "pk-lf-one", "sk-lf-secret-number-one"
	otherPublic, otherPrivate = "pk-lf-two", "sk-lf-secret-number-two"

	hint = " Confirm that you've configured the correct host."
)

func newAuthenticator(t *testing.T) *auth.Authenticator {
	t.Helper()
	db, err := sqldb.OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "meta.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	accounts := newAccounts(t, db.Stores().Accounts)
	for project, pair := range map[string][2]string{"one": {public, private}, "two": {otherPublic, otherPrivate}} {
		_, err := accounts.Bootstrap(t.Context(), account.Init{
			OrganizationID: "org", ProjectID: id.Project("p-" + project), ProjectName: project,
			PublicKey: pair[0], SecretKey: secret.New(pair[1]),
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return auth.New(accounts)
}

func newAccounts(t *testing.T, store account.Store) *account.Service {
	t.Helper()
	accounts, err := account.New(account.Config{DigestKey: bytes.Repeat([]byte{1}, 32)}, store, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return accounts
}

func request(t *testing.T, authorization ...string) *http.Request {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/public/projects", nil)
	for _, a := range authorization {
		r.Header.Add("Authorization", a)
	}
	return r
}

func basic(text string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(text)) }

func TestAuthenticate(t *testing.T) {
	pair := account.Principal{Project: "p-one", Access: account.AccessProject}
	alone := account.Principal{Project: "p-one", Access: account.AccessScores}
	const (
		none       = "No authorization header"
		invalid    = "Invalid authorization header"
		incomplete = invalid + "." + hint
		wrongPair  = "Invalid credentials." + hint
		wrongKey   = "Invalid public key." + hint
	)
	padded := base64.StdEncoding.EncodeToString([]byte(public + ":" + private))
	tests := map[string]struct {
		header  []string
		want    account.Principal
		message string // "" when the request is let in
	}{
		"key pair":           {header: []string{basic(public + ":" + private)}, want: pair},
		"third part ignored": {header: []string{basic(public + ":" + private + ":more:parts")}, want: pair},
		"no padding":         {header: []string{"Basic " + strings.TrimRight(padded, "=")}, want: pair},
		"URL alphabet": {
			header: []string{"Basic " + base64.URLEncoding.EncodeToString([]byte(public+":"+private+":\xff\xfe\xfd"))}, want: pair,
		},
		"spaces inside":     {header: []string{"Basic  " + padded[:10] + " " + padded[10:] + " "}, want: pair},
		"public key alone":  {header: []string{"Bearer " + public}, want: alone},
		"first of two wins": {header: []string{basic(public + ":" + private), "nonsense"}, want: pair},

		"no header":    {message: none},
		"empty header": {header: []string{""}, message: none},

		"no scheme":              {header: []string{public}, message: invalid},
		"scheme in lower case":   {header: []string{"basic " + padded}, message: invalid},
		"scheme in upper case":   {header: []string{"BASIC " + padded}, message: invalid},
		"bearer in lower case":   {header: []string{"bearer " + public}, message: invalid},
		"other scheme":           {header: []string{"Digest username=x"}, message: invalid},
		"tab behind the scheme":  {header: []string{"Basic\t" + padded}, message: invalid},
		"space before":           {header: []string{" Basic " + padded}, message: invalid},
		"scheme alone":           {header: []string{"Basic"}, message: invalid},
		"bearer alone":           {header: []string{"Bearer"}, message: invalid},
		"nothing behind basic":   {header: []string{"Basic "}, message: incomplete},
		"not base64":             {header: []string{"Basic !!!!"}, message: incomplete},
		"no colon":               {header: []string{basic(public)}, message: incomplete},
		"no secret":              {header: []string{basic(public + ":")}, message: incomplete},
		"no public key":          {header: []string{basic(":" + private)}, message: incomplete},
		"colons only":            {header: []string{basic("::")}, message: incomplete},
		"empty half, third part": {header: []string{basic(public + "::" + private)}, message: incomplete},

		"wrong secret":          {header: []string{basic(public + ":sk-lf-wrong")}, message: wrongPair},
		"unknown public key":    {header: []string{basic("pk-lf-none:" + private)}, message: wrongPair},
		"foreign public key":    {header: []string{basic(otherPublic + ":" + private)}, message: wrongPair},
		"foreign secret":        {header: []string{basic(public + ":" + otherPrivate)}, message: wrongPair},
		"halves swapped":        {header: []string{basic(private + ":" + public)}, message: wrongPair},
		"NUL in the public key": {header: []string{basic(public + "\x00:" + private)}, message: wrongPair},
		"not UTF-8":             {header: []string{basic("\xff\xfe:\xff")}, message: wrongPair},

		"nothing behind bearer": {header: []string{"Bearer "}, message: wrongKey},
		"unknown bearer":        {header: []string{"Bearer pk-lf-none"}, message: wrongKey},
		"secret as bearer":      {header: []string{"Bearer " + private}, message: wrongKey},
		"pair as bearer":        {header: []string{"Bearer " + public + ":" + private}, message: wrongKey},
		"bearer in other case":  {header: []string{"Bearer " + strings.ToUpper(public)}, message: wrongKey},
	}
	a := newAuthenticator(t)
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := a.Authenticate(request(t, tc.header...))
			if tc.message != "" {
				wantFault(t, err, fault.Unauthenticated, tc.message)
				if got != (account.Principal{}) {
					t.Errorf("a principal came with the error: %+v", got)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got.KeyID == "" {
				t.Error("no key id")
			}
			got.KeyID = ""
			if got != tc.want {
				t.Errorf("principal %+v, want %+v", got, tc.want)
			}
		})
	}
}

// What else a request carries changes nothing.
func TestOnlyTheCredentialCounts(t *testing.T) {
	a := newAuthenticator(t)
	r := request(t, basic(public+":"+private))
	r.Host = "two.example.com"
	r.Header.Set("X-Forwarded-Host", "two.example.com")
	r.Header.Set("X-Langfuse-Public-Key", otherPublic)
	r.Header.Set("X-Langfuse-Project-Id", "p-two")
	r.URL.RawQuery = "projectId=p-two"
	p, err := a.Authenticate(r)
	if err != nil || p.Project != "p-one" {
		t.Errorf("principal %+v, err %v", p, err)
	}
}

type brokenStore struct{ account.Store }

func (brokenStore) KeyByPublic(context.Context, string) (account.Key, error) {
	return account.Key{}, errors.New("disk on fire")
}

func TestStoreUnavailable(t *testing.T) {
	a := auth.New(newAccounts(t, brokenStore{}))
	for _, header := range []string{basic(public + ":" + private), "Bearer " + public} {
		_, err := a.Authenticate(request(t, header))
		wantFault(t, err, fault.Unavailable, "Service Unavailable")
		if !strings.Contains(err.Error(), "disk on fire") {
			t.Errorf("the cause is lost: %v", err)
		}
	}
}

func TestAuthorize(t *testing.T) {
	pair := account.Principal{Project: "p", Access: account.AccessProject}
	alone := account.Principal{Project: "p", Access: account.AccessScores}
	const denied = "Access denied - insufficient permissions for this endpoint"
	for _, p := range account.Permissions() {
		if err := auth.Authorize(pair, p); err != nil {
			t.Errorf("pair, %s: %v", p, err)
		}
		switch err := auth.Authorize(alone, p); p {
		case account.Public, account.ScoresWrite:
			if err != nil {
				t.Errorf("public key alone, %s: %v", p, err)
			}
		default:
			wantFault(t, err, fault.Forbidden, denied)
		}
	}
	wantFault(t, auth.Authorize(pair, ""), fault.Forbidden, denied)
	wantFault(t, auth.Authorize(account.Principal{}, account.TracesRead), fault.Forbidden, denied)
}

func TestPrincipalInContext(t *testing.T) {
	if p, ok := auth.PrincipalFrom(t.Context()); ok || p != (account.Principal{}) {
		t.Errorf("an empty context carries %+v", p)
	}
	want := account.Principal{Project: "p", KeyID: "k", Access: account.AccessProject}
	if p, ok := auth.PrincipalFrom(auth.WithPrincipal(t.Context(), want)); !ok || p != want {
		t.Errorf("got %+v, %v", p, ok)
	}
}

func FuzzAuthenticate(f *testing.F) {
	for _, seed := range []string{"", "Basic ", "Bearer x", basic("a:b"), basic("a:b:c"), "Basic =", "Basic \xff"} {
		f.Add(seed)
	}
	accounts, err := account.New(account.Config{DigestKey: make([]byte, 32)}, emptyStore{}, slog.New(slog.DiscardHandler))
	if err != nil {
		f.Fatal(err)
	}
	a := auth.New(accounts)
	f.Fuzz(func(t *testing.T, header string) {
		p, err := a.Authenticate(request(t, header))
		if !fault.Is(err, fault.Unauthenticated) || p != (account.Principal{}) {
			t.Errorf("header %q: %+v, %v", header, p, err)
		}
	})
}

type emptyStore struct{ account.Store }

func (emptyStore) KeyByPublic(context.Context, string) (account.Key, error) {
	return account.Key{}, fault.New(fault.NotFound, "none")
}

func wantFault(t *testing.T, err error, code fault.Code, message string) {
	t.Helper()
	e, ok := errors.AsType[*fault.Error](err)
	if !ok {
		t.Errorf("err = %v, want a fault", err)
		return
	}
	if e.Code != code || e.Message != message {
		t.Errorf("%v %q, want %v %q", e.Code, e.Message, code, message)
	}
}
