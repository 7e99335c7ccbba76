package media

import (
	"strings"

	"github.com/fusebox-llm/fusebox/internal/jsontext"
)

// maxShapeDepth is how deep in a JSON text content is looked for. Messages with
// content lie at three to six.
const maxShapeDepth = 16

// shape is a kind of JSON object that holds content as bare base64.
type shape struct {
	origin string // who sends it
	// is is the value of the member "type" or "kind"; "" where the member names in
	// the parent tell.
	is string
	// within is the name of the member whose value the object is; "" for any.
	within string
	types  []string // members that may name the content type, the first that is there counts
	format string   // with a format instead of a type: its group, "audio" for instance
	fixed  string   // the content type, where no member says
	data   []string // members that may hold the content, likewise
}

func shapes() []shape {
	return []shape{
		{origin: "Anthropic", is: "base64", types: []string{"media_type"}, data: []string{"data"}},
		{origin: "Vertex", is: "media", types: []string{"mime_type"}, data: []string{"data"}},
		{origin: "OpenTelemetry GenAI, AI SDK 7", is: "blob", types: []string{"mime_type"}, data: []string{"content"}},
		{origin: "AI SDK", is: "file", types: []string{"mediaType", "mimeType"}, data: []string{"data", "image"}},
		{origin: "AI SDK", is: "image", types: []string{"mediaType", "mimeType"}, data: []string{"image", "data"}},
		{origin: "Gemini", within: "inline_data", types: []string{"mime_type", "mimeType"}, data: []string{"data"}},
		{origin: "Gemini", within: "inlineData", types: []string{"mimeType", "mime_type"}, data: []string{"data"}},
		{origin: "OpenAI", within: "input_audio", format: "audio", data: []string{"data"}},
		{origin: "LangChain", is: "image", types: []string{"mime_type"}, data: []string{"base64", "data"}},
		{origin: "LangChain", is: "audio", types: []string{"mime_type"}, data: []string{"base64", "data"}},
		{origin: "LangChain", is: "video", types: []string{"mime_type"}, data: []string{"base64", "data"}},
		{origin: "LangChain", is: "file", types: []string{"mime_type"}, data: []string{"base64", "data"}},
		{origin: "Pydantic AI", is: "binary", types: []string{"media_type"}, data: []string{"data"}},
		{origin: "Logfire", is: "image-url", types: []string{"media_type"}, data: []string{"content"}},
		{origin: "OpenAI", is: "image_generation_call", fixed: "image/png", data: []string{"result"}},
	}
}

// mayHoldShape is a quick look for what all shapes have: a type that a member names,
// or the name of the member that an object of the shape is.
func mayHoldShape(text string) bool {
	for _, mark := range [...]string{
		"media_type", "mime_type", "mediaType", "mimeType", `"input_audio"`, `"image_generation_call"`, `"b64_json"`,
	} {
		if strings.Contains(text, mark) {
			return true
		}
	}
	return false
}

// value appends a JSON value with references in the place of content.
func (k *cutting) value(dst []byte, raw string, depth int) []byte {
	switch {
	case depth > maxShapeDepth:
	case raw[0] == '{':
		return k.object(dst, raw, "", depth)
	case raw[0] == '[':
		dst = append(dst, '[')
		first := true
		for element := range jsontext.Elements(raw) {
			dst, first = comma(dst, first), false
			dst = k.value(dst, element, depth+1)
		}
		return append(dst, ']')
	}
	return jsontext.AppendCompact(dst, raw)
}

// object appends an object, which is the value of the member name of its parent.
func (k *cutting) object(dst []byte, raw, name string, depth int) []byte {
	holder, mime := k.holder(raw, name)
	dst = append(dst, '{')
	first := true
	for key, value := range jsontext.Members(raw) {
		dst, first = comma(dst, first), false
		dst = append(jsontext.AppendString(dst, key), ':')
		switch {
		case value[0] == '"' && (key == holder || key == "b64_json"):
			if key != holder {
				mime = "image/png" // what image endpoints answer
			}
			if ref, ok := k.bare(mime, jsontext.Unquote(value)); ok {
				dst = jsontext.AppendString(dst, ref)
				continue
			}
			dst = append(dst, value...)
		case value[0] == '{' && depth < maxShapeDepth:
			dst = k.object(dst, value, key, depth+1)
		default:
			dst = k.value(dst, value, depth+1)
		}
	}
	return append(dst, '}')
}

func comma(dst []byte, first bool) []byte {
	if first {
		return dst
	}
	return append(dst, ',')
}

// holder returns which member of an object holds content of which type; "" when none
// does.
func (k *cutting) holder(raw, name string) (member, mime string) {
	is := unquoted(jsontext.At(raw, "type"))
	if is == "" {
		is = unquoted(jsontext.At(raw, "kind"))
	}
	list := shapes()
	for i := range list {
		s := &list[i]
		if s.is != "" && s.is != is || s.within != "" && s.within != name {
			continue
		}
		if mime = s.typeOf(raw); mime == "" {
			continue
		}
		for _, m := range s.data {
			if v := jsontext.At(raw, m); v != "" && v[0] == '"' {
				return m, mime
			}
		}
	}
	return "", ""
}

// typeOf returns the content type that an object names.
func (s *shape) typeOf(raw string) string {
	if s.fixed != "" {
		return s.fixed
	}
	if s.format != "" {
		if format := unquoted(jsontext.At(raw, "format")); format != "" {
			return s.format + "/" + strings.ToLower(format)
		}
		return ""
	}
	for _, m := range s.types {
		if mime := unquoted(jsontext.At(raw, m)); mime != "" {
			mime, _, _ = strings.Cut(mime, ";")
			return strings.ToLower(strings.TrimSpace(mime))
		}
	}
	return ""
}

func unquoted(raw string) string {
	if raw == "" || raw[0] != '"' {
		return ""
	}
	return jsontext.Unquote(raw)
}

// bare returns the reference to content that is base64, a data URI or a Python bytes
// literal.
func (k *cutting) bare(mime, text string) (ref string, ok bool) {
	if _, known := k.types[mime]; !known || IsReference(text) || strings.Contains(text[:min(len(text), 10)], "://") {
		return "", false
	}
	if rest, uri := strings.CutPrefix(text, "data:"); uri {
		if _, data, ok := splitURI(rest); ok {
			return k.content(mime, data, OfBytes)
		}
		return "", false
	}
	if raw, ok := pythonBytes(text); ok {
		return k.add(mime, raw, OfBytes), true
	}
	return k.content(mime, text, OfBytes)
}
