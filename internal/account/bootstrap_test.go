package account_test

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/account"
	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/secret"
)

func fullInit() account.Init {
	return account.Init{
		OrganizationID: "acme", OrganizationName: "Acme Ltd.",
		ProjectID: "app", ProjectName: "The app",
		PublicKey: "pk-lf-chosen", SecretKey: secret.New("sk-lf-chosen-by-the-operator"),
	}
}

func TestBootstrapFirstStart(t *testing.T) {
	f := newFixture(t)
	c := f.mustStart(t)
	if p, err := f.Authenticate(t.Context(), c.PublicKey, c.SecretKey); err != nil || p.Project != c.Project {
		t.Errorf("the printed pair gives %+v, err %v", p, err)
	}
	for range 2 {
		if again, err := f.Bootstrap(t.Context(), account.Init{}); err != nil || again != nil {
			t.Errorf("second start: %+v, err %v", again, err)
		}
	}
	if keys, err := f.Keys(t.Context(), c.Project); err != nil || len(keys) != 1 {
		t.Errorf("%d keys, want 1 (err %v)", len(keys), err)
	}
}

func TestBootstrapAtOnce(t *testing.T) {
	store := openStore(t)
	const n = 8
	got := make([]*account.Credentials, n)
	var wg sync.WaitGroup
	for i := range n {
		f := newFixtureOn(t, store, account.Config{})
		wg.Go(func() {
			var err error
			if got[i], err = f.Bootstrap(t.Context(), account.Init{}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	made := 0
	for _, c := range got {
		if c != nil {
			made++
		}
	}
	if made != 1 {
		t.Errorf("%d processes made a first project, want 1", made)
	}
}

func TestBootstrapNamed(t *testing.T) {
	f := newFixture(t)
	in := fullInit()
	for range 3 { // every start
		if c, err := f.Bootstrap(t.Context(), in); err != nil || c != nil {
			t.Fatalf("bootstrap: %+v, err %v", c, err)
		}
	}
	p, o, err := f.Project(t.Context(), "app")
	if err != nil || p.Name != "The app" || o.ID != "acme" || o.Name != "Acme Ltd." {
		t.Errorf("project %+v in %+v, err %v", p, o, err)
	}
	who, err := f.Authenticate(t.Context(), in.PublicKey, in.SecretKey)
	if err != nil || who.Project != "app" {
		t.Errorf("the named pair gives %+v, err %v", who, err)
	}
	if n := strings.Count(f.log.String(), "created"); n != 3 {
		t.Errorf("%d things were logged as created, want 3:\n%s", n, f.log)
	}

	// Names are what they were at creation: nothing that exists changes.
	in.ProjectName, in.OrganizationName = "Renamed", "Renamed"
	if _, err := f.Bootstrap(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	if p, o, _ = f.Project(t.Context(), "app"); p.Name != "The app" || o.Name != "Acme Ltd." {
		t.Errorf("renamed to %q in %q", p.Name, o.Name)
	}
	// There is a project, so a start without the variables makes none.
	if c, err := f.Bootstrap(t.Context(), account.Init{}); err != nil || c != nil {
		t.Errorf("start without the variables: %+v, err %v", c, err)
	}
}

func TestBootstrapInParts(t *testing.T) {
	f := newFixture(t)
	in := fullInit()
	steps := []account.Init{
		{OrganizationID: in.OrganizationID},
		{OrganizationID: in.OrganizationID, ProjectID: in.ProjectID},
		{OrganizationID: in.OrganizationID, ProjectID: in.ProjectID, PublicKey: in.PublicKey, SecretKey: in.SecretKey},
	}
	for i, step := range steps {
		if c, err := f.Bootstrap(t.Context(), step); err != nil || c != nil {
			t.Fatalf("step %d: %+v, err %v", i, c, err)
		}
	}
	p, o, err := f.Project(t.Context(), "app")
	if err != nil || p.Name != "Provisioned Project" || o.Name != "Provisioned Org" {
		t.Errorf("default names: %q in %q, err %v", p.Name, o.Name, err)
	}
	if _, err := f.Authenticate(t.Context(), in.PublicKey, in.SecretKey); err != nil {
		t.Error(err)
	}
}

func TestBootstrapConflicts(t *testing.T) {
	f := newFixture(t)
	if _, err := f.Bootstrap(t.Context(), fullInit()); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*account.Init){
		"project in another organization": func(in *account.Init) { in.OrganizationID = "other" },
		"key in another project":          func(in *account.Init) { in.ProjectID, in.ProjectName = "other", "Other" },
		"key with another secret":         func(in *account.Init) { in.SecretKey = secret.New("sk-lf-rotated-secret-key") },
		"name of another project":         func(in *account.Init) { in.ProjectID = "namesake" },
	} {
		in := fullInit()
		change(&in)
		_, err := f.Bootstrap(t.Context(), in)
		wantCode(t, name, err, fault.Conflict)
	}
	in := fullInit()
	if _, err := f.Authenticate(t.Context(), in.PublicKey, in.SecretKey); err != nil {
		t.Errorf("the first pair stopped working: %v", err)
	}
}

func TestBootstrapUsersAreNotYet(t *testing.T) {
	f := newFixture(t)
	in := account.Init{UserEmail: "a@example.com", UserName: "A", UserPassword: secret.New("hunter2-hunter2")}
	if c, err := f.Bootstrap(t.Context(), in); err != nil || c == nil {
		t.Fatalf("users alone must not stand in the way of the first project: %v, err %v", c, err)
	}
	if !strings.Contains(f.log.String(), "LANGFUSE_INIT_USER_* is not used yet") {
		t.Errorf("nothing says that no user was made:\n%s", f.log)
	}
	if strings.Contains(f.log.String(), "hunter2") {
		t.Error("the password was logged")
	}
}

func TestInitValidate(t *testing.T) {
	tests := map[string]struct {
		in   account.Init
		want []string // pieces of the problems; none for a valid one
	}{
		"nothing":      {account.Init{}, nil},
		"everything":   {fullInit(), nil},
		"chosen forms": {account.Init{OrganizationID: "o", ProjectID: "p", PublicKey: "lf_pk_1", SecretKey: secret.New("x")}, nil},
		"project without organization": {
			account.Init{ProjectID: "p"},
			[]string{"PROJECT_ID needs LANGFUSE_INIT_ORG_ID"},
		},
		"names alone": {account.Init{OrganizationName: "o", ProjectName: "p"}, []string{
			"ORG_NAME needs LANGFUSE_INIT_ORG_ID", "PROJECT_NAME needs LANGFUSE_INIT_PROJECT_ID",
		}},
		"half a pair": {account.Init{OrganizationID: "o", ProjectID: "p", PublicKey: "pk"}, []string{
			"PROJECT_PUBLIC_KEY needs LANGFUSE_INIT_PROJECT_SECRET_KEY",
		}},
		"the other half, no project": {account.Init{SecretKey: secret.New("sk")}, []string{
			"PROJECT_SECRET_KEY needs LANGFUSE_INIT_PROJECT_ID",
			"PROJECT_SECRET_KEY needs LANGFUSE_INIT_PROJECT_PUBLIC_KEY",
		}},
		"cannot be sent": {
			account.Init{OrganizationID: "o", ProjectID: "p\x00", PublicKey: "p:k", SecretKey: secret.New("s k")},
			[]string{"LANGFUSE_INIT_PROJECT_ID:", "LANGFUSE_INIT_PROJECT_PUBLIC_KEY:", "LANGFUSE_INIT_PROJECT_SECRET_KEY:"},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			err := tc.in.Validate()
			if len(tc.want) == 0 {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if err == nil {
				t.Fatal("no error")
			}
			if lines := strings.Split(err.Error(), "\n"); len(lines) != len(tc.want) {
				t.Errorf("%d problems, want %d:\n%v", len(lines), len(tc.want), err)
			}
			for _, piece := range tc.want {
				if !strings.Contains(err.Error(), piece) {
					t.Errorf("no %q in:\n%v", piece, err)
				}
			}
			f := newFixture(t)
			if _, bErr := f.Bootstrap(t.Context(), tc.in); bErr == nil || bErr.Error() != err.Error() {
				t.Errorf("Bootstrap says %v", bErr)
			}
		})
	}
}

// No secret appears in a log line, an error or a printed value, whatever happens.
func TestSecretsNeverPrint(t *testing.T) {
	const chosen, wrong = "sk-lf-the-operators-own-secret", "sk-lf-some-other-wrong-secret"
	var printed strings.Builder
	note := func(v any, err error) { fmt.Fprintf(&printed, "%v %+v %#v %v\n", v, v, v, err) }

	first := newFixture(t)
	c := first.mustStart(t)
	note(c, nil)
	p, err := first.Authenticate(t.Context(), c.PublicKey, c.SecretKey)
	note(p, err)
	p, err = first.Authenticate(t.Context(), c.PublicKey, secret.New(wrong))
	note(p, err)
	first.store.fail(errors.New("down"))
	p, err = first.Authenticate(t.Context(), "pk-lf-other", secret.New(wrong))
	note(p, err)
	keys, err := first.Keys(t.Context(), c.Project)
	note(keys, err)

	named := newFixture(t)
	in := fullInit()
	in.SecretKey, in.UserPassword = secret.New(chosen), secret.New("the-users-password")
	note(in, nil)
	_, err = named.Bootstrap(t.Context(), in)
	note(nil, err)
	in.SecretKey = secret.New(wrong)
	_, err = named.Bootstrap(t.Context(), in)
	note(nil, err)
	in.SecretKey = secret.New(wrong + " :")
	_, err = named.Bootstrap(t.Context(), in)
	note(nil, err)

	all := printed.String() + first.log.String() + named.log.String()
	for _, leak := range []string{c.SecretKey.Reveal(), chosen, wrong, "the-users-password"} {
		if strings.Contains(all, leak) || strings.Contains(all, fmt.Sprintf("%x", leak)) {
			t.Errorf("%q was printed", leak)
		}
	}
	for _, k := range keys {
		digest := []byte(k.Digest)
		if strings.Contains(all, hex.EncodeToString(digest)) || strings.Contains(all, fmt.Sprintf("%d", digest)) {
			t.Error("a digest was printed")
		}
	}
	if !strings.Contains(all, c.PublicKey) || !strings.Contains(all, "[secret]") {
		t.Error("the test does not see what is printed")
	}
}
