package metadatatest

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/media"
	"github.com/fusebox-llm/fusebox/internal/metadata"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

func ptr[T any](v T) *T { return &v }

// asset and link make values of project-a whose every field is set.
func asset(name string) media.Asset {
	return media.Asset{
		Project:      "project-a",
		ID:           "media-" + name,
		SHA256:       "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
		ContentType:  "image/svg+xml",
		Length:       1 << 40,
		Key:          "0123/media/" + name + ".svg",
		CreatedAt:    1700000000123456,
		UploadedAt:   ptr(trace.Micros(1700000001999999)),
		Status:       200,
		UploadError:  "a line\nand another, für 日本 🙂",
		UploadMillis: ptr(int64(123456)),
	}
}

func link(name string) media.Link {
	return media.Link{
		Project:       "project-a",
		MediaID:       "media-" + name,
		TraceID:       "trace",
		ObservationID: "observation",
		Field:         "input",
		DatasetID:     "dataset",
		DatasetItemID: "item",
		Origin:        media.OriginExtraction,
		CreatedAt:     -62135596800000000,
	}
}

// mediaCalls returns one call of every method that is about the project.
func mediaCalls(s media.Store, p id.Project) map[string]func(context.Context) error {
	a, l := asset("a"), link("a")
	a.Project, l.Project = p, p
	return map[string]func(context.Context) error{
		"Asset": func(ctx context.Context) error {
			_, err := s.Asset(ctx, p, a.ID)
			return err
		},
		"PutAsset": func(ctx context.Context) error { return s.PutAsset(ctx, a) },
		"Put":      func(ctx context.Context) error { return s.Put(ctx, []media.Asset{a}, []media.Link{l}) },
		"SetUpload": func(ctx context.Context) error {
			return s.SetUpload(ctx, p, a.ID, 1, 200, "", nil)
		},
		"Links": func(ctx context.Context) error {
			_, err := s.Links(ctx, p, l.TraceID)
			return err
		},
	}
}

func mustPut(t *testing.T, s media.Store, assets []media.Asset, links ...media.Link) {
	t.Helper()
	if err := s.Put(t.Context(), assets, links); err != nil {
		t.Fatal(err)
	}
}

func checkAsset(t *testing.T, s media.Store, want media.Asset) {
	t.Helper()
	got, err := s.Asset(t.Context(), want.Project, want.ID)
	if err != nil {
		t.Errorf("asset %q: %v", want.ID, err)
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("asset (-want +got):\n%s", diff)
	}
}

func checkLinks(t *testing.T, s media.Store, p id.Project, traceID string, want ...media.Link) {
	t.Helper()
	got, err := s.Links(t.Context(), p, traceID)
	if err != nil {
		t.Errorf("links of %q: %v", traceID, err)
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("links of %.20q (-want +got):\n%s", traceID, diff)
	}
}

// bareAsset has nothing that may be absent.
func bareAsset(name string) media.Asset {
	a := asset(name)
	a.Length, a.CreatedAt, a.UploadedAt, a.Status, a.UploadError, a.UploadMillis = 0, 0, nil, 0, "", nil
	return a
}

func testMediaRoundTrip(t *testing.T, stores metadata.Stores) {
	mustEnsure(t, stores.Accounts, "a")
	s := stores.Media
	zero := asset("zero") // which is not absent
	zero.UploadedAt, zero.UploadMillis = ptr(trace.Micros(0)), ptr(int64(0))
	itemOnly := link("bare")
	itemOnly.TraceID, itemOnly.ObservationID = "", ""
	traceOnly := link("bare")
	traceOnly.ObservationID, traceOnly.DatasetID, traceOnly.DatasetItemID = "", "", ""
	mustPut(t, s, []media.Asset{asset("a"), bareAsset("bare"), zero}, link("a"), itemOnly, traceOnly)
	checkAsset(t, s, asset("a"))
	checkAsset(t, s, bareAsset("bare"))
	checkAsset(t, s, zero)
	checkLinks(t, s, "project-a", "trace", link("a"), traceOnly)
	checkLinks(t, s, "project-a", "")
	checkLinks(t, s, "project-a", "unknown")
	_, err := s.Asset(t.Context(), "project-a", "unknown")
	wantCode(t, "unknown asset", err, fault.NotFound)
}

