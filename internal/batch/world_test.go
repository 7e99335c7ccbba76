package batch_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/batch"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

const (
	project = id.Project("p1")
	// noon is the time of every event here.
	noon     trace.Micros = 1_700_000_000_123_456
	noonText              = "2023-11-14T22:13:20.123456Z"
)

// event returns an event with the id e1 at noon.
func event(eventType, body string) string {
	return fmt.Sprintf(`{"id":"e1","timestamp":%q,"type":%q,"body":%s}`, noonText, eventType, body)
}

func decode(t *testing.T, events ...string) []batch.Event {
	t.Helper()
	got, err := batch.Decode([]byte(`{"batch":[`+strings.Join(events, ",")+`]}`), project, 0)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != len(events) {
		t.Fatalf("got %d events, want %d", len(got), len(events))
	}
	return got
}

// record returns the record of an event that must be taken.
func record(t *testing.T, eventType, body string) fold.Record {
	t.Helper()
	e := decode(t, event(eventType, body))[0]
	if e.Refused != nil {
		t.Fatalf("refused: %s", e.Refused.Detail)
	}
	if len(e.Records) != 1 {
		t.Fatalf("got %d records", len(e.Records))
	}
	return e.Records[0]
}

// refusal returns why an event is refused, "" when it is not.
func refusal(t *testing.T, eventType, body string) string {
	t.Helper()
	e := decode(t, event(eventType, body))[0]
	if e.Refused == nil {
		return ""
	}
	if len(e.Records) != 0 || e.Refused.Status != 400 || e.Refused.Message != "Invalid request data" {
		t.Errorf("refused with %d %q and %d records", e.Refused.Status, e.Refused.Message, len(e.Records))
	}
	return e.Refused.Detail
}

// shown returns the fields of a record as texts, so that tables stay short: null as
// "null", a default in parentheses.
func shown(t *testing.T, r fold.Record) map[string]string {
	t.Helper()
	out := map[string]string{}
	for i, reg := range r.Fields {
		if i > 0 && r.Fields[i-1].Field >= reg.Field {
			t.Errorf("field %s stands behind %s", reg.Field, r.Fields[i-1].Field)
		}
		v := reg.Value
		var text string
		switch reg.Field {
		case fold.Start, fold.End, fold.CompletionStart:
			text = fmt.Sprint(v.N - int64(noon))
		case fold.Public:
			text = fmt.Sprint(v.N)
		case fold.Usage, fold.Cost:
			text = strings.Trim(fmt.Sprint(v.A), "[]")
		default:
			text = v.S
		}
		if v.HasN {
			text += fmt.Sprintf("@%d", v.N)
		}
		if v.Weak {
			text += " (weak)"
		}
		if v.Null {
			text = "null"
		}
		if reg.Default {
			text = "(" + text + ")"
		}
		out[reg.Field.String()] = text
	}
	if !r.Metadata.Empty() {
		out["metadata"] = r.Metadata.Object
	}
	if len(r.Tags) > 0 {
		out["tags"] = strings.Join(r.Tags, ",")
	}
	if r.Absorbs != "" {
		out["absorbs"] = r.Absorbs
	}
	return out
}

// hasFields compares the fields of a record with those of all maps, of which a
// later one counts more.
func hasFields(t *testing.T, r fold.Record, wants ...map[string]string) {
	t.Helper()
	want := map[string]string{}
	for _, w := range wants {
		maps.Copy(want, w)
	}
	if diff := cmp.Diff(want, shown(t, r)); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
}
