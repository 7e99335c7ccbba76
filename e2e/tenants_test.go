package e2e_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/testkit/fusebox"
)

// tenant is a project with its key pair.
type tenant struct{ project, public, secret string }

func (tn tenant) key() string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(tn.public+":"+tn.secret))
}

func owner() tenant { return tenant{fusebox.Project, fusebox.PublicKey, fusebox.SecretKey} }

func stranger() tenant {
	return tenant{"project-two", "pk-lf-33333333-3333-4333-8333-333333333333", "sk-lf-44444444-4444-4444-8444-444444444444"}
}

// environment names the tenant to a server that starts.
func (tn tenant) environment(org, name string) []string {
	return []string{
		"LANGFUSE_INIT_ORG_ID=" + org, "LANGFUSE_INIT_ORG_NAME=" + org, "LANGFUSE_INIT_PROJECT_ID=" + tn.project, "LANGFUSE_INIT_PROJECT_NAME=" + name,
		"LANGFUSE_INIT_PROJECT_PUBLIC_KEY=" + tn.public, "LANGFUSE_INIT_PROJECT_SECRET_KEY=" + tn.secret,
	}
}

// The owner's data, every text of it unlike all others, and the ids of what
// nobody has.
const (
	ownTrace, ownRoot, ownChild = "0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a", "1b1b1b1b1b1b1b1b", "2c2c2c2c2c2c2c2c"
	noTrace, noRoot             = "f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9", "e8e8e8e8e8e8e8e8"
	ownScore, noScore           = "score-3d3d3d3d3d3d", "score-d7d7d7d7d7d7"
	ownSessionScore             = "score-4e4e4e4e4e4e"
	ownScoreName, ownComment    = "owner-score-name", "owner-comment"

	ownName, ownInput, ownMetadata, ownRaw = "owner-name", "owner-input", "owner-metadata", "owner-raw"
	ownUser, ownSession, ownTag            = "owner-user", "owner-session", "owner-tag"
	ownVersion, ownRelease, ownEnvironment = "owner-version", "owner-release", "owner-environment"

	ownPicture, ownContent, ownUpload = "owner-picture", "owner-content", "owner-upload"
	ownModel, ownTask                 = "000-owner-model", "owner-task" // the model is the first of all in the list
)

// tenants is a server with two projects, and what the owner's is known by.
type tenants struct {
	*victim
	own ids
}

// betrays are texts that must be in no answer to a stranger.
func (v *tenants) betrays() []string {
	return []string{
		ownTrace, ownRoot, ownChild, ownScore, ownSessionScore, ownScoreName, ownComment, ownName, ownInput, ownMetadata, ownRaw, ownUser, ownSession, ownTag, ownVersion, ownRelease, ownEnvironment,
		ownPicture, ownContent, ownUpload, ownModel, ownTask, v.own.media, mediaID(ownContent), v.own.upload, v.own.download, v.own.model, v.own.task, v.own.newerTask,
		fusebox.Project, "Project One", "org-one", "Org One", fusebox.SecretKey,
	}
}

// newTenants starts a server with two projects, each with data: the second is
// created by a second start on the same files.
func newTenants(t *testing.T) *tenants {
	t.Helper()
	data := t.TempDir()
	first := newVictim(t, fusebox.Options{Data: data})
	if err := first.Stop(); err != nil {
		t.Fatal(err)
	}
	v := newVictim(t, fusebox.Options{Data: data, Env: stranger().environment("org-two", "Project Two")})
	own := `"attributes":[` + strings.Join([]string{
		pair("user.id", ownUser), pair("session.id", ownSession), pair("langfuse.trace.tags", ownTag), pair("langfuse.version", ownVersion), pair("langfuse.release", ownRelease),
		pair("langfuse.environment", ownEnvironment), pair("langfuse.trace.name", ownName), pair("langfuse.observation.input", ownInput), pair("langfuse.observation.metadata.secret", ownMetadata),
		pair("langfuse.observation.type", "generation"), pair("langfuse.observation.level", "WARNING"), pair("nobody.knows", ownRaw),
	}, ",") + `]`
	const begin = `"startTimeUnixNano":"1700000000000000000","name":`
	export(t, v, owner(), onSdk(`{"traceId":"`+ownTrace+`","spanId":"`+ownRoot+`",`+begin+`"`+ownName+`",`+own+`},{"traceId":"`+ownTrace+`","spanId":"`+ownChild+`","parentSpanId":"`+ownRoot+`",`+begin+`"child of `+ownName+`",`+own+`}`))
	export(t, v, stranger(), onSdk(`{"traceId":"ffffffffffffffffffffffffffffffff","spanId":"ffffffffffffffff",`+begin+`"stranger-name","attributes":[`+pair("langfuse.observation.input", "stranger-input")+`,`+pair("session.id", "stranger-session")+`]}`))
	score(t, v, owner(), `{"id":"`+ownScore+`","traceId":"`+ownTrace+`","observationId":"`+ownRoot+`","name":"`+ownScoreName+`","value":1,"comment":"`+ownComment+`","metadata":{"secret":"`+ownMetadata+`"},"environment":"`+ownEnvironment+`","queueId":"owner-queue","nobodyKnows":"`+ownRaw+`"}`)
	score(t, v, owner(), `{"id":"`+ownSessionScore+`","sessionId":"`+ownSession+`","name":"`+ownScoreName+`","value":"owner-category","environment":"`+ownEnvironment+`"}`)
	score(t, v, stranger(), `{"id":"stranger-score","traceId":"ffffffffffffffffffffffffffffffff","name":"stranger-score-name","value":0}`)
	return &tenants{v, v.possessions(t)}
}

