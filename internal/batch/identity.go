package batch

import (
	"strings"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// maxID is how many UTF-16 units an id may have.
const maxID = 800

// idProblem returns why a text cannot be an id, still without a path.
func idProblem(s string) (p Problem, found bool) {
	switch {
	case s == "":
		return tooShort(nil), true
	case len(s) > maxID && trace.Length(s) > maxID:
		return tooLong(nil, maxID), true
	case strings.Contains(s, "\r"):
		return Problem{Code: "invalid_format", Message: "Invalid string: must not contain a carriage return"}, true
	}
	return Problem{}, false
}

// checkID makes what is wrong with an id a problem of its key.
func (b *body) checkID(k key, s string) {
	if p, found := idProblem(s); found {
		p.Path = b.pathOf(k)
		b.add(p)
	}
}

// ownID returns the id that the body gives its entity; "" where it gives none.
func (b *body) ownID(k key, o *occasion) string {
	s, ok := b.text(k)
	if !ok || s == "" && o.single {
		return ""
	}
	b.checkID(k, s)
	return s
}

// requiredID returns the id that an update of 2023 must have.
func (b *body) requiredID(k key) string {
	if !b.given(k) {
		b.add(wrongType(b.pathOf(k), "string", b.values[k]))
		return ""
	}
	s, ok := b.text(k)
	if ok {
		b.checkID(k, s)
	}
	return s
}

// entityID returns the id that the body gives its entity, or one made for it.
func (b *body) entityID(o *occasion, kind fold.Kind) string {
	if s := b.ownID(keyID, o); s != "" {
		return s
	}
	return o.newID(kind)
}

// externalTrace reports whether the trace id of the body is an external one. Batch
// events may carry another word there, which then means nothing.
func (b *body) externalTrace(o *occasion) bool {
	const external = "EXTERNAL"
	if o.single {
		word, _ := b.option(keyTraceIDType, []string{"LANGFUSE", external})
		return word == external
	}
	raw := b.values[keyTraceIDType]
	if raw == nil || raw[0] != '"' {
		b.keep(keyTraceIDType)
		return false
	}
	word := unquote(raw)
	if word != external && word != "LANGFUSE" {
		b.keep(keyTraceIDType)
	}
	return word == external
}

// traceID returns the id of the trace that the body names, "" when it names none.
// An external id stands for the trace id derived from it, and is kept.
func (b *body) traceID(o *occasion) string {
	external := b.externalTrace(o)
	s, ok := b.text(keyTraceID)
	switch {
	case !ok || s == "":
		return ""
	case external:
		b.keep(keyTraceIDType)
		b.keep(keyTraceID)
		return id.Derive(s)
	}
	return s
}

// derivedID returns the id of an entity whose event names none. It is the same
// whenever the same event comes.
func derivedID(p id.Project, kind fold.Kind, event string) string {
	return id.Derive(string(p) + "\x00" + kind.String() + "\x00" + event)
}
