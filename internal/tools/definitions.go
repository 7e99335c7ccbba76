package tools

import "github.com/fusebox-llm/fusebox/internal/jsontext"

// Definitions returns the tools that the text of an input offers, in order, as a JSON
// object: name → {"description": text, "parameters": JSON text}, both "" where the
// input does not say. Of several tools with one name the first counts; tools without a
// name define nothing. "" means that there are none.
func Definitions(input string) string {
	text := jsontext.Trim(input)
	if !mayDefine(text) {
		return ""
	}
	var w definitionWriter
	if !jsontext.Valid(text, &w.buf) {
		return ""
	}
	if text[0] == '[' {
		w.messages(text)
		return w.text()
	}
	tools, config, messages := "", "", ""
	for key, v := range jsontext.Members(text) {
		switch key {
		case "tools":
			tools = v
		case "config":
			config = v
		case "messages":
			messages = v
		}
	}
	w.list(tools)
	w.list(jsontext.At(config, "tools"))
	w.messages(messages)
	return w.text()
}

// definitionWriter collects definitions. The zero value is ready.
type definitionWriter struct {
	out  []byte
	seen map[string]struct{}
	buf  []byte // scratch of jsontext.Valid
}

func (w *definitionWriter) text() string {
	if len(w.out) == 0 {
		return ""
	}
	return string(append(w.out, '}'))
}

func (w *definitionWriter) messages(list string) {
	if list == "" || list[0] != '[' {
		return
	}
	for message := range jsontext.Elements(list) {
		if message[0] != '{' {
			continue
		}
		role, content, tools := "", "", ""
		for key, v := range jsontext.Members(message) {
			switch key {
			case "role":
				role = v
			case "content":
				content = v
			case "tools":
				tools = v
			}
		}
		w.list(tools)
		if role == `"tool"` && content != "" && content[0] == '{' && jsontext.At(content, "type") == `"function"` {
			w.add(content)
		}
	}
}

// list adds the tools of a list; elements that are none are passed over.
func (w *definitionWriter) list(text string) {
	list, ok := value(text, '[', &w.buf)
	if !ok {
		return
	}
	for element := range jsontext.Elements(list) {
		if object, ok := value(element, '{', &w.buf); ok {
			w.add(object)
		}
	}
}

func (w *definitionWriter) add(object string) {
	d := readDefinition(object)
	w.write(d)
	if d.declares {
		for element := range jsontext.Elements(d.declarations) {
			w.write(readDefinition(element))
		}
	}
}

func (w *definitionWriter) write(d definition) {
	if d.name == "" {
		return
	}
	if _, ok := w.seen[d.name]; ok {
		return
	}
	if w.seen == nil {
		w.seen = make(map[string]struct{}, 8)
		w.out = append(w.out, '{')
	} else {
		w.out = append(w.out, ',')
	}
	w.seen[d.name] = struct{}{}
	w.out = jsontext.AppendString(w.out, d.name)
	w.out = append(w.out, `:{"description":`...)
	w.out = appendAsText(w.out, d.description)
	w.out = append(w.out, `,"parameters":`...)
	w.out = appendAsText(w.out, d.parameters)
	w.out = append(w.out, '}')
}
