package otelmap

import (
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/span"
)

func defaultNames() []KeyRow {
	const table = "name"
	return []KeyRow{
		onSpan(table, GenAI, Truthy, "gen_ai.tool.name"),
		onSpan(table, Genkit, Exists, "genkit:name"),
		onSpan(table, Logfire, Truthy, "logfire.msg"),
		onSpan(table, VercelAI, Exists, "ai.toolCall.name"),
		{Row: Row{table + "/span name", Generic}, Place: SpanName, Test: Truthy},
	}
}

// name sets the observation's name. A name that is empty says nothing. A span name
// that gave way is kept in the raw value.
func (c *call) name() {
	for i := range c.m.names {
		h := c.look(&c.m.names[i])
		if h.value == nil {
			continue
		}
		if name := textOf(h.value); name != "" {
			c.attrs.mark(h.at, markField)
			c.set(fold.Name, fold.Text(name))
			c.nameKept = name == c.sp.Name
			return
		}
	}
}

func defaultStatusMessages() []KeyRow {
	const table = "status_message"
	return []KeyRow{
		onSpan(table, Langfuse, Present, "langfuse.observation.status_message"),
		{Row: Row{table + "/span status", Generic}, Place: StatusMessage, Test: Truthy},
	}
}

func (c *call) statusMessage() {
	h := c.find(c.m.statusMessages)
	if h.value == nil {
		return
	}
	message := textOf(h.value)
	c.attrs.mark(h.at, markField)
	c.set(fold.StatusMessage, fold.Text(message))
	c.messageKept = message == c.sp.StatusMessage
}

func defaultVersions() []KeyRow {
	const table = "version"
	return []KeyRow{
		onSpan(table, Langfuse, Present, "langfuse.version"),
		onResource(table, Generic, Present, "service.version"),
	}
}

func defaultReleases() []KeyRow {
	const table = "release"
	return []KeyRow{
		onSpan(table, Langfuse, Present, "langfuse.release"),
		onResource(table, Langfuse, Present, "langfuse.release"),
	}
}

// shared sets a field of the observation that is an explicit value of its trace
// as well.
func (c *call) shared(f fold.Field, rows []lookup) {
	h := c.find(rows)
	if h.value == nil {
		return
	}
	value := fold.Text(textOf(h.value))
	c.attrs.mark(h.at, markField)
	c.set(f, value)
	c.setTrace(f, value)
}

// spanText wraps a text of the span itself, so that rows can name it.
func spanText(s string) span.Value { return span.Value{Kind: span.String, Str: s} }
