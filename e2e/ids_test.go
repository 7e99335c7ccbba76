package e2e_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/testkit/fusebox"
)

// awkwardIDs are ids that clients may choose in JSON, by what they are read as.
func awkwardIDs() map[string]string {
	ids := map[string]string{ // sent: read
		"ABCDEF0123456789":                 "abcdef0123456789", // 16 hex digits are an OpenTelemetry id
		"ABCDEF0123456789abcdef0123456789": "abcdef0123456789abcdef0123456789",
		"bad\xff\xfeutf-8":                 "bad\ufffdutf-8", // one character for the run
		"lone \xed\xa0\x80 surrogate":      "lone \ufffd surrogate",
	}
	for _, verbatim := range []string{
		"a/b", "/", "//", "/a", "a/", "a//b", ".", "..", "...", "../..", "../../etc/passwd", "./a", "a/../b", "a/./b", `..\..`,
		"%", "%2F", "%2f%2F", "%zz", "%00", "100%", "a%20b", "?", "a?b=c", "#", "a#b", "&", "a&b=c", "=", ";", "a;b", ",", "a,b", "+", "a+b",
		`"`, `'`, "`", `\`, `\"`, `' OR 1=1 --`, `"); DROP TABLE traces; --`, "<script>alert(1)</script>", "{{7*7}}", "${jndi:x}", "$(id)",
		" ", "  ", " a", "a ", "a b", "\t", "\n", "\r\n", "a\nb", "\x00", "a\x00b", "\x01\x1f\x7f", "\u0080\u2028\u2029\ufeff", "\ufffd",
		"é", "e\u0301", "ß", "ЖЖЖ", "日本語", "🙂", "👩‍👩‍👧‍👦", "\U0010ffff", "ك\u202eلا", "0", "-1", "1e9", "null", "true", "undefined", "NaN", "[]", "{}",
		"ABCDEF012345678", "ABCDEF0123456789a", "GBCDEF0123456789", "observations", "traces", "%2e%2e", "*", ":", "a:b", "@", "~", "|", "^",
		strings.Repeat("x", 800), strings.Repeat("é", 512), strings.Repeat("%", 1024), strings.Repeat("/", 300),
	} {
		ids[verbatim] = verbatim
	}
	return ids
}

// TestAwkwardIDs stores a trace and an observation under each id and reads them
// back by every way that leads to them.
func TestAwkwardIDs(t *testing.T) {
	v := newVictim(t, fusebox.Options{})
	ids := awkwardIDs()
	for i, sent := range slices.Sorted(maps.Keys(ids)) {
		read := ids[sent]
		t.Run(fmt.Sprintf("%.40q", sent), func(t *testing.T) {
			input := fmt.Sprintf("input %d of %q", i, sent)
			raw := rawJSON(sent)
			body := fmt.Sprintf(`{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":%s,"spanId":%[1]s,"name":%[1]s,"startTimeUnixNano":"%d","attributes":[{"key":"langfuse.observation.input","value":{"stringValue":%s}},{"key":"user.id","value":{"stringValue":%[1]s}}]},{"traceId":%[1]s,"spanId":"child","parentSpanId":%[1]s}]}]}]}`,
				raw, 1_700_000_000_000_000_000+i, quote(input))
			if a := send(t, v.Server, http.MethodPost, "/v1/traces", strings.NewReader(body), jsonBody); a.Status != http.StatusOK || a.Body != "{}" {
				t.Fatalf("export: %d %s", a.Status, a.Body)
			}
			tr, ok := v.trace(t, read)
			if !ok || tr.ID != read || len(tr.Observations) != 2 || text(t, tr.Input) != input {
				t.Fatalf("the trace is there: %v; %+v", ok, tr)
			}
			for _, o := range tr.Observations {
				if o.TraceID != read || o.ID != "child" && o.ID != read || o.ID == "child" && *o.ParentObservationID != read {
					t.Errorf("observation %+v", o)
				}
			}
			v.unharmed(t)
		})
	}
	// Only now all of them are there, and each way must lead to the right one.
	for i, sent := range slices.Sorted(maps.Keys(ids)) {
		read := ids[sent]
		t.Run(fmt.Sprintf("ways to %.40q", sent), func(t *testing.T) {
			want := fmt.Sprintf("input %d of %q", i, sent)
			path, query := url.PathEscape(read), url.QueryEscape(read)
			name := url.QueryEscape(strings.ToValidUTF8(sent, "\ufffd")) // has no case to lose
			filter := url.QueryEscape(`[{"type":"string","column":"traceId","operator":"=","value":` + rawJSON(read) + `}]`)
			for _, way := range []string{
				"/api/public/traces/" + path,
				"/api/public/traces/" + escapeAll(read),
				"/api/public/observations/" + path,
				"/api/v1/traces/" + path + "/observations/" + path,
				"/api/public/traces?userId=" + name,
				"/api/public/traces?name=" + name,
				"/api/public/traces?filter=" + filter,
				"/api/public/observations?parentObservationId=" + query,
				"/api/public/observations?name=" + name + "&traceId=" + query,
				"/api/public/v2/observations?fields=core,io&name=" + name + "&traceId=" + query,
				"/api/public/v2/observations?fields=core,io&filter=" + filter,
			} {
				a := send(t, v.Server, http.MethodGet, way, nil)
				if a.Status != http.StatusOK || !strings.Contains(a.Body, `"id":`+quote(read)) && !strings.Contains(way, "parentObservationId") {
					t.Errorf("%.200s: %d %.500s", way, a.Status, a.Body)
				}
				if strings.Contains(way, "parentObservationId") {
					want := `"id":"child","projectId":"project-one","traceId":` + quote(read)
					if !strings.Contains(a.Body, want) || !strings.Contains(a.Body, `"totalItems":1,`) {
						t.Errorf("%.200s: %.500s", way, a.Body)
					}
					continue
				}
				if !strings.Contains(a.Body, quote(want)) {
					t.Errorf("%.200s: not the input %s: %.500s", way, want, a.Body)
				}
			}
		})
	}
	v.unharmed(t)
}

