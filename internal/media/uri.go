package media

import "strings"

// splitURI splits what follows "data:" into the content type and what follows
// ";base64,". Parameters of the type are dropped.
func splitURI(rest string) (mime, data string, ok bool) {
	const longest = 256 // of type and parameters
	head, _, ok := strings.Cut(rest[:min(len(rest), longest)], ";base64,")
	if !ok {
		return "", "", false
	}
	data = rest[len(head)+len(";base64,"):]
	mime, parameters, _ := strings.Cut(unescaped(head), ";")
	group, sub, ok := strings.Cut(mime, "/")
	if !ok || !isToken(group) || !isToken(sub) {
		return "", "", false
	}
	for parameters != "" {
		var one string
		one, parameters, _ = strings.Cut(parameters, ";")
		name, value, ok := strings.Cut(one, "=")
		if !ok || !isToken(name) || strings.ContainsAny(value, " \t\r\n\"\\<>,") {
			return "", "", false
		}
	}
	return strings.ToLower(mime), data, true
}

func isToken(s string) bool {
	for i := range len(s) {
		if b := s[i]; !isAlphanumeric(b) && !strings.ContainsRune("!#$&^_.+-", rune(b)) {
			return false
		}
	}
	return s != ""
}

func isAlphanumeric(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9'
}

func isNameByte(b byte) bool { return isAlphanumeric(b) || b == '-' || b == '_' }

// endsURI reports whether a data URI can end before a byte: what follows is then no
// damaged part of it.
func endsURI(b byte) bool {
	return strings.IndexByte("\t\n\r !\"'),.;>?]}\\<`|&", b) >= 0 || b >= 0x80
}

// uriData reads base64 from the start of a text. data is without the escapes that some
// JSON encoders write for "/", "+" and "=", and without the line breaks of encoders for
// mail; length is how long it is in the text.
func uriData(text string) (data string, length int) {
	chars, length := base64Run(text)
	next, gap, wrapped := nextLine(text[length:], chars, text[:length])
	if chars == length && !wrapped {
		return text[:length], length
	}
	var joined strings.Builder
	joined.WriteString(unescaped(text[:length]))
	for width := chars; wrapped; {
		from := length + gap
		length = from + next
		joined.WriteString(unescaped(text[from:length]))
		if chars, _ = base64Run(text[from:length]); chars < width {
			break
		}
		next, gap, wrapped = nextLine(text[length:], width, text[from:length])
	}
	return joined.String(), length
}

// base64Run returns how many characters of base64 a text begins with, and how long they
// are there.
func base64Run(text string) (chars, length int) {
	for {
		n := base64Length(text[length:])
		chars, length = chars+n, length+n
		_, n = escape(text[length:])
		if n == 0 {
			return chars, length
		}
		chars, length = chars+1, length+n
	}
}

// nextLine reports whether base64 goes on in another line: a line of it, full and without
// padding, is followed by a break and by another line, which has nothing else and is as
// long, or shorter and the last. width is that of the lines.
func nextLine(rest string, width int, line string) (length, gap int, ok bool) {
	if width != 64 && width != 76 || strings.HasSuffix(line, "=") {
		return 0, 0, false
	}
	for _, mark := range [...]string{"\r\n", "\n", `\r\n`, `\n`} {
		if !strings.HasPrefix(rest, mark) {
			continue
		}
		gap = len(mark)
		chars, length := base64Run(rest[gap:])
		after := rest[gap+length:]
		// A word with a space behind it is prose.
		return length, gap, chars > 0 && chars <= width && !strings.HasPrefix(after, " ")
	}
	return 0, 0, false
}

// unescaped returns a part of a URI without the escapes of JSON.
func unescaped(text string) string {
	if strings.IndexByte(text, '\\') < 0 {
		return text
	}
	var out strings.Builder
	for i := 0; i < len(text); {
		if char, n := escape(text[i:]); n > 0 {
			out.WriteByte(char)
			i += n
			continue
		}
		out.WriteByte(text[i])
		i++
	}
	return out.String()
}

// escape returns the character of a URI that JSON need not escape but a text begins with
// the escape of, and how long that is; 0 where it begins with something else. In JSON
// that stands in JSON there are several backslashes.
func escape(text string) (char byte, length int) {
	for length < len(text) && text[length] == '\\' {
		length++
	}
	if length == 0 || length == len(text) {
		return 0, 0
	}
	if text[length] == '/' {
		return '/', length + 1
	}
	if len(text) >= length+5 {
		switch strings.ToLower(text[length : length+5]) {
		case "u002b":
			return '+', length + 5
		case "u002f":
			return '/', length + 5
		case "u003d":
			return '=', length + 5
		}
	}
	return 0, 0
}
