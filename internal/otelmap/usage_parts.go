package otelmap

import (
	"strings"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/span"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// Instrumentations disagree on whether the count of a side, input or output, holds
// the parts that they report beside it: cached tokens, reasoning. Stored entries
// never overlap, so that they can be added up and priced one by one: parts that are
// in the whole are taken out of it, others are left beside it. Which it is, the
// numbers themselves say in most cases.

// UsagePart says that one entry may be a part of another.
type UsagePart struct {
	Row
	Whole, Part string
	// Of is the part that it is always a part of, besides; "" for none.
	Of string
}

func usagePart(rank int, whole, part, of string) UsagePart {
	return UsagePart{Row: Row{Name: "usage_part/" + part, Rank: rank}, Whole: whole, Part: part, Of: of}
}

func genericParts() []UsagePart {
	return []UsagePart{
		usagePart(10, entryInput, entryCached, ""),
		usagePart(20, entryInput, entryCreation, ""),
		usagePart(30, entryInput, entryCreation5m, entryCreation),
		usagePart(40, entryInput, entryCreation1h, entryCreation),
		usagePart(50, entryInput, entryInputAudio, ""),
		usagePart(60, entryOutput, entryReasoning, ""),
		usagePart(70, entryOutput, entryOutputAudio, ""),
	}
}

func (r *UsagePart) line() Line {
	l := Line{Reads: code(r.Part), Gives: "a part of " + code(r.Whole)}
	if r.Of != "" {
		l.Gives += "; always one of " + code(r.Of) + ", which keeps the rest"
	}
	return l
}

// InclusionHow is how an [InclusionRow] tells whether parts are in their whole.
type InclusionHow uint8

// The ways to tell.
const (
	// ExcludedWhere: not, on the side Whole, where the count Count gives a part or,
	// being no entry itself, equals the whole; or where the scope begins with Scope
	// and the attribute Key, if one is named, with Value.
	ExcludedWhere InclusionHow = iota
	// IncludedByTotal: as the reported total says. Only one reading of the two
	// sides may add up to it; that with all parts included is tried first.
	IncludedByTotal
	// ExcludedBySize: not, where the parts are more than the whole.
	ExcludedBySize
	// Included: they are.
	Included
	// AsDetailed: as the object reads that gave parts, see [UsageDetail].
	AsDetailed
)

// InclusionRow tells whether the parts of a side are in its whole.
type InclusionRow struct {
	Row
	How        InclusionHow
	Whole      string // the side; "" for both
	Count      string
	Scope      string
	Key, Value string
}

func genericInclusions() []InclusionRow {
	return []InclusionRow{
		{Row: Row{Name: "usage_inclusive/object inside of the answer", Rank: 1}, How: AsDetailed},
		{Row: Row{Name: "usage_inclusive/total", Rank: 100}, How: IncludedByTotal},
		{Row: Row{Name: "usage_inclusive/parts exceed the whole", Rank: 200}, How: ExcludedBySize},
		{Row: Row{Name: "usage_inclusive/included", Rank: 900}, How: Included},
	}
}

func (r *InclusionRow) line() Line {
	switch r.How {
	case IncludedByTotal:
		return Line{Reads: "the total that was reported", When: "just one reading of input and output adds up to it", Gives: "that reading"}
	case ExcludedBySize:
		return Line{Reads: "the parts", When: "they are more than the whole", Gives: "the parts are beside it"}
	case AsDetailed:
		return Line{Reads: "the object of the table `detail_shape` that parts were taken from", When: "its counts equal those counted in one reading", Gives: "that reading"}
	case Included:
		return Line{Reads: "the parts", Gives: "they are in the whole, and taken out of it"}
	}
	l := Line{Gives: "the parts are beside it"}
	switch {
	case r.Count != "":
		l.Reads, l.When = "count "+code(r.Count), "gives a part or, being none, equals the whole"
	case r.Key != "":
		l.Reads, l.When = code(r.Key), inScope(r.Scope, "begins with "+code(r.Value))
	default:
		l.Reads, l.When = "the scope", "begins with "+code(r.Scope)
	}
	if r.Whole != "" {
		l.Gives = "the parts of " + r.Whole + " are beside it"
	}
	return l
}

type inclusionRule struct {
	*InclusionRow
	slot  int32
	alias int // of Count
}

// TotalHow is how a [TotalRow] reckons a total.
type TotalHow uint8

// The totals that are reckoned: the sum of the wholes and of the parts beside them.
const (
	TotalOfParts   TotalHow = iota // where the one reported leaves out parts beside the whole
	TotalOfUnknown                 // where none is reported and there are counts of which nobody knows what they are part of
)

// TotalRow replaces or adds a total.
type TotalRow struct {
	Row
	How TotalHow
}

func genericTotals() []TotalRow {
	return []TotalRow{
		{Row{Name: "usage_total/with parts beside the whole", Rank: 10}, TotalOfParts},
		{Row{Name: "usage_total/without unknown counts", Rank: 20}, TotalOfUnknown},
	}
}

func (r *TotalRow) line() Line {
	if r.How == TotalOfParts {
		return Line{Reads: code(entryTotal), When: "it is the sum of input and output while there are parts beside them", Gives: "the sum with the parts"}
	}
	return Line{Reads: code(entryTotal), When: "none is reported, and there are counts that are no entries of the tables", Gives: "the sum of the entries that are"}
}

// ZeroRow gives an entry that is 0 where nothing is reported.
type ZeroRow struct {
	Row
	Scope, Entry string
}

func (r *ZeroRow) line() Line {
	return Line{Reads: "nothing", When: inScope(r.Scope, "no count gives it"), Gives: code(r.Entry) + " = 0"}
}

// half is a side of the usage while its parts are being separated.
type half struct {
	name         string
	whole, parts int64
	known        bool // the whole was reported
	row          string
	included     bool
	said         reading
}

// sum returns what the side adds up to in one reading; ok is false for one that
// cannot be.
func (h *half) sum(included bool) (n int64, ok bool) {
	if included {
		return h.whole, h.parts <= h.whole
	}
	return h.whole + h.parts, true
}

// separateParts makes the counts disjoint. said is how an object reads the two sides
// that parts were taken from.
func (c *call) separateParts(said [2]reading) {
	sides := [2]half{{name: entryInput, said: said[0]}, {name: entryOutput, said: said[1]}}
	for i := range sides {
		c.measure(&sides[i])
	}
	total := c.counted(entryTotal)
	if sides[0].parts > 0 || sides[1].parts > 0 {
		c.decide(&sides, total)
	}
	for i := range sides {
		if h := &sides[i]; h.included && h.parts > 0 && h.known {
			c.counted(h.name).amount.N = max(0, h.whole-h.parts)
		}
	}
	c.reckonTotal(&sides, total)
}

// measure adds up a side, and takes the parts of its parts out of those.
func (c *call) measure(h *half) {
	if whole := c.counted(h.name); whole != nil {
		h.whole, h.known = whole.amount.N, true
	}
	for i := range c.m.rules.UsageParts {
		r := &c.m.rules.UsageParts[i]
		if r.Whole != h.name || r.Of == "" {
			continue
		}
		part, of := c.counted(r.Part), c.counted(r.Of)
		if part != nil && of != nil {
			of.amount.N = max(0, of.amount.N-part.amount.N)
		}
	}
	for i := range c.m.rules.UsageParts {
		r := &c.m.rules.UsageParts[i]
		if r.Whole != h.name {
			continue
		}
		if part := c.counted(r.Part); part != nil {
			h.parts += part.amount.N
		}
	}
}

// decide finds out for each side with parts whether they are in its whole, and says
// which row knew.
func (c *call) decide(sides *[2]half, total *count) {
	for i := range sides {
		h := &sides[i]
		if h.parts == 0 || !h.known {
			h.row = "none" // there is nothing to be taken out
		}
	}
	for i := range c.m.inclusions {
		r := &c.m.inclusions[i]
		if r.How == IncludedByTotal {
			decideByTotal(sides, total, r.Name)
			continue
		}
		for j := range sides {
			if h := &sides[j]; h.row == "" && c.decides(r, h) {
				h.row, h.included = r.Name, r.How == Included || r.How == AsDetailed && h.said.included
			}
		}
	}
	said := ""
	for i := range sides {
		if row := sides[i].row; row != "none" && row != "" && row != said {
			c.becauseEntry(fold.Usage, "inclusive", row)
			said = row
		}
	}
}

func (c *call) decides(r *inclusionRule, h *half) bool {
	if r.Whole != "" && r.Whole != h.name {
		return false
	}
	switch r.How {
	case ExcludedBySize:
		return h.parts > h.whole
	case Included:
		return true
	case AsDetailed:
		return h.said.known
	}
	switch {
	case r.Count != "":
		for i := range c.counts {
			if n := &c.counts[i]; n.order == r.alias && (n.amount.Name != "" || n.amount.N == h.whole) {
				return true
			}
		}
		return false
	case r.Key != "":
		v, _ := c.attrs.get(r.slot)
		return v != nil && v.Kind == span.String && strings.HasPrefix(v.Str, r.Value) && strings.HasPrefix(c.scope.Name, r.Scope)
	}
	return strings.HasPrefix(c.scope.Name, r.Scope)
}

// decideByTotal settles the sides that are open by the one reading that adds up to
// the total.
func decideByTotal(sides *[2]half, total *count, row string) {
	if total == nil {
		return
	}
	found, readings := [2]bool{}, 0
	for _, r := range [...][2]bool{{true, true}, {true, false}, {false, true}, {false, false}} {
		a, possible := sides[0].reading(r[0])
		b, also := sides[1].reading(r[1])
		if !possible || !also || a+b != total.amount.N {
			continue
		}
		found = r
		if readings++; r[0] && r[1] {
			break
		}
	}
	if readings != 1 {
		return
	}
	for i := range sides {
		if sides[i].row == "" {
			sides[i].row, sides[i].included = row, found[i]
		}
	}
}

// reading returns what the side adds up to in one reading, of which it has two only
// while it is open.
func (h *half) reading(included bool) (n int64, ok bool) {
	switch {
	case h.parts == 0:
		return h.whole, included
	case h.row != "" && included != h.included:
		return 0, false
	}
	return h.sum(included)
}

// reckonTotal corrects or adds the total.
func (c *call) reckonTotal(sides *[2]half, total *count) {
	sum, naive := int64(0), int64(0)
	for i := range sides {
		h := &sides[i]
		n, _ := h.sum(h.included)
		sum += n
		naive += h.whole
	}
	for i := range c.m.rules.UsageTotals {
		r := &c.m.rules.UsageTotals[i]
		switch {
		case r.How == TotalOfParts && total != nil && total.amount.N == naive && sum != naive:
			total.amount.N, total.row, total.at = sum, r.Name, none
		case r.How == TotalOfUnknown && total == nil && (sides[0].known || sides[1].known) && c.hasUnknown():
			c.counts = append(c.counts, count{amount: trace.Amount{Name: entryTotal, N: sum}, at: none, row: r.Name})
		default:
			continue
		}
		return
	}
}

// hasUnknown reports whether there is a count of which nobody knows what it is.
func (c *call) hasUnknown() bool {
	for i := range c.counts {
		if name := c.counts[i].amount.Name; name != "" && !c.m.knownEntries[name] {
			return true
		}
	}
	return false
}
