package tokens

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/jsontext"
)

// appendCompact appends a JSON value the way a JavaScript program writes it again:
// without white space, characters instead of escapes, the shortest form of numbers.
// Models are given the text that their client wrote, which is this one most often.
func appendCompact(dst []byte, value string) []byte {
	for i := 0; i < len(value); {
		switch b := value[i]; {
		case b == ' ' || b == '\t' || b == '\r' || b == '\n':
			i++
		case b == '"':
			end := jsontext.AfterString(value, i)
			dst = appendString(dst, value[i:end])
			i = end
		case b == '-' || '0' <= b && b <= '9':
			end := i + 1
			for end < len(value) && strings.IndexByte("+-.eE0123456789", value[end]) >= 0 {
				end++
			}
			dst = appendNumber(dst, value[i:end])
			i = end
		default:
			dst = append(dst, b)
			i++
		}
	}
	return dst
}

func appendString(dst []byte, quoted string) []byte {
	if strings.IndexByte(quoted, '\\') < 0 {
		return append(dst, quoted...)
	}
	return jsontext.AppendString(dst, jsontext.Unquote(quoted))
}

func appendNumber(dst []byte, number string) []byte {
	if len(number) <= 15 && !strings.ContainsAny(number, ".eE") {
		return append(dst, number...)
	}
	f, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return append(dst, number...) // out of range
	}
	short, err := json.Marshal(f)
	if err != nil {
		return append(dst, number...)
	}
	return append(dst, short...)
}
