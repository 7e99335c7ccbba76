package otelmap

import (
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/span"
)

func defaultPromptNames() []KeyRow {
	const table = "prompt_name"
	return []KeyRow{
		onSpan(table, Langfuse, Truthy, "langfuse.observation.prompt.name"),
		onSpan(table, Langfuse, Truthy, "langfuse.prompt.name"),
	}
}

func defaultPromptVersions() []KeyRow {
	const table = "prompt_version"
	return []KeyRow{
		onSpan(table, Langfuse, Present, "langfuse.observation.prompt.version"),
		onSpan(table, Langfuse, Present, "langfuse.prompt.version"),
	}
}

const maxPromptVersion = 65535

// prompt links the observation to a prompt. The name counts without a version
// that can be one; a version without a name links to nothing.
func (c *call) prompt() {
	name := c.find(c.m.promptNames)
	if name.value == nil {
		return
	}
	link := fold.Text(textOf(name.value))
	c.attrs.mark(name.at, markField)
	if version := c.find(c.m.promptVersions); version.value != nil {
		n, exact, ok := versionOf(version.value)
		if ok && n >= 0 && n <= maxPromptVersion {
			link.N, link.HasN = n, true
			if exact {
				c.attrs.mark(version.at, markField)
			}
		}
	}
	c.set(fold.PromptLink, link)
}

// versionOf returns the whole number that a value is or, as text, begins with.
func versionOf(v *span.Value) (n int64, exact, ok bool) {
	switch v.Kind {
	case span.Int:
		return v.Int, true, true
	case span.Double:
		n, ok := whole(v.Double)
		return n, true, ok
	case span.String:
		return leadingWhole(v.Str)
	}
	return 0, false, false
}
