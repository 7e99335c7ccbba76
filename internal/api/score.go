package api

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/score"
)

// ScoreDataType says what the value of a score is.
type ScoreDataType score.DataType

// ScoreSource says where a score came from.
type ScoreSource score.Source

// ScoreValue is the value of a score: a number, true or false, or a text. It is
// held as JSON text.
type ScoreValue string

// MarshalJSON implements json.Marshaler.
func (v ScoreValue) MarshalJSON() ([]byte, error) { return []byte(v), nil }

var _ json.Marshaler = ScoreValue("")

// ScoreFields is what the v1 and the v2 shape of a score have in common.
type ScoreFields struct {
	// The score's id.
	ID string `json:"id"`
	// The project that the score belongs to.
	ProjectID string `json:"projectId"`
	// The environment, `default` when none was given; not that of the trace.
	Environment string `json:"environment"`
	// The score's name.
	Name string `json:"name"`
	// The number; 1 or 0 of a BOOLEAN, 0 of a CORRECTION, absent of a TEXT.
	Value *float64 `json:"value,omitempty"`
	// The text; `True` or `False` of a BOOLEAN, null of a NUMERIC.
	StringValue *string `json:"stringValue"`
	// What the value is.
	DataType ScoreDataType `json:"dataType"`
	// Where the score came from.
	Source ScoreSource `json:"source"`
	// The observation that the score is about.
	ObservationID *string `json:"observationId"`
	// Who gave the score.
	AuthorUserID *string `json:"authorUserId"`
	// More about the score.
	Comment *string `json:"comment"`
	// The score's metadata, as it was sent.
	Metadata Object `json:"metadata"`
	// The score config that the value was checked against.
	ConfigID *string `json:"configId"`
	// The annotation queue that the score was given in.
	QueueID *string `json:"queueId"`
	// The trace of the evaluator that gave the score.
	ExecutionTraceID *string `json:"executionTraceId"`
	// When the score was given.
	Timestamp Time `json:"timestamp"`
	// When the score was first stored.
	CreatedAt Time `json:"createdAt"`
	// When the score was last changed.
	UpdatedAt Time `json:"updatedAt"`
}

// ScoreDeletion is the answer to a deletion.
type ScoreDeletion struct {
	// Always `Score deletion queued successfully`.
	Message string `json:"message"`
}

func (ScoreDeletion) httpStatus() int { return http.StatusAccepted }

// ScoreQuery names a score.
type ScoreQuery struct {
	// The score's id.
	ScoreID string `path:"scoreId"`
}

const scoreNotFound = "Score not found"

func scoreRoutes(cfg Config) []Route {
	return []Route{
		{
			Method: "GET", Path: "/api/public/scores", Permission: scoresRead,
			ID: "scoreV1.list", Tag: "Scores", Summary: "List the scores of traces and observations, newest first",
			Description: "Leaves out corrections and what is about a session or a dataset run.",
			Run:         Handle(cfg.scoresV1),
		},
		{
			Method: "GET", Path: "/api/public/scores/{scoreId}", Permission: scoresRead,
			ID: "scoreV1.get", Tag: "Scores", Summary: "Get a score of a trace or observation", Run: Handle(cfg.scoreV1),
		},
		{
			Method: "DELETE", Path: "/api/public/scores/{scoreId}", Permission: scoresDelete,
			ID: "score.delete", Tag: "Scores", Summary: "Delete a score",
			Description: "Answers the same whether there is such a score or not. When the answer is there, the score is gone.",
			Run:         Handle(cfg.deleteScore), Wire: Wire{Status: http.StatusAccepted},
		},
		{
			Method: "GET", Path: "/api/public/v2/scores", Permission: scoresRead,
			ID: "scoreV2.list", Tag: "Scores", Summary: "List scores, newest first", Run: Handle(cfg.scoresV2),
		},
		{
			Method: "GET", Path: "/api/public/v2/scores/{scoreId}", Permission: scoresRead,
			ID: "scoreV2.get", Tag: "Scores", Summary: "Get a score", Run: Handle(cfg.scoreV2),
		},
		{
			Method: "GET", Path: "/api/public/v3/scores", Permission: scoresRead,
			ID: "scores.getMany", Tag: "Scores", Summary: "List scores, newest first, by cursor",
			Description: "The keys of a score depend on the groups that were asked for. Parameters that are not listed here are refused.",
			Run:         Handle(cfg.scoresV3),
		},
	}
}

func (c Config) deleteScore(ctx context.Context, in ScoreQuery) (ScoreDeletion, error) {
	if err := c.DeleteScore(ctx, projectOf(ctx), in.ScoreID); err != nil {
		return ScoreDeletion{}, err
	}
	return ScoreDeletion{Message: "Score deletion queued successfully"}, nil
}

// score returns the score that a path names.
func (c Config) score(ctx context.Context, in ScoreQuery) (score.Score, error) {
	sc, err := c.Explore.Score(ctx, projectOf(ctx), in.ScoreID)
	if fault.Is(err, fault.NotFound) {
		err = fault.Wrap(fault.NotFound, err, scoreNotFound)
	}
	return sc, err
}

func scoreFieldsOf(sc *score.Score) ScoreFields {
	out := ScoreFields{
		ID: sc.ID, ProjectID: string(sc.Project), Environment: sc.Environment, Name: sc.Name,
		StringValue: sc.Text, DataType: ScoreDataType(sc.DataType), Source: ScoreSource(sc.Source),
		ObservationID: sc.ObservationID, AuthorUserID: sc.AuthorID, Comment: sc.Comment, Metadata: sentMetadata(sc.Metadata),
		ConfigID: sc.ConfigID, QueueID: sc.QueueID, ExecutionTraceID: sc.ExecutionTraceID,
		Timestamp: Time(sc.Timestamp), CreatedAt: Time(sc.CreatedAt), UpdatedAt: Time(sc.UpdatedAt),
	}
	if sc.DataType != score.Text {
		out.Value = &sc.Number
	}
	return out
}

// polymorphic returns the value of a score in the type that fits its data type.
func polymorphic(v *score.Value) (ScoreValue, error) {
	switch v.DataType {
	case score.Boolean:
		if v.Number != 0 {
			return "true", nil
		}
		return "false", nil
	case score.Categorical, score.Text, score.Correction:
		if v.Text == nil {
			return `""`, nil
		}
		return ScoreValue(fold.Quote(*v.Text)), nil
	case score.Numeric:
	}
	raw, err := json.Marshal(v.Number)
	return ScoreValue(raw), err
}

// tagsOf returns tags as a list that is never null.
func tagsOf(tags []string) []string {
	if tags == nil {
		return []string{}
	}
	return tags
}
