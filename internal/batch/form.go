package batch

import (
	"slices"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// form says what a body is about and what it may hold.
type form struct {
	kind fold.Kind
	rank fold.Rank
	keys keySet
	// observation is the type of the observation; "" when the body says it.
	observation trace.Type
	// id is the key of the entity's id. Any other than keyID must be there.
	id key
	// legacy: model parameters are scalars.
	legacy bool
}

// occasion is what a body itself does not say.
type occasion struct {
	time trace.Micros
	rank fold.Rank
	// single: a call about one entity, and no event. Then makeID makes ids;
	// otherwise they are derived from project and event.
	single  bool
	makeID  func() string
	project id.Project
	event   string
}

// newID returns an id for an entity whose body names none.
func (o *occasion) newID(kind fold.Kind) string {
	if o.single {
		return o.makeID()
	}
	return derivedID(o.project, kind, o.event)
}

// The events that are about no entity that records can be made of.
const (
	logEvent     = "sdk-log"
	runItemEvent = "dataset-run-item-create"
)

// eventTypes lists the types of events that clients may send.
func eventTypes() []string {
	return []string{
		"trace-create", "score-create", "event-create", "span-create", "span-update", "generation-create",
		"generation-update", "agent-create", "tool-create", "chain-create", "retriever-create", "evaluator-create",
		"embedding-create", "guardrail-create", "observation-create", "observation-update", logEvent,
	}
}

// formOf returns the form of an event's body; ok is false for a type that has none.
func formOf(eventType string) (f form, ok bool) {
	what, create := strings.CutSuffix(eventType, "-create")
	if !create {
		what, ok = strings.CutSuffix(eventType, "-update")
		if !ok || !slices.Contains([]string{"span", "generation", "observation"}, what) {
			return form{}, false
		}
		f.rank = fold.Update
	}
	f.kind = fold.Observation
	switch what {
	case "trace":
		f.kind, f.keys = fold.Trace, traceKeys
	case "score":
		f.kind, f.keys = fold.Score, scoreKeys
	case "observation":
		f.keys, f.legacy = legacyKeys, true
	case "event":
		f.keys, f.observation = pointKeys, trace.Event
	case "span":
		f.keys, f.observation = spanKeys, trace.Span
	case "generation", "agent", "tool", "chain", "retriever", "evaluator", "embedding", "guardrail":
		f.keys, f.observation = generationKeys, trace.Type(strings.ToUpper(what))
	default:
		return form{}, false
	}
	return f, true
}

// record returns the record that the body is, once it is filled. Whether it may be
// used is told by the problems.
func (b *body) record(f *form, o *occasion) fold.Record {
	switch f.kind {
	case fold.Trace:
		return b.trace(o)
	case fold.Score:
		return b.score(o)
	default:
		return b.observation(f, o)
	}
}
