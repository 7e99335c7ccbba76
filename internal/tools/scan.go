package tools

import "strings"

// mayDefine reports whether a trimmed text may be JSON with tool definitions. It
// costs a small part of what validating the text would.
func mayDefine(text string) bool {
	if !structured(text) {
		return false
	}
	for text = behindQuote(text); text != ""; text = behindQuote(text) {
		if text[0] == 't' && strings.HasPrefix(text, "tool") {
			return true
		}
	}
	return false
}

// mayCall reports whether a trimmed text may be JSON with tool calls. It costs a
// small part of what validating the text would.
func mayCall(text string) bool {
	if !structured(text) {
		return false
	}
	for text = behindQuote(text); text != ""; text = behindQuote(text) {
		switch text[0] {
		case 't':
			if strings.HasPrefix(text, "tool") {
				return true
			}
		case 'f':
			if strings.HasPrefix(text, "function") {
				return true
			}
		case 'a':
			if strings.HasPrefix(text, "arguments") {
				return true
			}
		}
	}
	return false
}

func structured(text string) bool { return text != "" && (text[0] == '{' || text[0] == '[') }

// behindQuote returns what stands behind the first quote; "" when there is none.
func behindQuote(text string) string {
	i := strings.IndexByte(text, '"')
	if i < 0 {
		return ""
	}
	return text[i+1:]
}
