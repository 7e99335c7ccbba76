package conformance_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var updateFrameworks = flag.Bool("frameworks", false, "write docs/frameworks.md from the recordings")

const (
	recordedDir    = "../internal/otelmap/testdata/recorded"
	frameworksPage = "../docs/frameworks.md"
)

// TestFrameworks sends every recording of a published instrumentation to a server in
// this process and compares what it shows with what the provider answered: each
// answer must be one observation with its model and its tokens, counted once, and a
// cost that equals the price worked out by hand; all observations together must not
// cost more. Where a number differs, the recording must not contain it. The table of
// all that is docs/frameworks.md.
func TestFrameworks(t *testing.T) {
	recordings := readRecordings(t)
	prices := readHandPrices(t)
	s := startServer2023(t)
	var page strings.Builder
	page.WriteString(frameworksHead)
	last, counts := "", map[string]int{}
	twice := map[string][]string{} // by title, the scopes that report a call once more
	var summary []string
	for _, r := range recordings {
		shown := s.send(t, r)
		rows, also := r.compare(t, shown, prices)
		if r.Framework != last {
			summary = append(summary, "")
			counts = map[string]int{}
			fmt.Fprintf(&page, "\n## %s\n\n%s, %s.\n\n%s", r.Title, r.Packages, r.Language, tableHead)
			last = r.Framework
		}
		for _, row := range rows {
			page.WriteString(row)
		}
		summary[len(summary)-1] = r.summary(rows, counts)
		if len(also) > 0 {
			twice[r.Title] = append(twice[r.Title], also...)
		}
	}
	text := page.String()
	page.Reset()
	page.WriteString(frameworksHead + summaryHead + strings.Join(summary, "") + strings.TrimPrefix(text, frameworksHead))
	page.WriteString(twiceHead)
	for _, title := range slices.Sorted(maps.Keys(twice)) {
		slices.Sort(twice[title])
		fmt.Fprintf(&page, "- %s: %s\n", title, strings.Join(slices.Compact(twice[title]), ", "))
	}
	if *updateFrameworks {
		if err := os.WriteFile(frameworksPage, []byte(page.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	written, err := os.ReadFile(frameworksPage)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(written), page.String()); diff != "" {
		t.Errorf("%s is not what the recordings give; go test ./conformance -run TestFrameworks -frameworks writes it:\n%s", frameworksPage, diff)
	}
}

// recording is one case of one published instrumentation.
type recording struct {
	Framework, Title, Packages, Language, Case string
	answers                                    []answer
	spans                                      []byte
	texts                                      map[string]string // each span as it is, by its id, to look for numbers in
	scopes                                     map[string]string // the scope of each span
}

// answer is what the provider answered to one request.
type answer struct {
	API       string         `json:"api"`
	Model     string         `json:"model"`
	Requested string         `json:"requestModel"`
	Usage     map[string]any `json:"usage"`
	want      tokens
	together  int // how many answers it is the sum of, where they are shown as one
}

// tokens is an answer's usage in the entries that are priced, each number in one.
type tokens map[string]int64

func readRecordings(t *testing.T) []recording {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(recordedDir, "*", "*.txtar")) // sorted
	if err != nil || len(names) == 0 {
		t.Fatalf("no recordings: %v", err)
	}
	var all []recording
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		r, err := parseRecording(raw)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all = append(all, r)
	}
	return all
}

func parseRecording(raw []byte) (r recording, err error) {
	head, rest, ok := bytes.Cut(raw, []byte("-- provider.json --\n"))
	if !ok {
		return r, fmt.Errorf("no provider.json")
	}
	provider, spans, ok := bytes.Cut(rest, []byte("-- spans.json --\n"))
	if !ok {
		return r, fmt.Errorf("no spans.json")
	}
	for line := range strings.Lines(string(head)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch key {
		case "framework":
			r.Framework = value
		case "title":
			r.Title = value
		case "packages":
			r.Packages = value
		case "language":
			r.Language = value
		case "case":
			r.Case = value
		}
	}
	if err := json.Unmarshal(provider, &r.answers); err != nil {
		return r, fmt.Errorf("provider.json: %w", err)
	}
	for i := range r.answers {
		r.answers[i].want = tokensOf(r.answers[i].API, r.answers[i].Usage)
	}
	if r.texts, r.scopes, err = textsOf(spans); err != nil {
		return r, fmt.Errorf("spans.json: %w", err)
	}
	// Recordings number their traces from 1; here each has its own.
	r.spans = bytes.ReplaceAll(spans, []byte(`"traceId": "00000000`), fmt.Appendf(nil, `"traceId": "%08x`, crc(r.Framework+"/"+r.Case)))
	return r, nil
}

