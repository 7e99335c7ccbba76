package e2e_test

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"net/http"
	"strings"
	"testing"

	otlp "go.opentelemetry.io/proto/slim/otlp/trace/v1"

	"github.com/fusebox-llm/fusebox/internal/testkit/fusebox"
)

// refusal is a request that is refused whole. Where it holds good spans, none of
// them may be stored.
type refusal struct {
	path   string // "" is that of the Langfuse SDKs
	header []string
	body   []byte
	status int
	answer string // "" is {"error": text, "message": text}
	text   string
}

// TestRefusedRequests sends what is refused whole, in the Langfuse path and in
// that of the protocol.
func TestRefusedRequests(t *testing.T) {
	v := newVictim(t, fusebox.Options{})
	for name, c := range refusals(t) {
		paths := []string{"/api/public/otel/v1/traces", "/v1/traces"}
		if c.path != "" {
			paths = []string{c.path}
		}
		for _, path := range paths {
			t.Run(name+path, func(t *testing.T) {
				a := send(t, v.Server, http.MethodPost, path, bytes.NewReader(c.body), c.header...)
				want := c.answer
				if want == "" {
					want = fmt.Sprintf(`{"error":%s,"message":%[1]s}`, quote(c.text))
				}
				if a.Status != c.status || a.Body != want {
					t.Errorf("answer %d %.500s\nwant   %d %.500s", a.Status, a.Body, c.status, want)
				}
				if got := a.Header.Get("Content-Type"); got != "application/json; charset=utf-8" {
					t.Errorf("content type %q", got)
				}
				v.unharmed(t)
			})
		}
	}
	if n := v.metrics(t)["fusebox_ingest_accepted_items_total"]; n != "0" {
		t.Errorf("%s observations were stored", n)
	}
	if a := send(t, v.Server, http.MethodGet, "/api/public/traces", nil); !strings.Contains(a.Body, `"data":[],"meta":{"page":1,"limit":50,"totalItems":0,"totalPages":0}`) {
		t.Errorf("something of a refused request is stored: %.1000s", a.Body)
	}
}