// TestRefusedIDs sends ids that nothing can be stored under.
func TestRefusedIDs(t *testing.T) {
	v := newVictim(t, fusebox.Options{})
	for name, c := range map[string]struct{ trace, span, why string }{
		"empty trace id": {"", "s", "the trace id is empty"},
		"empty span id":  {"empty span id", "", "the span id is empty"},
		"long trace id":  {strings.Repeat("x", 1025), "s", "trace id longer than 1 KiB"},
		"long span id":   {"long span id", strings.Repeat("é", 513), "span id longer than 1 KiB"},
	} {
		t.Run(name, func(t *testing.T) {
			body := fmt.Sprintf(`{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"beside %s","spanId":"s"},{"traceId":%q,"spanId":%q}]}]}]}`, name, c.trace, c.span)
			want := `{"partialSuccess":{"rejectedSpans":"1","errorMessage":"1 refused: ` + c.why + `"}}`
			if a := send(t, v.Server, http.MethodPost, "/v1/traces", strings.NewReader(body), jsonBody); a.Status != http.StatusOK || a.Body != want {
				t.Errorf("%d %s, want %s", a.Status, a.Body, want)
			}
			if tr, ok := v.trace(t, "beside "+name); !ok || len(tr.Observations) != 1 {
				t.Errorf("the good span is not there")
			}
			if c.trace != "" {
				if _, ok := v.trace(t, c.trace); ok {
					t.Error("the bad span is there")
				}
			}
			v.unharmed(t)
		})
	}
}

// rawJSON writes a text as a JSON string without repairing what is no UTF-8.
func rawJSON(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(s) {
		switch c := s[i]; {
		case c < 0x20:
			fmt.Fprintf(&b, `\u%04x`, c)
		case c == '"', c == '\\':
			b.WriteByte('\\')
			fallthrough
		default:
			b.WriteByte(c)
		}
	}
	return b.String() + `"`
}

// escapeAll escapes every byte of a path segment.
func escapeAll(s string) string {
	var b strings.Builder
	for i := range len(s) {
		fmt.Fprintf(&b, "%%%02X", s[i])
	}
	return b.String()
}
