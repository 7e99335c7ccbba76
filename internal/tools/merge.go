package tools

import (
	"strings"

	"github.com/fusebox-llm/fusebox/internal/jsontext"
)

// Merge puts a list of tools, as [Accepts] returns it, into the text of an input:
//
//   - no input, and JSON null: {"tools":list};
//   - a list: {"messages":input,"tools":list};
//   - an object without "tools" (or with null): the object with "tools";
//   - an object whose "tools" is a list of tools: the tools of the list whose names it
//     does not have are put behind its own;
//   - a text that is no JSON, and a JSON string: {"prompt":input,"tools":list}.
//
// ok is false where nothing changes, so that the list must stay where it was: for
// other scalars, for objects whose "tools" is something else, and where the merged
// text would be too deep to be taken apart.
func Merge(input string, isNull bool, list string) (merged string, ok bool) {
	merged, ok = merge(input, isNull, list)
	if !ok || jsontext.Depth(merged) > jsontext.MaxDepth {
		return "", false
	}
	return merged, true
}

func merge(input string, isNull bool, list string) (string, bool) {
	if isNull {
		return `{"tools":` + list + `}`, true
	}
	var buf []byte
	if !jsontext.Valid(input, &buf) {
		prompt := append(buf[:0], `{"prompt":`...)
		prompt = jsontext.AppendString(prompt, input)
		return string(prompt) + `,"tools":` + list + `}`, true
	}
	switch text := jsontext.Trim(input); text[0] {
	case 'n':
		return `{"tools":` + list + `}`, true
	case '[':
		return `{"messages":` + text + `,"tools":` + list + `}`, true
	case '"':
		return `{"prompt":` + text + `,"tools":` + list + `}`, true
	case '{':
		return mergeObject(text, list, &buf)
	default:
		return "", false
	}
}

func mergeObject(object, list string, buf *[]byte) (string, bool) {
	own, times := "", 0
	for key, v := range jsontext.Members(object) {
		if key == "tools" {
			own = v
			times++
		}
	}
	switch own {
	case "":
		head := strings.TrimRight(object[:len(object)-1], " \t\r\n")
		if head == "{" {
			return `{"tools":` + list + `}`, true
		}
		return head + `,"tools":` + list + `}`, true
	case "null":
	default:
		had, ok := listOf(own, true, buf)
		if !ok {
			return "", false
		}
		if list, ok = joined(had, list); !ok {
			return object, true // it has them all
		}
	}
	out := make([]byte, 0, len(object)+len(list))
	sep := byte('{')
	for key, v := range jsontext.Members(object) {
		if key == "tools" {
			if times--; times == 0 {
				v = list
			}
		}
		out = append(jsontext.AppendString(append(out, sep), key), ':')
		out = append(out, v...)
		sep = ','
	}
	return string(append(out, '}')), true
}

// joined returns a list with its own elements as they are and the new tools behind
// them; ok is false when there is none.
func joined(had toolList, list string) (string, bool) {
	names := make(map[string]struct{}, len(had.tools))
	for _, t := range had.tools {
		names[toolKey(t)] = struct{}{}
	}
	var added []string
	for t := range jsontext.Elements(list) {
		key := toolKey(t)
		if _, ok := names[key]; ok {
			continue
		}
		names[key] = struct{}{}
		added = append(added, t)
	}
	if len(added) == 0 {
		return "", false
	}
	if len(had.tools) == 0 {
		return "[" + strings.Join(added, ",") + "]", true
	}
	head := strings.TrimRight(had.text[:len(had.text)-1], " \t\r\n")
	return head + "," + strings.Join(added, ",") + "]", true
}

// toolKey is what two descriptions of one tool share: the name, else the text.
func toolKey(object string) string {
	if d := readDefinition(object); d.name != "" {
		return d.name
	}
	return string(jsontext.AppendCompact([]byte{0}, object))
}