// possessions gives both tenants what is not telemetry, and returns what the owner's
// is known by.
func (v *victim) possessions(t *testing.T) ids {
	t.Helper()
	own := ids{trace: ownTrace, observation: ownRoot, score: ownScore, session: ownSession, media: mediaID(ownPicture), content: ownContent}
	for _, content := range []string{ownPicture, ownContent, ownUpload} {
		body, _ := mediaBody(t, ids{content: content, trace: ownTrace}, "")
		body = strings.Replace(body, `"field":"input"`, `"field":"metadata"`, 1)
		own.upload = path.Base(v.make(t, owner(), "/api/public/media", body, "uploadUrl"))
		if content == ownUpload {
			continue // it stays announced
		}
		a := v.as(t, owner(), http.MethodPut, "/api/v1/media/content/"+own.upload, content, "Content-Type: text/plain")
		if a.Status != http.StatusOK {
			t.Fatalf("upload: %d %s", a.Status, a.Body)
		}
	}
	a := v.as(t, owner(), http.MethodGet, "/api/public/media/"+own.media, "")
	link, _ := a.JSON(t)["url"].(string)
	own.download = path.Base(link)

	const prices = `,"matchPattern":"^nobody$","unit":"TOKENS","inputPrice":1,"outputPrice":2}`
	own.model = v.make(t, owner(), "/api/public/models", `{"modelName":"`+ownModel+`"`+prices, "id")
	v.make(t, stranger(), "/api/public/models", `{"modelName":"000 of project-two"`+prices, "id")

	const recalculate = "/api/v1/models/recalculate"
	own.task = v.make(t, owner(), recalculate, `{"model":"`+ownTask+`"}`, "id")
	own.newerTask = v.make(t, owner(), recalculate, `{"model":"`+ownTask+`-2"}`, "id")
	v.make(t, stranger(), recalculate, `{"model":"of project-two"}`, "id")
	v.log.await(t, "three tasks that are done", func(lines []string) bool { return count(lines, `"msg":"task succeeded"`) == 3 })
	return own
}

// make creates something and returns a text of the answer.
func (v *victim) make(t *testing.T, tn tenant, target, body, field string) string {
	t.Helper()
	a := v.as(t, tn, http.MethodPost, target, body, jsonBody)
	text, ok := a.JSON(t)[field].(string)
	if !ok || a.Status >= http.StatusMultipleChoices {
		t.Fatalf("POST %s for %s: %d %s", target, tn.project, a.Status, a.Body)
	}
	return text
}

func onSdk(spans string) string {
	return `{"resourceSpans":[{"scopeSpans":[{"scope":{"name":"langfuse-sdk"},"spans":[` + spans + `]}]}]}`
}

func export(t *testing.T, v *victim, tn tenant, body string) {
	t.Helper()
	if a := v.as(t, tn, http.MethodPost, "/v1/traces", body, jsonBody); a.Status != http.StatusOK || a.Body != "{}" {
		t.Fatalf("export for %s: %d %s", tn.project, a.Status, a.Body)
	}
}

func score(t *testing.T, v *victim, tn tenant, body string) {
	t.Helper()
	if a := v.as(t, tn, http.MethodPost, "/api/public/scores", body, jsonBody); a.Status != http.StatusOK {
		t.Fatalf("score for %s: %d %s", tn.project, a.Status, a.Body)
	}
}

