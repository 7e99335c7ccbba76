package batch

import (
	"bytes"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
)

// unquote returns the text of a valid JSON string. Half a surrogate pair becomes
// U+FFFD.
func unquote(quoted []byte) string {
	inner := quoted[1 : len(quoted)-1]
	if bytes.IndexByte(inner, '\\') < 0 {
		return string(inner)
	}
	out := make([]byte, 0, len(inner))
	for {
		i := bytes.IndexByte(inner, '\\')
		if i < 0 {
			return string(append(out, inner...))
		}
		out = append(out, inner[:i]...)
		c := inner[i+1]
		inner = inner[i+2:]
		switch c {
		case 'b':
			out = append(out, '\b')
		case 'f':
			out = append(out, '\f')
		case 'n':
			out = append(out, '\n')
		case 'r':
			out = append(out, '\r')
		case 't':
			out = append(out, '\t')
		case 'u':
			r, n := escaped(inner)
			inner = inner[n:]
			out = utf8.AppendRune(out, r)
		default:
			out = append(out, c)
		}
	}
}

// needsSpelling reports whether appendString may change a string of a JSON text.
func needsSpelling(text []byte) bool {
	for {
		i := bytes.IndexByte(text, '\\')
		if i < 0 {
			return false
		}
		if c := text[i+1]; c == 'u' || c == '/' {
			return true
		}
		text = text[i+2:]
	}
}

// appendString appends a valid JSON string in the spelling that most clients use and
// that people search for: escaped is only what must be. Half a surrogate pair stays
// an escape, because no UTF-8 stands for it. What is appended is never longer than
// the string.
func appendString(out, quoted []byte) []byte {
	for {
		i := 0
		if quoted[0] != '\\' { // escapes often follow each other
			i = bytes.IndexByte(quoted, '\\')
		}
		if i < 0 {
			return append(out, quoted...)
		}
		switch quoted[i+1] {
		case '/':
			out = append(append(out, quoted[:i]...), '/')
			quoted = quoted[i+2:]
		case 'u':
			r, n := escaped(quoted[i+2:])
			out = appendRune(append(out, quoted[:i]...), r)
			quoted = quoted[i+2+n:]
		default:
			out = append(out, quoted[:i+2]...)
			quoted = quoted[i+2:]
		}
	}
}

// appendRune appends a character of a JSON string.
func appendRune(out []byte, r rune) []byte {
	switch r {
	case '"', '\\':
		return append(out, '\\', byte(r))
	case '\b':
		return append(out, `\b`...)
	case '\f':
		return append(out, `\f`...)
	case '\n':
		return append(out, `\n`...)
	case '\r':
		return append(out, `\r`...)
	case '\t':
		return append(out, `\t`...)
	}
	if r < ' ' || utf16.IsSurrogate(r) {
		return fmt.Appendf(out, `\u%04x`, r)
	}
	return utf8.AppendRune(out, r)
}

// escaped returns the character that \uXXXX stands for, given what follows the u, and
// how many bytes of that belong to it. Half a surrogate pair is returned as it is.
func escaped(rest []byte) (r rune, n int) {
	r = unit(rest)
	if utf16.IsSurrogate(r) && len(rest) >= 10 && rest[4] == '\\' && rest[5] == 'u' {
		if pair := utf16.DecodeRune(r, unit(rest[6:])); pair != utf8.RuneError {
			return pair, 10
		}
	}
	return r, 4
}

// unit returns the UTF-16 unit that four hex digits stand for.
func unit(digits []byte) (r rune) {
	for _, c := range digits[:4] {
		d := rune(c & 0x0f) // of 'A' and 'a' 1, and so on
		if c > '9' {
			d += 9
		}
		r = r<<4 | d
	}
	return r
}
