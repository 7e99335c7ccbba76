package batch

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Problem is one thing that is wrong with what a client sent.
type Problem struct {
	// Code is the kind of rule that is broken: invalid_type, invalid_value,
	// too_small, too_big, invalid_format or custom.
	Code string
	// Path holds the keys (string) and indexes (int) that lead to the value. It is
	// empty, never nil, for the whole.
	Path []any
	// Message is the rule in words.
	Message string
	// Expected is the type that was expected; set with invalid_type.
	Expected string
	// Values are the texts that are allowed; set with invalid_value.
	Values []string
}

// ProblemsError is everything that is wrong with what a client sent, at most
// [MaxProblems] of them and a last one that counts the others.
type ProblemsError []Problem

// MaxProblems bounds how many problems are told one by one.
const MaxProblems = 20

// Error implements error: it names the path of each problem.
func (ps ProblemsError) Error() string {
	texts := make([]string, len(ps))
	for i, p := range ps {
		texts[i] = p.Message
		if len(p.Path) > 0 {
			texts[i] = pathText(p.Path) + ": " + p.Message
		}
	}
	return strings.Join(texts, "; ")
}

func pathText(path []any) string {
	var b strings.Builder
	for _, step := range path {
		switch step := step.(type) {
		case int:
			b.WriteString("[" + strconv.Itoa(step) + "]")
		case string:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(step)
		}
	}
	return b.String()
}

// findings collects problems.
type findings struct {
	problems ProblemsError
	more     int // those above the bound
}

func (f *findings) add(p Problem) {
	if len(f.problems) < MaxProblems {
		f.problems = append(f.problems, p)
		return
	}
	f.more++
}

// all returns what was found.
func (f *findings) all() ProblemsError {
	if f.more == 0 {
		return f.problems
	}
	return append(f.problems, Problem{Code: "custom", Path: []any{}, Message: fmt.Sprintf("and %d more problems", f.more)})
}

// maxStep bounds the keys in a path that are a client's own, in bytes.
const maxStep = 100

// at returns the path that continues one by steps.
func at(path []any, steps ...any) []any {
	out := make([]any, 0, len(path)+len(steps))
	out = append(out, path...)
	for _, step := range steps {
		if s, ok := step.(string); ok && len(s) > maxStep {
			n := maxStep
			for !utf8.RuneStart(s[n]) {
				n--
			}
			step = s[:n] + "…"
		}
		out = append(out, step)
	}
	return out
}

// typeOf returns the name of a value's type; nil is undefined.
func typeOf(raw []byte) string {
	if raw == nil {
		return "undefined"
	}
	switch raw[0] {
	case '"':
		return "string"
	case '{':
		return "object"
	case '[':
		return "array"
	case 't', 'f':
		return "boolean"
	case 'n':
		return "null"
	}
	return "number"
}

func wrongType(path []any, expected string, raw []byte) Problem {
	return Problem{Code: "invalid_type", Path: path, Expected: expected, Message: fmt.Sprintf("Invalid input: expected %s, received %s", expected, typeOf(raw))}
}

func wrongOption(path []any, allowed []string) Problem {
	quoted := make([]string, len(allowed))
	for i, a := range allowed {
		quoted[i] = strconv.Quote(a)
	}
	return Problem{Code: "invalid_value", Path: path, Values: slices.Clone(allowed), Message: "Invalid option: expected one of " + strings.Join(quoted, "|")}
}

func wrongInstant(path []any) Problem {
	return Problem{Code: "invalid_format", Path: path, Message: "Invalid ISO datetime: a date and time with a zone is needed, as 2006-01-02T15:04:05.000Z"}
}

func negative(path []any) Problem {
	return Problem{Code: "too_small", Path: path, Message: "Too small: expected number to be >=0"}
}

func tooShort(path []any) Problem {
	return Problem{Code: "too_small", Path: path, Message: "Too small: expected string to have >=1 characters"}
}

func tooLong(path []any, limit int) Problem {
	return Problem{Code: "too_big", Path: path, Message: fmt.Sprintf("Too big: expected string to have <=%d characters", limit)}
}

func tooDeep(path []any) Problem {
	return custom(path, "nested deeper than %d levels", maxDepth)
}

func custom(path []any, format string, args ...any) Problem {
	return Problem{Code: "custom", Path: path, Message: fmt.Sprintf(format, args...)}
}