// as asks with a tenant's key.
func (v *victim) as(t *testing.T, tn tenant, method, target, body string, header ...string) answer {
	t.Helper()
	return send(t, v.Server, method, target, strings.NewReader(body), append([]string{"Authorization: " + tn.key()}, header...)...)
}

// call calls an operation for the given ids.
func (v *victim) call(t *testing.T, tn tenant, o operation, u usage, i ids, header ...string) answer {
	t.Helper()
	body := ""
	if u.body != nil {
		var contentType string
		body, contentType = u.body(t, i, "written by "+tn.project)
		header = append(header, "Content-Type: "+contentType)
	}
	return v.as(t, tn, o.Method, o.target(i), body, header...)
}

// TestTenants walks every operation of the document: a stranger who uses the owner's
// ids gets exactly what unknown ids get, and after that the owner still gets content.
func TestTenants(t *testing.T) {
	v := newTenants(t)
	known := usages(v.own)
	operations := contract(t, v.Server)
	slices.SortStableFunc(operations, func(a, b operation) int { // nothing is written before all is read
		return strings.Compare(fmt.Sprint(!a.reads()), fmt.Sprint(!b.reads()))
	})
	for _, o := range operations {
		u, ok := known[o.ID]
		if !ok {
			t.Errorf("%s (%s %s) is in the document and not in this test", o.ID, o.Method, o.Path)
			continue
		}
		delete(known, o.ID)
		t.Run(o.ID, func(t *testing.T) {
			if !o.Public {
				v.closedToOthers(t, o, u)
				v.strange(t, o, u)
			}
			a := v.call(t, owner(), o, u, v.own)
			if a.Status != u.succeeds() {
				t.Fatalf("the owner gets %d %s", a.Status, a.Body)
			}
			for _, text := range u.holds {
				if !strings.Contains(a.Body, text) {
					t.Errorf("the owner's answer has no %s: %.2000s", text, a.Body)
				}
			}
			if o.Public {
				v.openToAll(t, o, u, a)
			}
			v.parameters(t, o, u)
			v.unharmed(t)
		})
	}
	for id := range known {
		t.Errorf("%s is in this test and not in the document", id)
	}
	// Nothing that the stranger sent touched the owner's data, or the other way.
	for _, c := range []struct {
		tn   tenant
		name string
		n    int
	}{{owner(), "written by project-one", 2}, {stranger(), "written by project-two", 1}} {
		var tr tree
		a := v.as(t, c.tn, http.MethodGet, "/api/public/traces/"+ownTrace, "")
		if err := json.Unmarshal([]byte(a.Body), &tr); err != nil {
			t.Fatal(err)
		}
		if len(tr.Observations) != c.n || !slices.ContainsFunc(tr.Observations, func(o stored) bool { return o.ID == ownRoot && *o.Name == c.name }) {
			t.Errorf("%s: %s", c.tn.project, a.Body)
		}
	}
}

// openToAll checks that a public operation answers anybody the same; one that is
// opened by a link's token, whoever has that token and nobody else.
func (v *tenants) openToAll(t *testing.T, o operation, u usage, want answer) {
	t.Helper()
	for _, key := range []string{"", "Basic eDp5", "nonsense", stranger().key()} {
		if a := v.call(t, owner(), o, u, v.own, "Authorization: "+key); a.Status != want.Status || a.Body != want.Body {
			t.Errorf("with the key %q: %d %.200s", key, a.Status, a.Body)
		}
	}
	if !strings.Contains(o.Path, "{token}") {
		return
	}
	for name, i := range map[string]ids{
		"no token":          unowned(),
		"the other's token": {upload: v.own.download, download: v.own.upload},
		"a bent token":      {upload: v.own.upload + "A", download: v.own.download + "A"},
	} {
		a := v.call(t, owner(), o, u, i)
		if a.Status != http.StatusForbidden {
			t.Errorf("with %s: %d %s", name, a.Status, a.Body)
		}
		v.silent(t, "with "+name, a.Body)
	}
}

