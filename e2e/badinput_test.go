package e2e_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/testkit/fusebox"
)

// TestItemFaults sends requests in which single spans break a limit, in every
// form and packing. Those spans are refused with their reasons, the others are
// stored whole, and the server counts no span that was not sent and forgets none.
func TestItemFaults(t *testing.T) {
	var (
		v                  = newVictim(t, fusebox.Options{})
		accepted, rejected int
	)
	for name, fill := range itemFaults() {
		for _, w := range wires() {
			for _, p := range packings() {
				t.Run(strings.TrimSuffix(name+"/"+w.name+"/"+p.name, "/"), func(t *testing.T) {
					b := newBatch(t.Name())
					b.good()
					fill(b)
					b.newResource()
					b.good()
					v.export(t, b, w, p)
					n, _ := b.verdict()
					accepted, rejected = accepted+len(b.sent)-n, rejected+n
				})
			}
		}
	}
	for metric, want := range map[string]int{
		"fusebox_ingest_accepted_items_total": accepted,
		"fusebox_ingest_rejected_items_total": rejected,
	} {
		if got := v.metrics(t)[metric]; got != fmt.Sprint(want) {
			t.Errorf("%s is %s, want %d", metric, got, want)
		}
	}
}

// metrics returns the values of the server's metrics by name and labels.
func (v *victim) metrics(t *testing.T) map[string]string {
	t.Helper()
	a := get(t, v.OpsURL+"/metrics")
	if a.Status != http.StatusOK {
		t.Fatalf("metrics: %d %s", a.Status, a.Body)
	}
	values := map[string]string{}
	for line := range strings.Lines(a.Body) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), " "); ok && !strings.HasPrefix(line, "#") {
			values[name] = value
		}
	}
	return values
}

// get asks without a key.
func get(t *testing.T, url string) answer {
	t.Helper()
	a, err := tryGet(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	return a
}
