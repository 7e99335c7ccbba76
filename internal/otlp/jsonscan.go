package otlp

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

// maxNesting is how deep JSON may be nested anywhere in a request, also in parts
// that are passed over. Their reading recurses, and so must end somewhere.
const maxNesting = 10_000

// scanner reads JSON text front to back. It takes exactly what RFC 8259 allows,
// except that strings may hold bytes that are not UTF-8.
//
// Between calls the cursor stands on the first byte of a value or a bracket. The
// first error stays in err, moves the cursor to the end and so ends every loop.
type scanner struct {
	data    []byte
	pos     int
	nesting int
	fresh   bool // a container was opened and nothing in it was read yet
	err     error
	buf     []byte // a string with escapes, decoded
}

func (s *scanner) fail(format string, args ...any) {
	if s.err == nil {
		s.err = fmt.Errorf("offset %d: %w", s.pos, fmt.Errorf(format, args...))
	}
	s.pos = len(s.data)
}

// stop ends the reading with an error that is not about JSON.
func (s *scanner) stop(err error) {
	if s.err == nil {
		s.err = err
	}
	s.pos = len(s.data)
}

// peek skips white space and returns the byte at the cursor, 0 at the end.
func (s *scanner) peek() byte {
	for s.pos < len(s.data) {
		switch c := s.data[s.pos]; c {
		case ' ', '\t', '\n', '\r':
			s.pos++
		default:
			return c
		}
	}
	return 0
}

// open enters the array or object at the cursor.
func (s *scanner) open() {
	s.pos++
	s.fresh = true
	if s.nesting++; s.nesting > maxNesting {
		s.fail("nested deeper than %d levels", maxNesting)
	}
}

// more moves to the next element or member and reports whether there is one. It
// leaves the container where the bracket end is found.
func (s *scanner) more(end byte) bool {
	if s.err != nil {
		return false
	}
	c := s.peek()
	if c == end {
		s.pos++
		s.nesting--
		s.fresh = false
		return false
	}
	if s.fresh {
		s.fresh = false
		return true
	}
	if c != ',' {
		s.fail("want ',' or '%c'", end)
		return false
	}
	s.pos++
	if s.peek() == end {
		s.fail("trailing comma")
		return false
	}
	return true
}

// key reads the name of a member and moves to its value. The result is valid
// until the next string is read.
func (s *scanner) key() []byte {
	name := s.str()
	if s.peek() != ':' {
		s.fail("want ':'")
		return nil
	}
	s.pos++
	s.peek()
	return name
}

// end checks that nothing follows the value that was read.
func (s *scanner) end() {
	if s.peek(); s.pos < len(s.data) {
		s.fail("something follows the JSON value")
	}
}

// skip passes over the value at the cursor.
func (s *scanner) skip() {
	switch c := s.peek(); c {
	case '{':
		for s.open(); s.more('}'); {
			s.skipString()
			if s.peek() != ':' {
				s.fail("want ':'")
				return
			}
			s.pos++
			s.skip()
		}
	case '[':
		for s.open(); s.more(']'); {
			s.skip()
		}
	case '"':
		s.skipString()
	case 't':
		s.literal("true")
	case 'f':
		s.literal("false")
	case 'n':
		s.literal("null")
	default:
		s.number()
	}
}

// rest passes over the value at the cursor and returns its text.
func (s *scanner) rest() []byte {
	s.peek()
	start := s.pos
	s.skip()
	if s.err != nil {
		return nil
	}
	return s.data[start:s.pos]
}

// null reads a null, if there is one.
func (s *scanner) null() bool {
	if s.peek() != 'n' {
		return false
	}
	s.literal("null")
	return true
}

func (s *scanner) literal(want string) {
	if len(s.data)-s.pos < len(want) || string(s.data[s.pos:s.pos+len(want)]) != want {
		s.fail("want %s", want)
		return
	}
	s.pos += len(want)
}

