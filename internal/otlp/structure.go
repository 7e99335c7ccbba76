package otlp

import (
	"fmt"
	"slices"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/fault"
)

// reason is a way in which the structure of an export can be broken. Any of them
// refuses the whole request: what lies behind cannot be told.
type reason int

const (
	traceIDAbsent reason = iota
	traceIDNotAnID
	spanIDAbsent
	spanIDNotAnID
	parentNotAnID
	resourceSpansNotArray
	resourceAttributesNotArray
	scopeSpansNotArray
	scopeAttributesNotArray
	spansNotArray
	attributesNotArray
	eventsNotArray
	eventAttributesNotArray
	reasonCount
)

// String returns the key clients know the reason by.
func (r reason) String() string {
	return [...]string{
		"traceId:absent", "traceId:not_an_id", "spanId:absent", "spanId:not_an_id", "parentSpanId:not_an_id",
		"resourceSpans:not_an_array", "resource.attributes:not_an_array", "scopeSpans:not_an_array",
		"scope.attributes:not_an_array", "spans:not_an_array", "attributes:not_an_array",
		"events:not_an_array", "event.attributes:not_an_array",
	}[r]
}

// tally counts structural faults by reason.
type tally [reasonCount]int

func (t *tally) add(o tally) {
	for i, n := range o {
		t[i] += n
	}
}

const (
	namedScopes    = 5  // how many scopes an error names
	scopeNameBytes = 80 // and how much of each
)

// structure gathers the structural faults of a request. Decoders build it from
// the inside out and by value, so that a part which a later duplicate replaces
// takes its faults with it.
type structure struct {
	tally
	scopes []string // names of scopes with faults; at most namedScopes
	more   bool     // there were others
}

// inScope adds the faults found in one scope.
func (s *structure) inScope(name string, t tally) {
	if t == (tally{}) {
		return
	}
	s.add(t)
	s.name(clip(name, scopeNameBytes))
}

func (s *structure) name(scope string) {
	switch {
	case slices.Contains(s.scopes, scope):
	case len(s.scopes) == namedScopes:
		s.more = true
	default:
		s.scopes = append(s.scopes, scope)
	}
}

// merge adds the faults of a part.
func (s *structure) merge(o structure) {
	s.add(o.tally)
	for _, name := range o.scopes {
		s.name(name)
	}
	s.more = s.more || o.more
}

// err returns nil, or the error that refuses the request: the reason keys with
// their counts, and the scopes they were found in.
func (s *structure) err() error {
	if s.tally == (tally{}) {
		return nil
	}
	var b strings.Builder
	for r, n := range s.tally {
		if n == 0 {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%s (%d)", reason(r), n)
	}
	for i, name := range s.scopes {
		sep := ", "
		if i == 0 {
			sep = " in scope "
		}
		fmt.Fprintf(&b, "%s%q", sep, name)
	}
	if s.more {
		b.WriteString(" and others")
	}
	return fault.New(fault.Invalid, "Invalid OTLP trace export: %s; only traces are accepted", b.String())
}

// clip shortens text that goes into a message.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}
