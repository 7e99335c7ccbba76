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
		env := trace.NormalEnvironment(h.value.Str)
		if strings.EqualFold(env, h.value.Str) {
			c.attrs.mark(h.at, markField)
		}
		c.set(fold.Environment, fold.Text(env))
		return
	}
	c.setDefault(fold.Environment, fold.Text(trace.DefaultEnvironment))
}
