package e2e_test

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fusebox-llm/fusebox/internal/testkit/fusebox"
)

// line is a connection on which a test writes HTTP by hand.
type line struct {
	*net.TCPConn
	in *bufio.Reader
}

// dial connects and closes the connection when the test ends.
func (v *victim) dial(t *testing.T) *line {
	t.Helper()
	var d net.Dialer
	c, err := d.DialContext(t.Context(), "tcp", strings.TrimPrefix(v.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(patience)) // so that a missing answer ends the test
	return &line{c.(*net.TCPConn), bufio.NewReader(c)}
}

// say writes parts of a request.
func (l *line) say(t *testing.T, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if _, err := io.WriteString(l, p); err != nil {
			t.Fatal(err)
		}
	}
}

// hear reads an answer.
func (l *line) hear(t *testing.T) answer {
	t.Helper()
	resp, err := http.ReadResponse(l.in, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, string(raw)}
}

// begun waits until the server has begun to read the body: only then does it ask
// a client that expects to be asked.
func (l *line) begun(t *testing.T) {
	t.Helper()
	for _, want := range []string{"HTTP/1.1 100 Continue\r\n", "\r\n"} {
		if got, err := l.in.ReadString('\n'); err != nil || got != want {
			t.Fatalf("%q %v, want %q", got, err, want)
		}
	}
}

// exportHead is the head of an export request, without its last line break.
func exportHead(header ...string) string {
	key := base64.StdEncoding.EncodeToString([]byte(fusebox.PublicKey + ":" + fusebox.SecretKey))
	return "POST /v1/traces HTTP/1.1\r\nHost: fusebox\r\nAuthorization: Basic " + key + "\r\n" + protobuf + "\r\n" + strings.Join(header, "\r\n") + "\r\n"
}

// TestClientsThatStop breaks requests off in every part of their bodies. What was
// sent until then may be a whole export; still nothing of it is stored, because
// nobody knows whether the client meant more.
func TestClientsThatStop(t *testing.T) {
	const unread = `{"error":"Failed to read request body","message":"Failed to read request body"}`
	var (
		v    = newVictim(t, fusebox.Options{})
		lost = newBatch("lost")
	)
	for range 50 {
		lost.good()
	}
	var (
		body   = string(marshalProto(t, lost.request))
		packed = string(gzipped([]byte(body)))
		frame  = string(zstandard([]byte(body)))
		length = func(n int) string { return fmt.Sprintf("Content-Length: %d", n) }
		// Each request is logged when it has ended, which may be after its answer.
		requests int
	)
	const expect, chunked = "Expect: 100-continue", "Transfer-Encoding: chunked"
	for name, c := range map[string]struct {
		header []string
		body   string
	}{
		"nothing of a body":      {[]string{length(len(body))}, ""},
		"half a body":            {[]string{length(len(body))}, body[:len(body)/2]},
		"all but a byte":         {[]string{length(len(body))}, body[:len(body)-1]},
		"length beyond the body": {[]string{length(len(body) + 1)}, body},
		"length far beyond":      {[]string{length(1 << 40)}, body},
		"half a gzip":            {[]string{length(len(packed)), "Content-Encoding: gzip"}, packed[:len(packed)/2]},
		"a gzip and more":        {[]string{length(len(packed) + 1), "Content-Encoding: gzip"}, packed},
		"half a zstd":            {[]string{length(len(frame)), "Content-Encoding: zstd"}, frame[:len(frame)/2]},
		"a zstd and more":        {[]string{length(len(frame) + 1), "Content-Encoding: zstd"}, frame},
		"chunks without end":     {[]string{chunked}, fmt.Sprintf("%x\r\n%s\r\n", len(body), body)},
		"a chunk cut":            {[]string{chunked}, fmt.Sprintf("%x\r\n%s", len(body), body[:len(body)/2])},
		"a chunk of a gzip":      {[]string{chunked, "Content-Encoding: gzip"}, fmt.Sprintf("%x\r\n%s\r\n", len(packed), packed)},
		"a chunk of no length":   {[]string{chunked}, fmt.Sprintf("%x\r\n%s\r\nzz\r\n", len(body), body)},
		// Nothing lies behind these two: the server reads no further, and what it has not
		// read would take its answer away.
		"a chunk of too much":       {[]string{chunked}, "ffffffffffffffffff\r\n"},
		"a chunk without line ends": {[]string{chunked}, fmt.Sprintf("%x\r\n%sAB", len(body), body)},
		"a last chunk cut":          {[]string{chunked}, fmt.Sprintf("%x\r\n%s\r\n0\r\n", len(body), body)},
		"trailers without an end":   {[]string{chunked}, fmt.Sprintf("%x\r\n%s\r\n0\r\nX: y\r\n", len(body), body)},
	} {
		t.Run(name, func(t *testing.T) {
			l := v.dial(t)
			requests++
			l.say(t, exportHead(append(c.header, expect)...), "\r\n")
			l.begun(t)
			l.say(t, c.body)
			if err := l.CloseWrite(); err != nil {
				t.Fatal(err)
			}
			if a := l.hear(t); a.Status != http.StatusBadRequest || a.Body != unread {
				t.Errorf("%d %s, want 400 %s", a.Status, a.Body, unread)
			}
			v.unharmed(t)
		})
		for how, leave := range map[string]func(*line){
			"leaves": func(l *line) { l.Close() },
			"resets": func(l *line) { l.SetLinger(0); l.Close() },
		} {
			t.Run(name+", "+how, func(t *testing.T) {
				l := v.dial(t)
				requests++
				l.say(t, exportHead(append(c.header, expect)...), "\r\n")
				l.begun(t)
				l.say(t, c.body)
				leave(l)
				v.log.await(t, "the end of the request", func(lines []string) bool {
					return count(lines, `"route":"/v1/traces"`) == requests
				})
				v.unharmed(t)
			})
		}
	}
	if _, ok := v.trace(t, lost.id()); ok {
		t.Error("a request that broke off is stored")
	}
	if a := send(t, v.Server, http.MethodPost, "/v1/traces", strings.NewReader(body), protobuf); a.Status != http.StatusOK {
		t.Fatalf("the whole request: %d %s", a.Status, a.Body)
	}
	lost.accounted(t, v)
}

