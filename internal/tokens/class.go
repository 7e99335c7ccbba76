package tokens

import (
	"unicode"
	"unicode/utf8"
)

// class says to which of the sets that the encodings know a character belongs.
type class uint8

const (
	space  class = 1 << iota
	line         // carriage return and line feed; they are space too
	letter       // categories L
	number       // categories N
	upper        // Lu Lt Lm Lo M: what a word of o200k_base may begin with
	lower        // Ll Lm Lo M: what it must go on with
)

// classAt returns the class of the character at i and its length; 0, 0 behind the
// end. A mark has no class of its own but is upper and lower without being a letter.
func classAt(text string, i int) (class, int) {
	if i >= len(text) {
		return 0, 0
	}
	b := text[i]
	switch {
	case b >= utf8.RuneSelf:
		r, size := utf8.DecodeRuneInString(text[i:])
		return classOf(r), size
	case 'a' <= b && b <= 'z':
		return letter | lower, 1
	case 'A' <= b && b <= 'Z':
		return letter | upper, 1
	case '0' <= b && b <= '9':
		return number, 1
	case b == '\n' || b == '\r':
		return space | line, 1
	case b == ' ' || '\t' <= b && b <= '\r':
		return space, 1
	}
	return 0, 1
}

func classOf(r rune) class {
	switch {
	case '\u3400' <= r && r <= '\u4dbf', '\u4e00' <= r && r <= '\u9fff', '\uac00' <= r && r <= '\ud7a3':
		return letter | upper | lower // Han and Hangul, spared the search
	case unicode.IsLetter(r):
		switch {
		case unicode.Is(unicode.Ll, r):
			return letter | lower
		case unicode.In(r, unicode.Lu, unicode.Lt):
			return letter | upper
		}
		return letter | upper | lower
	case unicode.IsNumber(r):
		return number
	case unicode.IsMark(r):
		return upper | lower
	case unicode.IsSpace(r):
		return space
	}
	return 0
}

// skip returns the place behind the characters from i on that have any of the classes.
func skip(text string, i int, any class) int {
	for {
		c, size := classAt(text, i)
		if c&any == 0 {
			return i
		}
		i += size
	}
}

// skipOthers returns the place behind the characters from i on that are neither
// space, nor letters, nor numbers.
func skipOthers(text string, i int) int {
	for {
		c, size := classAt(text, i)
		if size == 0 || c&(space|letter|number) != 0 {
			return i
		}
		i += size
	}
}
