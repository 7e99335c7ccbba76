package otelmap

import (
	"sync"

	"github.com/fusebox-llm/fusebox/internal/fold"
)

// Every field that a rule gave is stored with the name of its row, so that a reader
// can ask why it is what it is. The text has a line for each: the field, a tab, the
// row. A field of the trace is "trace.<field>"; an entry of the usage
// "usage.<entry>", and "usage.inclusive" names the row that told whether the parts
// of a side are in its whole, "usage.detail" the one that said where parts were found;
// a member of the experiment is "experiment.<member>". A field that several rows gave
// has as many lines. Entries beyond a hundred, or with a long name, have none.

// reason is one line of the text on its way.
type reason struct {
	field fold.Field // with an entry, that of the entry
	trace bool
	entry string
	row   string
}

// because notes that a row gave a field, of the trace where of says "trace.".
func (c *call) because(of string, f fold.Field, row string) {
	if row != "" {
		c.reasons = append(c.reasons, reason{field: f, trace: of != "", row: row})
	}
}

// maxReasons and maxEntryName bound what is said about entries, whose names and number
// strangers choose.
const (
	maxReasons   = 100
	maxEntryName = 100
)

// becauseEntry notes that a row gave an entry of the field that is being set.
func (c *call) becauseEntry(f fold.Field, entry, row string) {
	if len(c.reasons) >= maxReasons || len(entry) > maxEntryName {
		return
	}
	c.reasons = append(c.reasons, reason{field: f, entry: entry, row: row})
}

// setReasons sets the text.
func (c *call) setReasons() {
	if len(c.reasons) == 0 {
		return
	}
	dst := c.out[:0]
	for i := range c.reasons {
		r := &c.reasons[i]
		if i > 0 {
			dst = append(dst, '\n')
		}
		if r.trace {
			dst = append(dst, "trace."...)
		}
		dst = append(dst, r.field.String()...)
		if r.entry != "" {
			dst = appendOneLine(append(dst, '.'), r.entry)
		}
		dst = append(append(dst, '\t'), r.row...)
	}
	c.out = dst
	c.set(fold.Reasons, fold.Text(c.m.texts.of(dst)), "")
}

// appendOneLine appends the name of an entry, which a stranger may have chosen,
// without what ends fields and lines here.
func appendOneLine(dst []byte, name string) []byte {
	from := len(dst)
	dst = append(dst, name...)
	for i := from; i < len(dst); i++ {
		if dst[i] < ' ' {
			dst[i] = ' '
		}
	}
	return dst
}

// texts gives equal texts one string. There are few: as many as there are ways to
// set up an instrumentation. It is safe for concurrent use.
type texts struct {
	mu  sync.RWMutex
	all map[string]string
}

const (
	maxTexts     = 1024
	maxTextBytes = 16 << 10 // a longer one is not kept
)

func (t *texts) of(text []byte) string {
	t.mu.RLock()
	s, ok := t.all[string(text)]
	t.mu.RUnlock()
	if ok {
		return s
	}
	s = string(text)
	if len(s) > maxTextBytes {
		return s
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.all) >= maxTexts { // a stranger made them up; begin anew
		clear(t.all)
	}
	t.all[s] = s
	return s
}
