package clickhouse

import (
	"encoding/json"
	"slices"

	"github.com/fusebox-llm/fusebox/internal/filter"
	"github.com/fusebox-llm/fusebox/internal/score"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// lastOp is the last of the operators.
const lastOp = filter.NotEqual

// judged is a score with its trace, nil when there is none.
type judged struct {
	score.Score
	of *trace.Trace
}

func scoreField(s *judged, f filter.Field) operand {
	switch f {
	case filter.ScoreID:
		return texts(&s.ID)
	case filter.Name:
		return texts(&s.Name)
	case filter.TraceID:
		return texts(s.TraceID)
	case filter.ObservationID:
		return texts(s.ObservationID)
	case filter.SessionID:
		return texts(s.SessionID)
	case filter.RunID:
		return texts(s.RunID)
	case filter.Environment:
		return texts(&s.Environment)
	case filter.Source:
		return texts((*string)(&s.Source))
	case filter.DataType:
		return texts((*string)(&s.DataType))
	case filter.StringValue:
		return texts(s.Text)
	case filter.Comment:
		return texts(s.Comment)
	case filter.ConfigID:
		return texts(s.ConfigID)
	case filter.QueueID:
		return texts(s.QueueID)
	case filter.AuthorID:
		return texts(s.AuthorID)
	case filter.Metadata:
		return operand{shape: aValue} // the text is that of a key
	case filter.Timestamp:
		return operand{shape: aTime, time: s.Timestamp}
	case filter.Value:
		switch s.DataType {
		case score.Numeric, score.Boolean, score.Categorical:
			return operand{shape: aNumber, number: &s.Number}
		}
		return operand{shape: aNumber}
	case filter.UserID, filter.Tags, filter.TraceName:
		of := s.of
		if of == nil {
			of = &trace.Trace{}
		}
		return traceField(of, map[filter.Field]filter.Field{filter.TraceName: filter.Name, filter.UserID: filter.UserID, filter.Tags: filter.Tags}[f])
	}
	return operand{}
}

// metadataValue returns the value of a top-level key of a JSON object as
// conditions see it: a text as it is, everything else as JSON; nil when the key is
// not there.
func metadataValue(m trace.Metadata, key string) *string {
	var members map[string]json.RawMessage
	if m.Empty() || json.Unmarshal([]byte(m.Object), &members) != nil {
		return nil
	}
	raw, ok := members[key]
	if !ok {
		return nil
	}
	value := string(raw)
	if raw[0] == '"' && json.Unmarshal(raw, &value) != nil {
		return nil
	}
	return &value
}

func ofScores(where filter.All) (matches func(*judged) bool, err error) {
	matches = func(s *judged) bool {
		return !slices.ContainsFunc(where, func(c filter.Condition) bool {
			v := scoreField(s, c.Field)
			if c.Field == filter.Metadata {
				v.text = metadataValue(s.Metadata, c.Key)
			}
			return !v.holds(c)
		})
	}
	return matches, fits(&judged{}, scoreField, lastOp, where)
}

// asks reports whether a condition is about one of the fields.
func asks(where filter.All, fields ...filter.Field) bool {
	return slices.ContainsFunc(where, func(c filter.Condition) bool { return slices.Contains(fields, c.Field) })
}

func sessionField(s *trace.Session, f filter.Field) operand {
	switch f {
	case filter.Environment:
		return texts(&s.Environment)
	case filter.CreatedAt:
		return operand{shape: aTime, time: s.CreatedAt}
	}
	return operand{}
}

func ofSessions(where filter.All) (matches func(*trace.Session) bool, err error) {
	matches = func(s *trace.Session) bool {
		return !slices.ContainsFunc(where, func(c filter.Condition) bool { return !sessionField(s, c.Field).holds(c) })
	}
	return matches, fits(&trace.Session{}, sessionField, lastOp, where)
}
