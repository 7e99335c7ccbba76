package fold

import (
	"cmp"

	"github.com/fusebox-llm/fusebox/internal/trace"
)

// Kind is the kind of entity that a record belongs to.
type Kind uint8

// The entity kinds.
const (
	Trace Kind = iota
	Observation
	Score
	Session
	numKinds
)

// String returns the kind's name.
func (k Kind) String() string {
	if k < numKinds {
		return [numKinds]string{"trace", "observation", "score", "session"}[k]
	}
	return "?"
}

// Rank orders records of the same event time.
type Rank uint8

// The ranks: a create is outranked by an update, and both by a complete record,
// which is what an OTLP span is.
const (
	Create Rank = iota
	Update
	Complete
)

// Key orders the values of a field: the greatest wins in most classes.
type Key struct {
	Time trace.Micros // event time
	Rank Rank
	// Arrival counts records in the order in which the store took them, the
	// position inside a request included. It only breaks ties. A store whose
	// states always predate what it joins into them may keep 0 here.
	Arrival int64
}

// Compare returns -1, 0 or +1 as k sorts before, with or after o.
func (k Key) Compare(o Key) int {
	if c := k.compareEvent(o); c != 0 {
		return c
	}
	return cmp.Compare(k.Arrival, o.Arrival)
}

func (k Key) compareEvent(o Key) int {
	if c := cmp.Compare(k.Time, o.Time); c != 0 {
		return c
	}
	return cmp.Compare(k.Rank, o.Rank)
}
