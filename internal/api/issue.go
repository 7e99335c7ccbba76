package api

import (
	"fmt"
	"strconv"
	"strings"
)

// Issue is one thing that is wrong with the data of a request.
type Issue struct {
	// What kind of rule is broken.
	Code string `json:"code"`
	// Keys and indexes that lead to the value.
	Path []any `json:"path"`
	// The rule in words.
	Message string `json:"message"`
	// The type that was expected.
	Expected string `json:"expected,omitempty"`
	// The values that are allowed.
	Values []string `json:"values,omitempty"`
	// What a bound counts.
	Origin string `json:"origin,omitempty"`
	// The smallest value that is allowed.
	Minimum *int64 `json:"minimum,omitempty"`
	// The largest value that is allowed.
	Maximum *int64 `json:"maximum,omitempty"`
	// Whether the bound itself is allowed.
	Inclusive *bool `json:"inclusive,omitempty"`
	// The format that was expected.
	Format string `json:"format,omitempty"`
	// The keys that are not known.
	Keys []string `json:"keys,omitempty"`
}

// IssuesError says that a request's data breaks the schema; the answer lists them all.
type IssuesError []Issue

// Error implements error.
func (is IssuesError) Error() string {
	texts := make([]string, len(is))
	for i, issue := range is {
		texts[i] = fmt.Sprintf("%v: %s", issue.Path, issue.Message)
	}
	return "invalid request data: " + strings.Join(texts, "; ")
}

func wrongType(path []any, expected, got string) Issue {
	return Issue{Code: "invalid_type", Path: path, Expected: expected, Message: fmt.Sprintf("Invalid input: expected %s, received %s", expected, got)}
}

func wrongOption(path []any, allowed []string) Issue {
	if len(allowed) == 1 {
		return Issue{Code: "invalid_value", Path: path, Values: allowed, Message: fmt.Sprintf("Invalid input: expected %q", allowed[0])}
	}
	quoted := make([]string, len(allowed))
	for i, a := range allowed {
		quoted[i] = fmt.Sprintf("%q", a)
	}
	return Issue{Code: "invalid_value", Path: path, Values: allowed, Message: "Invalid option: expected one of " + strings.Join(quoted, "|")}
}

func unrecognizedKeys(keys []string) Issue {
	quoted := make([]string, len(keys))
	for i, k := range keys {
		quoted[i] = strconv.Quote(k)
	}
	noun := "key"
	if len(keys) > 1 {
		noun = "keys"
	}
	return Issue{Code: "unrecognized_keys", Path: []any{}, Keys: keys, Message: "Unrecognized " + noun + ": " + strings.Join(quoted, ", ")}
}

// brokenRule is an issue about values that are right by themselves.
func brokenRule(parameter, message string) Issue {
	return Issue{Code: "custom", Path: []any{parameter}, Message: message}
}

func wrongInstant(path []any) Issue {
	return Issue{
		Code: "invalid_format", Path: path, Format: "datetime",
		Message: "Invalid ISO datetime: a date and time with a zone is needed (Z, or an offset whose plus sign is written %2B)",
	}
}

func tooSmall(path []any, minimum int64) Issue {
	return Issue{
		Code: "too_small", Path: path, Origin: "number", Minimum: &minimum, Inclusive: new(true),
		Message: fmt.Sprintf("Too small: expected number to be >=%d", minimum),
	}
}

func tooBig(path []any, origin string, maximum int64) Issue {
	message := fmt.Sprintf("Too big: expected %s to be <=%d", origin, maximum)
	if origin == "array" {
		message = fmt.Sprintf("Too big: expected array to have <=%d items", maximum)
	}
	return Issue{Code: "too_big", Path: path, Origin: origin, Maximum: &maximum, Inclusive: new(true), Message: message}
}
