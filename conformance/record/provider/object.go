package provider

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
)

// created is when every answer says it was made: 2025-01-01.
const created = 1735689600

// An object is a JSON object whose members keep their order, so that answers are
// the same bytes each time.
type object []member

type member struct {
	key   string
	value any
}

// MarshalJSON writes the members in their order.
func (o object) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	out.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			out.WriteByte(',')
		}
		fmt.Fprintf(&out, "%s:%s", text(m.key), text(m.value))
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

// with returns the object and one more member.
func (o object) with(key string, value any) object {
	return append(o[:len(o):len(o)], member{key, value})
}

// text returns a value as JSON in one line, with <, > and & as they are.
func text(v any) string {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err) // values are made here
	}
	return string(bytes.TrimSuffix(out.Bytes(), []byte("\n")))
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write([]byte(text(v)))
}

// A stream sends server-sent events.
type stream struct{ w http.ResponseWriter }

func (c *call) events() stream {
	c.ResponseWriter.Header().Set("Content-Type", "text/event-stream")
	return stream{c.ResponseWriter}
}

// send sends one event; name may be empty.
func (s stream) send(name string, data any) {
	if name != "" {
		fmt.Fprintf(s.w, "event: %s\n", name)
	}
	line, ok := data.(string)
	if !ok {
		line = text(data)
	}
	fmt.Fprintf(s.w, "data: %s\n\n", line)
	_ = http.NewResponseController(s.w).Flush()
}

// list returns the array under a key, nil if there is none.
func list(from any, key string) []any {
	m, _ := from.(map[string]any)
	l, _ := m[key].([]any)
	return l
}

// at walks down maps by keys; nil if there is nothing.
func at(from any, keys ...string) any {
	for _, k := range keys {
		m, _ := from.(map[string]any)
		from = m[k]
	}
	return from
}

// textAt is at for texts.
func textAt(from any, keys ...string) string {
	s, _ := at(from, keys...).(string)
	return s
}