// number reads a number and returns its text.
func (s *scanner) number() []byte {
	start, i := s.pos, s.pos
	digits := func() bool {
		first := i
		for i < len(s.data) && s.data[i]-'0' <= 9 {
			i++
		}
		return i > first
	}
	at := func(c byte) bool { return i < len(s.data) && s.data[i] == c }
	if at('-') {
		i++
	}
	ok := true
	if at('0') {
		i++
	} else {
		ok = digits()
	}
	if at('.') {
		i++
		ok = ok && digits()
	}
	if at('e') || at('E') {
		i++
		if at('+') || at('-') {
			i++
		}
		ok = ok && digits()
	}
	if !ok {
		s.fail("want a value")
		return nil
	}
	s.pos = i
	return s.data[start:i]
}

// str reads a string. Without escapes it is part of the body; with them it is
// valid until the next string is read.
func (s *scanner) str() []byte {
	start := s.pos + 1
	stop, escaped := s.skipString()
	if s.err != nil {
		return nil
	}
	if !escaped {
		return s.data[start:stop]
	}
	s.buf = unescape(s.buf[:0], s.data[start:stop])
	return s.buf
}

// skipString passes over a string. It returns where its closing quote is and
// whether there are escapes in it, all of them checked.
func (s *scanner) skipString() (stop int, escaped bool) {
	if s.pos >= len(s.data) || s.data[s.pos] != '"' {
		s.fail("want a string")
		return 0, false
	}
	i := s.pos + 1
	for {
		i += plain(s.data[i:])
		if i >= len(s.data) {
			s.fail("string without end")
			return 0, false
		}
		switch c := s.data[i]; c {
		case '"':
			s.pos = i + 1
			return i, escaped
		case '\\':
			n := escape(s.data[i:])
			if n == 0 {
				s.pos = i
				s.fail("invalid escape")
				return 0, false
			}
			escaped = true
			i += n
		default:
			s.pos = i
			s.fail("control character in a string")
			return 0, false
		}
	}
}

// plain returns how many bytes stand before the first quote, backslash or
// control character. It looks at eight bytes at a time: most of a request is
// text.
func plain(b []byte) int {
	const (
		ones  = 0x0101010101010101
		tops  = 0x8080808080808080
		quote = '"' * ones
		slash = '\\' * ones
		space = ' ' * ones
	)
	i := 0
	for ; len(b)-i >= 8; i += 8 {
		x := binary.LittleEndian.Uint64(b[i:])
		// A byte subtraction that borrows sets the top bit; bytes that had it
		// set before, which are not ASCII, are masked out. Only the lowest hit
		// is exact, and only that one is used.
		if hit := ((x - space) | ((x ^ quote) - ones) | ((x ^ slash) - ones)) &^ x & tops; hit != 0 {
			return i + bits.TrailingZeros64(hit)/8
		}
	}
	for ; i < len(b); i++ {
		if c := b[i]; c == '"' || c == '\\' || c < ' ' {
			break
		}
	}
	return i
}

// escape returns the length of the escape at the start of b, 0 if it is none.
func escape(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	switch b[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if _, ok := unit(b); ok {
			return 6
		}
	}
	return 0
}

// unit reads the UTF-16 unit of an escape \uXXXX at the start of b.
func unit(b []byte) (r rune, ok bool) {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return 0, false
	}
	for _, c := range b[2:6] {
		switch {
		case c-'0' <= 9:
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = (c | 0x20) - 'a' + 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// unescape appends the text of a string whose escapes have been checked. Half a
// surrogate pair becomes U+FFFD.
func unescape(to, b []byte) []byte {
	for len(b) > 0 {
		n := plain(b)
		to = append(to, b[:n]...)
		b = b[n:]
		if len(b) == 0 {
			break
		}
		n = 2
		switch c := b[1]; c {
		case 'b':
			to = append(to, '\b')
		case 'f':
			to = append(to, '\f')
		case 'n':
			to = append(to, '\n')
		case 'r':
			to = append(to, '\r')
		case 't':
			to = append(to, '\t')
		case 'u':
			r, _ := unit(b)
			n = 6
			if utf16.IsSurrogate(r) {
				low, _ := unit(b[n:])
				if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
					n += 6
				}
			}
			to = utf8.AppendRune(to, r)
		default:
			to = append(to, c)
		}
		b = b[n:]
	}
	return to
}
