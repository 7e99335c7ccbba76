package batch

import (
	"fmt"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
)

// Event is one event of a batch: either refused, or a log, or records.
type Event struct {
	// ID is the id of the event, not that of what it is about; "unknown" when it
	// has none that can be one.
	ID string
	// Type is the type as it was sent, "" when that is no text.
	Type string
	// Records are what the event says, at present exactly one record; none when
	// it is a log or refused.
	Records []fold.Record
	// Log is the body of an sdk-log event, as compact JSON.
	Log string
	// Refused says why the event cannot be taken; nil when it can.
	Refused *Refusal
}

// ScoresOnly reports whether the event is one that a public key alone may send.
func (e *Event) ScoresOnly() bool { return e.Type == "score-create" || e.Type == logEvent }

// Refusal is why an event cannot be taken, in the words of the API.
type Refusal struct {
	Status  int    // an HTTP status
	Message string // in short
	Detail  string // everything that is wrong, each with its path
}

// ShapeError says that the body of a request is no batch.
type ShapeError struct {
	Errors []string // never empty
}

// Error implements error.
func (e *ShapeError) Error() string { return "not a batch: " + strings.Join(e.Errors, "; ") }

const unknownID = "unknown"

// Decode reads the body of an ingestion request, {"batch":[…]}. The events come in
// the order of the request. The error is a *ShapeError for what is no batch, and a
// [fault.TooLarge] for more than limit events; 0 is no limit.
//
// An entity whose event gives it no id gets one derived from project, event id and
// kind, so that the same event sent again is about the same entity.
func Decode(data []byte, p id.Project, limit int) ([]Event, error) {
	data, err := parse(data)
	if err != nil {
		return nil, &ShapeError{[]string{fmt.Sprintf("the body is not JSON: %v", err)}}
	}
	if data[0] != '{' {
		return nil, &ShapeError{Errors: []string{wrongType(nil, "object", data).Message}}
	}
	var list []byte
	for name, value := range members(data) {
		if string(name) == "batch" {
			list = value
		}
	}
	if list == nil || list[0] != '[' {
		return nil, &ShapeError{[]string{"batch: " + wrongType(nil, "array", list).Message}}
	}
	var raws [][]byte
	for raw := range elements(list) {
		if limit > 0 && len(raws) == limit {
			return nil, fault.New(fault.TooLarge, "more than %d events in a batch", limit)
		}
		raws = append(raws, raw)
	}
	events := make([]Event, len(raws))
	records := make([]fold.Record, len(raws))
	d := decoder{body: body{path: []any{"body"}}}
	d.occasion.project = p
	for i, raw := range raws {
		events[i] = d.event(raw, records[i:i:i+1])
	}
	return events, nil
}

// decoder reads the events of one batch, one after the other.
type decoder struct {
	body     body
	occasion occasion
}

// event reads one event. Its record goes to records, which has room for one.
func (d *decoder) event(raw []byte, records []fold.Record) Event {
	e := Event{ID: unknownID}
	d.body.findings = findings{}
	if raw[0] != '{' {
		d.body.add(wrongType([]any{}, "object", raw))
		return d.refused(e)
	}
	var eventID, timestamp, eventType, object []byte
	for name, value := range members(raw) {
		switch string(name) {
		case "id":
			eventID = value
		case "timestamp":
			timestamp = value
		case "type":
			eventType = value
		case "body":
			object = value
		}
	}
	if s, ok := d.text("id", eventID); ok {
		if p, found := idProblem(s); found {
			p.Path = []any{"id"}
			d.body.add(p)
		} else {
			e.ID = s
		}
	}
	d.occasion.event = e.ID
	d.time(timestamp)
	e.Type, _ = d.text("type", eventType)
	f, known := formOf(e.Type)
	switch {
	case known || e.Type == logEvent || typeOf(eventType) != "string":
	case e.Type == runItemEvent:
		d.body.add(custom([]any{"type"}, "%s is not taken from clients", runItemEvent))
	default:
		d.body.add(wrongOption([]any{"type"}, eventTypes()))
	}
	if typeOf(object) != "object" {
		d.body.add(wrongType(d.body.path, "object", object))
		return d.refused(e)
	}
	if d.body.fill(object, f.keys) && known {
		d.occasion.rank = f.rank
		records = append(records, d.body.record(&f, &d.occasion))
	}
	if len(d.body.problems) > 0 {
		return d.refused(e)
	}
	if e.Type == logEvent {
		e.Log = compact(object)
		return e
	}
	e.Records = records
	return e
}

// text returns a text of the envelope, which must be there.
func (d *decoder) text(name string, raw []byte) (string, bool) {
	if typeOf(raw) != "string" {
		d.body.add(wrongType([]any{name}, "string", raw))
		return "", false
	}
	return unquote(raw), true
}

// time reads the time of the event.
func (d *decoder) time(raw []byte) {
	d.occasion.time = 0
	s, ok := d.text("timestamp", raw)
	if !ok {
		return
	}
	if d.occasion.time, ok = instant(s); !ok {
		d.body.add(wrongInstant([]any{"timestamp"}))
	}
}

func (d *decoder) refused(e Event) Event {
	e.Refused = &Refusal{Status: 400, Message: "Invalid request data", Detail: d.body.all().Error()}
	return e
}
