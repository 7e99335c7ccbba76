package otelmap

import (
	"sync"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/span"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// Mapper applies rules to spans. But for the reasons that it has seen it is
// immutable; it is safe for concurrent use.
type Mapper struct {
	rules Rules
	rings rings
	calls sync.Pool // of *call
	texts texts     // of reasons

	statusMessages, versions, releases    []lookup
	users, sessions, tags, publics        []lookup
	appRoots, asRoots                     []lookup
	traceNames, traceInputs, traceOutputs []lookup

	names                       []nameRule
	types                       []typeRule
	typeModels, mistyped        []lookup
	sdkLanguage                 int32 // of the resource
	payloads                    []payloadRule
	tools                       []toolRule
	outputMessages              prefixSet
	levelSlot                   int32
	environments                []environmentRule
	serviceName                 int32 // of the resource
	genAICompletion             int32
	experiments                 []experimentRule
	experimentPrefix            prefixSet
	models                      []modelRule
	suppressed                  []suppressRule
	parameters                  []parameterRule
	parameterKeys               []parameterKeyRule
	completionStarts            []completionRule
	promptNames, promptVersions []memberRule
	usages                      []usageRule
	usagePrefixes               []usagePrefixRule
	usageMembers                []usageMemberRule
	usageAliases                map[string]int // position in the table
	knownEntries                map[string]bool
	inclusions                  []inclusionRule
	details                     details
	costs                       []costRule
	metadata                    []metadataRule
}

// New returns a Mapper for the rules, which must not change afterwards. It panics
// when they hold more than 64 different prefixes.
func New(rules Rules) *Mapper {
	r := rings{span: newKeyring(), resource: newKeyring()}
	m := &Mapper{
		rules: rules, rings: r, texts: texts{all: map[string]string{}},
		statusMessages: r.lookups(rules.StatusMessages), versions: r.lookups(rules.Versions), releases: r.lookups(rules.Releases),
		users: r.lookups(rules.Users), sessions: r.lookups(rules.Sessions), tags: r.lookups(rules.Tags),
		publics: r.lookups(rules.Publics), appRoots: r.lookups(rules.AppRoots), asRoots: r.lookups(rules.AsRoots),
		traceNames: r.lookups(rules.TraceNames), traceInputs: r.lookups(rules.TraceInputs), traceOutputs: r.lookups(rules.TraceOutputs),
		typeModels: r.lookups(rules.TypeModels), mistyped: r.lookups(rules.Mistyped),
		sdkLanguage: r.resource.slot("telemetry.sdk.language"), serviceName: r.resource.slot("service.name"),
		levelSlot: r.span.slot(levelKey), genAICompletion: r.span.slot("gen_ai.completion"),
		usageAliases: map[string]int{}, knownEntries: map[string]bool{entryInput: true, entryOutput: true, entryTotal: true},
	}
	m.outputMessages = r.span.prefix(outputMessages)
	m.prepareFields()
	m.prepareModel()
	m.prepareUsage()
	m.prepareMetadata()
	r.span.finish()
	r.resource.finish()
	m.calls.New = func() any {
		c := &call{m: m}
		c.object.owner = c
		return c
	}
	return m
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
