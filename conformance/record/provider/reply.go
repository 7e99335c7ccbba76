package provider

import (
	"slices"
	"strings"
)

// Answer is the text of every answer that is not asked to be something else.
const Answer = "It is 21 degrees in Paris, and the sky is clear."

// exactly introduces a demand for one certain answer in any text of a request: the
// rest of the line is the answer, in which \n begins a new line. Frameworks that
// read answers in a format of their own need it.
const exactly = "Answer exactly: "

// A tool is one that a request offers.
type tool struct {
	name   string
	schema any
}

// A demand is what a request wants, whichever provider it is for.
type demand struct {
	tools []tool
	// called has the tools that the conversation called, answered says that it
	// has an answer of any tool.
	called   []string
	answered bool
	// forced is the tool that must be called, any says that one must be.
	forced string
	any    bool
	never  bool
	// schema is what the answer must fit; json says any object will do.
	schema any
	json   bool
	// said is all text of the conversation, the newest last.
	said []string
}

// A reply is what is answered: a call of a tool, or else a text.
type reply struct {
	tool      string
	arguments string
	text      string
}

func (d demand) reply() reply {
	if t := d.choice(); t != nil {
		return reply{tool: t.name, arguments: text(sample("", t.schema, t.schema))}
	}
	if d.schema != nil {
		return reply{text: text(sample("", d.schema, d.schema))}
	}
	for _, s := range slices.Backward(d.said) {
		if _, want, ok := strings.Cut(s, exactly); ok {
			want, _, _ = strings.Cut(want, "\n")
			return reply{text: strings.ReplaceAll(want, `\n`, "\n")}
		}
	}
	if d.json {
		return reply{text: text(object{{"city", "Paris"}, {"temperature", 21}})}
	}
	return reply{text: Answer}
}

// choice returns the tool to call: the one that is demanded, or if any will do the
// first that was not called yet. Left a free choice it calls one tool and answers
// once that has.
func (d demand) choice() *tool {
	if len(d.tools) == 0 || d.never {
		return nil
	}
	for i, t := range d.tools {
		if d.forced != "" && t.name == d.forced {
			return &d.tools[i]
		}
	}
	if !d.any {
		if d.answered {
			return nil
		}
		return &d.tools[0]
	}
	for i, t := range d.tools {
		if !slices.Contains(d.called, t.name) {
			return &d.tools[i]
		}
	}
	return &d.tools[len(d.tools)-1]
}

// pieces cuts a text into three, as streams send it.
func pieces(s string) []string {
	r := []rune(s)
	a, b := len(r)/3, 2*len(r)/3
	var out []string
	for _, p := range []string{string(r[:a]), string(r[a:b]), string(r[b:])} {
		if p != "" {
			out = append(out, p)
		}
	}
	return out
}
