package media_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fusebox-llm/fusebox/internal/account"
	"github.com/fusebox-llm/fusebox/internal/blob/fs"
	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/media"
	"github.com/fusebox-llm/fusebox/internal/metadata/sqldb"
)

// world is a service over real stores, at a time that the test sets.
type world struct {
	*media.Service
	now time.Time
}

func newWorld(t *testing.T) *world {
	t.Helper()
	db, err := sqldb.OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "meta.db"))
	if err != nil {
		t.Fatal(err)
	}
	stores := db.Stores()
	blobs, err := fs.New(fs.Config{Dir: filepath.Join(t.TempDir(), "blobs")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(stores.Close(), blobs.Close()); err != nil {
			t.Error(err)
		}
	})
	w := &world{now: time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC)}
	for _, p := range []id.Project{"p-1", "p-2"} {
		org := account.Organization{ID: id.Org("o-" + p), Name: "o", Metadata: json.RawMessage("{}"), CreatedAt: w.now}
		_, err := stores.Accounts.EnsureOrganization(t.Context(), org)
		_, err2 := stores.Accounts.EnsureProject(t.Context(), account.Project{ID: p, Organization: org.ID, Name: string(p), Metadata: json.RawMessage("{}"), CreatedAt: w.now})
		if err := errors.Join(err, err2); err != nil {
			t.Fatal(err)
		}
	}
	w.Service = media.New(media.Config{Key: []byte("a key"), MaxBytes: 1000, Now: func() time.Time { return w.now }}, stores.Media, blobs)
	return w
}

func announced(content, contentType string) media.Announced {
	return media.Announced{
		ContentType: contentType, Length: int64(len(content)), Hash: media.HashOf(sha256.Sum256([]byte(content))),
		Link: media.Link{TraceID: "t", ObservationID: "o", Field: "input", Origin: media.OriginClientUpload},
	}
}

func (w *world) upload(t *testing.T, p id.Project, content, contentType string) (mediaID string) {
	t.Helper()
	mediaID, token, err := w.Announce(t.Context(), p, announced(content, contentType))
	if err != nil || token == "" {
		t.Fatalf("announce: %q, %v", token, err)
	}
	if err := w.Upload(t.Context(), token, contentType, strings.NewReader(content)); err != nil {
		t.Fatal(err)
	}
	return mediaID
}

