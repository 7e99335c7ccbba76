package otelmap

import (
	"strings"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/span"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// EnvironmentRow gives the environment from one attribute, or, where Judge is
// set, by the rule of openrouter.go.
type EnvironmentRow struct {
	KeyRow
	Judge bool
}

func defaultEnvironments() []EnvironmentRow {
	const table = "environment"
	rows := []EnvironmentRow{{KeyRow: onSpan(table, OpenRouter, Truthy, "openrouter.source"), Judge: true}}
	for _, key := range []string{"langfuse.environment", "deployment.environment.name", "deployment.environment"} {
		c := Generic
		if key == "langfuse.environment" {
			c = Langfuse
		}
		rows = append(rows, // the key decides before the place
			EnvironmentRow{KeyRow: onSpan(table, c, Truthy, key)},
			EnvironmentRow{KeyRow: onResource(table, c, Truthy, key)})
	}
	return rows
}

type environmentRule struct {
	lookup
	judge bool
}

// environment sets the observation's environment. A text is explicit, also when
// normalising it gives the default; anything else says nothing.
func (c *call) environment() {
	for i := range c.m.environments {
		r := &c.m.environments[i]
		h := c.look(&r.lookup)
		if h.value == nil {
			continue
		}
		if r.judge {
			if c.openRouterJudge(h.value) {
				c.set(fold.Environment, fold.Text(judgeEnvironment))
				return
			}
			continue
		}
		if h.value.Kind != span.String {
			break
		}
		env := normalEnvironment(h.value.Str)
		if strings.EqualFold(env, h.value.Str) {
			c.attrs.mark(h.at, markField)
		}
		c.set(fold.Environment, fold.Text(env))
		return
	}
	c.setDefault(fold.Environment, fold.Text(trace.DefaultEnvironment))
}

const maxEnvironment = 40

// normalEnvironment returns an environment as it is stored: lower case, without
// leading "langfuse" and a separator, at most 40 characters of a-z, 0-9, "-" and
// "_"; the default where that leaves nothing or finds another character.
func normalEnvironment(s string) string {
	s = strings.ToLower(s)
	for strings.HasPrefix(s, "langfuse") {
		s = s[len("langfuse"):]
		if s != "" && (s[0] == '-' || s[0] == '_') {
			s = s[1:]
		}
	}
	// Up to the first foreign character bytes are characters, so a cut by bytes
	// is a cut by characters wherever the result is valid.
	s = s[:min(len(s), maxEnvironment)]
	for i := range len(s) {
		if b := s[i]; (b < 'a' || b > 'z') && (b < '0' || b > '9') && b != '-' && b != '_' {
			return trace.DefaultEnvironment
		}
	}
	if s == "" {
		return trace.DefaultEnvironment
	}
	return s
}
