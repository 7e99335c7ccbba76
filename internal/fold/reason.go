package fold

import (
	"strings"

	"github.com/fusebox-llm/fusebox/internal/trace"
)

// Reasons returns which rule gave which shown field, as far as the records said so.
// They are not part of [ObservationView], since few ask for them.
//
// A record's reasons are folded as one, so of several records only the last one's
// are known. A reason of it is left out where the field that is shown came with
// another record. Metadata is of all records, and what is no field of an
// observation (a trace's, for instance) has nothing to compare with: both are shown
// as they are.
func (s *State) Reasons() []trace.Reason {
	reg, ok := s.Get(Reasons)
	if !ok || reg.Value.Null || reg.Value.S == "" {
		return nil
	}
	own := fieldsOf(Observation)
	out := make([]trace.Reason, 0, strings.Count(reg.Value.S, "\n")+1)
	for line := range strings.SplitSeq(reg.Value.S, "\n") {
		field, rule, ok := strings.Cut(line, "\t")
		if !ok {
			continue
		}
		name, _, _ := strings.Cut(field, ".")
		if f, compared := own[name]; compared && f != Metadata {
			given, found := s.Get(f)
			if !found || given.Key.compareEvent(reg.Key) != 0 {
				continue
			}
		}
		out = append(out, trace.Reason{Field: field, Rule: rule})
	}
	return out
}

// fieldsOf returns the fields that a kind of entity has, by name.
func fieldsOf(k Kind) map[string]Field {
	fields := map[string]Field{}
	for _, r := range DefaultRules() {
		if r.Kind == k {
			fields[r.Field.String()] = r.Field
		}
	}
	return fields
}
