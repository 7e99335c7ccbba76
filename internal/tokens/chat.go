package tokens

import "github.com/fusebox-llm/fusebox/internal/jsontext"

// Chat says what a model that takes messages adds to the tokens of their texts.
type Chat struct {
	PerMessage int32 // for each message
	PerName    int32 // for each message with a name; may be less than nothing
}

// replyPriming are the tokens that introduce the answer to a list of messages.
const replyPriming = 3

// message is one message: JSON values as they are written, "" for absent ones.
type message struct {
	content, role, name                                  string
	toolCalls, functionCall, toolCallsAI, functionCallAI string
}

// readMessage reads a message; ok is false when role and content are no texts or a
// name is none.
func readMessage(object string) (m message, ok bool) {
	for key, v := range jsontext.Members(object) {
		switch key {
		case "content":
			m.content = v
		case "role":
			m.role = v
		case "name":
			m.name = v
		case "tool_calls":
			m.toolCalls = v
		case "function_call":
			m.functionCall = v
		case "toolCalls":
			m.toolCallsAI = v
		case "functionCall":
			m.functionCallAI = v
		}
	}
	if m.name == "null" {
		m.name = ""
	}
	return m, isText(m.role) && isText(m.content) && (m.name == "" || isText(m.name))
}

func isText(value string) bool { return value != "" && value[0] == '"' }

// areMessages reports whether a valid JSON value is a list of messages.
func areMessages(value string) bool {
	if value[0] != '[' {
		return false
	}
	for element := range jsontext.Elements(value) {
		if element[0] != '{' {
			return false
		}
		if _, ok := readMessage(element); !ok {
			return false
		}
	}
	return true
}

// messages counts a list of messages.
func (t *textCounter) messages(chat Chat, list string) (n int64) {
	var buf []byte
	for element := range jsontext.Elements(list) {
		m, _ := readMessage(element) // it was read before
		n += int64(chat.PerMessage)
		if m.name != "" {
			n += int64(chat.PerName)
		}
		for _, value := range []string{m.content, m.role, m.name, m.toolCalls, m.functionCall, m.toolCallsAI, m.functionCallAI} {
			switch value {
			case "", "null", "false", "0", `""`:
			default:
				n += t.value(value, &buf)
			}
		}
	}
	return max(n+replyPriming, 0)
}