// TestSlowClients holds requests open while others are answered.
func TestSlowClients(t *testing.T) {
	v := newVictim(t, fusebox.Options{})
	slow, fast := newBatch("slow"), newBatch("fast")
	slow.good()
	body := marshalProto(t, slow.request)

	// Clients that announce a lot and send nothing keep nobody out.
	for range 50 {
		l := v.dial(t)
		l.say(t, exportHead("Content-Length: 134217728", "Expect: 100-continue"), "\r\n")
		l.begun(t)
	}
	for range 50 {
		l := v.dial(t)
		l.say(t, exportHead("Transfer-Encoding: chunked", "Content-Encoding: gzip", "Expect: 100-continue"), "\r\n")
		l.begun(t)
	}
	l := v.dial(t)
	l.SetNoDelay(true)
	l.say(t, exportHead("Transfer-Encoding: chunked"), "\r\n")
	for i := range body {
		l.say(t, fmt.Sprintf("1\r\n%c\r\n", body[i])[:3], string(body[i:i+1]), "\r\n")
		if i%16 == 0 {
			fast.good()
			if a := send(t, v.Server, http.MethodPost, "/v1/traces", bytes.NewReader(marshalProto(t, fast.request)), protobuf); a.Status != http.StatusOK {
				t.Fatalf("beside a slow client: %d %s", a.Status, a.Body)
			}
		}
	}
	l.say(t, "0\r\n\r\n")
	if a := l.hear(t); a.Status != http.StatusOK || a.Body != "" {
		t.Errorf("the slow client: %d %s", a.Status, a.Body)
	}
	slow.accounted(t, v)
	fast.accounted(t, v)
	v.unharmed(t)
}

