package e2e_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/testkit/fusebox"
)

// TestOddRequests sends what is unusual and still right: each is answered 200 and
// stored.
func TestOddRequests(t *testing.T) {
	v := newVictim(t, fusebox.Options{})
	type odd struct {
		header []string
		encode func([]byte) []byte // of the protobuf; nil for JSON as it is
	}
	same := func(b []byte) []byte { return b }
	parts := func(pack func([]byte) []byte) func([]byte) []byte {
		return func(b []byte) []byte { return append(pack(b[:len(b)/2]), pack(b[len(b)/2:])...) }
	}
	const js, pb = "Content-Type: application/json", "Content-Type: application/x-protobuf"
	for name, c := range map[string]odd{
		"charset":                      {[]string{"Content-Type: application/json; charset=utf-8"}, nil},
		"capitals":                     {[]string{"Content-Type: Application/JSON"}, nil},
		"protobuf by its other name":   {[]string{"Content-Type: application/protobuf"}, same},
		"protobuf with a parameter":    {[]string{"Content-Type: application/x-protobuf; messageType=\"x\""}, same},
		"type within a list":           {[]string{"Content-Type: text/plain, application/json"}, nil},
		"no encoding":                  {[]string{pb, "Content-Encoding: "}, same},
		"identity":                     {[]string{pb, "Content-Encoding: identity"}, same},
		"GZIP":                         {[]string{pb, "Content-Encoding: GZIP"}, gzipped},
		"x-gzip":                       {[]string{pb, "Content-Encoding: x-gzip"}, gzipped},
		"gzip in two members":          {[]string{pb, "Content-Encoding: gzip"}, parts(gzipped)},
		"zstd in two frames":           {[]string{pb, "Content-Encoding: Zstd"}, parts(zstandard)},
		"version 4":                    {[]string{js, "x-langfuse-ingestion-version: 4"}, nil},
		"version 4 with underscores":   {[]string{pb, "x_langfuse_ingestion_version: 4"}, same},
		"version 1":                    {[]string{pb, "X-Langfuse-Ingestion-Version: 1"}, same},
		"version with something after": {[]string{pb, "x-langfuse-ingestion-version:  +4.9beta"}, same},
		"unknown fields in protobuf": {[]string{pb}, func(b []byte) []byte {
			return append([]byte("\x9a\x06\x03abc\x98\x06\x01\x9d\x06abcd\x99\x06abcdefgh\x9b\x06\x98\x06\x01\x9c\x06"), b...)
		}},
		"an empty resource besides": {[]string{pb}, func(b []byte) []byte { return append(b, 0x0a, 0x00) }},
		"headers of every SDK":      {[]string{js, "x_langfuse_sdk_name: \xff", "X-Langfuse-Public-Key: pk-lf-of-another", "X-Langfuse-Sdk-Version: ;;;"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBatch(t.Name())
			b.good()
			w := wires()[0]
			if c.encode == nil {
				w, c.encode = wires()[1], same
			}
			a := send(t, v.Server, http.MethodPost, "/api/public/otel/v1/traces", bytes.NewReader(c.encode(w.marshal(t, b.request))), c.header...)
			if want := w.accepted(t, 0, ""); a.Status != http.StatusOK || a.Body != want {
				t.Errorf("%d %s", a.Status, a.Body)
			}
			v.unharmed(t)
			b.accounted(t, v)
		})
	}
	for name, c := range map[string]struct{ header, body, want string }{
		"no bytes of protobuf":     {pb, "", ""},
		"no resources":             {js, "{}", "{}"},
		"an empty list":            {js, `{"resourceSpans":[]}`, "{}"},
		"null":                     {js, `{"resourceSpans":null}`, "{}"},
		"empty scopes":             {js, `{"resourceSpans":[{},{"scopeSpans":[{},{"spans":[]},null]},null]}`, "{}"},
		"metrics without points":   {js, `{"resourceMetrics":[]}`, "{}"},
		"members nobody knows":     {js, `{"x":{"resourceSpans":7},"resourceSpans":[],"":[[[1e999]]]}`, "{}"},
		"a list that is not there": {js, `{"resourceSpans":[{"scopeSpans":null,"resource":null}]}`, "{}"},
	} {
		t.Run("nothing: "+name, func(t *testing.T) {
			if a := send(t, v.Server, http.MethodPost, "/v1/traces", strings.NewReader(c.body), c.header); a.Status != http.StatusOK || a.Body != c.want {
				t.Errorf("%d %s", a.Status, a.Body)
			}
			v.unharmed(t)
		})
	}
}