func refusals(t *testing.T) map[string]refusal {
	const (
		unreadableProto = "Failed to parse OTel Protobuf Trace"
		unreadableJSON  = "Failed to parse OTel JSON Trace"
		unpackable      = "Failed to decompress request body"
		badType         = "Invalid content type"
	)
	var (
		pb, js   = "Content-Type: application/x-protobuf", "Content-Type: application/json"
		gz, zs   = "Content-Encoding: gzip", "Content-Encoding: zstd"
		b        = newBatch(t.Name())
		list     = map[string]refusal{}
		add      = func(name string, r refusal) { list[name] = r }
		headers  = func(h ...string) []string { return h }
		noise    = make([]byte, 16<<20+100<<10) // what is left unread must not be much, or the answer gets lost
		versions = func(v string) string {
			return fmt.Sprintf("Unsupported x-langfuse-ingestion-version: %q. Maximum supported: \"4\".", v)
		}
	)
	rand.Read(noise) // never fails
	b.good()
	b.good()
	proto, json := marshalProto(t, b.request), marshalJSON(t, b.request)

	for _, n := range []int{1, 2, 3, len(proto) / 3, len(proto) / 2, len(proto) - 1} {
		add(fmt.Sprintf("protobuf cut at %d", n), refusal{header: headers(pb), body: proto[:n], status: 400, text: unreadableProto})
	}
	for _, n := range []int{0, 1, len(json) / 3, len(json) / 2, len(json) - 1} {
		add(fmt.Sprintf("json cut at %d", n), refusal{header: headers(js), body: json[:n], status: 400, text: unreadableJSON})
	}
	for name, body := range map[string]string{
		"noise": string(noise[:5000]), "json": string(json), "group without end": "\x0b", "field 0": "\x00\x00",
		"length beyond the body": "\x0a\xff\xff\xff\xff\x0f", "length of ten bytes": "\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
		"nested groups": strings.Repeat("\x0b", 100_000),
	} {
		add("protobuf that is none: "+name, refusal{header: headers(pb), body: []byte(body), status: 400, text: unreadableProto})
	}
	for name, body := range map[string]string{
		"protobuf": string(proto), "array": "[]", "text": `"x"`, "number": "1", "null": "null", "true": "true", "nothing": " \n",
		"two values": `{} {}`, "trailing comma": `{"resourceSpans":[],}`, "single quotes": `{'resourceSpans':[]}`, "NaN": `{"resourceSpans":NaN}`,
		"byte order mark": "\xef\xbb\xbf{}", "comment": `{/**/}`, "unquoted key": `{resourceSpans:[]}`, "control character": "{\"a\nb\":1}",
		"lone escape": `{"a":"\x"}`, "leading zero": `{"a":01}`,
		"a million brackets":     strings.Repeat("[", 1_000_000),
		"a million closed":       `{"a":` + strings.Repeat("[", 1_000_000) + strings.Repeat("]", 1_000_000) + `}`,
		"a million objects":      strings.Repeat(`{"resourceSpans":`, 1_000_000),
		"a million deep a value": onSpan(`"attributes":[{"key":"k","value":` + strings.Repeat(`{"arrayValue":{"values":[`, 300_000)),
	} {
		add("json that is none: "+name, refusal{header: headers(js), body: []byte(body), status: 400, text: unreadableJSON})
	}

	for name, c := range map[string]struct{ body, text string }{
		"spans without ids":      {onScope(`"spans":[{"name":"a"},{"name":"b"}]`), `traceId:absent (2), spanId:absent (2) in scope "s"`},
		"span that is a number":  {onScope(`"spans":[7]`), `traceId:absent (1), spanId:absent (1) in scope "s"`},
		"ids of a wrong type":    {onScope(`"spans":[{"traceId":true,"spanId":{"a":1},"parentSpanId":12}]`), `traceId:not_an_id (1), spanId:not_an_id (1), parentSpanId:not_an_id (1) in scope "s"`},
		"one bad among good":     {onScope(`"spans":[{"traceId":"t","spanId":"1"},{"traceId":"t"},{"traceId":"t","spanId":"2"}]`), `spanId:absent (1) in scope "s"`},
		"null ids":               {onScope(`"spans":[{"traceId":null,"spanId":null}]`), `traceId:absent (1), spanId:absent (1) in scope "s"`},
		"resourceSpans no list":  {`{"resourceSpans":{"a":1}}`, `resourceSpans:not_an_array (1)`},
		"scopeSpans no list":     {`{"resourceSpans":[{"scopeSpans":"x"}]}`, `scopeSpans:not_an_array (1)`},
		"spans no list":          {onScope(`"spans":{}`), `spans:not_an_array (1) in scope "s"`},
		"attributes no list":     {onSpan(`"attributes":{"k":"v"}`) + closed, `attributes:not_an_array (1) in scope "s"`},
		"events no list":         {onSpan(`"events":{}`) + closed, `events:not_an_array (1) in scope "s"`},
		"event attributes":       {onSpan(`"events":[{"attributes":{}}]`) + closed, `event.attributes:not_an_array (1) in scope "s"`},
		"resource attributes":    {`{"resourceSpans":[{"resource":{"attributes":{}}}]}`, `resource.attributes:not_an_array (1)`},
		"scope attributes":       {`{"resourceSpans":[{"scopeSpans":[{"scope":{"name":"s","attributes":"x"}}]}]}`, `scope.attributes:not_an_array (1) in scope "s"`},
		"scope name in quotes":   {`{"resourceSpans":[{"scopeSpans":[{"scope":{"name":"<\"&\u0000\ud800>"},"spans":[1]}]}]}`, `traceId:absent (1), spanId:absent (1) in scope "<\"&\x00` + "\ufffd" + `>"`},
		"last of repeated keys":  {onSpan(`"traceId":null`) + closed, `traceId:absent (1) in scope "s"`},
		"scope name of a mile":   {`{"resourceSpans":[{"scopeSpans":[{"scope":{"name":"` + strings.Repeat("n", 1<<20) + `"},"spans":[1]}]}]}`, `traceId:absent (1), spanId:absent (1) in scope "` + strings.Repeat("n", 80) + `…"`},
		"logs in place of spans": {`{"resourceSpans":[{"scopeSpans":[{"scope":{"name":"s"},"spans":[{"timeUnixNano":"1","body":{"stringValue":"a log"}}]}]}]}`, `traceId:absent (1), spanId:absent (1) in scope "s"`},
	} {
		add("structure: "+name, refusal{header: headers(js), body: []byte(c.body), status: 400, text: "Invalid OTLP trace export: " + c.text + "; only traces are accepted"})
	}
	idless := newBatch("idless")
	idless.good()
	idless.good(func(s *otlp.Span) { s.SpanId = nil })
	idless.good(func(s *otlp.Span) { s.TraceId = []byte{} })
	add("structure: protobuf without ids", refusal{
		header: headers(pb), body: marshalProto(t, idless.request), status: 400,
		text: `Invalid OTLP trace export: traceId:absent (1), spanId:absent (1) in scope "shop.tracer"; only traces are accepted`,
	})

	for name, types := range map[string][]string{
		"none": {"Content-Type: "}, "text": {"Content-Type: text/plain"}, "form": {"Content-Type: application/x-www-form-urlencoded"},
		"octets": {"Content-Type: application/octet-stream"}, "nonsense": {"Content-Type: ;;;"}, "grpc": {"Content-Type: application/grpc"},
	} {
		add("content type: "+name, refusal{header: types, body: proto, status: 400, text: badType})
	}
	for _, coding := range []string{"br", "deflate", "compress", "gzip, gzip", "gzip;q=1", "x", "*", "<script>"} {
		add("content encoding: "+strings.ReplaceAll(coding, "/", ""), refusal{
			header: headers(pb, "Content-Encoding: "+coding), body: proto, status: 415, text: fmt.Sprintf("Unsupported content encoding %q", coding),
		})
	}
	for _, version := range []string{"5", "abc", "", "4294967300", "99999999999999999999", "v4"} {
		for _, name := range []string{"x-langfuse-ingestion-version", "x_langfuse_ingestion_version"} {
			add(name+" "+version, refusal{header: headers(pb, name+": "+version), body: proto, status: 400, text: versions(version)})
		}
	}

	for _, p := range packings()[1:] {
		enc := "Content-Encoding: " + p.name
		whole := p.pack(proto)
		for _, n := range []int{0, 1, 5, len(whole) / 2, len(whole) - 1} {
			add(fmt.Sprintf("%s cut at %d", p.name, n), refusal{header: headers(pb, enc), body: whole[:n], status: 400, text: unpackable})
		}
		flipped := bytes.Clone(whole)
		flipped[len(flipped)-3] ^= 0xff // in the checksum, or what it covers
		add(p.name+" with a wrong checksum", refusal{header: headers(pb, enc), body: flipped, status: 400, text: unpackable})
		add(p.name+" that is none", refusal{header: headers(pb, enc), body: proto, status: 400, text: unpackable})
		add(p.name+" with something behind", refusal{header: headers(pb, enc), body: append(bytes.Clone(whole), "xyz"...), status: 400, text: unpackable})
		add(p.name+" of truncated protobuf", refusal{header: headers(pb, enc), body: p.pack(proto[:len(proto)/2]), status: 400, text: unreadableProto})
		add(p.name+" over 16 MiB", refusal{header: headers(pb, enc), body: p.pack(noise), status: 413, text: "Request body exceeds 16 MiB compressed"})
		add(p.name+" over 200 times", refusal{header: headers(pb, enc), body: p.pack(make([]byte, 64<<20)), status: 413, text: "Request body exceeds 200 times its compressed size"})
		add(p.name+" over 128 MiB", refusal{header: headers(pb, enc), body: p.pack(bytes.Repeat(append(make([]byte, 1<<20), noise[:16<<10]...), 128)), status: 413, text: "Request body exceeds 128 MiB decompressed"})
	}
	add("gzip in gzip", refusal{header: headers(pb, gz), body: gzipped(gzipped(proto)), status: 400, text: unreadableProto})
	add("gzip said to be zstd", refusal{header: headers(pb, zs), body: gzipped(proto), status: 400, text: unpackable})
	add("over 128 MiB as it is", refusal{header: headers(pb), body: make([]byte, 128<<20+1), status: 413, text: "Request body exceeds 128 MiB"})

	crowd := newBatch("crowd")
	for range 50_001 {
		crowd.scope.Spans = append(crowd.scope.Spans, &otlp.Span{TraceId: crowd.traceID, SpanId: []byte{1}})
	}
	for _, w := range wires() {
		add("50001 spans, "+w.name, refusal{header: headers("Content-Type: " + w.contentType), body: w.marshal(t, crowd.request), status: 413, text: "More than 50000 spans in one request"})
	}
	var attributes strings.Builder
	for i := range 1_000_000 {
		fmt.Fprintf(&attributes, `,{"key":"%d"}`, i%1000)
		if i%1000 == 999 {
			attributes.WriteString(`]},{"traceId":"t","spanId":"s","attributes":[{}`)
		}
	}
	add("a million attributes on a thousand spans", refusal{
		header: headers(js), body: []byte(onSpan(`"attributes":[{}` + attributes.String() + "]}]}]}]}")), status: 413,
		text: "More than 1000000 attributes and other list elements in one request",
	})

	const metrics = "/api/public/otel/v1/metrics"
	add("metrics: protobuf", refusal{path: metrics, header: headers(pb), body: proto[:len(proto)-1], status: 400, text: "Failed to parse OTel Protobuf Metrics"})
	add("metrics: json", refusal{path: metrics, header: headers(js), body: json[:len(json)-1], status: 400, text: "Failed to parse OTel JSON Metrics"})
	add("metrics: type", refusal{path: metrics, header: headers("Content-Type: text/plain"), body: proto, status: 400, text: badType})
	add("metrics: encoding", refusal{path: metrics, header: headers(pb, "Content-Encoding: br"), body: proto, status: 415, text: `Unsupported content encoding "br"`})
	add("metrics: bomb", refusal{path: metrics, header: headers(pb, gz), body: gzipped(make([]byte, 64<<20)), status: 413, text: "Request body exceeds 200 times its compressed size"})
	add("metrics: deep", refusal{path: metrics, header: headers(js), body: []byte(strings.Repeat("[", 1_000_000)), status: 400, text: "Failed to parse OTel JSON Metrics"})

	add("nobody", refusal{header: headers(pb, "Authorization: "), body: proto, status: 401, answer: `{"message":"No authorization header"}`})
	add("wrong key before bad body", refusal{header: headers("Authorization: Basic eDp5"), body: noise[:10], status: 401, answer: `{"message":"Invalid credentials. Confirm that you've configured the correct host."}`})
	add("public key alone", refusal{header: headers(pb, "Authorization: Bearer "+fusebox.PublicKey), body: proto, status: 403, answer: `{"message":"Access denied - insufficient permissions for this endpoint"}`})
	return list
}

const closed = `}]}]}]}`

// onScope returns an export with a scope that has the members.
func onScope(members string) string {
	return `{"resourceSpans":[{"scopeSpans":[{"scope":{"name":"s"},` + members + `}]}]}`
}

// onSpan returns the beginning of an export with a span that has the members;
// closed ends it.
func onSpan(members string) string {
	return `{"resourceSpans":[{"scopeSpans":[{"scope":{"name":"s"},"spans":[{"traceId":"t","spanId":"s",` + members
}