func testMediaReplace(t *testing.T, stores metadata.Stores) {
	mustEnsure(t, stores.Accounts, "a")
	s := stores.Media
	other := bareAsset("a")
	other.ContentType, other.Key, other.SHA256 = "text/plain", "elsewhere.txt", strings.Repeat("h", 44)
	failed, here := other, asset("a")
	failed.Status = 503
	moved := here
	moved.ContentType, moved.Key = "text/csv", "moved.csv"
	for _, step := range []struct{ put, want media.Asset }{
		{other, other},
		{failed, failed},
		{other, other},
		{here, here},
		{other, here},
		{failed, here}, // content that is here does not go away
		{moved, moved},
	} {
		if err := s.PutAsset(t.Context(), step.put); err != nil {
			t.Fatal(err)
		}
		checkAsset(t, s, step.want)
		mustPut(t, s, nil, link("a")) // which stays when its asset is replaced
	}
	checkLinks(t, s, "project-a", "trace", link("a"))
}

func testMediaPut(t *testing.T, stores metadata.Stores) {
	mustEnsure(t, stores.Accounts, "a")
	s := stores.Media
	mustPut(t, s, nil)
	mustPut(t, s, []media.Asset{asset("a")}, link("a"))

	other, again := bareAsset("a"), link("a")
	other.ContentType = "text/plain"
	again.Origin, again.CreatedAt = media.OriginUnknown, 7
	elsewhere := link("a")
	elsewhere.Field = "output"
	// Twice in one call, too.
	mustPut(t, s, []media.Asset{other, bareAsset("b"), asset("b")}, again, elsewhere, elsewhere, link("b"))
	checkAsset(t, s, asset("a"))
	checkAsset(t, s, asset("b"))
	checkLinks(t, s, "project-a", "trace", link("a"), elsewhere, link("b"))
}

func testMediaAllOrNothing(t *testing.T, stores metadata.Stores) {
	mustEnsure(t, stores.Accounts, "a")
	s := stores.Media
	foreign := asset("b")
	foreign.Project = "project-x"
	invalid := asset("b")
	invalid.Key = ""
	noPlace := link("a")
	noPlace.TraceID, noPlace.DatasetItemID = "", ""
	for name, tc := range map[string]struct {
		assets []media.Asset
		links  []media.Link
		want   fault.Code
	}{
		"link to nothing":    {[]media.Asset{asset("a")}, []media.Link{link("a"), link("nothing")}, fault.NotFound},
		"unknown project":    {[]media.Asset{asset("a"), foreign}, nil, fault.NotFound},
		"asset not valid":    {[]media.Asset{asset("a"), invalid}, nil, fault.Invalid},
		"link without place": {[]media.Asset{asset("a")}, []media.Link{link("a"), noPlace}, fault.Invalid},
	} {
		wantCode(t, name, s.Put(t.Context(), tc.assets, tc.links), tc.want)
		_, err := s.Asset(t.Context(), "project-a", "media-a")
		wantCode(t, name+", the asset before it", err, fault.NotFound)
		checkLinks(t, s, "project-a", "trace")
	}
}