// TestOddJSON sends the forms of JSON that exporters write, and some that nobody
// should. Of repeated members the last counts.
func TestOddJSON(t *testing.T) {
	v := newVictim(t, fusebox.Options{})
	input := func(value string) string {
		return `"attributes":[{"key":"langfuse.observation.input","value":` + value + `}]`
	}
	for name, c := range map[string]struct{ members, id, name, input string }{
		"repeated members":       {`"spanId":"x","name":"no","spanId":"s","name":"n",` + input(`{"stringValue":"no"}`) + "," + input(`{"stringValue":"yes"}`), "s", "n", `"yes"`},
		"repeated in a value":    {`"spanId":"s","name":"n",` + input(`{"stringValue":"no","stringValue":"yes"}`), "s", "n", `"yes"`},
		"a repeated key":         {`"spanId":"s","name":"n","attributes":[{"key":"langfuse.observation.input","value":{"stringValue":"no"}},{"key":"langfuse.observation.input","value":{"stringValue":"yes"}}]`, "s", "n", `"yes"`},
		"two kinds of value":     {`"spanId":"s","name":"n",` + input(`{"intValue":"7","stringValue":"yes"}`), "s", "n", `"yes"`},
		"snake case":             {`"span_id":"s","name":"n","start_time_unix_nano":"1",` + input(`{"string_value":"yes"}`), "s", "n", `"yes"`},
		"id as numbers":          {`"spanId":[255,0,-1,256],"name":"n",` + input(`{"intValue":9223372036854775807}`), "ff00ff00", "n", `9223372036854775807`},
		"id as a Buffer":         {`"spanId":{"type":"Buffer","data":[1,2]},"name":"n",` + input(`{"boolValue":true}`), "0102", "n", `true`},
		"name of another type":   {`"spanId":"s","name":{"a": [1, 2]},` + input(`{"doubleValue":"1.50"}`), "s", `{"a":[1,2]}`, `1.5`},
		"unknown kind of value":  {`"spanId":"s","name":"n",` + input(`{"futureValue":{"x": 1}}`), "s", "n", `{"futureValue":{"x":1}}`},
		"value that is none":     {`"spanId":"s","name":"n",` + input(`"bare"`), "s", "n", `"bare"`},
		"nothing in a value":     {`"spanId":"s","name":"n",` + input(`{}`), "s", "n", `null`},
		"a value of null":        {`"spanId":"s","name":"n",` + input(`null`), "s", "n", `null`},
		"lone surrogates":        {`"spanId":"\ud800","name":"\udc00\ud83d\ude42",` + input(`{"stringValue":"\ud83d"}`), "\ufffd", "\ufffd🙂", `"` + "\ufffd" + `"`},
		"an integer of no width": {`"spanId":"s","name":"n",` + input(`{"intValue":"123456789012345678901234567890"}`), "s", "n", `1.2345678901234568e+29`},
		"attributes that are no": {`"spanId":"s","name":"n","attributes":[1,null,"x",[],{"key":"langfuse.observation.input","value":{"stringValue":"yes"}}]`, "s", "n", `"yes"`},
		"events that are none":   {`"spanId":"s","name":"n","events":[1,null,{}],"links":[1,{}],"status":7,"kind":"NO_KIND","flags":-1,` + input(`{"stringValue":"yes"}`), "s", "n", `"yes"`},
		"a key that is no text":  {`"spanId":"s","name":"n","attributes":[{"key":7,"value":{"stringValue":"x"}},{"key":"langfuse.observation.input","value":{"stringValue":"yes"}}]`, "s", "n", `"yes"`},
	} {
		t.Run(name, func(t *testing.T) {
			body := onScope(fmt.Sprintf(`"spans":[{"traceId":%q,%s},{"traceId":%[1]q,"spanId":"beside"}]`, name, c.members))
			if a := send(t, v.Server, http.MethodPost, "/v1/traces", strings.NewReader(body), jsonBody); a.Status != http.StatusOK || a.Body != "{}" {
				t.Fatalf("%d %s", a.Status, a.Body)
			}
			got := observations(t, v, name)
			o, ok := got[c.id]
			if !ok || len(got) != 2 || *o.Name != c.name || string(o.Input) != c.input {
				t.Errorf("%v: %+v input %s", ok, o, o.Input)
			}
			v.unharmed(t)
		})
	}
}

// TestMetricsAreRejected counts what is rejected, in both forms.
func TestMetricsAreRejected(t *testing.T) {
	v := newVictim(t, fusebox.Options{})
	const why = "metrics are not stored; send traces to /api/public/otel/v1/traces"
	js := `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"a","gauge":{"dataPoints":[{},{}]}},{"name":"b","sum":{"dataPoints":[{}]}}]}]}]}`
	a := send(t, v.Server, http.MethodPost, "/api/public/otel/v1/metrics", strings.NewReader(js), jsonBody)
	if want := `{"partialSuccess":{"rejectedDataPoints":"3","errorMessage":"` + why + `"}}`; a.Status != http.StatusOK || a.Body != want {
		t.Errorf("json: %d %s", a.Status, a.Body)
	}
	point := "\x0a\x00"                                                                   // an empty data point
	gauge := "\x0a\x01a\x2a" + string(rune(len(point)*2)) + point + point                 // a metric with two
	body := wrap(wrap(wrap(gauge, 0x12), 0x12), 0x0a)                                     // in a scope, a resource, a request
	want := string([]byte{0x0a, byte(4 + len(why)), 0x08, 2, 0x12, byte(len(why))}) + why // rejected 2
	if a := send(t, v.Server, http.MethodPost, "/api/public/otel/v1/metrics", strings.NewReader(body), protobuf); a.Status != http.StatusOK || a.Body != want {
		t.Errorf("protobuf: %d %q, want %q", a.Status, a.Body, want)
	}
	v.unharmed(t)
}

// wrap puts a message of less than 128 bytes into a field.
func wrap(message string, tag byte) string { return string([]byte{tag, byte(len(message))}) + message }
