package api_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/api"
)

func mediaBody(content, contentType string) string {
	sum := sha256.Sum256([]byte(content))
	return fmt.Sprintf(`{"contentType":%q,"contentLength":%d,"sha256Hash":%q,"traceId":"t-1","observationId":null,"field":"input"}`,
		contentType, len(content), base64.StdEncoding.EncodeToString(sum[:]))
}

// say makes a call with a JSON body and the key of the first project, or another.
func (w *world) say(t *testing.T, method, path, key, body string, status int, into any) {
	t.Helper()
	res, raw := w.callWith(t, method, path, http.Header{"Authorization": {keys()[key]}, "Content-Type": {"application/json"}}, body)
	if res.StatusCode != status {
		t.Fatalf("%s %s %s: status %d, want %d: %s", method, path, body, res.StatusCode, status, raw)
	}
	if into != nil {
		if err := json.Unmarshal(raw, into); err != nil {
			t.Fatalf("%s: %v", raw, err)
		}
	}
}

func (w *world) callWith(t *testing.T, method, path string, header http.Header, body string) (*http.Response, []byte) {
	t.Helper()
	if !strings.HasPrefix(path, "http") {
		path = w.url + path
	}
	r, err := http.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range header {
		r.Header[name] = values
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, raw
}

func (w *world) upload(t *testing.T, content, contentType string) api.Media {
	t.Helper()
	var announced api.AnnouncedMedia
	w.say(t, "POST", "/api/public/media", "pair", mediaBody(content, contentType), 201, &announced)
	if announced.UploadURL == nil {
		t.Fatalf("no link to upload: %+v", announced)
	}
	sum := sha256.Sum256([]byte(content))
	header := http.Header{
		"Content-Type": {contentType}, "X-Amz-Checksum-Sha256": {base64.StdEncoding.EncodeToString(sum[:])}, "X-Ms-Blob-Type": {"BlockBlob"},
	}
	if res, raw := w.callWith(t, "PUT", *announced.UploadURL, header, content); res.StatusCode != 200 {
		t.Fatalf("upload: %d %s", res.StatusCode, raw)
	}
	w.say(t, "PATCH", "/api/public/media/"+announced.MediaID, "pair",
		`{"uploadedAt":"2026-05-01T11:00:00Z","uploadHttpStatus":200,"uploadHttpError":"","uploadTimeMs":12}`, 200, nil)
	var got struct {
		MediaID, ContentType, URL, URLExpiry string
		ContentLength                        int64
	}
	w.say(t, "GET", "/api/public/media/"+announced.MediaID, "pair", "", 200, &got)
	return api.Media{MediaID: got.MediaID, ContentType: got.ContentType, ContentLength: got.ContentLength, URL: got.URL, URLExpiry: got.URLExpiry}
}

func TestMedia(t *testing.T) {
	w := newWorld(t, nil)
	m := w.upload(t, "\x89PNG", "image/png")
	if m.ContentType != "image/png" || m.ContentLength != 4 || m.URLExpiry != "2026-05-01T12:00:00.000Z" {
		t.Errorf("%+v", m)
	}
	res, raw := w.callWith(t, "GET", m.URL, nil, "")
	if string(raw) != "\x89PNG" || res.Header.Get("Content-Type") != "image/png" {
		t.Errorf("%q, %v", raw, res.Header)
	}
	res, raw = w.callWith(t, "GET", m.URL, http.Header{"Range": {"bytes=1-2"}}, "")
	if res.StatusCode != 206 || string(raw) != "PN" {
		t.Errorf("a range: %d %q", res.StatusCode, raw)
	}
	res, raw = w.callWith(t, "HEAD", m.URL, nil, "")
	if res.StatusCode != 200 || len(raw) > 0 || res.ContentLength != 4 {
		t.Errorf("head: %d %q", res.StatusCode, raw)
	}

	var again api.AnnouncedMedia
	w.say(t, "POST", "/api/public/media", "pair", mediaBody("\x89PNG", "image/png"), 201, &again)
	if again.UploadURL != nil || again.MediaID != m.MediaID {
		t.Errorf("the same again: %+v", again)
	}
	var links api.TraceMedia
	w.say(t, "GET", "/api/v1/traces/t-1/media", "pair", "", 200, &links)
	if len(links.Data) != 1 || links.Data[0].Field != "input" || links.Data[0].ObservationID != nil {
		t.Errorf("%+v", links)
	}
	w.say(t, "GET", "/api/v1/traces/t-1/media", "other", "", 200, &links)
	if len(links.Data) != 0 {
		t.Errorf("another project sees %+v", links)
	}
	w.say(t, "GET", "/api/public/media/"+m.MediaID, "other", "", 404, nil)
	w.say(t, "PATCH", "/api/public/media/"+m.MediaID, "other", `{"uploadedAt":"2026-05-01T11:00:00Z","uploadHttpStatus":500}`, 404, nil)
}

// TestMediaRunsNothing: whatever content is, a browser that follows its link neither
// runs it nor guesses another type.
func TestMediaRunsNothing(t *testing.T) {
	w := newWorld(t, nil)
	for contentType, disposition := range map[string]string{
		"text/html": "attachment", "image/svg+xml": "attachment", "application/javascript": "attachment", "application/xml": "attachment",
		"application/pdf": "attachment", "text/css": "attachment", "application/octet-stream": "attachment",
		"image/png": "inline", "audio/wav": "inline", "video/mp4": "inline", "text/plain": "inline",
	} {
		m := w.upload(t, "<script>alert(1)</script>"+contentType, contentType)
		res, _ := w.callWith(t, "GET", m.URL, nil, "")
		h := res.Header
		if got := h.Get("Content-Disposition"); !strings.HasPrefix(got, disposition+"; filename=") {
			t.Errorf("%s: %s", contentType, got)
		}
		if h.Get("Content-Type") != contentType || h.Get("X-Content-Type-Options") != "nosniff" ||
			!strings.HasPrefix(h.Get("Content-Security-Policy"), "sandbox; default-src 'none'") {
			t.Errorf("%s: %v", contentType, h)
		}
	}
}

func TestMediaRefuses(t *testing.T) {
	w := newWorld(t, nil)
	good := mediaBody("hello", "text/plain")
	for name, body := range map[string]string{
		"no JSON":            `{`,
		"nothing":            `{}`,
		"another type":       strings.Replace(good, "text/plain", "text/x-evil", 1),
		"no length":          strings.Replace(good, `"contentLength":5`, `"contentLength":0`, 1),
		"too long":           strings.Replace(good, `"contentLength":5`, `"contentLength":1000000001`, 1),
		"a short hash":       strings.Replace(good, "=", "", 1),
		"no hash":            strings.Replace(good, "LPJNul", "!!!!!!", 1),
		"another field":      strings.Replace(good, `"input"`, `"expectedOutput"`, 1),
		"no place":           strings.Replace(good, `"traceId":"t-1"`, `"traceId":null`, 1),
		"two places":         strings.Replace(good, `"observationId":null`, `"datasetId":"d","datasetItemId":"i"`, 1),
		"half a place":       strings.Replace(good, `"traceId":"t-1","observationId":null`, `"datasetId":"d"`, 1),
		"an item's trace":    strings.Replace(good, `"traceId":"t-1","observationId":null`, `"datasetId":"d","datasetItemId":"i","observationId":"o"`, 1),
		"a type of a number": strings.Replace(good, `"text/plain"`, `5`, 1),
	} {
		if body == good {
			t.Fatal(name)
		}
		res, raw := w.callWith(t, "POST", "/api/public/media", http.Header{"Authorization": {keys()["pair"]}}, body)
		if res.StatusCode != 400 {
			t.Errorf("%s: %d %s", name, res.StatusCode, raw)
		}
	}
	w.say(t, "POST", "/api/public/media", "pair", strings.Replace(good, `"traceId":"t-1","observationId":null,"field":"input"`, `"datasetId":"d","datasetItemId":"i","field":"expectedOutput"`, 1), 201, nil)

	var announced api.AnnouncedMedia
	w.say(t, "POST", "/api/public/media", "pair", good, 201, &announced)
	for name, body := range map[string]string{
		"nothing": `{}`, "no time": `{"uploadHttpStatus":200}`, "no status": `{"uploadedAt":"2026-05-01T11:00:00Z"}`,
		"a status": `{"uploadedAt":"2026-05-01T11:00:00Z","uploadHttpStatus":99999}`, "a day": `{"uploadedAt":"x","uploadHttpStatus":200}`,
		"it never came": `{"uploadedAt":"2026-05-01T11:00:00Z","uploadHttpStatus":200}`,
	} {
		res, raw := w.callWith(t, "PATCH", "/api/public/media/"+announced.MediaID, http.Header{"Authorization": {keys()["pair"]}}, body)
		if res.StatusCode != 400 {
			t.Errorf("%s: %d %s", name, res.StatusCode, raw)
		}
	}
	w.say(t, "GET", "/api/public/media/"+announced.MediaID, "pair", "", 404, nil)
	w.say(t, "GET", "/api/public/media/nothing", "pair", "", 404, nil)
	for name, tt := range map[string]struct {
		url, contentType, content string
		status                    int
	}{
		"another content": {*announced.UploadURL, "text/plain", "HELLO", 400},
		"too much":        {*announced.UploadURL, "text/plain", "hello, world", 400},
		"another type":    {*announced.UploadURL, "text/html", "hello", 400},
		"a broken type":   {*announced.UploadURL, "/;", "hello", 400},
		"a bent link":     {strings.Replace(*announced.UploadURL, "content/", "content/x", 1), "text/plain", "hello", 403},
	} {
		res, raw := w.callWith(t, "PUT", tt.url, http.Header{"Content-Type": {tt.contentType}}, tt.content)
		if res.StatusCode != tt.status {
			t.Errorf("%s: %d %s", name, res.StatusCode, raw)
		}
	}
	if res, _ := w.callWith(t, "GET", *announced.UploadURL, nil, ""); res.StatusCode != 403 {
		t.Errorf("a link to upload downloads: %d", res.StatusCode)
	}
}
