package e2e_test

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/fusebox-llm/fusebox/internal/testkit/fusebox"
)

// bomb is a request that is small or cheap to make and may grow in the server.
type bomb struct {
	header []string
	body   []byte
	status int
	answer string
}

func bombs() map[string]bomb {
	var (
		gz    = []string{protobuf, "Content-Encoding: gzip"}
		zs    = []string{protobuf, "Content-Encoding: zstd"}
		js    = []string{jsonBody}
		jsgz  = []string{jsonBody, "Content-Encoding: gzip"}
		ratio = failure("Request body exceeds 200 times its compressed size")
		// An unknown field of 127 MiB; some noise in each keeps it under 200 times.
		growing = []byte{0x7a, 0x80, 0x80, 0xc0, 0x3f}
	)
	for range 127 {
		noise := make([]byte, 8<<10)
		rand.Read(noise) // never fails
		growing = append(append(growing, noise...), make([]byte, 1<<20-len(noise))...)
	}
	windowed, _ := zstd.NewWriter(nil, zstd.WithWindowSize(512<<20), zstd.WithEncoderConcurrency(1))
	var wide bytes.Buffer
	windowed.Reset(&wide)
	windowed.Write(make([]byte, 10<<20))
	windowed.Close()

	span := func(attribute, value string) []byte {
		return []byte(fmt.Sprintf(`{"resourceSpans":[{"scopeSpans":[{"scope":{"name":"s"},"spans":[{"traceId":"bomb %s","spanId":"s","startTimeUnixNano":"1700000000000000000","attributes":[{"key":%[1]q,"value":%s}]}]}]}]}`, attribute, value))
	}
	str := func(s string) string { return `{"stringValue":` + quote(s) + `}` }
	million := `{"arrayValue":{"values":[` + numbered(900_000, `{"intValue":%d}`, ",") + `]}}`
	return map[string]bomb{
		"gzip of nothing":                 {gz, gzipped(make([]byte, 256<<20)), 413, ratio},
		"zstd of nothing":                 {zs, zstandard(make([]byte, 64<<20)), 413, ratio},
		"zstd with a window of half a GB": {zs, wide.Bytes(), 413, failure("Request body needs a zstd window over 32 MiB")},
		"gzip that grows":                 {gz, gzipped(growing), 200, ""},
		"zstd that grows":                 {zs, zstandard(growing), 200, ""},
		"128 MiB of nothing":              {[]string{protobuf}, make([]byte, 128<<20), 400, failure("Failed to parse OTel Protobuf Trace")},
		"128 MiB of brackets":             {js, bytes.Repeat([]byte("["), 128<<20), 400, failure("Failed to parse OTel JSON Trace")},
		"a million attributes": {
			js, []byte(onSpan(`"attributes":[` + numbered(1_000_000, `{"key":"k%d"}`, ",") + "]" + closed)), 200,
			refused("more than 1024 attributes"),
		},
		"a million numbers":          {jsgz, gzipped(span("list", million)), 200, "{}"},
		"a million elements in json": {js, span("langfuse.observation.input", str("["+numbered(1_000_000, "%d", ",")+"]")), 200, "{}"},
		"a million tags":             {js, span("langfuse.trace.tags", str(numbered(1_000_000, "tag-%d", ","))), 200, refused("more than 1024 tags")},
		"a million keys of metadata": {js, span("langfuse.observation.metadata", str("{"+numbered(1_000_000, `"key-%d":1`, ",")+"}")), 200, refused("more than 100000 values in metadata")},
		"a million kinds of usage":   {js, span("langfuse.observation.usage_details", str("{"+numbered(1_000_000, `"kind-%d":1`, ",")+"}")), 200, "{}"},
		"a million kinds of cost":    {js, span("langfuse.observation.cost_details", str("{"+numbered(1_000_000, `"kind-%d":1`, ",")+"}")), 200, "{}"},
		"a million parameters":       {js, span("langfuse.observation.model.parameters", str("{"+numbered(1_000_000, `"p-%d":1`, ",")+"}")), 200, refused("model_parameters is larger than 1048576 bytes")},
		"deep metadata":              {js, span("langfuse.observation.metadata", str(strings.Repeat(`{"a":`, 500_000)+"1"+strings.Repeat("}", 500_000))), 200, "{}"},
		"deep input":                 {js, span("langfuse.observation.input", str(strings.Repeat("[", 5_000_000)+strings.Repeat("]", 5_000_000))), 200, "{}"},
		"repeated members":           {js, span("k", `{`+numbered(500_000, `"x":%d`, ",")+`}`), 200, "{}"},
	}
}

func refused(reason string) string {
	return `{"partialSuccess":{"rejectedSpans":"1","errorMessage":"1 refused: ` + reason + `"}}`
}

func failure(text string) string { return fmt.Sprintf(`{"error":%s,"message":%[1]s}`, quote(text)) }

// TestBombs sends what may grow, one after the other and then many at once. The
// server answers, goes on, and never takes more memory than a small machine has,
// however many there are.
func TestBombs(t *testing.T) {
	const most = 700 << 20
	// The limit keeps garbage from being counted: what is above it is in use.
	v := newVictim(t, fusebox.Options{Env: []string{"GOMEMLIMIT=256MiB"}})
	all := bombs()
	bounded := func(after string) {
		peak, err := v.Peak()
		if err != nil {
			t.Fatal(err)
		}
		if t.Logf("%s: at most %d MiB", after, peak>>20); peak > most {
			t.Errorf("%s: the server took %d MiB, want at most %d", after, peak>>20, most>>20)
		}
	}
	for name, b := range all {
		t.Run(name, func(t *testing.T) {
			a := send(t, v.Server, http.MethodPost, "/v1/traces", bytes.NewReader(b.body), b.header...)
			if a.Status != b.status || a.Body != b.answer {
				t.Errorf("%d %.300s, want %d %s", a.Status, a.Body, b.status, b.answer)
			}
			v.unharmed(t)
		})
	}
	bounded("one after the other")
	t.Run("many at once", func(t *testing.T) {
		var wg sync.WaitGroup
		for range 8 {
			for _, name := range []string{"gzip that grows", "zstd that grows", "a million numbers"} {
				wg.Go(func() {
					b := all[name]
					a, err := try(t.Context(), v.Server, http.MethodPost, "/v1/traces", bytes.NewReader(b.body), b.header...)
					switch {
					case err != nil:
						t.Error(err)
					case a.Status == http.StatusServiceUnavailable:
						if want := failure("Too much data in flight; try again"); a.Body != want || a.Header.Get("Retry-After") != "1" {
							t.Errorf("%s: %v %s", name, a.Header, a.Body)
						}
					case a.Status != b.status:
						t.Errorf("%s: %d %.300s", name, a.Status, a.Body)
					}
				})
			}
		}
		wg.Wait()
		v.unharmed(t)
		b := newBatch(t.Name())
		b.good()
		v.export(t, b, wires()[0], packings()[0])
	})
	bounded("many at once")
}
