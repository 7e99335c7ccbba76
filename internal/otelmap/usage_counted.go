package otelmap

import (
	"strings"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/jsontext"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// The usage entries that prices know, as the rules name them.
const (
	entryInput       = "input"
	entryOutput      = "output"
	entryTotal       = "total"
	entryCached      = "input_cached_tokens"
	entryCreation    = "input_cache_creation"
	entryCreation5m  = "input_cache_creation_5m"
	entryCreation1h  = "input_cache_creation_1h"
	entryInputAudio  = "input_audio_tokens"
	entryReasoning   = "output_reasoning_tokens"
	entryOutputAudio = "output_audio_tokens"
)

// UsagePrefix names a family of attributes that are counts. The rest of the key
// is the name of the count.
type UsagePrefix struct {
	Row
	Prefix string
	Except string // the rest of a key that is no count
	Closed bool   // a count that is no alias is none
}

func (r *UsagePrefix) line() Line {
	l := Line{Reads: "attributes that begin with " + code(r.Prefix), When: "is a whole number, or the text of one", Gives: "a count, named by the rest"}
	if r.Except != "" {
		l.When += "; the rest is not " + code(r.Except)
	}
	if r.Closed {
		l.When += "; the rest is in the table `usage_alias`"
	}
	return l
}

// UsageMember names a count inside of an attribute that is JSON. Its name is that
// of the member.
type UsageMember struct {
	Row
	Scope   string
	Key     string
	Member  string // points between names
	NotZero bool   // 0 says nothing
}

func (r *UsageMember) line() Line {
	when := "is a whole number"
	if r.NotZero {
		when += " other than 0"
	}
	return Line{Reads: code(r.Member) + " of the JSON in " + code(r.Key), When: inScope(r.Scope, when), Gives: "a count of that name"}
}

// UsageAlias says which count gives a usage entry. Of several aliases of one
// entry the first in the table that is there counts, even when it is 0. A count
// that is no alias is an entry of its own name, without a leading "details.".
type UsageAlias struct {
	Row
	Alias string // the count, without its prefix
	// Result is the usage entry; "" where the count is only part of what others
	// say and none of its own.
	Result string
}

// aliases returns rows for one entry, with ranks that follow each other.
func aliases(rank int, result string, names ...string) []UsageAlias {
	var rows []UsageAlias
	for i, name := range names {
		rows = append(rows, UsageAlias{Row: Row{Name: "usage_alias/" + name, Rank: rank + i}, Alias: name, Result: result})
	}
	return rows
}

func (r *UsageAlias) line() Line {
	gives := "no entry: it is part of another"
	if r.Result != "" {
		gives = code(r.Result)
	}
	return Line{Reads: "count " + code(r.Alias), Gives: gives}
}

type usagePrefixRule struct {
	*UsagePrefix
	prefix prefixSet
}

type usageMemberRule struct {
	*UsageMember
	slot int32
	path []string
}

// count is a usage entry on its way.
type count struct {
	amount trace.Amount
	// order is that of the alias in the table; the smallest wins. What is no
	// alias comes last.
	order int
	at    int32 // of the attribute that is the count, or [none]
	row   string
}

// countedUsage returns the usage that counted attributes say.
func (c *call) countedUsage() trace.Amounts {
	c.counts = c.counts[:0]
	for i := range c.m.usagePrefixes {
		if p := &c.m.usagePrefixes[i]; c.attrs.any&p.prefix != 0 {
			c.prefixedCounts(p)
		}
	}
	for i := range c.m.usageMembers {
		if r := &c.m.usageMembers[i]; r.Scope == "" || r.Scope == c.scope.Name {
			c.memberCount(r)
		}
	}
	c.addZeros()
	if len(c.counts) == 0 {
		return nil
	}
	c.separateParts(c.addDetails())
	return c.takeCounts()
}

// addZeros adds the entries that are 0 where nothing is reported.
func (c *call) addZeros() {
	for i := range c.m.rules.UsageZeros {
		if r := &c.m.rules.UsageZeros[i]; r.Scope == c.scope.Name && c.counted(r.Entry) == nil {
			c.counts = append(c.counts, count{amount: trace.Amount{Name: r.Entry}, at: none, row: r.Name})
		}
	}
}

// zeroUsage sets those alone.
func (c *call) zeroUsage() {
	c.counts = c.counts[:0]
	if c.addZeros(); len(c.counts) > 0 {
		c.set(fold.Usage, fold.Map(c.takeCounts()), c.counts[0].row)
	}
}

// takeCounts returns the counts as a usage; their attributes then count as shown.
func (c *call) takeCounts() trace.Amounts {
	usage := make(trace.Amounts, 0, len(c.counts)+1)
	for i := range c.counts {
		n := &c.counts[i]
		c.attrs.mark(n.at, markField)
		if n.amount.Name != "" {
			usage = append(usage, n.amount)
			c.becauseEntry(fold.Usage, n.amount.Name, n.row)
		}
	}
	return tidy(usage)
}

func (c *call) prefixedCounts(p *usagePrefixRule) {
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
			c.count(name, n, int32(at), p) //nolint:gosec // a list never has 2^31 entries
		}
	}
}

func (c *call) memberCount(r *usageMemberRule) {
	v, _ := c.attrs.get(r.slot)
	if v == nil {
		return
	}
	object, ok := c.objectText(v)
	if !ok || !strings.Contains(object, r.path[0]) { // looking is much faster than taking apart
		return
	}
	raw := jsontext.At(object, r.path...)
	if raw == "" {
		return
	}
	if n, ok := jsonWhole(raw); ok && (n > 0 || !r.NotZero) {
		c.count(r.Member, n, none, nil)
	}
}

// count adds a count, unless a better alias of its entry is there. p is nil for
// a count that must be an alias.
func (c *call) count(name string, n int64, at int32, p *usagePrefixRule) {
	order, alias := c.m.usageAliases[name]
	entry := count{order: order, at: at}
	switch {
	case alias:
		row := &c.m.rules.UsageAliases[order]
		entry.amount, entry.row = trace.Amount{Name: row.Result, N: n}, row.Name
		if row.Result == "" { // kept for the rules on parts alone
			entry.at = none
			c.counts = append(c.counts, entry)
			return
		}
	case p == nil || p.Closed:
		return
	default:
		entry.amount, entry.row = trace.Amount{Name: strings.TrimPrefix(name, "details."), N: n}, p.Name
		entry.order = len(c.m.rules.UsageAliases)
	}
	if before := c.counted(entry.amount.Name); before == nil {
		c.counts = append(c.counts, entry)
	} else if entry.order <= before.order {
		*before = entry
	}
}

// counted returns the entry of a name, if it is there.
func (c *call) counted(name string) *count {
	for i := range c.counts {
		if c.counts[i].amount.Name == name {
			return &c.counts[i]
		}
	}
	return nil
}
