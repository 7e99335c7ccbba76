package ingest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/ingest"
	"github.com/fusebox-llm/fusebox/internal/otelmap"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/telemetry/telemetrytest"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// TestValuesOfARequest: the values of all items count together, refused items do not
// count, and what is refused is not stored.
func TestValuesOfARequest(t *testing.T) {
	store := telemetrytest.NewReference(fold.DefaultRules())
	s := ingest.New(ingest.Config{RequestValues: 5}, otelmap.New(otelmap.DefaultRules()), store, nil, ingest.Meaning{}, nil, time.Now)
	of := func(n, tags int) ingest.Item {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `,"k%d":1`, i)
		}
		r := fold.Record{Kind: fold.Trace, ID: fmt.Sprint("t", n), TraceID: fmt.Sprint("t", n), Time: 1, Metadata: trace.Metadata{Object: "{" + strings.TrimPrefix(b.String(), ",") + "}"}}
		for i := range tags {
			r.Tags = append(r.Tags, fmt.Sprint(i))
		}
		return ingest.Item{Records: []fold.Record{r}}
	}
	items := []ingest.Item{of(3, 0), of(6, 0), of(1, 2), of(2, 0), of(1, 1), {}, {Refused: "by its reader"}}
	if err := s.Records(t.Context(), "p", items); err != nil {
		t.Fatal(err)
	}
	const over = "too many tags and values of metadata in one request; send less at a time"
	for i, want := range []string{"", over, over, "", over, "", "by its reader"} {
		if items[i].Refused != want {
			t.Errorf("item %d: refused %q, want %q", i, items[i].Refused, want)
		}
	}
	list, err := store.Traces(t.Context(), "p", telemetry.TraceQuery{Limit: 10, Total: true})
	if err != nil || list.Total != 2 {
		t.Errorf("%d traces, %v", list.Total, err)
	}
}
