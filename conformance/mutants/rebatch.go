package main

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/fusebox-llm/fusebox/internal/batch"
	"github.com/fusebox-llm/fusebox/internal/fold"
)

// events returns the batch of data with its events changed; nil if none of them is said
// again. Logs and events that the server does not take are left out.
func (c change) events(data []byte, read []batch.Event, seen *int) (any, error) {
	sent, err := objectOf(data)
	if err != nil {
		return nil, err
	}
	list, _ := sent["batch"].([]any)
	var again []any
	for i, e := range list {
		if len(read[i].Records) == 0 {
			continue
		}
		if *seen++; *seen%c.every != 0 {
			continue
		}
		event := e.(map[string]any)
		event["timestamp"] = c.moved(event["timestamp"])
		if t, ok := c.types[read[i].Type]; ok {
			event["type"] = t
		}
		body := event["body"].(map[string]any)
		c.body(body, read[i].Records[0].Kind)
		if read[i].Records[0].Kind == fold.Score {
			// What evaluators say; of the clients none does, and calls cannot.
			body["source"], body["executionTraceId"] = c.source, c.judge
		}
		again = append(again, event)
	}
	if again == nil {
		return nil, nil
	}
	return map[string]any{"batch": again}, nil
}

// call returns the body of a call about one entity, changed; nil if it is not said again.
func (c change) call(data []byte, kind fold.Kind, seen *int) (any, error) {
	if *seen++; *seen%c.every != 0 {
		return nil, nil
	}
	body, err := objectOf(data)
	if err != nil {
		return nil, err
	}
	c.body(body, kind)
	return body, nil
}

// body changes what is said of an entity.
func (c change) body(body map[string]any, kind fold.Kind) {
	for key, value := range body {
		body[key] = c.member(kind, key, value, body["dataType"])
	}
}

// member returns what takes the place of a key's value. What says nothing goes on
// saying nothing.
func (c change) member(kind fold.Kind, key string, value, dataType any) any {
	switch key {
	case "id", "spanId", "generationId", "externalId", "traceIdType", "dataType", "configId", "source":
		return value
	case "traceId":
		if kind == fold.Observation {
			return value // it is a part of the id
		}
	case "timestamp", "startTime", "endTime", "completionStartTime":
		return c.moved(value)
	case "parentObservationId":
		if value != nil {
			return c.parent
		}
		return nil
	case "value":
		switch n, _ := value.(json.Number); dataType {
		case "BOOLEAN":
			return 1 - number(n)
		case "TEXT": // can be as long as it may be
			return c.suffix
		}
	case "usage":
		if usage, ok := value.(map[string]any); ok && usage["unit"] != nil {
			unit := usage["unit"]
			c.other(usage)
			usage["unit"] = unit
			return usage
		}
	}
	if value == nil || c.nulls && slices.Contains(clearable(kind), key) {
		return nil
	}
	if to, ok := c.values[key]; ok {
		return to
	}
	return c.other(value)
}

// clearable returns the keys that null clears. In others null says nothing, and what
// was there before would go on being shown, whatever the rule.
func clearable(kind fold.Kind) []string {
	switch kind {
	case fold.Trace:
		return []string{"name", "userId", "sessionId", "release", "version"}
	case fold.Score:
		return []string{"comment", "queueId", "executionTraceId"}
	default:
		return []string{"name", "model", "level"}
	}
}

// other returns another value of the same kind. Objects and lists are changed in place.
func (c change) other(value any) any {
	switch v := value.(type) {
	case string:
		return v + c.suffix
	case json.Number:
		if n, err := strconv.ParseInt(v.String(), 10, 64); err == nil {
			return n + c.by
		}
		return number(v) + float64(c.by)
	case bool:
		return v != c.flip
	case []any:
		for i := range v {
			v[i] = c.other(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = c.other(v[key])
		}
	}
	return value
}

func number(n json.Number) float64 {
	f, _ := n.Float64() // what is too large for it goes on as infinity, which fails later
	return f
}

// moved moves a time; what is none stays.
func (c change) moved(value any) any {
	text, ok := value.(string)
	if !ok {
		return value
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return value
	}
	return t.Add(c.shift).Format(time.RFC3339Nano)
}

// objectOf reads a JSON object without rounding its numbers.
func objectOf(data []byte) (object map[string]any, err error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	err = d.Decode(&object)
	return object, err
}
