package otelmap

import (
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/jsontext"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// scopeGenkit is the scope of Genkit's own telemetry.
const scopeGenkit = "genkit-tracer"

// genkit has the spans of Genkit's actions, whose input and output are JSON with
// everything in it.
func genkit() convention {
	const subtype = "genkit:metadata:subtype"
	return convention{About{
		Convention: Genkit, Title: "Genkit",
		Description: "The telemetry of Firebase Genkit: one span for each action, with its whole request and response as JSON.",
		Recognised:  "scope `genkit-tracer`; attributes that begin with `genkit:`",
	}, Rules{
		Names: []NameRow{{KeyRow: onSpan(20, "name", Exists, "genkit:name")}},
		Types: []TypeRow{
			typeEquals(40, subtype, "model", trace.Generation),
			typeEquals(41, subtype, "background-model", trace.Generation),
			typeEquals(42, subtype, "embedder", trace.Embedding),
			typeEquals(43, subtype, "tool", trace.Tool),
			typeEquals(44, subtype, "tool.v2", trace.Tool),
			typeEquals(45, subtype, "retriever", trace.Retriever),
			typeEquals(46, subtype, "evaluator", trace.Evaluator),
		},
		Payloads: []PayloadRow{{
			Row: Row{Name: "payload/genkit", Rank: 20}, How: PayloadMembers, Scope: scopeGenkit, Always: true,
			Input: []string{"genkit:input"}, InputMember: "messages", Output: []string{"genkit:output"}, OutputMember: "message",
		}},
		Models: []ModelRow{{KeyRow: onSpan(80, "model", Truthy, "genkit:name"), WhenKey: subtype, WhenValue: "model"}},
		Suppressed: []SuppressRow{ // what a flow or util returns is often the answer of a model below it, usage and all
			genkitSuppress(60, "genkit:type", "util"), genkitSuppress(61, subtype, "flow"),
		},
		Parameters: []ParameterRow{
			{Row: Row{Name: "parameters/genkit:input", Rank: 20}, How: ParameterMember, Scope: scopeGenkit, Key: "genkit:input", Member: "config"},
			{Row: Row{Name: "parameters/genkit:output", Rank: 21}, How: ParameterMember, Scope: scopeGenkit, Key: "genkit:output", Member: "request.config"},
		},
		UsageMembers: []UsageMember{
			genkitUsage(110, "inputTokens"), genkitUsage(120, "outputTokens"), genkitUsage(130, "totalTokens"), genkitUsage(140, "thoughtsTokens"),
			genkitUsage(150, "cachedContentTokens"),
		},
		UsageAliases: slicesOf(
			aliases(150, entryInput, "usage.inputTokens"),
			aliases(250, entryOutput, "usage.outputTokens"),
			aliases(350, entryTotal, "usage.totalTokens"),
			aliases(485, entryCached, "usage.cachedContentTokens"),
			aliases(750, entryReasoning, "usage.thoughtsTokens"),
		),
		UsageDetails: []UsageDetail{usageDetail(40, "genkit:output")},
		Dropped:      dropKeys(1200, "genkit:input", "genkit:output"),
	}}
}

func genkitSuppress(rank int, key, value string) SuppressRow {
	row := suppress(rank, key, value)
	row.Name, row.Scope = "suppress/genkit "+value, scopeGenkit
	return row
}

func genkitUsage(rank int, name string) UsageMember {
	return UsageMember{
		Row: Row{Name: "usage_member/genkit " + name, Rank: rank}, Scope: scopeGenkit, Key: "genkit:output", Member: "usage." + name, NotZero: true,
	}
}

// membersOf gives each side from one member of the JSON that an attribute is, or
// all of it where there is no such member.
func (c *call) membersOf(ix *index, r *payloadRule) (p payload) {
	p.input = c.member(ix, r.input[0], r.InputMember)
	p.output = c.member(ix, r.output[0], r.OutputMember)
	return p
}

func (c *call) member(ix *index, slot int32, name string) side {
	v, at := ix.get(slot)
	if v == nil {
		return side{}
	}
	if text, ok := c.objectText(v); ok && text != "" {
		if raw := jsontext.At(text, name); raw != "" && raw != "null" {
			if only(text, name) { // else the rest is shown nowhere
				ix.mark(at, markField)
			}
			return side{fold.Text(jsonText(raw)), true}
		}
	}
	s := shown(ix, v, at)
	c.unquote(&s, v)
	return s
}

// only reports whether an object has no member but those of that name.
func only(object, name string) bool {
	n := 0
	for key := range jsontext.Members(object) {
		if n++; key != name || n > 1 {
			return false
		}
	}
	return true
}
