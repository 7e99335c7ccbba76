package pricing

import (
	"errors"
	"regexp"
	"regexp/syntax"
	"strconv"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/fault"
)

// compilePattern compiles a model's pattern. It reads PostgreSQL's flavour: options in
// front, a dot that matches line breaks too, and escapes that Go spells otherwise. What
// cannot be matched in linear time, look-around and back references, is refused.
//
// \b and \B mean a word boundary and none, as everywhere but in PostgreSQL.
func compilePattern(pattern string) (*regexp.Regexp, error) {
	if literal, ok := strings.CutPrefix(pattern, "***="); ok {
		return regexp.Compile(regexp.QuoteMeta(literal))
	}
	o := options{dotAll: true}
	body, err := o.read(strings.TrimPrefix(pattern, "***:"))
	if err != nil {
		return nil, err
	}
	if o.literal {
		body = regexp.QuoteMeta(body)
	} else if body, err = translate(body); err != nil {
		return nil, err
	}
	return compile(o.flags() + body)
}

// compileUsagePattern compiles the pattern of a condition on usage.
func compileUsagePattern(pattern string, caseSensitive bool) (*regexp.Regexp, error) {
	body, err := translate(pattern)
	if err != nil {
		return nil, err
	}
	if !caseSensitive {
		body = "(?i)" + body
	}
	return compile(body)
}

func compile(pattern string) (*regexp.Regexp, error) {
	re, err := regexp.Compile(pattern)
	if se, ok := errors.AsType[*syntax.Error](err); ok {
		return nil, fault.New(fault.Invalid, "%s at %.60q", se.Code, se.Expr)
	}
	return re, err
}

// options are what the letters of a leading (?…) switch.
type options struct {
	fold, dotAll, lines, literal bool
}

// read takes the options from the front of a pattern and returns the rest.
func (o *options) read(pattern string) (string, error) {
	rest, ok := strings.CutPrefix(pattern, "(?")
	if !ok {
		return pattern, nil
	}
	letters, rest, ok := strings.Cut(rest, ")")
	if !ok || letters == "" || strings.Trim(letters, "abcdefghijklmnopqrstuvwxyz") != "" {
		return pattern, nil // a group
	}
	for _, c := range letters {
		switch c {
		case 'i':
			o.fold = true
		case 'c':
			o.fold = false
		case 's':
			o.dotAll, o.lines = true, false
		case 'm', 'n':
			o.dotAll, o.lines = false, true
		case 'p':
			o.dotAll, o.lines = false, false
		case 'w':
			o.dotAll, o.lines = true, true
		case 'q':
			o.literal = true
		case 't': // the usual syntax, which is the only one here
		default:
			return "", fault.New(fault.Invalid, "the option %q of a pattern is not supported", c)
		}
	}
	return rest, nil
}

func (o *options) flags() string {
	flags := ""
	if o.fold {
		flags += "i"
	}
	if o.dotAll {
		flags += "s"
	}
	if o.lines {
		flags += "m"
	}
	if flags == "" {
		return ""
	}
	return "(?" + flags + ")"
}

// translate rewrites what Go spells otherwise, and names what it does not have: its own
// messages would not say.
func translate(pattern string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(pattern); {
		switch rest := pattern[i:]; rest[0] {
		case '\\':
			text, n, err := escape(rest)
			if err != nil {
				return "", err
			}
			b.WriteString(text)
			i += n
		case '[':
			n, err := class(rest, &b)
			if err != nil {
				return "", err
			}
			i += n
		default:
			for _, look := range []string{"(?=", "(?!", "(?<=", "(?<!"} {
				if strings.HasPrefix(rest, look) {
					return "", fault.New(fault.Invalid, "look-around such as %q is not supported", look)
				}
			}
			b.WriteByte(rest[0])
			i++
		}
	}
	return b.String(), nil
}