func testMediaUpload(t *testing.T, stores metadata.Stores) {
	mustEnsure(t, stores.Accounts, "a")
	s := stores.Media
	wantCode(t, "upload of nothing", s.SetUpload(t.Context(), "project-a", "media-a", 1, 200, "", nil), fault.NotFound)

	mustPut(t, s, []media.Asset{bareAsset("a"), bareAsset("b")})
	if err := s.SetUpload(t.Context(), "project-a", "media-a", 77, 503, "Slow\tdown 🙂", ptr(int64(9))); err != nil {
		t.Fatal(err)
	}
	want := bareAsset("a")
	want.UploadedAt, want.Status, want.UploadError, want.UploadMillis = ptr(trace.Micros(77)), 503, "Slow\tdown 🙂", ptr(int64(9))
	checkAsset(t, s, want)
	checkAsset(t, s, bareAsset("b"))

	if err := s.SetUpload(t.Context(), "project-a", "media-a", 78, 200, "", nil); err != nil {
		t.Fatal(err)
	}
	want.UploadedAt, want.Status, want.UploadError, want.UploadMillis = ptr(trace.Micros(78)), 200, "", nil
	checkAsset(t, s, want)
}

func testMediaLinksInOrder(t *testing.T, stores metadata.Stores) {
	mustEnsure(t, stores.Accounts, "a")
	s := stores.Media
	var assets []media.Asset
	var want []media.Link
	for _, name := range []string{"B", "a", "b"} { // by code unit
		assets = append(assets, asset(name))
		for _, observation := range []string{"", "Y", "x"} {
			for _, field := range []string{"input", "metadata", "output"} {
				l := link(name)
				l.ObservationID, l.Field = observation, field
				want = append(want, l)
			}
		}
	}
	backwards := make([]media.Link, 0, len(want))
	for i := range want {
		backwards = append(backwards, want[len(want)-1-i])
	}
	mustPut(t, s, assets, backwards...)
	checkLinks(t, s, "project-a", "trace", want...)
}

// Ids of traces and observations are the callers' own.
func testMediaOddIDs(t *testing.T, stores metadata.Stores) {
	mustEnsure(t, stores.Accounts, "a")
	s := stores.Media
	mustPut(t, s, []media.Asset{asset("a")})
	ids := []string{
		"/", "a b", "a\nb", "\x01", "%", "_", "é", "e\u0301", "É", "A", "a", " a", "a ", "日本 🙂",
		"'; DROP TABLE media_links; --", strings.Repeat("x", 1000),
	}
	for _, odd := range ids {
		l := link("a")
		l.TraceID, l.ObservationID, l.DatasetID, l.DatasetItemID = odd, odd, odd, odd
		mustPut(t, s, nil, l)
	}
	for _, odd := range ids {
		l := link("a")
		l.TraceID, l.ObservationID, l.DatasetID, l.DatasetItemID = odd, odd, odd, odd
		checkLinks(t, s, "project-a", odd, l)
	}
}

func testMediaIsolation(t *testing.T, stores metadata.Stores) {
	mustEnsure(t, stores.Accounts, "a")
	mustEnsure(t, stores.Accounts, "b")
	s := stores.Media
	mustPut(t, s, []media.Asset{asset("a")}, link("a"))
	checkEmpty(t, stores, "project-b")
	wantCode(t, "upload of another project's asset",
		s.SetUpload(t.Context(), "project-b", "media-a", 1, 500, "", nil), fault.NotFound)
	theirs, l := bareAsset("a"), link("a")
	theirs.Project, l.Project = "project-b", "project-b"
	wantCode(t, "link to another project's asset", s.Put(t.Context(), nil, []media.Link{l}), fault.NotFound)
	if err := s.PutAsset(t.Context(), theirs); err != nil { // the same id there
		t.Fatal(err)
	}
	checkAsset(t, s, asset("a"))
	checkAsset(t, s, theirs)
	checkLinks(t, s, "project-a", "trace", link("a"))
	checkLinks(t, s, "project-b", "trace")
}

