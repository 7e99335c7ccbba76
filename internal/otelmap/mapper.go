package otelmap

import (
	"sync"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/span"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// Mapper applies rules to spans. It is immutable and safe for concurrent use.
type Mapper struct {
	rules Rules
	rings rings
	calls sync.Pool // of *call

	names, statusMessages, versions, releases []lookup
	users, sessions, tags, publics            []lookup
	appRoots, asRoots                         []lookup
	traceNames, traceInputs, traceOutputs     []lookup
	models, promptNames, promptVersions       []lookup

	types            []typeRule
	mistyped         []lookup
	sdkLanguage      int32 // of the resource
	payloads         []payloadRule
	levels           []LevelRow
	levelSlot        int32
	environments     []environmentRule
	serviceName      int32 // of the resource
	genAICompletion  int32
	suppressed       []suppressRule
	parameters       []parameterRule
	completionStarts []completionRule
	usages           []usageRule
	usagePrefixes    []usagePrefixRule
	usageAliases     map[string]int // position in the table
	costs            []costRule
	metadata         []metadataRule
}

// New returns a Mapper for the rules, which must not change afterwards. It panics
// when they hold more than 64 different prefixes.
func New(rules Rules) *Mapper {
	r := rings{span: newKeyring(), resource: newKeyring()}
	m := &Mapper{
		rules: rules, rings: r,
		names: r.lookups(rules.Names), statusMessages: r.lookups(rules.StatusMessages),
		versions: r.lookups(rules.Versions), releases: r.lookups(rules.Releases),
		users: r.lookups(rules.Users), sessions: r.lookups(rules.Sessions), tags: r.lookups(rules.Tags),
		publics: r.lookups(rules.Publics), appRoots: r.lookups(rules.AppRoots), asRoots: r.lookups(rules.AsRoots),
		traceNames: r.lookups(rules.TraceNames), traceInputs: r.lookups(rules.TraceInputs), traceOutputs: r.lookups(rules.TraceOutputs),
		models: r.lookups(rules.Models), promptNames: r.lookups(rules.PromptNames), promptVersions: r.lookups(rules.PromptVersions),
		mistyped:    r.lookups(rules.Mistyped),
		sdkLanguage: r.resource.slot("telemetry.sdk.language"),
		levels:      rules.Levels, levelSlot: r.span.slot(levelKey),
		serviceName: r.resource.slot("service.name"), genAICompletion: r.span.slot("gen_ai.completion"),
		usageAliases: map[string]int{},
	}
	m.prepare()
	r.span.finish()
	r.resource.finish()
	m.calls.New = func() any {
		c := &call{m: m}
		c.object.owner = c
		return c
	}
	return m
}

// prepare makes the tables ready that are not plain lists of keys.
func (m *Mapper) prepare() {
	ring := m.rings.span
	for _, row := range m.rules.Types {
		m.types = append(m.types, typeRule{row, ring.slot(row.Key)})
	}
	for i := range m.rules.Payloads {
		m.payloads = append(m.payloads, m.rings.payload(&m.rules.Payloads[i]))
	}
	for _, row := range m.rules.Environments {
		m.environments = append(m.environments, environmentRule{m.rings.lookup(row.KeyRow), row.Judge})
	}
	for _, row := range m.rules.Suppressed {
		m.suppressed = append(m.suppressed, suppressRule{ring.slot(row.Key), row.Value})
	}
	for _, row := range m.rules.Parameters {
		rule := parameterRule{ParameterRow: row}
		if row.How == ParameterObject {
			rule.slot = ring.slot(row.Key)
		} else {
			rule.prefix = ring.prefix(row.Key)
		}
		m.parameters = append(m.parameters, rule)
	}
	for _, row := range m.rules.CompletionStarts {
		m.completionStarts = append(m.completionStarts, completionRule{m.rings.lookup(row.KeyRow), row.How})
	}
	for _, row := range m.rules.Usages {
		rule := usageRule{how: row.How}
		if row.How == UsageObject {
			rule.slot = ring.slot(row.Key)
		}
		m.usages = append(m.usages, rule)
	}
	for _, row := range m.rules.UsagePrefixes {
		m.usagePrefixes = append(m.usagePrefixes, usagePrefixRule{row, ring.prefix(row.Prefix)})
	}
	for i, row := range m.rules.UsageAliases {
		m.usageAliases[row.Alias] = i
	}
	for _, row := range m.rules.Costs {
		m.costs = append(m.costs, costRule{row.How, ring.slot(row.Key)})
	}
	m.prepareMetadata()
}

func (m *Mapper) prepareMetadata() {
	ring := m.rings.span
	for _, row := range m.rules.Metadata {
		rule := metadataRule{how: row.How, key: row.Key, trace: row.Trace}
		switch row.How {
		case MetadataBase:
			rule.slot = ring.slot(row.Key)
			if row.Else != "" {
				rule.otherwise = ring.slot(row.Else)
			}
		case MetadataOverlay:
			rule.prefix = ring.prefix(row.Key)
		}
		m.metadata = append(m.metadata, rule)
	}
	for _, row := range m.rules.Excluded {
		ring.flag(row.Key, markExcluded)
	}
	for _, row := range m.rules.Dropped {
		if row.Prefix {
			ring.dropped |= ring.prefix(row.Key)
		} else {
			ring.flag(row.Key, markDropped)
		}
	}
}

// Map appends the records of one span to dst: that of its observation and, if the
// span says something about its trace, one of that. arrival is the time of a span
// that has neither start nor end.
//
// The span, its scope and its resource are only read; the records share their
// texts. On an error, fault.Invalid with a message for the sender, dst is
// returned as it was.
func (m *Mapper) Map(res *span.Resource, sc *span.Scope, sp *span.Span, arrival trace.Micros, dst []fold.Record) ([]fold.Record, error) {
	switch {
	case sp.Refused != "":
		return dst, fault.New(fault.Invalid, "%s", sp.Refused)
	case sp.TraceID == "":
		return dst, fault.New(fault.Invalid, "the span has no trace id")
	case sp.SpanID == "":
		return dst, fault.New(fault.Invalid, "the span has no id")
	}
	c := m.calls.Get().(*call) //nolint:forcetypeassert // the pool holds nothing else
	defer c.release()
	c.begin(res, sc, sp)
	return c.records(arrival, dst), nil
}