// escape translates the escape that text starts with, and returns how much it takes.
func escape(text string) (translated string, n int, err error) {
	if len(text) < 2 {
		return text, len(text), nil // the compiler says what is missing
	}
	switch c := text[1]; c {
	case '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return "", 0, fault.New(fault.Invalid, `back references such as %q are not supported`, text[:2])
	case 'm', 'M':
		return "", 0, fault.New(fault.Invalid, `%q is not supported; \y is a word boundary`, text[:2])
	case 'y':
		return `\b`, 2, nil
	case 'Y':
		return `\B`, 2, nil
	case 'Z':
		return `\z`, 2, nil
	case 'e':
		return `\x1b`, 2, nil
	case 'u', 'U':
		digits := 4
		if c == 'U' {
			digits = 8
		}
		if len(text) < 2+digits {
			return text[:2], 2, nil
		}
		code, err := strconv.ParseUint(text[2:2+digits], 16, 32)
		if err != nil {
			return text[:2], 2, nil //nolint:nilerr // the compiler says that there is no such escape
		}
		return `\x{` + strconv.FormatUint(code, 16) + `}`, 2 + digits, nil
	}
	return text[:2], 2, nil
}

// class writes the bracket expression that text starts with, and returns how much of
// the text it takes.
func class(text string, b *strings.Builder) (n int, err error) {
	n = 1
	if strings.HasPrefix(text[n:], "^") {
		n++
	}
	if strings.HasPrefix(text[n:], "]") {
		n++ // in first place it stands for itself
	}
	b.WriteString(text[:n])
	for n < len(text) {
		switch rest := text[n:]; {
		case rest[0] == ']':
			b.WriteByte(']')
			return n + 1, nil
		case strings.HasPrefix(rest, "[.") || strings.HasPrefix(rest, "[=") || strings.HasPrefix(rest, "[:<:]") || strings.HasPrefix(rest, "[:>:]"):
			return 0, fault.New(fault.Invalid, "%.5q in brackets is not supported", rest)
		case strings.HasPrefix(rest, "[:"):
			end := strings.Index(rest, ":]") + len(":]")
			if end < len("[::]") {
				end = len("[:")
			}
			b.WriteString(rest[:end])
			n += end
		case rest[0] == '\\':
			translated, m, err := escape(rest)
			if err != nil {
				return 0, err
			}
			b.WriteString(translated)
			n += m
		default:
			b.WriteByte(rest[0])
			n++
		}
	}
	return n, nil
}

// isPlain reports whether a usage pattern is alternatives of letters, digits, "_", "-"
// and blanks between optional anchors, which [foundPlainly] finds without a regular
// expression.
func isPlain(pattern string) bool {
	for i := range len(pattern) {
		switch c := pattern[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', isDigit(c), c == '_', c == '-', c == ' ', c == '|':
		case c == '^' && (i == 0 || pattern[i-1] == '|'):
		case c == '$' && (i == len(pattern)-1 || pattern[i+1] == '|'):
		default:
			return false
		}
	}
	return true
}

// foundPlainly reports whether a plain pattern is found in a usage key. Without regard
// to case, the ASCII letters are the same.
func foundPlainly(pattern, key string, caseSensitive bool) bool {
	for {
		alternative, rest, more := strings.Cut(pattern, "|")
		literal, atStart := strings.CutPrefix(alternative, "^")
		literal, atEnd := strings.CutSuffix(literal, "$")
		if holds(key, literal, atStart, atEnd, caseSensitive) {
			return true
		}
		if !more {
			return false
		}
		pattern = rest
	}
}

func holds(key, literal string, atStart, atEnd, caseSensitive bool) bool {
	last := len(key) - len(literal)
	from, to := 0, last
	if atStart {
		to = 0
	}
	if atEnd {
		from = last
	}
	for i := from; i <= min(to, last); i++ {
		if i >= 0 && same(key[i:i+len(literal)], literal, caseSensitive) {
			return true
		}
	}
	return false
}

func same(a, b string, caseSensitive bool) bool {
	if caseSensitive {
		return a == b
	}
	for i := range len(a) {
		if lower(a[i]) != lower(b[i]) {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
