package e2e_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	otlp "go.opentelemetry.io/proto/slim/otlp/trace/v1"

	"github.com/fusebox-llm/fusebox/internal/testkit/fusebox"
)

// TestLargeValues stores values of 2 and 63 MiB beside small ones, in each place
// that holds large values, and reads them back byte for byte; one of 65 MiB
// refuses its span alone.
func TestLargeValues(t *testing.T) {
	const mib = 1 << 20
	v := newVictim(t, fusebox.Options{})
	place := func(key, value string) func(*otlp.Span) {
		return func(s *otlp.Span) { s.Attributes = append(s.Attributes, attribute(key, value)) }
	}
	for name, c := range map[string]struct {
		size  int
		key   string // attribute that holds it
		at    func(*testing.T, *victim, stored) any
		wires []wire
		packs []packing
	}{
		"output of 2 MiB":             {2 * mib, "langfuse.observation.output", outputOf, wires(), packings()},
		"metadata of 2 MiB":           {2 * mib, "langfuse.observation.metadata.big", metadataOf("big"), wires()[:1], packings()[1:2]},
		"unknown attribute of 2 MiB":  {2 * mib, "shop.receipt", attributesOf("shop.receipt"), wires()[:1], packings()[1:2]},
		"raw side value of 2 MiB":     {2 * mib, "langfuse.nobody.knows", rawOf("langfuse.nobody.knows"), wires()[1:], packings()[2:]},
		"exactly what is kept inline": {mib, "langfuse.observation.output", outputOf, wires()[:1], packings()[1:2]},
		"one byte more":               {mib + 1, "langfuse.observation.output", outputOf, wires()[:1], packings()[1:2]},
		"output of 63 MiB":            {63 * mib, "langfuse.observation.output", outputOf, wires()[:1], packings()[2:]},
		"output of 63 MiB in json":    {63 * mib, "langfuse.observation.output", outputOf, wires()[1:], packings()[:1]},
		"metadata of 63 MiB":          {63 * mib, "langfuse.observation.metadata.big", metadataOf("big"), wires()[:1], packings()[2:]},
		"raw side value of 63 MiB":    {63 * mib, "langfuse.nobody.knows", rawOf("langfuse.nobody.knows"), wires()[:1], packings()[2:]},
		"exactly the largest":         {64 * mib, "langfuse.observation.output", outputOf, wires()[:1], packings()[1:2]},
		"one byte over the largest":   {64*mib + 1, "langfuse.observation.output", nil, wires()[:1], packings()[1:2]},
		"output of 65 MiB":            {65 * mib, "langfuse.observation.output", nil, wires(), packings()[2:]},
		"unknown attribute of 65 MiB": {65 * mib, "langfuse.nobody.knows", nil, wires()[:1], packings()[2:]},
	} {
		value := prose(c.size)
		for _, w := range c.wires {
			for _, p := range c.packs {
				t.Run(strings.TrimSuffix(name+"/"+w.name+"/"+p.name, "/"), func(t *testing.T) {
					b := newBatch(t.Name())
					own := func(s *otlp.Span) {
						if strings.HasPrefix(c.key, "langfuse.nobody") {
							b.scope.Scope.Name = "langfuse-sdk"
						}
						place(c.key, value)(s)
					}
					if c.at == nil {
						b.bad("attribute value larger than 64 MiB", own)
					} else {
						b.good(own)
					}
					b.newScope()
					b.good()
					tr := v.export(t, b, w, p)
					if c.at == nil {
						return
					}
					got, ok := c.at(t, v, b.read(t, tr, 0)).(string)
					if !ok || got != value {
						t.Errorf("read back %d bytes with digest %x, want %d bytes with %x", len(got), sha256.Sum256([]byte(got)), len(value), sha256.Sum256([]byte(value)))
					}
				})
			}
		}
	}
}

func outputOf(_ *testing.T, _ *victim, o stored) any {
	var s any
	json.Unmarshal(o.Output, &s) // what is no JSON is nil
	return s
}

func metadataOf(key string) func(*testing.T, *victim, stored) any {
	return func(_ *testing.T, _ *victim, o stored) any { return o.Metadata[key] }
}

func attributesOf(key string) func(*testing.T, *victim, stored) any {
	return func(_ *testing.T, _ *victim, o stored) any { return member(o.Metadata["attributes"], key) }
}

// rawOf reads what is stored about an observation and has no place of its own.
func rawOf(key string) func(*testing.T, *victim, stored) any {
	return func(t *testing.T, v *victim, o stored) any {
		a := send(t, v.Server, http.MethodGet, "/api/v1/traces/"+o.TraceID+"/observations/"+o.ID, nil)
		var detail struct{ Raw map[string]any }
		if err := json.Unmarshal([]byte(a.Body), &detail); err != nil || a.Status != http.StatusOK {
			t.Fatalf("%d %v %.500s", a.Status, err, a.Body)
		}
		return member(detail.Raw["attributes"], key)
	}
}

func member(object any, key string) any {
	m, _ := object.(map[string]any)
	return m[key]
}

// TestFiftyThousandSpans sends as many spans in a request as are taken.
func TestFiftyThousandSpans(t *testing.T) {
	v := newVictim(t, fusebox.Options{})
	var body bytes.Buffer
	body.WriteString(`{"resourceSpans":[{"scopeSpans":[{"scope":{"name":"s"},"spans":[`)
	for i := range 50_000 {
		if i > 0 {
			body.WriteByte(',')
		}
		fmt.Fprintf(&body, `{"traceId":"crowd %d","spanId":"%d","name":"n","startTimeUnixNano":"1700000000000000000"}`, i/100, i)
	}
	body.WriteString(`]}]}]}`)
	if a := send(t, v.Server, http.MethodPost, "/v1/traces", &body, jsonBody); a.Status != http.StatusOK || a.Body != "{}" {
		t.Fatalf("%d %s", a.Status, a.Body)
	}
	for list, want := range map[string]string{
		"/api/public/traces?limit=1":       `"totalItems":500,`,
		"/api/public/observations?limit=1": `"totalItems":50000,`,
	} {
		if a := send(t, v.Server, http.MethodGet, list, nil); !strings.Contains(a.Body, want) {
			t.Errorf("%s: %d %.500s, want %s", list, a.Status, a.Body, want)
		}
	}
	if got := len(observations(t, v, "crowd 499")); got != 100 {
		t.Errorf("the last trace has %d observations, want 100", got)
	}
	v.unharmed(t)
}