func testMediaRefused(t *testing.T, stores metadata.Stores) {
	mustEnsure(t, stores.Accounts, "a")
	s := stores.Media
	mustPut(t, s, []media.Asset{asset("a")})

	for name, bad := range map[string]string{
		"empty": "", "NUL": "a\x00b", "newline": "a\nb", "not text": "a\xffb", "too long": strings.Repeat("x", 10_001),
	} {
		for field, change := range map[string]func(*media.Asset){
			"project":      func(a *media.Asset) { a.Project = id.Project(bad) },
			"id":           func(a *media.Asset) { a.ID = bad },
			"hash":         func(a *media.Asset) { a.SHA256 = bad },
			"content type": func(a *media.Asset) { a.ContentType = bad },
			"key":          func(a *media.Asset) { a.Key = bad },
		} {
			a := asset("a")
			change(&a)
			wantCode(t, "asset "+field+" "+name, s.PutAsset(t.Context(), a), fault.Invalid)
		}
		for field, change := range map[string]func(*media.Link){
			"project": func(l *media.Link) { l.Project = id.Project(bad) },
			"asset":   func(l *media.Link) { l.MediaID = bad },
			"field":   func(l *media.Link) { l.Field = bad },
			"origin":  func(l *media.Link) { l.Origin = bad },
		} {
			l := link("a")
			change(&l)
			wantCode(t, "link "+field+" "+name, s.Put(t.Context(), nil, []media.Link{l}), fault.Invalid)
		}
		if name == "empty" || name == "newline" {
			continue // which ids and error texts may be
		}
		for field, change := range map[string]func(*media.Link){
			"trace":        func(l *media.Link) { l.TraceID = bad },
			"observation":  func(l *media.Link) { l.ObservationID = bad },
			"dataset":      func(l *media.Link) { l.DatasetID = bad },
			"dataset item": func(l *media.Link) { l.DatasetItemID = bad },
		} {
			l := link("a")
			change(&l)
			wantCode(t, "link "+field+" "+name, s.Put(t.Context(), nil, []media.Link{l}), fault.Invalid)
		}
		wantCode(t, "upload error "+name, s.SetUpload(t.Context(), "project-a", "media-a", 1, 500, bad, nil), fault.Invalid)
	}
	for name, change := range map[string]func(*media.Asset){
		"length":   func(a *media.Asset) { a.Length = -1 },
		"status":   func(a *media.Asset) { a.Status = -1 },
		"status 2": func(a *media.Asset) { a.Status = 1000 },
		"millis":   func(a *media.Asset) { a.UploadMillis = ptr(int64(-1)) },
		"time":     func(a *media.Asset) { a.UploadedAt = ptr(trace.MaxMicros + 1) },
		"error":    func(a *media.Asset) { a.UploadError = "\x00" },
	} {
		a := asset("a")
		change(&a)
		wantCode(t, "asset "+name, s.PutAsset(t.Context(), a), fault.Invalid)
	}
	wantCode(t, "upload status", s.SetUpload(t.Context(), "project-a", "media-a", 1, 1000, "", nil), fault.Invalid)
	wantCode(t, "upload time", s.SetUpload(t.Context(), "project-a", "media-a", trace.MinMicros-1, 200, "", nil), fault.Invalid)
	wantCode(t, "upload millis", s.SetUpload(t.Context(), "project-a", "media-a", 1, 200, "", ptr(int64(-1))), fault.Invalid)
	checkAsset(t, s, asset("a"))
	checkLinks(t, s, "project-a", "trace")
}

func testMediaAtOnce(t *testing.T, stores metadata.Stores) {
	mustEnsure(t, stores.Accounts, "a")
	s := stores.Media
	atOnce(t, func(i int) (bool, error) {
		mine := asset(fmt.Sprint(i))
		err := s.Put(t.Context(), []media.Asset{asset("shared"), mine}, []media.Link{link("shared"), link(fmt.Sprint(i))})
		return false, err
	})
	links, err := s.Links(t.Context(), "project-a", "trace")
	if err != nil || len(links) != callers+1 {
		t.Errorf("%d links, want %d (err %v)", len(links), callers+1, err)
	}
	for _, l := range links {
		if _, err := s.Asset(t.Context(), "project-a", l.MediaID); err != nil {
			t.Errorf("asset %q: %v", l.MediaID, err)
		}
	}
}
