package telemetrytest

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/fusebox-llm/fusebox/internal/filter"
	"github.com/fusebox-llm/fusebox/internal/score"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// traceOf returns the trace that a score is about, if it exists.
func (w *world) traceOf(s *score.Score) (*trace.Trace, bool) {
	if s.TraceID == nil {
		return nil, false
	}
	t, ok := w.traces[*s.TraceID]
	if !ok {
		return nil, false
	}
	return &t.shown, true
}

func (w *world) matchesScore(s *score.Score, where filter.All) bool {
	return !slices.ContainsFunc(where, func(c filter.Condition) bool { return !holds(w.scoreField(s, c), c) })
}

func (w *world) scoreField(s *score.Score, c filter.Condition) shown {
	switch c.Field {
	case filter.UserID, filter.Tags, filter.TraceName:
		t, ok := w.traceOf(s)
		switch {
		case !ok:
			return shown{}
		case c.Field == filter.UserID:
			return shown{text: t.UserID}
		case c.Field == filter.TraceName:
			return shown{text: t.Name}
		}
		return shown{list: t.Tags}
	case filter.TraceID:
		return shown{text: s.TraceID}
	case filter.ObservationID:
		return shown{text: s.ObservationID}
	case filter.SessionID:
		return shown{text: s.SessionID}
	case filter.RunID:
		return shown{text: s.RunID}
	case filter.ScoreID:
		return shown{text: &s.ID}
	case filter.Name:
		return shown{text: &s.Name}
	case filter.Environment:
		return shown{text: &s.Environment}
	case filter.Timestamp:
		return shown{time: s.Timestamp}
	case filter.Source:
		text := string(s.Source)
		return shown{text: &text}
	case filter.DataType:
		text := string(s.DataType)
		return shown{text: &text}
	case filter.Value:
		if !slices.Contains([]score.DataType{score.Numeric, score.Boolean, score.Categorical}, s.DataType) {
			return shown{}
		}
		return shown{number: &s.Number}
	case filter.StringValue:
		return shown{text: s.Text}
	case filter.Comment:
		return shown{text: s.Comment}
	case filter.ConfigID:
		return shown{text: s.ConfigID}
	case filter.QueueID:
		return shown{text: s.QueueID}
	case filter.AuthorID:
		return shown{text: s.AuthorID}
	case filter.Metadata:
		return shown{text: metadataText(s.Metadata.Object, c.Key)}
	}
	panic(fmt.Sprintf("scores have no field %q", c.Field))
}

// metadataText returns the value of a top-level key of a JSON object: a text as it
// is, everything else as JSON; nil when the key is not there.
func metadataText(object, key string) *string {
	if object == "" {
		return nil
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(object), &members); err != nil {
		panic(fmt.Sprintf("metadata %s: %v", object, err))
	}
	raw, ok := members[key]
	if !ok {
		return nil
	}
	text := string(raw)
	if raw[0] == '"' {
		if err := json.Unmarshal(raw, &text); err != nil {
			panic(fmt.Sprintf("metadata %s: %v", object, err))
		}
	}
	return &text
}

func matchesSession(s *trace.Session, where filter.All) bool {
	return !slices.ContainsFunc(where, func(c filter.Condition) bool {
		switch c.Field {
		case filter.Environment:
			return !holds(shown{text: &s.Environment}, c)
		case filter.CreatedAt:
			return !holds(shown{time: s.CreatedAt}, c)
		}
		panic(fmt.Sprintf("sessions have no field %q", c.Field))
	})
}
