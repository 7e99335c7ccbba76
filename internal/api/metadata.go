package api

import (
	"strings"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/jsontext"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// cutAt is how many characters of a metadata value the v2 shape shows unless more
// is asked for.
const cutAt = 200

// nestedMetadata returns metadata as the v1 shapes show it: nested as it was
// sent, each text at the top parsed when it is a JSON text.
func nestedMetadata(m trace.Metadata) Object {
	return eachShown(m, func(value string) string {
		if strings.HasPrefix(value, `"`) {
			return metadataValue(jsontext.Unquote(value))
		}
		return shown(value)
	})
}

// sentMetadata returns metadata as it was sent, which is how scores show theirs.
func sentMetadata(m trace.Metadata) Object { return eachShown(m, shown) }

// eachShown returns metadata with its values at the top as show gives them.
func eachShown(m trace.Metadata, show func(value string) string) Object {
	if m.Empty() {
		return ""
	}
	var b strings.Builder
	b.Grow(len(m.Object))
	b.WriteByte('{')
	eachMember(m.Object, func(key, value string) {
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		b.WriteString(fold.Quote(key))
		b.WriteByte(':')
		b.WriteString(show(value))
	})
	b.WriteByte('}')
	return Object(b.String())
}

// flatMetadata returns metadata as the v2 shape shows it: one level, keyed by
// dotted path. Arrays are values, null is the empty text, empty objects vanish,
// and of several equal paths the first counts. Unless whole is set, a value is cut
// before it is parsed, so that a long JSON text comes back as the text it begins
// with.
func flatMetadata(m trace.Metadata, whole bool) (Object, error) {
	if m.Empty() {
		return "", nil
	}
	f := flattener{whole: whole, seen: map[string]bool{}, left: len(m.Object)*8 + 1<<20}
	f.b.WriteByte('{')
	f.members("", m.Object, 0)
	if f.left < 0 {
		return "", fault.New(fault.TooCostly,
			"The metadata of an observation is nested too deeply to be shown with dotted names. Ask without the field group `metadata`.")
	}
	f.b.WriteByte('}')
	return Object(f.b.String()), nil
}

type flattener struct {
	whole bool
	seen  map[string]bool
	b     strings.Builder
	// left bounds the output: dotted names repeat what encloses them, which a
	// hostile object could use to grow without measure.
	left int
}

// members adds what the object that starts at i holds, and returns the place
// behind it.
func (f *flattener) members(prefix, text string, i int) int {
	return walkMembers(text, i, func(key string, at int) int {
		path := prefix + key
		f.left -= len(path)
		if f.left < 0 {
			return len(text)
		}
		if at < len(text) && text[at] == '{' {
			return f.members(path+".", text, at)
		}
		end := afterValue(text, at)
		if !f.seen[path] {
			f.seen[path] = true
			f.add(path, text[at:end])
		}
		return end
	})
}

func (f *flattener) add(path, value string) {
	text := value
	switch {
	case value == "null":
		text = ""
	case strings.HasPrefix(value, `"`):
		text = jsontext.Unquote(value)
	}
	if !f.whole {
		text = cut(text)
	}
	if f.b.Len() > 1 {
		f.b.WriteByte(',')
	}
	f.b.WriteString(fold.Quote(path))
	f.b.WriteByte(':')
	f.b.WriteString(metadataValue(text))
}

// cut returns the first characters of a text.
func cut(s string) string {
	if len(s) <= cutAt {
		return s
	}
	n := 0
	for i := range s {
		if n == cutAt {
			return s[:i]
		}
		n++
	}
	return s
}
