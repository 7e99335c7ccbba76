package api

import (
	"net/http"
	"reflect"

	"github.com/fusebox-llm/fusebox/internal/account"
	"github.com/fusebox-llm/fusebox/internal/auth"
	"github.com/fusebox-llm/fusebox/internal/batch"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// NewScore is a score to store.
type NewScore struct {
	// The score's id; made when it is left out. A score of that id is changed.
	ID string `json:"id,omitempty"`
	// The score's name; of a correction always `output`.
	Name string `json:"name"`
	// A number, or a text for the data types CATEGORICAL, TEXT and CORRECTION.
	Value ScoreValue `json:"value"`
	// NUMERIC, BOOLEAN (0 or 1), CATEGORICAL, TEXT (1 to 500 characters) or CORRECTION. Left out: NUMERIC for a number, CATEGORICAL for a text.
	DataType string `json:"dataType,omitempty"`
	// The trace that the score is about. Exactly one of traceId, sessionId and datasetRunId is needed.
	TraceID string `json:"traceId,omitempty"`
	// What traceId is: LANGFUSE, which is the default, or EXTERNAL.
	TraceIDType string `json:"traceIdType,omitempty"`
	// The observation of that trace that the score is about.
	ObservationID string `json:"observationId,omitempty"`
	// The session that the score is about.
	SessionID string `json:"sessionId,omitempty"`
	// The dataset run that the score is about.
	DatasetRunID string `json:"datasetRunId,omitempty"`
	// More about the score.
	Comment *string `json:"comment,omitempty"`
	// The score's metadata.
	Metadata JSON `json:"metadata,omitempty"`
	// The environment.
	Environment string `json:"environment,omitempty"`
	// The score config that the value is checked against.
	ConfigID *string `json:"configId,omitempty"`
	// The annotation queue that the score was given in.
	QueueID *string `json:"queueId,omitempty"`
	// API, which is the default, or ANNOTATION.
	Source string `json:"source,omitempty"`
}

// CreatedScore is the id of a score, and for a key pair the score as it is stored.
type CreatedScore struct {
	// The score's id.
	ID string `json:"id"`
}

func scoreCreateRoutes(cfg Config) []Route {
	return []Route{{
		Method: "POST", Path: "/api/public/scores", Permission: scoresWrite,
		ID: "score.create", Tag: "Scores", Summary: "Create or change a score",
		Description: "Answers once the score is stored, with the whole score where the caller has a key pair, and with its id where it has a public key alone. What the score is about need not exist.",
		Raw:         answered(Standard, cfg.createScore),
		Wire: Wire{
			Request: []Content{{Type: jsonType, Schema: reflect.TypeFor[NewScore]()}},
			Answer:  []Content{{Type: jsonType, Schema: reflect.TypeFor[CreatedScore]()}},
		},
	}}
}

func (c Config) createScore(w http.ResponseWriter, r *http.Request) error {
	call, err := c.take(r, func(raw []byte, now trace.Micros) (batch.Call, error) { return batch.CreateScore(raw, now, id.New) })
	if err != nil {
		return err
	}
	if p, _ := auth.PrincipalFrom(r.Context()); !p.Can(account.ScoresRead) {
		// A public key is in every browser: it must not read what others wrote.
		return writeJSON(w, http.StatusOK, CreatedScore{ID: call.ID})
	}
	stored, err := c.Explore.Score(r.Context(), projectOf(r.Context()), call.ID)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, scoreV2Of(&stored))
}
