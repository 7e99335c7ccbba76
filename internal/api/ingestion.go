package api

import (
	"errors"
	"log/slog"
	"net/http"
	"reflect"

	"github.com/fusebox-llm/fusebox/internal/account"
	"github.com/fusebox-llm/fusebox/internal/auth"
	"github.com/fusebox-llm/fusebox/internal/batch"
	"github.com/fusebox-llm/fusebox/internal/ingest"
)

// IngestionRequest is a batch of events.
type IngestionRequest struct {
	// The events. Each is looked at for itself: one that is wrong does not keep the others out.
	Batch []IngestionEvent `json:"batch"`
	// Anything that the client wants to say about the batch; not looked at.
	Metadata JSON `json:"metadata,omitempty"`
}

// IngestionEvent is one event: the envelope and what it says.
type IngestionEvent struct {
	// The event's id, by which the answer names it. It is not the id of what the event is about.
	ID string `json:"id"`
	// When the event was made: date, time and zone. What is said later counts for more.
	Timestamp string `json:"timestamp"`
	// What the event is about: trace-create, score-create, event-create, span-create, span-update, generation-create, generation-update, agent-create, tool-create, chain-create, retriever-create, evaluator-create, embedding-create, guardrail-create, observation-create, observation-update, sdk-log.
	Type string `json:"type"`
	// The fields of the trace, observation or score.
	Body Object `json:"body"`
}

// IngestionResponse says what became of each event.
type IngestionResponse struct {
	// The events that are stored, durably.
	Successes []IngestionSuccess `json:"successes"`
	// The events that are not.
	Errors []IngestionError `json:"errors"`
}

// IngestionSuccess is an event that is stored.
type IngestionSuccess struct {
	// The event's id.
	ID string `json:"id"`
	// Always 201.
	Status int `json:"status"`
}

// IngestionError is an event that is not stored, and why.
type IngestionError struct {
	// The event's id, `unknown` when it had none.
	ID string `json:"id"`
	// The kind of error, as an HTTP status.
	Status int `json:"status"`
	// What went wrong, in short.
	Message string `json:"message"`
	// What went wrong, in full.
	Error string `json:"error"`
}

// IngestionShapeError answers a body that is no batch.
type IngestionShapeError struct {
	// Always `Invalid request data`.
	Message string `json:"message"`
	// What is wrong with the body.
	Errors []string `json:"errors"`
}

func ingestionRoutes(cfg Config) []Route {
	return []Route{{
		Method: "POST", Path: "/api/public/ingestion", Permission: scoresWrite, Errors: Named,
		ID: "ingestion.batch", Tag: "Ingestion", Summary: "Send a batch of events",
		Description: "Takes traces, observations and scores as events, the way of SDKs before OpenTelemetry. The status is 207 once the body is a batch; the answer tells for each event whether it is stored. A public key alone may send score-create and sdk-log. Events may be sent again: the same event changes nothing.",
		Raw:         answered(Named, cfg.ingestBatch),
		Wire: Wire{
			Request: []Content{{Type: jsonType, Schema: reflect.TypeFor[IngestionRequest]()}},
			Status:  http.StatusMultiStatus,
			Answer:  []Content{{Type: jsonType, Schema: reflect.TypeFor[IngestionResponse]()}},
		},
	}}
}

const jsonType = "application/json"

// answered makes a raw handler of a function that may fail.
func answered(shape Shape, run func(w http.ResponseWriter, r *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := run(w, r); err != nil {
			exchangeOf(r.Context()).fail(w, r, shape, err)
		}
	}
}

func (c Config) ingestBatch(w http.ResponseWriter, r *http.Request) error {
	raw, release, err := c.Bodies.Read(r)
	defer release()
	if err != nil {
		return err
	}
	project := projectOf(r.Context())
	events, err := batch.Decode(raw, project, c.MaxEvents)
	release() // the records are what counts from here on, and the store bounds them
	if shape, ok := errors.AsType[*batch.ShapeError](err); ok {
		return writeJSON(w, http.StatusBadRequest, IngestionShapeError{Message: invalidData, Errors: shape.Errors})
	}
	if err != nil {
		return err
	}
	principal, _ := auth.PrincipalFrom(r.Context())
	onlyScores := !principal.Can(account.TelemetryWrite)
	items := make([]ingest.Item, len(events))
	for i := range events {
		e := &events[i]
		if onlyScores && !e.ScoresOnly() {
			e.Refused = &batch.Refusal{Status: http.StatusUnauthorized, Message: "Authentication error", Detail: "Access Scope Denied"}
		}
		if e.Refused != nil {
			items[i].Refused = e.Refused.Detail
		} else {
			items[i].Records = e.Records
		}
	}
	if err := c.Ingest.Records(r.Context(), project, items); err != nil {
		return err
	}
	answer := IngestionResponse{Successes: []IngestionSuccess{}, Errors: []IngestionError{}}
	for i := range events {
		e := &events[i]
		if e.Refused == nil && items[i].Refused != "" {
			e.Refused = &batch.Refusal{Status: http.StatusBadRequest, Message: invalidData, Detail: items[i].Refused}
		}
		switch {
		case e.Refused != nil:
			answer.Errors = append(answer.Errors, IngestionError{e.ID, e.Refused.Status, e.Refused.Message, e.Refused.Detail})
		case e.Log != "":
			c.Logger.LogAttrs(r.Context(), slog.LevelInfo, "log of a client",
				slog.String("project", string(project)), slog.String("said", clip(e.Log, maxClientLog)))
		default:
			answer.Successes = append(answer.Successes, IngestionSuccess{e.ID, http.StatusCreated})
		}
	}
	if refused := answer.Errors; len(refused) > 0 {
		// Many clients show their users no more than that something was refused.
		c.Logger.LogAttrs(r.Context(), slog.LevelWarn, "events of a batch were refused",
			slog.String("request_id", RequestID(r.Context())), slog.String("project", string(project)), slog.Int("refused", len(refused)),
			slog.String("event", clip(refused[0].ID, 100)), slog.String("because", clip(refused[0].Error, 500)))
	}
	return writeJSON(w, http.StatusMultiStatus, answer)
}

// maxClientLog is how much of an sdk-log event goes into the server's log.
const maxClientLog = 2000
