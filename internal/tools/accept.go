package tools

import (
	"strings"

	"github.com/fusebox-llm/fusebox/internal/jsontext"
)

// Accepts reports whether a JSON text is a list of tools, and returns the list with
// each tool as an object. source is a list, or a JSON string that holds one; each
// element is an object, or a JSON string that holds one, with a text "name" directly
// or under "function". Elements that hold Gemini's function declarations are tools too.
// With nameless, an element with a text "type" needs no name.
//
// One element that is no tool makes the whole list none: it may be a user's own
// value that happens to be called the same. So does a list without elements, since
// there is nothing to move.
func Accepts(source string, nameless bool) (list string, ok bool) {
	var buf []byte
	found, ok := listOf(source, nameless, &buf)
	if !ok || len(found.tools) == 0 {
		return "", false
	}
	if found.asWritten {
		return found.text, true
	}
	return "[" + strings.Join(found.tools, ",") + "]", true
}

// toolList is a list all of whose elements are tools.
type toolList struct {
	text      string   // the list as it is written
	tools     []string // the element objects
	asWritten bool     // no element is an object inside a string
}

func listOf(source string, nameless bool, buf *[]byte) (toolList, bool) {
	text, ok := opened(source, '[', buf)
	if !ok {
		return toolList{}, false
	}
	found := toolList{text: text, asWritten: true}
	for element := range jsontext.Elements(text) {
		object := element
		if element[0] == '"' {
			found.asWritten = false
			if object, ok = inString(element, '{', buf); !ok {
				return toolList{}, false
			}
		}
		if object[0] != '{' {
			return toolList{}, false
		}
		if d := readDefinition(object); d.name == "" && !d.declares && (!nameless || d.kind == "") {
			return toolList{}, false
		}
		found.tools = append(found.tools, object)
	}
	return found, true
}

// opened returns a JSON text of unknown validity that starts with open, be it
// itself or inside a JSON string.
func opened(text string, open byte, buf *[]byte) (string, bool) {
	text = jsontext.Trim(text)
	if text == "" || text[0] != open && text[0] != '"' || !jsontext.Valid(text, buf) {
		return "", false
	}
	return value(text, open, buf)
}

// value returns a valid JSON value that starts with open, be it itself or inside a
// JSON string.
func value(text string, open byte, buf *[]byte) (string, bool) {
	switch {
	case text == "":
		return "", false
	case text[0] == '"':
		return inString(text, open, buf)
	default:
		return text, text[0] == open
	}
}

func inString(quoted string, open byte, buf *[]byte) (string, bool) {
	text := jsontext.Trim(jsontext.Unquote(quoted))
	if text == "" || text[0] != open || !jsontext.Valid(text, buf) {
		return "", false
	}
	return text, true
}
