package batch

import (
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// Call is what a request about one entity says.
type Call struct {
	Records []fold.Record // exactly one
	// ID is the id of the entity.
	ID string
	// TraceID is the trace that the entity is or belongs to; "" when the request
	// names none. An external id has become the trace id that it stands for.
	TraceID string
	// ExternalID is the external id of a trace; nil when it has none.
	ExternalID *string
	// Typed says that the body told what its traceId is.
	Typed bool
}

// CreateTrace reads the body of POST /traces. now is when it arrived, and newID
// makes an id for a body with neither an id nor an external one. The error is of
// type [ProblemsError], as it is for the other functions for single entities.
func CreateTrace(data []byte, now trace.Micros, newID func() string) (Call, error) {
	return call(data, form{kind: fold.Trace, keys: traceKeys}, now, newID)
}

// Create reads the body of POST /spans, /generations or /events, according to the
// type of the observation. newID makes an id for a body without one.
func Create(t trace.Type, data []byte, now trace.Micros, newID func() string) (Call, error) {
	return call(data, observationForm(t), now, newID)
}

// Update reads the body of PATCH /spans or /generations, according to the type of
// the observation. The body names the observation as spanId or generationId.
func Update(t trace.Type, data []byte, now trace.Micros) (Call, error) {
	f := observationForm(t)
	f.rank, f.id = fold.Update, keySpanID
	if t == trace.Generation {
		f.id = keyGenerationID
	}
	f.keys = f.keys&^(1<<keyID) | 1<<f.id
	return call(data, f, now, nil)
}

// CreateScore reads the body of POST /scores. newID makes an id for a body without
// one.
func CreateScore(data []byte, now trace.Micros, newID func() string) (Call, error) {
	return call(data, form{kind: fold.Score, keys: scoreKeys}, now, newID)
}

func observationForm(t trace.Type) form {
	f := form{kind: fold.Observation, keys: spanKeys, observation: t, legacy: true}
	switch t {
	case trace.Event:
		f.keys = pointKeys
	case trace.Generation:
		f.keys = callKeys | 1<<keyPrompt | 1<<keyCompletion
	}
	return f
}

func call(data []byte, f form, now trace.Micros, newID func() string) (Call, error) {
	b := body{path: []any{}}
	data, err := parse(data)
	if err != nil {
		return Call{}, ProblemsError{{Code: "invalid_format", Path: []any{}, Message: "Invalid JSON: " + err.Error()}}
	}
	if data[0] != '{' {
		return Call{}, ProblemsError{wrongType([]any{}, "object", data)}
	}
	if !b.fill(data, f.keys) {
		return Call{}, b.all()
	}
	r := b.record(&f, &occasion{time: now, rank: f.rank, single: true, makeID: newID})
	if len(b.problems) > 0 {
		return Call{}, b.all()
	}
	c := Call{Records: []fold.Record{r}, ID: r.ID, TraceID: r.TraceID, Typed: b.given(keyTraceIDType)}
	if external := b.textNotEmpty(keyExternalID); external != "" {
		c.ExternalID = &external
	}
	if ref, ok := r.Get(fold.TraceRef); ok {
		c.TraceID = ref.Value.S
	}
	return c, nil
}