// TestWire sends what is no HTTP, or hardly.
func TestWire(t *testing.T) {
	v := newVictim(t, fusebox.Options{})
	b := newBatch(t.Name())
	b.good()
	body := string(marshalProto(t, b.request))
	whole := exportHead(fmt.Sprintf("Content-Length: %d", len(body))) + "\r\n" + body
	bad := func(reason string) string { return "400 Bad Request" + reason }
	for name, c := range map[string]struct {
		say  string
		want []string // status and body of each answer
	}{
		"no HTTP":                   {"hello\r\n\r\n", []string{"400 " + bad("")}},
		"a TLS greeting":            {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + strings.Repeat("x", 200) + "\r\n\r\n", []string{"400 " + bad("")}},
		"no Host":                   {"GET /api/public/health HTTP/1.1\r\n\r\n", []string{"400 " + bad(": missing required Host header")}},
		"two lengths":               {exportHead("Content-Length: 5", "Content-Length: 6") + "\r\n", []string{"400 " + bad("")}},
		"a negative length":         {exportHead("Content-Length: -1") + "\r\n", []string{"400 " + bad("")}},
		"an unknown coding":         {exportHead("Transfer-Encoding: gzip") + "\r\n", []string{"501 Unsupported transfer encoding"}},
		"a broken escape":           {"GET /api/public/traces/%zz HTTP/1.1\r\nHost: x\r\n\r\n", []string{"400 " + bad("")}},
		"a NUL in a header":         {"GET /api/public/health HTTP/1.1\r\nHost: x\r\nX: a\x00b\r\n\r\n", []string{"400 " + bad("")}},
		"a header of a mile":        {"GET /api/public/health HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("x", 1<<20) + "\r\n\r\n", []string{"431 431 Request Header Fields Too Large"}},
		"a query of a mile":         {"GET /api/public/traces?name=" + strings.Repeat("x", 100_000) + " HTTP/1.1\r\nHost: x\r\n\r\n", []string{"431 431 Request Header Fields Too Large"}},
		"many headers":              {"GET /api/public/health HTTP/1.1\r\nHost: x\r\n" + strings.Repeat("X: y\r\n", 100_000) + "\r\n", []string{"431 431 Request Header Fields Too Large"}},
		"a key of a mile":           {"GET /api/public/projects HTTP/1.1\r\nHost: x\r\nAuthorization: Basic " + strings.Repeat("eDp4", 100_000) + "\r\n\r\n", []string{"431 431 Request Header Fields Too Large"}},
		"length below the body":     {exportHead("Content-Length: 3") + "\r\n" + body[:7] + "\r\n\r\n", []string{`400 {"error":"Failed to parse OTel Protobuf Trace","message":"Failed to parse OTel Protobuf Trace"}`, "400 " + bad("")}},
		"two requests at once":      {whole + whole, []string{"200 ", "200 "}},
		"chunks and a length":       {exportHead("Content-Length: 3", "Transfer-Encoding: chunked") + fmt.Sprintf("\r\n%x\r\n%s\r\n0\r\n\r\n", len(body), body), []string{"200 "}},
		"an old client":             {strings.Replace(whole, "HTTP/1.1", "HTTP/1.0", 1), []string{"200 "}},
		"line breaks before it":     {"\r\n" + whole, []string{"400 " + bad("")}},
		"another version":           {strings.Replace(whole, "HTTP/1.1", "HTTP/9.9", 1), []string{"505 505 HTTP Version Not Supported: unsupported protocol version"}},
		"the preface of HTTP/2":     {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", []string{`404 {"message":"Not Found: there is no such endpoint"}`}},
		"an address in the request": {"GET http://other.example/api/public/health HTTP/1.1\r\nHost: other.example\r\n\r\n", []string{`200 {"status":"OK","version":"dev","apiVersion":"4.16.0"}`}},
		"CONNECT":                   {"CONNECT other.example:443 HTTP/1.1\r\nHost: other.example:443\r\n\r\n", []string{`404 {"message":"Not Found: there is no such endpoint"}`}},
		"OPTIONS of everything":     {"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", []string{"200 "}},
		"a method of its own":       {"BREW /api/public/traces HTTP/1.1\r\nHost: x\r\n\r\n", []string{`405 {"message":"Method not allowed","error":"MethodNotAllowedError"}`}},
	} {
		t.Run(name, func(t *testing.T) {
			l := v.dial(t)
			io.WriteString(l, c.say) // the server may refuse before it has read all
			for _, want := range c.want {
				a := l.hear(t)
				if got := fmt.Sprintf("%d %s", a.Status, a.Body); got != want {
					t.Errorf("%.500s, want %s", got, want)
				}
			}
			v.unharmed(t)
		})
	}
	for name, say := range map[string]string{"half a word": "PO", "half a head": exportHead("Content-Length: 10"), "nothing": ""} {
		t.Run(name, func(t *testing.T) {
			l := v.dial(t)
			l.say(t, say)
			l.Close()
			v.unharmed(t)
		})
	}
	b.accounted(t, v)
}
