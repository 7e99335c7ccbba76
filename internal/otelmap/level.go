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

// LevelRow gives a level. A row with a Value applies to that text of the level
// attribute, in any case and with white space around it; one without applies to
// the status code of the span.
type LevelRow struct {
	Row
	Value  string // upper case
	Status int32
	Level  trace.Level
}

func defaultLevels() []LevelRow {
	var rows []LevelRow
	for _, l := range []struct {
		level trace.Level
		names []string
	}{
		{trace.Debug, []string{"DEBUG", "TRACE", "VERBOSE"}},
		{trace.Default, []string{"DEFAULT", "INFO", "LOG", "NOTICE", "OK", "SUCCESS"}},
		{trace.Warning, []string{"WARNING", "WARN"}},
		{trace.Error, []string{"ERROR", "FATAL", "CRITICAL"}},
	} {
		for _, name := range l.names {
			rows = append(rows, LevelRow{Row: Row{"level/" + name, Langfuse}, Value: name, Level: l.level})
		}
	}
	return append(rows, LevelRow{Row: Row{"level/span status", Generic}, Status: statusError, Level: trace.Error})
}

const statusError = 2

func (c *call) level() {
	v, at := c.attrs.get(c.m.levelSlot)
	named := ""
	if v != nil && v.Kind == span.String {
		named = strings.ToUpper(strings.TrimSpace(v.Str))
	}
	for i := range c.m.levels {
		r := &c.m.levels[i]
		switch {
		case r.Value != "" && r.Value == named:
			if named == string(r.Level) { // else the level says less than the attribute
				c.attrs.mark(at, markField)
			}
		case r.Value == "" && r.Status == c.sp.StatusCode:
			c.statusKept = true
		default:
			continue
		}
		c.set(fold.Level, fold.Text(string(r.Level)))
		return
	}
	c.setDefault(fold.Level, fold.Text(string(trace.Default)))
}
