package otelmap

import (
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/span"
)

func defaultModels() []KeyRow {
	const table = "model"
	return []KeyRow{
		onSpan(table, Langfuse, Truthy, "langfuse.observation.model.name"),
		onSpan(table, GenAI, Truthy, "gen_ai.response.model"),
		onSpan(table, VercelAI, Truthy, "ai.model.id"),
		onSpan(table, GenAI, Truthy, "gen_ai.request.model"),
		onSpan(table, OpenInference, Truthy, "llm.response.model"),
		onSpan(table, OpenInference, Truthy, "llm.model_name"),
		onSpan(table, Generic, Truthy, "model"),
	}
}

// SuppressRow names a kind of span whose model, usage and cost only repeat what
// the spans below it say, so that they must not be counted.
type SuppressRow struct {
	Row
	Key, Value string
}

func defaultSuppressed() []SuppressRow {
	const key = "gen_ai.operation.name"
	row := func(value string) SuppressRow {
		return SuppressRow{Row: Row{"suppress/" + value, GenAI}, Key: key, Value: value}
	}
	return []SuppressRow{row("invoke_agent"), row("agent_step")}
}

type suppressRule struct {
	slot  int32
	value string
}

func (c *call) suppressed() bool {
	for i := range c.m.suppressed {
		r := &c.m.suppressed[i]
		if v, _ := c.attrs.get(r.slot); v != nil && v.Kind == span.String && v.Str == r.value {
			return true
		}
	}
	return false
}

func (c *call) model() {
	h := c.find(c.m.models)
	if h.value == nil {
		return
	}
	c.attrs.mark(h.at, markField)
	c.set(fold.Model, fold.Text(textOf(h.value)))
}
