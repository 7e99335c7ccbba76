package api

import (
	"encoding/base64"
	"encoding/json"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
)

// A cursor is base64 of a JSON object with these keys. The time has microseconds,
// as rows are ordered by them: milliseconds would repeat or skip rows.
const (
	cursorTime  = "lastStartTimeTo"
	cursorTrace = "lastTraceId"
	cursorID    = "lastId"

	cursorLayout = "2006-01-02T15:04:05.000000Z"
)

func formatCursor(p telemetry.Position) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.Encode(map[string]string{ //nolint:errcheck // strings always encode
		cursorTime: p.Start.Time().Format(cursorLayout), cursorTrace: p.TraceID, cursorID: p.ID,
	})
	return base64.RawURLEncoding.EncodeToString([]byte(strings.TrimSpace(b.String())))
}

// parseCursor returns the position that a cursor stands for, nil for the empty
// one. It takes both alphabets, with or without padding.
func parseCursor(text string) (*telemetry.Position, error) {
	if text == "" {
		return nil, nil
	}
	value, err := decodeCursor(text)
	if err != nil {
		return nil, err
	}
	object, ok := value.(map[string]any)
	if !ok {
		return nil, IssuesError{wrongType([]any{"cursor"}, "object", kindOf(value))}
	}
	var (
		wrong IssuesError
		field = func(name string) string {
			s, ok := object[name].(string)
			if !ok {
				wrong = append(wrong, wrongType([]any{"cursor", name}, "string", kindOf(object[name])))
			}
			return s
		}
		start = field(cursorTime)
		p     = telemetry.Position{TraceID: field(cursorTrace), ID: field(cursorID)}
	)
	if len(wrong) == 0 {
		at, ok := parseMicros(start)
		if !ok {
			wrong = append(wrong, wrongInstant([]any{"cursor", cursorTime}))
		}
		p.Start = at
	}
	if len(wrong) > 0 {
		return nil, wrong
	}
	return &p, nil
}

// decodeCursor returns the JSON value that a cursor holds.
func decodeCursor(text string) (value any, _ error) {
	plain := strings.NewReplacer("+", "-", "/", "_", " ", "-").Replace(strings.TrimRight(text, "="))
	raw, err := base64.RawURLEncoding.DecodeString(plain)
	if err == nil {
		err = json.Unmarshal(raw, &value)
	}
	return value, fault.Wrap(fault.Invalid, err, invalidCursor)
}

const invalidCursor = "Invalid cursor format"

// kindOf names a decoded JSON value as validation issues do.
func kindOf(v any) string {
	switch v.(type) {
	case nil:
		return "undefined"
	case string:
		return "string"
	case float64, json.Number:
		return "number"
	case bool:
		return "boolean"
	case []any:
		return "array"
	}
	return "object"
}
