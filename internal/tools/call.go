package tools

import (
	"strconv"

	"github.com/fusebox-llm/fusebox/internal/jsontext"
)

// object is what the package reads of an object that may be a call, a message, a part
// of one or an answer: JSON values as they are written, "" for absent ones and null.
type object struct {
	// of a call
	id, callID, toolCallID, toolUseID, ref string
	name, toolName                         string
	arguments, args, input                 string
	kind, index                            string
	function                               string
	functionCall, toolUse, toolRequest     string // objects that hold a call

	// of a message
	role, content, parts string
	calls, callsCamel    string
	additional, kwargs   string

	// of an answer
	choices, messages, message, output, candidates, generations string
}

func readObject(text string) (o object) {
	for key, v := range jsontext.Members(text) {
		if field := o.field(key); field != nil {
			*field = notNull(v)
		}
	}
	return o
}

func (o *object) field(key string) *string {
	switch key {
	case "id":
		return &o.id
	case "call_id":
		return &o.callID
	case "toolCallId":
		return &o.toolCallID
	case "toolUseId":
		return &o.toolUseID
	case "ref":
		return &o.ref
	case "name":
		return &o.name
	case "toolName":
		return &o.toolName
	case "arguments":
		return &o.arguments
	case "args":
		return &o.args
	case "input":
		return &o.input
	case "type":
		return &o.kind
	case "index":
		return &o.index
	case "function":
		return &o.function
	case "functionCall", "function_call":
		return &o.functionCall
	case "toolUse":
		return &o.toolUse
	case "toolRequest":
		return &o.toolRequest
	case "role":
		return &o.role
	case "content":
		return &o.content
	case "parts":
		return &o.parts
	case "tool_calls":
		return &o.calls
	case "toolCalls":
		return &o.callsCamel
	case "additional_kwargs":
		return &o.additional
	case "kwargs":
		return &o.kwargs
	case "choices":
		return &o.choices
	case "messages":
		return &o.messages
	case "message":
		return &o.message
	case "output":
		return &o.output
	case "candidates":
		return &o.candidates
	case "generations":
		return &o.generations
	}
	return nil
}

// under returns the object that stands under "function" of a call.
func (o *object) under() object {
	if o.function == "" || o.function[0] != '{' {
		return object{}
	}
	return readObject(o.function)
}

// isCall reports whether an object outside of any list of calls is one.
func (o *object) isCall(under *object) bool {
	if o.role != "" || o.content != "" || o.calls != "" || o.additional != "" {
		return false // a message
	}
	kind := textOf(o.kind)
	switch {
	case kind == "tool-result" || kind == "tool-error":
		return false
	case under.name != "" && under.arguments != "":
		return true
	case o.toolName != "":
		return kind == "tool-call" || o.input != "" || o.args != ""
	case o.name == "":
		return false
	case kind == "tool_use" && o.input != "":
		return true
	case kind == "tool_call" && o.args != "":
		return true
	case o.arguments == "":
		return false
	case o.callID != "" || o.id != "" || o.index != "":
		return true
	}
	switch kind {
	case "function", "function_call", "tool-call", "tool_call", "tool_use":
		return true
	}
	return false
}

// call is a call as it is written out.
type call struct {
	id, name, arguments, kind string
	index                     int
}

// call reads the fields of a call; without a name there is none.
func (o *object) call(under *object) (call, bool) {
	name := first(textOf(under.name), textOf(o.name), textOf(o.toolName))
	if name == "" {
		return call{}, false
	}
	c := call{
		id:        first(asText(o.callID), asText(o.id), asText(o.toolCallID), asText(o.toolUseID), asText(o.ref)),
		name:      name,
		arguments: "{}",
		kind:      textOf(o.kind),
	}
	if arguments := first(under.arguments, o.arguments, o.args, o.input); arguments != "" {
		c.arguments = asText(arguments)
	}
	if c.kind == "" && o.function != "" {
		c.kind = "function"
	}
	c.index, _ = strconv.Atoi(o.index) // what is no index is 0
	return c, true
}

func (c *call) appendTo(dst []byte) []byte {
	dst = append(dst, `{"id":`...)
	dst = jsontext.AppendString(dst, c.id)
	dst = append(dst, `,"name":`...)
	dst = jsontext.AppendString(dst, c.name)
	dst = append(dst, `,"arguments":`...)
	dst = jsontext.AppendString(dst, c.arguments)
	dst = append(dst, `,"type":`...)
	dst = jsontext.AppendString(dst, c.kind)
	dst = append(dst, `,"index":`...)
	dst = strconv.AppendInt(dst, int64(c.index), 10)
	return append(dst, '}')
}
