package media

import (
	"crypto/sha256"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/jsontext"
)

// Content is what was cut out of a text.
type Content struct {
	Reference
	Data []byte
	Hash string // see [HashOf]
}

// Cutter cuts content out of texts. It is immutable and safe for concurrent use.
type Cutter struct {
	types types
}

// NewCutter returns a Cutter.
func NewCutter() *Cutter { return &Cutter{types: extensions()} }

// Cut returns a text with references in the place of the base64 content in it, and
// that content. A text without any comes back as it is, and so does every part that
// is not what it claims to be: of another type than the accepted ones, or no valid
// base64.
//
// Data URIs are found anywhere in a text, many in one as well. Bare base64 is found
// only in JSON, in objects of the shapes in which providers and frameworks send
// content (shape.go).
func (c *Cutter) Cut(text string) (string, []Content) {
	uri := strings.Contains(text, ";base64,")
	if !uri && !mayHoldShape(text) {
		return text, nil
	}
	k := cutting{types: c.types}
	if uri {
		text = k.uris(text)
	}
	if mayHoldShape(text) {
		text = k.json(text)
	}
	return text, k.found
}

// cutting is the work on one text.
type cutting struct {
	types types
	found []Content
	buf   []byte
}

// uris replaces the data URIs in a text.
func (k *cutting) uris(text string) string {
	const scheme = "data:"
	var out strings.Builder
	kept := 0
	for i := 0; ; {
		at := strings.Index(text[i:], scheme)
		if at < 0 {
			break
		}
		at += i
		i = at + len(scheme)
		// In JSON the letter of an escape, "\n" say, is no part of a name.
		if at > 0 && isNameByte(text[at-1]) && (at == 1 || text[at-2] != '\\') {
			continue
		}
		mime, rest, ok := splitURI(text[i:])
		if !ok {
			continue
		}
		data, length := uriData(rest)
		i = len(text) - len(rest) + length
		if i < len(text) && !endsURI(text[i]) {
			continue
		}
		ref, ok := k.content(mime, data, OfDataURI)
		if !ok {
			continue
		}
		out.WriteString(text[kept:at])
		out.WriteString(ref)
		kept = i
	}
	if kept == 0 {
		return text
	}
	out.WriteString(text[kept:])
	return out.String()
}

// content notes content and returns the reference to it; ok is false when it is none.
func (k *cutting) content(mime, data, source string) (ref string, ok bool) {
	if _, known := k.types[mime]; !known {
		return "", false
	}
	raw, ok := decode(data)
	if !ok {
		return "", false
	}
	return k.add(mime, raw, source), true
}

func (k *cutting) add(mime string, raw []byte, source string) string {
	sum := sha256.Sum256(raw)
	r := Reference{Type: mime, ID: IDOf(sum), Source: source}
	k.found = append(k.found, Content{Reference: r, Data: raw, Hash: HashOf(sum)})
	return r.String()
}

// json replaces content of known shapes in a JSON text. Other texts, and a JSON text
// without any, come back as they are.
func (k *cutting) json(text string) string {
	trimmed := jsontext.Trim(text)
	if trimmed == "" || trimmed[0] != '{' && trimmed[0] != '[' || !jsontext.Valid(trimmed, &k.buf) {
		return text
	}
	before := len(k.found)
	out := k.value(nil, trimmed, 0)
	if len(k.found) == before {
		return text
	}
	return string(out)
}
