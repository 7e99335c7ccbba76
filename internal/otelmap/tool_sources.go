package otelmap

import (
	"slices"
	"strconv"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/jsontext"
	"github.com/fusebox-llm/fusebox/internal/span"
	"github.com/fusebox-llm/fusebox/internal/tools"
)

// ToolHow is where a [ToolRow] finds definitions of tools.
type ToolHow uint8

// Where definitions are found.
const (
	ToolMetadata  ToolHow = iota // the entry Key of the user's metadata
	ToolAttribute                // the attribute Key
	ToolMember                   // the member Member of the JSON in the attribute Key
	ToolIndexed                  // each attribute named Key, a number, Member; by number
)

// ToolRow is a source of definitions of tools. What is a list of tools moves from
// the metadata into the input; everything else stays where it is.
type ToolRow struct {
	Row
	How         ToolHow
	Key, Member string
	Nameless    bool // tools of the provider, which have a type instead of a name, count too
}

func (r *ToolRow) line() Line {
	l := Line{Reads: code(r.Key), When: "is a list of tools", Gives: "moves into the input"}
	switch r.How {
	case ToolMetadata:
		l.Reads = "entry " + l.Reads + " of the user's metadata"
	case ToolMember:
		l.Reads = code(r.Member) + " of the JSON in " + l.Reads
	case ToolIndexed:
		l.Reads, l.When = code(r.Key+"<n>"+r.Member), "is a tool, each for itself"
	}
	if r.Nameless {
		l.When += "; tools of the provider may have a type instead of a name"
	}
	return l
}

type toolRule struct {
	*ToolRow
	slot   int32
	prefix prefixSet
}

// moveTools moves definitions of tools from the span's attributes into its input,
// the user's metadata first. Attributes that are not copied to the metadata have
// nothing to move.
func (c *call) moveTools(in *side) {
	if c.ownScope() || !c.offersTools() {
		return
	}
	before := len(c.reasons)
	c.object.reset()
	c.metadataParts(false)
	c.reasons = c.reasons[:before]
	for i := range c.m.tools {
		r := &c.m.tools[i]
		switch r.How {
		case ToolMetadata:
			c.moveUserTools(in, i)
		case ToolAttribute:
			if v, at := c.attrs.get(r.slot); v != nil && c.joinTools(in, r, toolText(v), at) {
				c.attrs.mark(at, markMoved)
			}
		case ToolMember:
			c.moveToolMember(in, r)
		case ToolIndexed:
			c.moveIndexedTools(in, r)
		}
	}
}

// offersTools reports whether an attribute may define tools.
func (c *call) offersTools() bool {
	for i := range c.m.tools {
		r := &c.m.tools[i]
		if v, _ := c.attrs.get(r.slot); v != nil || c.attrs.any&r.prefix != 0 {
			return true
		}
	}
	return false
}

// moveUserTools moves them from the user's metadata in c.object by one row, and
// takes them out there, now or when the metadata is built for good.
func (c *call) moveUserTools(in *side, row int) {
	r := &c.m.tools[row]
	at := c.object.find(r.Key)
	if r.How != ToolMetadata || at < 0 {
		return
	}
	m := c.object.list[at]
	if c.userTools&(1<<row) == 0 && !c.joinTools(in, r, string(c.object.value(m)), m.at) {
		return
	}
	c.userTools |= 1 << row
	c.object.list = slices.Delete(c.object.list, at, at+1)
}

// joinTools puts a list of tools into the input and reports whether it did. The
// attribute at a position then counts as shown, unless some of it is not.
func (c *call) joinTools(in *side, r *toolRule, source string, at int32) bool {
	list, ok := tools.Accepts(source, r.Nameless)
	if !ok {
		return false
	}
	merged, ok := tools.Merge(in.value.S, !in.set, list)
	if !ok {
		return false
	}
	in.value, in.set = fold.Text(merged), true
	c.becauseEntry(fold.Input, "tools", r.Name)
	if strings.Contains(merged, list[1:len(list)-1]) {
		c.attrs.mark(at, markField)
	} else {
		c.attrs.mark(at, markLost)
	}
	return true
}

// toolText returns a value as the JSON that it is.
func toolText(v *span.Value) string {
	switch v.Kind {
	case span.String, span.Array, span.Map:
		return textOf(v)
	}
	return "null"
}

// moveToolMember moves a member, and leaves the others in the attribute.
func (c *call) moveToolMember(in *side, r *toolRule) {
	v, at := c.attrs.get(r.slot)
	if v == nil {
		return
	}
	object, ok := c.objectText(v)
	if !ok || object == "" {
		return
	}
	raw := jsontext.At(object, r.Member)
	if raw == "" || !c.joinTools(in, r, raw, at) {
		return
	}
	rest := []byte{'{'}
	for key, value := range jsontext.Members(object) {
		if key != r.Member {
			rest = append(jsontext.AppendString(appendComma2(rest), key), ':')
			rest = jsontext.AppendCompact(rest, value)
		}
	}
	c.attrs.mark(at, markMoved)
	if len(rest) > 1 {
		c.rest = append(c.rest, rewritten{at, string(append(rest, '}'))})
	}
}

// rewritten is what a moved attribute still says in the metadata.
type rewritten struct {
	at   int32
	text string
}

// restOf returns what a moved attribute still says.
func (c *call) restOf(at int) (text string, ok bool) {
	for i := range c.rest {
		if int(c.rest[i].at) == at {
			return c.rest[i].text, true
		}
	}
	return "", false
}

func appendComma2(object []byte) []byte {
	if len(object) > 1 {
		return append(object, ',')
	}
	return object
}

// moveIndexedTools moves each tool that is one.
func (c *call) moveIndexedTools(in *side, r *toolRule) {
	if c.attrs.any&r.prefix == 0 {
		return
	}
	type found struct{ n, at int }
	var all []found
	for i := range c.attrs.attrs {
		if !c.attrs.with(i, r.prefix) {
			continue
		}
		number, ok := strings.CutSuffix(c.attrs.attrs[i].Key[len(r.Key):], r.Member)
		if n, err := strconv.Atoi(number); ok && err == nil {
			all = append(all, found{n, i})
		}
	}
	slices.SortStableFunc(all, func(a, b found) int { return a.n - b.n })
	var list []byte
	var ats []int
	for _, f := range all {
		one, ok := tools.Accepts("["+toolText(&c.attrs.attrs[f.at].Value)+"]", r.Nameless)
		if ok {
			list = append(appendComma(list), one[1:len(one)-1]...)
			ats = append(ats, f.at)
		}
	}
	if len(list) == 0 || !c.joinTools(in, r, "["+string(list)+"]", none) {
		return
	}
	shown := strings.Contains(in.value.S, string(list))
	for _, at := range ats {
		c.attrs.info[at].marks |= markMoved
		if shown {
			c.attrs.info[at].marks |= markField
		}
	}
}