// closedToOthers checks what a caller without the right key gets.
func (v *tenants) closedToOthers(t *testing.T, o operation, u usage) {
	t.Helper()
	const wrong = `{"message":"Invalid credentials. Confirm that you've configured the correct host."}`
	mixed, swapped := owner(), stranger()
	mixed.secret, swapped.secret = stranger().secret, owner().secret
	forbidden := answer{Status: http.StatusForbidden, Body: `{"message":"Access denied - insufficient permissions for this endpoint"}`}
	for name, c := range map[string]struct {
		key  string
		want answer
	}{
		"no key":                       {"", answer{Status: 401, Body: `{"message":"No authorization header"}`}},
		"a wrong key":                  {"Basic eDp5", answer{Status: 401, Body: wrong}},
		"the owner's public key":       {mixed.key(), answer{Status: 401, Body: wrong}},
		"the owner's secret key":       {swapped.key(), answer{Status: 401, Body: wrong}},
		"the owner's public key alone": {"Bearer " + owner().public, forbidden},
		"an unknown public key alone":  {"Bearer pk-lf-x", answer{Status: 401, Body: `{"message":"Invalid public key. Confirm that you've configured the correct host."}`}},
	} {
		if o.Bearer && c.want.Status == http.StatusForbidden {
			continue
		}
		if u.classed {
			c.want.Body = strings.TrimSuffix(c.want.Body, "}") + `,"error":"UnauthorizedError"}`
		}
		if a := v.call(t, owner(), o, u, v.own, "Authorization: "+c.key); a.Status != c.want.Status || a.Body != c.want.Body {
			t.Errorf("%s: %d %.500s, want %d %s", name, a.Status, a.Body, c.want.Status, c.want.Body)
		}
	}
}

// strange checks that the owner's ids are unknown ids to a stranger, whatever the
// request says of projects.
func (v *tenants) strange(t *testing.T, o operation, u usage) {
	t.Helper()
	want := v.call(t, stranger(), o, u, unowned())
	if u.list && !strings.Contains(want.Body, "project-two") {
		t.Errorf("the stranger's own list is empty: %s", want.Body)
	}
	headers := [][]string{nil}
	for _, name := range []string{"x-langfuse-project-id", "x_langfuse_project_id", "X-Project-Id", "X-Langfuse-Organization-Id", "Host", "X-Forwarded-Host", "X-Original-Url", "X-Rewrite-Url"} {
		headers = append(headers, []string{name + ": " + owner().project})
	}
	headers = append(headers, []string{"x-langfuse-public-key: " + owner().public, "X-Langfuse-Admin-Api-Key: " + owner().secret, "Cookie: project=" + owner().project})
	for _, h := range headers {
		v.alike(t, fmt.Sprint("with the headers ", h), v.call(t, stranger(), o, u, v.own, h...), want, u)
	}
	for _, query := range []string{"projectId", "project_id", "project", "orgId"} {
		p := o
		p.Path += "?" + query + "=" + owner().project
		a := v.call(t, stranger(), p, u, v.own)
		if u.strict {
			if a.Status != http.StatusBadRequest {
				t.Errorf("with the query %s: %d %s", query, a.Status, a.Body)
			}
			continue
		}
		v.alike(t, "with the query "+query, a, want, u)
	}
	if !o.reads() {
		return
	}
	body := `{"projectId":"` + owner().project + `","project_id":"` + owner().project + `"}`
	v.alike(t, "with a body", v.as(t, stranger(), o.Method, o.target(v.own), body, jsonBody), want, u)
}

// alike compares an answer about the owner's ids with one about unknown ids: byte
// for byte but for the ids themselves and the request's id.
func (v *tenants) alike(t *testing.T, what string, got, want answer, u usage) {
	t.Helper()
	ids := strings.NewReplacer(append(v.own.names(), unowned().names()...)...)
	plain := func(a answer) answer {
		h := a.Header.Clone()
		h.Del("X-Request-Id")
		h.Del("Date")
		body := ids.Replace(a.Body)
		if u.body != nil { // it tells when it was written
			body = instants.ReplaceAllString(body, "TIME")
		}
		if u.fresh != nil {
			body = u.fresh.ReplaceAllString(body, "FRESH")
			h.Del("Content-Length")
		}
		return answer{a.Status, h, body}
	}
	if diff := cmp.Diff(plain(want), plain(got)); diff != "" {
		t.Errorf("%s, a stranger tells the owner's ids from unknown ones (-unknown +owner's):\n%s", what, diff)
	}
	if u.list || got.Status != u.succeeds() {
		v.silent(t, what, ids.Replace(got.Body))
	}
}

