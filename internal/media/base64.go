package media

import (
	"encoding/base64"
	"strings"
)

// base64Length returns how many bytes of a text, from its start, are base64.
func base64Length(text string) int {
	for i := range len(text) {
		if b := text[i]; !isAlphanumeric(b) && b != '+' && b != '/' && b != '=' {
			return i
		}
	}
	return len(text)
}

// decode returns what base64 says: not empty, with at most two "=" and only at the
// end. Both alphabets are read, with and without padding.
func decode(text string) ([]byte, bool) {
	body := strings.TrimRight(text, "=")
	if body == "" || len(text)-len(body) > 2 || len(body)%4 == 1 {
		return nil, false
	}
	encoding := base64.RawStdEncoding
	if strings.ContainsAny(body, "-_") {
		encoding = base64.RawURLEncoding
	}
	for i := range len(body) { // the decoder skips line ends
		if body[i] == '\n' || body[i] == '\r' {
			return nil, false
		}
	}
	raw, err := encoding.DecodeString(body)
	return raw, err == nil
}

// pythonBytes returns what a Python bytes literal, b'…' or b"…", says.
func pythonBytes(text string) ([]byte, bool) {
	if len(text) < 3 || text[0] != 'b' || text[1] != '\'' && text[1] != '"' || text[len(text)-1] != text[1] {
		return nil, false
	}
	quote, body := text[1], text[2:len(text)-1]
	out := make([]byte, 0, len(body))
	for i := 0; i < len(body); i++ {
		b := body[i]
		switch {
		case b == quote || b >= 0x80:
			return nil, false
		case b != '\\':
			out = append(out, b)
			continue
		}
		if i++; i == len(body) {
			return nil, false
		}
		switch body[i] {
		case '\\', '\'', '"':
			out = append(out, body[i])
		case 'n':
			out = append(out, '\n')
		case 'r':
			out = append(out, '\r')
		case 't':
			out = append(out, '\t')
		case 'x':
			if i+2 >= len(body) {
				return nil, false
			}
			high, low := hexDigit(body[i+1]), hexDigit(body[i+2])
			if high < 0 || low < 0 {
				return nil, false
			}
			out = append(out, byte(high<<4|low))
			i += 2
		default:
			return nil, false
		}
	}
	return out, len(out) > 0
}

func hexDigit(b byte) int {
	switch {
	case b >= '0' && b <= '9':
		return int(b - '0')
	case b >= 'a' && b <= 'f':
		return int(b-'a') + 10
	case b >= 'A' && b <= 'F':
		return int(b-'A') + 10
	}
	return -1
}
