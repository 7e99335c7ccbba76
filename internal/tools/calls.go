package tools

import "github.com/fusebox-llm/fusebox/internal/jsontext"

// Calls returns the calls of tools that the text of an output asks for, in order, as a
// JSON list of {"id": text, "name": text, "arguments": text, "type": text, "index":
// number}. arguments is what the model wrote, which need not be JSON; where it was
// no text it is its JSON, and "{}" where there was none. Calls with one id, or without
// an id but with the same name and arguments, count once. "" means that there are none.
func Calls(output string) string {
	text := jsontext.Trim(output)
	if !mayCall(text) {
		return ""
	}
	var w callWriter
	if !jsontext.Valid(text, &w.buf) {
		return ""
	}
	if text[0] == '[' {
		w.items(text)
		return w.text()
	}
	w.answer(text)
	return w.text()
}

// callWriter collects calls. The zero value is ready.
type callWriter struct {
	out  []byte
	seen map[string]struct{}
	buf  []byte // scratch of jsontext.Valid
}

func (w *callWriter) text() string {
	if len(w.out) == 0 {
		return ""
	}
	return string(append(w.out, ']'))
}

// answer adds the calls of an object that is a whole output.
func (w *callWriter) answer(text string) {
	o := readObject(text)
	if w.bare(&o) {
		return
	}
	w.message(&o)
	if o.additional != "" && o.additional[0] == '{' {
		w.list(jsontext.At(o.additional, "tool_calls"))
	}
	w.answers(o.choices)
	w.answers(o.candidates)
	if o.generations != "" && o.generations[0] == '[' {
		for list := range jsontext.Elements(o.generations) {
			w.answers(list)
		}
	}
	w.items(o.messages)
	if o.output != "" && o.output[0] == '{' { // Bedrock
		w.nested(jsontext.At(o.output, "message"))
		return
	}
	w.items(o.output)
}

// answers adds the calls of a list of answers to choose from.
func (w *callWriter) answers(list string) {
	w.each(list, func(choice *object) {
		w.nested(choice.message)
		w.nested(choice.content)
	})
}

// items adds the calls of a list whose elements are calls, messages or answers with
// choices.
func (w *callWriter) items(list string) {
	w.each(list, func(o *object) {
		if !w.bare(o) {
			w.message(o)
			w.answers(o.choices)
		}
	})
}

// nested adds the calls of a message, or a list of parts, that is the value of some key.
func (w *callWriter) nested(text string) {
	if parts, ok := value(text, '[', &w.buf); ok {
		w.parts(parts)
		return
	}
	message, ok := value(text, '{', &w.buf)
	if !ok {
		return
	}
	o := readObject(message)
	if o.kwargs != "" && o.kwargs[0] == '{' { // LangChain's own form of a message
		o = readObject(o.kwargs)
	}
	w.flat(&o)
}

// message adds the calls of a message and of one it wraps: the events of the GenAI
// conventions have the message under "message", Google ADK under "content".
func (w *callWriter) message(o *object) {
	w.flat(o)
	w.nested(o.message)
	if o.content != "" && o.content[0] == '{' {
		w.nested(o.content)
	}
}

// flat adds the calls that a message lists and those among its parts.
func (w *callWriter) flat(o *object) {
	n := len(w.out)
	w.list(o.calls)
	w.list(o.callsCamel)
	if len(w.out) == n {
		w.held(o) // what there was before models could call several at once
	}
	w.parts(o.content)
	w.parts(o.parts)
}

func (w *callWriter) parts(list string) {
	w.each(list, func(part *object) {
		switch textOf(part.kind) {
		case "tool_use", "tool-call", "tool_call", "function_call":
			w.add(part)
		default:
			if !w.bare(part) {
				w.held(part)
			}
		}
	})
}

// held adds the call under a key of its own.
func (w *callWriter) held(o *object) {
	for _, text := range []string{o.functionCall, o.toolUse, o.toolRequest} {
		if text == "" || text[0] != '{' {
			continue
		}
		inner := readObject(text)
		if inner.kind == "" {
			inner.kind = `"function"`
		}
		w.add(&inner)
	}
}

// bare adds an object that is a call outside of any list of calls.
func (w *callWriter) bare(o *object) bool {
	under := o.under()
	if !o.isCall(&under) {
		return false
	}
	w.write(o, &under)
	return true
}

// list adds the calls of a list that holds nothing else.
func (w *callWriter) list(text string) {
	if list, ok := value(text, '[', &w.buf); ok {
		w.each(list, w.add)
	}
}

// each passes on the objects of a list.
func (w *callWriter) each(list string, do func(o *object)) {
	if list == "" || list[0] != '[' {
		return
	}
	for element := range jsontext.Elements(list) {
		if element[0] == '{' {
			o := readObject(element)
			do(&o)
		}
	}
}

func (w *callWriter) add(o *object) {
	under := o.under()
	w.write(o, &under)
}

func (w *callWriter) write(o, under *object) {
	c, ok := o.call(under)
	if !ok {
		return
	}
	key := "i" + c.id
	if c.id == "" {
		key = "n" + c.name + "\x00" + c.arguments
	}
	if _, ok := w.seen[key]; ok {
		return
	}
	if w.seen == nil {
		w.seen = make(map[string]struct{}, 8)
		w.out = append(w.out, '[')
	} else {
		w.out = append(w.out, ',')
	}
	w.seen[key] = struct{}{}
	w.out = c.appendTo(w.out)
}
