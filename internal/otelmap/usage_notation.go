package otelmap

import (
	"math"
	"strings"
)

// Usage objects stand in answers in many notations: JSON; JSON that is a text of
// JSON, with \" for each quote; what Python prints of a dict, with ' for quotes and
// None for null, or of an object, Name(key=1). Here all are read, as far as they are
// names, numbers and objects of these. What is anything else is no usage object.

const (
	maxNoted = 8 << 10 // how long an object may be, and how far before a name its begin
	maxNames = 256     // how many names of a text are looked at
)

// notedPath is where in an object a number stands: the names on the way to it.
type notedPath [3]string

// noted is a count in an object.
type noted struct {
	path notedPath
	n    int64
}

func notedPathOf(path string) (p notedPath) {
	copy(p[:], pathOf(path))
	return p
}

// finder finds names in a text, in order.
type finder struct {
	text  string
	names []string
	from  int
	left  int    // how many names may still be looked at
	found [8]int // by name: where it is next, at or after from; -1 for nowhere
}

func (f *finder) begin(text string, names []string) {
	f.text, f.names, f.from, f.left = text, names, 0, maxNames
	for i := range f.found {
		f.found[i] = -2
	}
}

// next returns where the object begins that has the next of the names as a member; -1
// where there is none any more.
func (f *finder) next() int {
	for {
		at, which := math.MaxInt, -1
		for i, name := range f.names[:min(len(f.names), len(f.found))] {
			if p := &f.found[i]; *p != -1 && *p < f.from {
				if *p = strings.Index(f.text[f.from:], name); *p >= 0 {
					*p += f.from
				}
			}
			if p := f.found[i]; p >= 0 && p < at {
				at, which = p, i
			}
		}
		if which < 0 || f.left == 0 {
			return -1
		}
		f.from = at + len(f.names[which])
		if !isName(f.text, at, f.from) {
			continue
		}
		f.left--
		if begin := beginOf(f.text, at); begin >= 0 {
			return begin
		}
	}
}

// isName reports whether text[from:to] is all of a name.
func isName(text string, from, to int) bool {
	return from > 0 && !isNameByte(text[from-1]) && to < len(text) && !isNameByte(text[to])
}

func isNameByte(b byte) bool {
	return b == '_' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}

// beginOf returns where the innermost object begins that a position is in; -1 where
// it is in none, or in a list.
func beginOf(text string, at int) int {
	open := 0
	for i := at - 1; i >= max(0, at-maxNoted); i-- {
		switch text[i] {
		case '}', ')', ']':
			open++
		case '{', '(', '[':
			if open--; open < 0 {
				if text[i] == '[' {
					return -1
				}
				return i
			}
		}
	}
	return -1
}

// readNoted appends the counts of the object that begins at a position, and returns
// where it ends; 0 where it is none that can be read.
func readNoted(text string, at int, dst []noted) (list []noted, end int) {
	n := notation{text: text[:min(len(text), at+maxNoted)], i: at, list: dst}
	if !n.object() {
		return nil, 0
	}
	return n.list, n.i
}

// notation is an object while it is being read.
type notation struct {
	text  string
	i     int
	path  notedPath
	depth int
	muted int // lists that the position is in
	list  []noted
}

// at returns the byte at the position; 0 at the end.
func (n *notation) at() byte {
	if n.i < len(n.text) {
		return n.text[n.i]
	}
	return 0
}

// space skips what is between members, also where a line break is written \n.
func (n *notation) space() {
	for {
		switch n.at() {
		case ' ', '\t', '\n', '\r':
			n.i++
			continue
		case '\\':
			end := n.i
			for end < len(n.text) && n.text[end] == '\\' {
				end++
			}
			if end < len(n.text) && strings.IndexByte("nrt", n.text[end]) >= 0 {
				n.i = end + 1
				continue
			}
		}
		return
	}
}

// object reads an object of which the position is at the begin.
func (n *notation) object() bool {
	const deepest = 8
	closing := byte('}')
	if n.at() == '(' {
		closing = ')'
	}
	if n.depth++; n.depth > deepest {
		return false
	}
	for n.i++; ; n.i++ {
		if n.space(); n.at() == closing {
			break
		}
		name, ok := n.name()
		if n.space(); !ok || n.at() != ':' && n.at() != '=' {
			return false
		}
		n.i++
		if n.space(); !n.value(name) {
			return false
		}
		if n.space(); n.at() == closing {
			break
		}
		if n.at() != ',' {
			return false
		}
	}
	n.i++
	n.depth--
	return true
}

// value reads the value of a member, or of a list.
func (n *notation) value(name string) bool {
	if n.depth <= len(n.path) {
		n.path[n.depth-1] = name
		clear(n.path[n.depth:])
	}
	switch b := n.at(); {
	case b == '{':
		return n.object()
	case b == '[':
		return n.values()
	case b == '-' || b >= '0' && b <= '9':
		n.number()
		return true
	case isNameByte(b):
		n.word()
		if n.at() == '(' {
			return n.object()
		}
		return true
	}
	_, ok := n.quoted()
	return ok
}

func (n *notation) values() bool {
	n.muted++
	for n.i++; ; n.i++ {
		if n.space(); n.at() == ']' {
			break
		}
		if !n.value("") {
			return false
		}
		if n.space(); n.at() == ']' {
			break
		}
		if n.at() != ',' {
			return false
		}
	}
	n.i++
	n.muted--
	return true
}

func (n *notation) number() {
	from := n.i
	for n.i < len(n.text) && strings.IndexByte("+-.0123456789eE", n.text[n.i]) >= 0 {
		n.i++
	}
	if n.depth > len(n.path) || n.muted > 0 {
		return
	}
	if count, ok := jsonWhole(n.text[from:n.i]); ok {
		n.list = append(n.list, noted{n.path, count})
	}
}

// name reads the name of a member.
func (n *notation) name() (string, bool) {
	if isNameByte(n.at()) {
		return n.word(), true
	}
	return n.quoted()
}

func (n *notation) word() string {
	from := n.i
	for n.i < len(n.text) && (isNameByte(n.text[n.i]) || n.text[n.i] == '.') {
		n.i++
	}
	return n.text[from:n.i]
}

// quoted reads a text in quotes, before each of which are as many backslashes as
// there are texts around it that escape.
func (n *notation) quoted() (string, bool) {
	from := n.i
	for n.at() == '\\' {
		n.i++
	}
	escapes, quote := n.i-from, n.at()
	if quote != '"' && quote != '\'' {
		return "", false
	}
	n.i++
	from = n.i
	for n.i < len(n.text) {
		next := strings.IndexByte(n.text[n.i:], quote)
		if next < 0 {
			return "", false
		}
		end := n.i + next
		n.i = end + 1
		before := end
		for before > from && n.text[before-1] == '\\' {
			before--
		}
		if end-before == escapes {
			return n.text[from:before], true
		}
	}
	return "", false
}