func (w *world) read(t *testing.T, p id.Project, mediaID string) (string, media.Opened) {
	t.Helper()
	_, token, _, err := w.Find(t.Context(), p, mediaID)
	if err != nil {
		t.Fatal(err)
	}
	opened, err := w.Open(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Body.Close()
	raw, err := io.ReadAll(opened.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw), opened
}

func TestUpload(t *testing.T) {
	w := newWorld(t)
	mediaID := w.upload(t, "p-1", "hello", "text/plain")
	if want := media.IDOf(sha256.Sum256([]byte("hello"))); mediaID != want || len(mediaID) != 22 {
		t.Errorf("id %s, want %s", mediaID, want)
	}
	content, opened := w.read(t, "p-1", mediaID)
	if content != "hello" || opened.ContentType != "text/plain" || opened.Name != mediaID+".txt" || !opened.Inline || opened.Length != 5 {
		t.Errorf("%q, %+v", content, opened)
	}
	if _, token, err := w.Announce(t.Context(), "p-1", announced("hello", "text/plain")); err != nil || token != "" {
		t.Errorf("the same again: %q, %v", token, err)
	}
	if _, token, err := w.Announce(t.Context(), "p-1", announced("hello", "text/csv")); err != nil || token == "" {
		t.Errorf("as another type: %q, %v", token, err)
	}
	if _, token, err := w.Announce(t.Context(), "p-2", announced("hello", "text/plain")); err != nil || token == "" {
		t.Errorf("another project has it already: %q, %v", token, err)
	}
	links, err := w.Links(t.Context(), "p-1", "t")
	if err != nil || len(links) != 1 {
		t.Errorf("links %v, %v", links, err)
	}
}

func TestAnnounceRefuses(t *testing.T) {
	w := newWorld(t)
	for name, change := range map[string]func(*media.Announced){
		"a type":      func(a *media.Announced) { a.ContentType = "text/x-evil" },
		"no length":   func(a *media.Announced) { a.Length = 0 },
		"too much":    func(a *media.Announced) { a.Length = 1001 },
		"a hash":      func(a *media.Announced) { a.Hash = "x" },
		"a long hash": func(a *media.Announced) { a.Hash += "AAAA" },
	} {
		a := announced("hello", "text/plain")
		change(&a)
		if _, _, err := w.Announce(t.Context(), "p-1", a); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestUploadRefuses(t *testing.T) {
	w := newWorld(t)
	mediaID, token, err := w.Announce(t.Context(), "p-1", announced("hello", "text/plain"))
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		token, contentType, content string
		code                        fault.Code
	}{
		"another content":      {token, "text/plain", "hellO", fault.Invalid},
		"less":                 {token, "text/plain", "hell", fault.Invalid},
		"more":                 {token, "text/plain", "hello!", fault.Invalid},
		"another type":         {token, "text/html", "hello", fault.Invalid},
		"no token":             {"", "text/plain", "hello", fault.Forbidden},
		"half a token":         {strings.Split(token, ".")[0], "text/plain", "hello", fault.Forbidden},
		"a token that is bent": {"A" + token[1:], "text/plain", "hello", fault.Forbidden},
	} {
		if err := w.Upload(t.Context(), tt.token, tt.contentType, strings.NewReader(tt.content)); !fault.Is(err, tt.code) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, _, err := w.Find(t.Context(), "p-1", mediaID); !fault.Is(err, fault.NotFound) {
		t.Errorf("nothing came, found: %v", err)
	}
	if _, err := w.Open(t.Context(), token); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a link to upload opens content: %v", err)
	}
	w.now = w.now.Add(time.Hour)
	if err := w.Upload(t.Context(), token, "text/plain", strings.NewReader("hello")); !fault.Is(err, fault.Forbidden) {
		t.Errorf("an hour later: %v", err)
	}
}

func TestReport(t *testing.T) {
	w := newWorld(t)
	mediaID, token, err := w.Announce(t.Context(), "p-1", announced("hello", "text/plain"))
	if err != nil {
		t.Fatal(err)
	}
	report := func(status int) error {
		return w.Report(t.Context(), "p-1", mediaID, media.Reported{At: w.now, Status: status, Error: "why"})
	}
	if err := report(200); !fault.Is(err, fault.Invalid) {
		t.Errorf("a success without content: %v", err)
	}
	if err := report(503); err != nil {
		t.Error(err)
	}
	if _, _, _, err := w.Find(t.Context(), "p-1", mediaID); !fault.Is(err, fault.NotFound) || !strings.Contains(err.Error(), "status 503: why") {
		t.Errorf("a failed upload: %v", err)
	}
	if err := w.Upload(t.Context(), token, "", strings.NewReader("hello")); err != nil {
		t.Fatal(err)
	}
	for _, status := range []int{200, 201, 500} { // what is here is here
		if err := report(status); err != nil {
			t.Error(err)
		}
	}
	if content, _ := w.read(t, "p-1", mediaID); content != "hello" {
		t.Errorf("%q", content)
	}
	if err := w.Report(t.Context(), "p-2", mediaID, media.Reported{At: w.now, Status: 500}); !fault.Is(err, fault.NotFound) {
		t.Errorf("another project: %v", err)
	}
}

func TestLinksExpire(t *testing.T) {
	w := newWorld(t)
	mediaID := w.upload(t, "p-1", "hello", "text/plain")
	_, token, expires, err := w.Find(t.Context(), "p-1", mediaID)
	if err != nil || expires != w.now.Add(time.Hour) {
		t.Fatal(expires, err)
	}
	w.now = expires
	if _, err := w.Open(t.Context(), token); !fault.Is(err, fault.Forbidden) {
		t.Errorf("when it expires: %v", err)
	}
	if _, _, _, err := w.Find(t.Context(), "p-2", mediaID); !fault.Is(err, fault.NotFound) {
		t.Errorf("another project: %v", err)
	}
}

func TestKeep(t *testing.T) {
	w := newWorld(t)
	out, found := media.NewCutter().Cut("data:image/svg+xml;base64,PHN2Zy8+ and data:image/svg+xml;base64,PHN2Zy8+")
	if len(found) != 2 {
		t.Fatal(out)
	}
	link := media.Link{MediaID: found[0].ID, TraceID: "t", ObservationID: "o", Field: "input", Origin: media.OriginExtraction}
	for range 2 { // it comes again and again
		if err := w.Keep(t.Context(), "p-1", found, []media.Link{link, link}); err != nil {
			t.Fatal(err)
		}
	}
	content, opened := w.read(t, "p-1", found[0].ID)
	if content != "<svg/>" || opened.Inline {
		t.Errorf("%q, %+v", content, opened)
	}
	if links, err := w.Links(t.Context(), "p-1", "t"); err != nil || len(links) != 1 {
		t.Errorf("links %v, %v", links, err)
	}
	// What was announced and never came is here once it is cut out of a text.
	late := announced("late", "text/plain")
	mediaID, _, err := w.Announce(t.Context(), "p-1", late)
	if err != nil {
		t.Fatal(err)
	}
	_, found = media.NewCutter().Cut("data:text/plain;base64,bGF0ZQ==")
	if err := w.Keep(t.Context(), "p-1", found, nil); err != nil {
		t.Fatal(err)
	}
	if content, _ := w.read(t, "p-1", mediaID); content != "late" {
		t.Errorf("%q", content)
	}
}

func TestSeek(t *testing.T) {
	w := newWorld(t)
	text := strings.Repeat("0123456789", 50)
	_, token, _, err := w.Find(t.Context(), "p-1", w.upload(t, "p-1", text, "audio/wav"))
	if err != nil {
		t.Fatal(err)
	}
	opened, err := w.Open(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Body.Close()
	for _, at := range []int64{0, 13, 400, 399, 7, 499} {
		if _, err := opened.Body.Seek(at, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		var buf bytes.Buffer
		if _, err := io.CopyN(&buf, opened.Body, 1); err != nil || buf.String() != text[at:at+1] {
			t.Errorf("at %d: %q, %v", at, &buf, err)
		}
	}
	if n, err := opened.Body.Seek(-1, io.SeekEnd); n != 499 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if _, err := opened.Body.Seek(-1, io.SeekStart); err == nil {
		t.Error("before the start")
	}
}
