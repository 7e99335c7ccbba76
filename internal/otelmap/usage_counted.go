package otelmap

import (
	"strings"

	"github.com/fusebox-llm/fusebox/internal/trace"
)

// UsagePrefix names a family of attributes that are counts. The rest of the key
// is the name of the count.
type UsagePrefix struct {
	Row
	Prefix string
	Except string // the rest of a key that is no count
}

func defaultUsagePrefixes() []UsagePrefix {
	const table = "usage_prefix/"
	return []UsagePrefix{
		{Row: Row{table + "gen_ai.usage.", GenAI}, Prefix: "gen_ai.usage.", Except: "cost"},
		{Row: Row{table + "llm.token_count.", OpenInference}, Prefix: "llm.token_count."},
	}
}

// UsageAlias says which count gives a usage entry. Of several aliases of one
// entry the first in the table that is there counts, even when it is 0. A count
// that is no alias is an entry of its own name, without a leading "details.".
type UsageAlias struct {
	Row
	Alias  string // the count, without its prefix
	Result string // the usage entry
}

func defaultUsageAliases() []UsageAlias {
	var rows []UsageAlias
	for _, result := range []struct {
		name    string
		aliases []string
	}{
		{"input", []string{"prompt_tokens", "input_tokens", "prompt"}},
		{"output", []string{"completion_tokens", "output_tokens", "completion"}},
		{"total", []string{"total_tokens", "total"}},
		{"input_cached_tokens", []string{
			"cache_read.input_tokens", "cache_read_input_tokens", "cache_read_tokens", "details.cache_read_tokens",
			"details.cache_read_input_tokens", "prompt_details.cache_read", "input_cached_tokens",
		}},
		{"input_cache_creation", []string{
			"cache_creation.input_tokens", "cache_creation_input_tokens", "cache_write_tokens", "details.cache_write_tokens",
			"details.cache_creation_input_tokens", "prompt_details.cache_write", "input_cache_creation",
		}},
		{"output_reasoning_tokens", []string{"reasoning.output_tokens", "completion_details.reasoning"}},
		{"output_audio_tokens", []string{"completion_details.audio"}},
	} {
		for _, alias := range result.aliases {
			rows = append(rows, UsageAlias{Row: Row{"usage_alias/" + alias, Generic}, Alias: alias, Result: result.name})
		}
	}
	return rows
}

// UsagePart says that one entry is sent as part of another and must be taken out
// of it, so that both can be added up. The rest is at least 0.
type UsagePart struct {
	Row
	Whole, Part string
}

func defaultUsageParts() []UsagePart {
	var rows []UsagePart
	for _, part := range []string{"input_cached_tokens", "input_cache_creation"} {
		rows = append(rows, UsagePart{Row: Row{"usage_part/" + part, Generic}, Whole: "input", Part: part})
	}
	for _, part := range []string{"output_reasoning_tokens", "output_audio_tokens"} {
		rows = append(rows, UsagePart{Row: Row{"usage_part/" + part, Generic}, Whole: "output", Part: part})
	}
	return rows
}

type usagePrefixRule struct {
	UsagePrefix
	prefix prefixSet
}

// count is a usage entry on its way.
type count struct {
	amount trace.Amount
	// order is that of the alias in the table; the smallest wins. What is no
	// alias comes last.
	order int
	at    int32
}

// countedUsage returns the usage that counted attributes say.
func (c *call) countedUsage() trace.Amounts {
	c.counts = c.counts[:0]
	for i := range c.m.usagePrefixes {
		p := &c.m.usagePrefixes[i]
		if c.attrs.any&p.prefix == 0 {
			continue
		}
		for at := range c.attrs.attrs {
			if !c.attrs.with(at, p.prefix) {
				continue
			}
			a := &c.attrs.attrs[at]
			name := a.Key[len(p.Prefix):]
			if name == p.Except && p.Except != "" {
				continue
			}
			if n, ok := wholeOf(&a.Value); ok {
				c.count(name, n, int32(at)) //nolint:gosec // a list never has 2^31 entries
			}
		}
	}
	if len(c.counts) == 0 {
		return nil
	}
	usage := make(trace.Amounts, len(c.counts))
	for i := range c.counts {
		usage[i] = c.counts[i].amount
		c.attrs.mark(c.counts[i].at, markField)
	}
	usage = tidy(usage)
	for i := range c.m.rules.UsageParts {
		p := &c.m.rules.UsageParts[i]
		if n, ok := usage.Get(p.Part); ok {
			for j := range usage {
				if usage[j].Name == p.Whole {
					usage[j].N = max(0, usage[j].N-n)
				}
			}
		}
	}
	return usage
}

// count adds a count, unless a better alias of its entry is there.
func (c *call) count(name string, n int64, at int32) {
	order, alias := c.m.usageAliases[name]
	entry := count{order: order, at: at}
	if alias {
		entry.amount = trace.Amount{Name: c.m.rules.UsageAliases[order].Result, N: n}
	} else {
		entry.amount = trace.Amount{Name: strings.TrimPrefix(name, "details."), N: n}
		entry.order = len(c.m.rules.UsageAliases)
	}
	for i := range c.counts {
		if c.counts[i].amount.Name == entry.amount.Name {
			if entry.order <= c.counts[i].order {
				c.counts[i] = entry
			}
			return
		}
	}
	c.counts = append(c.counts, entry)
}
