package otelmap

import (
	"strings"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/span"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// levelKey is the attribute that names a level. The rest of the level rules read
// the span itself.
const levelKey = "langfuse.observation.level"

// LevelHow is how a [LevelRow] recognises its level.
type LevelHow uint8

// The ways to recognise a level.
const (
	LevelNamed    LevelHow = iota // the level attribute is Value, in any case and with white space around it
	LevelStatus                   // the status code of the span is Status
	LevelSpanName                 // the name of the span is Value
)

// LevelRow gives a level.
type LevelRow struct {
	Row
	How    LevelHow
	Scope  string // the scope's name; "" for any
	Value  string // of a level: upper case
	Status int32
	Level  trace.Level
}

func (r *LevelRow) line() Line {
	l := Line{Reads: code(levelKey), When: "is " + code(r.Value) + ", in any case", Gives: string(r.Level)}
	switch r.How {
	case LevelStatus:
		l.Reads, l.When = "the status code of the span", "is error"
	case LevelSpanName:
		l.Reads, l.When = "the name of the span", inScope(r.Scope, "is "+code(r.Value))
	}
	return l
}

const statusError = 2

func (c *call) level() {
	v, at := c.attrs.get(c.m.levelSlot)
	named := ""
	if v != nil && v.Kind == span.String {
		named = strings.ToUpper(strings.TrimSpace(v.Str))
	}
	for i := range c.m.rules.Levels {
		r := &c.m.rules.Levels[i]
		switch {
		case r.How == LevelNamed && r.Value == named:
			if named == string(r.Level) { // else the level says less than the attribute
				c.attrs.mark(at, markField)
			}
		case r.How == LevelStatus && r.Status == c.sp.StatusCode:
			c.statusKept = true
		case r.How == LevelSpanName && r.Scope == c.scope.Name && r.Value == c.sp.Name:
		default:
			continue
		}
		c.set(fold.Level, fold.Text(string(r.Level)), r.Name)
		return
	}
	c.setDefault(fold.Level, fold.Text(string(trace.Default)))
}
