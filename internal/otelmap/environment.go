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

func (r *EnvironmentRow) line() Line {
	l := r.KeyRow.line()
	if r.Judge {
		l.When = "is `openrouter`, and the request that the completion repeats is one of an evaluator"
		l.Gives = judgeEnvironment
	}
	return l
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
				c.set(fold.Environment, fold.Text(judgeEnvironment), h.row)
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
		c.set(fold.Environment, fold.Text(env), h.row)
		return
	}
	c.setDefault(fold.Environment, fold.Text(trace.DefaultEnvironment))
}