// instants are the times in an answer.
var instants = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`)

// silent checks that an answer holds nothing of the owner.
func (v *tenants) silent(t *testing.T, what, body string) {
	t.Helper()
	for _, text := range v.betrays() {
		if strings.Contains(body, text) {
			t.Errorf("%s, a stranger reads %s: %.1000s", what, text, body)
		}
	}
}

// parameters calls an operation with each of its query parameters. The owner gets
// an answer, the stranger nothing of the owner's; and where the stranger names
// what the owner has, it gets what it gets for what nobody has.
func (v *tenants) parameters(t *testing.T, o operation, u usage) {
	t.Helper()
	values := maps.Clone(u.values)
	for _, name := range o.params("query") {
		list := values[name]
		delete(values, name)
		if len(list) == 0 {
			if u.values != nil || o.reads() {
				t.Errorf("the parameter %s is in the document and not in this test", name)
			}
			continue
		}
		for _, value := range list {
			if value == "@" {
				value = v.cursor(t, o)
			}
			p := o
			p.Path += "?" + name + "=" + url.QueryEscape(value)
			what := "with " + name + "=" + value
			if a := v.call(t, owner(), p, u, v.own); a.Status != u.succeeds() || u.list && name != "limit" && !slices.Contains([]string{"isRootObservation"}, name) && !slices.ContainsFunc(u.shows(), func(id string) bool { return strings.Contains(a.Body, id) }) {
				t.Errorf("%s, the owner gets %d %.1000s", what, a.Status, a.Body)
			}
			got := v.call(t, stranger(), p, u, v.own)
			if o.Public {
				continue
			}
			unknown := o
			unknown.Path += "?" + name + "=" + url.QueryEscape(v.foreign(value))
			v.alike(t, what, got, v.call(t, stranger(), unknown, u, unowned()), u)
		}
	}
	for name := range values {
		if u.list && !slices.Contains(o.params("query"), name) {
			continue // the lists share one table of values
		}
		t.Errorf("the parameter %s is in this test and not in the document", name)
	}
}

// foreign replaces the owner's texts in a value by some that nobody has.
func (v *tenants) foreign(value string) string {
	return strings.NewReplacer(ownTrace, noTrace, ownRoot, noRoot, ownChild, noRoot, v.own.newerTask, unowned().newerTask, "owner-", "nobody-").Replace(value)
}

// cursor returns the cursor of the owner's first page of one.
func (v *tenants) cursor(t *testing.T, o operation) string {
	t.Helper()
	a := v.as(t, owner(), o.Method, o.Path+"?limit=1", "")
	var page struct{ Meta struct{ Cursor string } }
	if err := json.Unmarshal([]byte(a.Body), &page); err != nil || page.Meta.Cursor == "" {
		t.Fatalf("no cursor: %v %s", err, a.Body)
	}
	return page.Meta.Cursor
}

// TestSameIDs lets both projects write the same ids with the same large value.
// Each reads its own; the value lies twice in blob storage.
func TestSameIDs(t *testing.T) {
	data := t.TempDir()
	first := newVictim(t, fusebox.Options{Data: data})
	if err := first.Stop(); err != nil {
		t.Fatal(err)
	}
	v := newVictim(t, fusebox.Options{Data: data, Env: stranger().environment("org-two", "Project Two")})
	large := prose(2 << 20)
	for _, tn := range []tenant{owner(), stranger(), owner()} {
		export(t, v, tn, onSdk(`{"traceId":"`+ownTrace+`","spanId":"`+ownRoot+`","name":"of `+tn.project+`","startTimeUnixNano":"1","attributes":[`+
			pair("langfuse.observation.output", large)+`,`+pair("user.id", "of "+tn.project)+`,`+pair("langfuse.trace.tags", "of "+tn.project)+`]}`))
	}
	for _, tn := range []tenant{owner(), stranger()} {
		for _, target := range []string{
			"/api/public/traces/" + ownTrace, "/api/public/observations/" + ownRoot, "/api/v1/traces/" + ownTrace + "/observations/" + ownRoot,
			"/api/public/traces", "/api/public/observations", "/api/public/v2/observations?fields=core,basic,io",
		} {
			a := v.as(t, tn, http.MethodGet, target, "")
			other := stranger()
			if tn == stranger() {
				other = owner()
			}
			if a.Status != http.StatusOK || !strings.Contains(a.Body, `"of `+tn.project+`"`) || !strings.Contains(a.Body, quote(large)) || strings.Contains(a.Body, other.project) {
				t.Errorf("%s for %s: %d %.500s", target, tn.project, a.Status, a.Body)
			}
		}
	}
	var paths []string
	err := filepath.WalkDir(filepath.Join(data, "blobs"), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		if bytes.Contains(raw, []byte(large)) {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(paths) != 2 || filepath.Base(paths[0]) != filepath.Base(paths[1]) {
		t.Errorf("the value of two projects lies in %v, want one file for each", paths)
	}
	v.unharmed(t)
}