// textsOf returns the text and the scope of each span.
func textsOf(spans []byte) (texts, scopes map[string]string, err error) {
	var export struct {
		ResourceSpans []struct {
			ScopeSpans []struct {
				Scope struct {
					Name string `json:"name"`
				} `json:"scope"`
				Spans []json.RawMessage `json:"spans"`
			} `json:"scopeSpans"`
		} `json:"resourceSpans"`
	}
	flags := regexp.MustCompile(`"flags": *[0-9]+`) // 257 is no number of tokens
	texts, scopes = map[string]string{}, map[string]string{}
	if err := json.Unmarshal(spans, &export); err != nil {
		return nil, nil, err
	}
	for _, resource := range export.ResourceSpans {
		for _, scope := range resource.ScopeSpans {
			for _, raw := range scope.Spans {
				var span struct {
					ID string `json:"spanId"`
				}
				if err := json.Unmarshal(raw, &span); err != nil {
					return nil, nil, err
				}
				texts[span.ID] += flags.ReplaceAllString(string(raw), "")
				scopes[span.ID] = scope.Scope.Name
			}
		}
	}
	return texts, scopes, nil
}

// tokensOf reads the usage of an answer as its provider documents it.
func tokensOf(api string, usage map[string]any) tokens {
	n := func(path ...string) int64 {
		var v any = usage
		for _, key := range path {
			m, _ := v.(map[string]any)
			v = m[key]
		}
		f, _ := v.(float64)
		return int64(f)
	}
	t := tokens{}
	switch family, _, _ := strings.Cut(api, "."); family {
	case "openai":
		in, out, inDetails, outDetails := "prompt_tokens", "completion_tokens", "prompt_tokens_details", "completion_tokens_details"
		if strings.Contains(api, "responses") {
			in, out, inDetails, outDetails = "input_tokens", "output_tokens", "input_tokens_details", "output_tokens_details"
		}
		t["cached"], t["reasoning"] = n(inDetails, "cached_tokens"), n(outDetails, "reasoning_tokens")
		t["input"], t["output"] = n(in)-t["cached"], n(out)-t["reasoning"]
	case "anthropic":
		t["input"], t["cached"] = n("input_tokens"), n("cache_read_input_tokens")
		t["reasoning"] = n("output_tokens_details", "thinking_tokens")
		t["output"] = n("output_tokens") - t["reasoning"]
		t["written 5m"], t["written 1h"] = n("cache_creation", "ephemeral_5m_input_tokens"), n("cache_creation", "ephemeral_1h_input_tokens")
		t["written"] = n("cache_creation_input_tokens") - t["written 5m"] - t["written 1h"]
	case "gemini":
		t["cached"], t["reasoning"] = n("cachedContentTokenCount"), n("thoughtsTokenCount")
		t["input"], t["output"] = n("promptTokenCount")-t["cached"], n("candidatesTokenCount")
	}
	maps.DeleteFunc(t, func(_ string, n int64) bool { return n == 0 })
	return t
}

// sent is an observation as the server shows it.
type sent struct {
	ID           string           `json:"id"`
	Parent       string           `json:"parentObservationId"`
	Name         string           `json:"name"`
	Type         string           `json:"type"`
	Model        *string          `json:"model"`
	UsageDetails map[string]int64 `json:"usageDetails"`
	Cost         json.Number      `json:"calculatedTotalCost"`
	estimated    bool
}

func (s *server2023) send(t *testing.T, r recording) []sent {
	t.Helper()
	s.clock.Add(1)
	jsonBody := http.Header{"Content-Type": {"application/json"}}
	if answer := s.ask(t, http.MethodPost, "/v1/traces", jsonBody, r.spans); strings.Contains(string(answer), "rejected") {
		t.Errorf("%s/%s: %s", r.Framework, r.Case, answer)
	}
	var all []sent
	for _, trace := range r.traces() {
		var got struct {
			Observations []sent `json:"observations"`
		}
		if err := json.Unmarshal(s.ask(t, http.MethodGet, "/api/public/traces/"+trace, nil, nil), &got); err != nil {
			t.Fatal(err)
		}
		for _, o := range got.Observations {
			var detail struct {
				Accounting struct {
					UsageSource string `json:"usageSource"`
				} `json:"accounting"`
			}
			if err := json.Unmarshal(s.ask(t, http.MethodGet, "/api/v1/traces/"+trace+"/observations/"+o.ID, nil, nil), &detail); err != nil {
				t.Fatal(err)
			}
			o.estimated = detail.Accounting.UsageSource == "estimated"
			all = append(all, o)
		}
	}
	return all
}

// traces returns the ids of the traces in a recording.
func (r *recording) traces() []string {
	ids := map[string]bool{}
	rest := string(r.spans)
	for {
		_, after, ok := strings.Cut(rest, `"traceId": "`)
		if !ok {
			return slices.Sorted(maps.Keys(ids))
		}
		id, tail, _ := strings.Cut(after, `"`)
		ids[id], rest = true, tail
	}
}
