package fold

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/score"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// storedScore is the form in which the value of a score is kept: one JSON text,
// because its parts change only together. The keys are stored: only add to them.
type storedScore struct {
	Name     string         `json:"n"`
	DataType score.DataType `json:"t"`
	Number   float64        `json:"v"`
	Text     *string        `json:"s,omitempty"`
	ConfigID *string        `json:"c,omitempty"`
}

// ScoreOf returns the value of a score as the value of [ScoreValue].
func ScoreOf(v score.Value) Value {
	var b strings.Builder
	b.WriteString(`{"n":` + Quote(v.Name) + `,"t":` + Quote(string(v.DataType)) + `,"v":` + strconv.FormatFloat(v.Number, 'g', -1, 64))
	if v.Text != nil {
		b.WriteString(`,"s":` + Quote(*v.Text))
	}
	if v.ConfigID != nil {
		b.WriteString(`,"c":` + Quote(*v.ConfigID))
	}
	b.WriteByte('}')
	return Text(b.String())
}

// scoreValue reads what ScoreOf wrote. Anything else gives the zero value.
func (s *State) scoreValue() score.Value {
	text, ok := s.Text(ScoreValue)
	if !ok {
		return score.Value{}
	}
	var v storedScore
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		return score.Value{}
	}
	return score.Value(v)
}

// ScoreView returns a score as it is shown. Project, created and updated times and
// what is shown of its trace are the store's to fill in.
func ScoreView(id string, s *State) score.Score {
	sc := score.Score{
		ID:               id,
		Timestamp:        s.start(),
		Value:            s.scoreValue(),
		TraceID:          s.textPtr(TraceRef),
		ObservationID:    s.textPtr(ObservationRef),
		SessionID:        s.textPtr(SessionRef),
		RunID:            s.textPtr(RunRef),
		Environment:      trace.DefaultEnvironment,
		Source:           score.API,
		Comment:          s.textPtr(Comment),
		AuthorID:         s.textPtr(Author),
		QueueID:          s.textPtr(Queue),
		ExecutionTraceID: s.textPtr(ExecutionTrace),
		Metadata:         s.Metadata.Object(),
		Raw:              s.payload(Raw),
	}
	if env, _, explicit := s.Environment(); explicit {
		sc.Environment = env
	}
	if src, ok := s.Text(Source); ok {
		sc.Source = score.Source(src)
	}
	return sc
}
