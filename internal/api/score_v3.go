package api

import (
	"context"

	"github.com/fusebox-llm/fusebox/internal/score"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
)

// ScoresV3 is a page of scores.
type ScoresV3 struct {
	// The scores.
	Data []ScoreV3 `json:"data"`
	// Where to go on.
	Meta ScoresV3Meta `json:"meta"`
}

// ScoresV3Meta says where the next page begins.
type ScoresV3Meta struct {
	// How many scores a page holds.
	Limit int `json:"limit"`
	// What to send as cursor for the next page; absent on the last one.
	Cursor string `json:"cursor,omitempty"`
}

// ScoreV3 is one score in the shape of the v3 API: the groups of fields that were
// asked for.
type ScoreV3 struct {
	ScoreV3Core
	*ScoreV3Details
	*ScoreV3Annotation
	*ScoreV3Subject
}

// ScoreV3Core is what every score of the v3 API shows.
type ScoreV3Core struct {
	// The score's id.
	ID string `json:"id"`
	// The project that the score belongs to.
	ProjectID string `json:"projectId"`
	// The score's name.
	Name string `json:"name"`
	// What the value is.
	DataType ScoreDataType `json:"dataType"`
	// The value: a number, of a BOOLEAN true or false, of a CATEGORICAL, TEXT or CORRECTION a text.
	Value ScoreValue `json:"value"`
	// Where the score came from.
	Source ScoreSource `json:"source"`
	// When the score was given.
	Timestamp Time `json:"timestamp"`
	// The environment, `default` when none was given.
	Environment string `json:"environment"`
	// When the score was first stored.
	CreatedAt Time `json:"createdAt"`
	// When the score was last changed.
	UpdatedAt Time `json:"updatedAt"`
}

// ScoreV3Details is the group details.
type ScoreV3Details struct {
	// More about the score.
	Comment *string `json:"comment"`
	// The score config that the value was checked against.
	ConfigID *string `json:"configId"`
	// The score's metadata, as it was sent.
	Metadata Object `json:"metadata"`
}

// ScoreV3Annotation is the group annotation.
type ScoreV3Annotation struct {
	// Who gave the score.
	AuthorUserID *string `json:"authorUserId"`
	// The annotation queue that the score was given in.
	QueueID *string `json:"queueId"`
}

// ScoreV3Subject is the group subject.
type ScoreV3Subject struct {
	// What the score is about.
	Subject *ScoreSubject `json:"subject"`
}

// ScoreSubject is what a score is about.
type ScoreSubject struct {
	// What it is.
	Kind string `json:"kind" jsonschema:"enum=trace,enum=observation,enum=session,enum=experiment"`
	// Its id.
	ID string `json:"id"`
	// Of an observation: its trace.
	TraceID string `json:"traceId,omitempty"`
}

func (c Config) scoresV3(ctx context.Context, in ScoresV3Query) (ScoresV3, error) {
	after, err := parseScoreCursor(in.Cursor)
	if err != nil {
		return ScoresV3{}, err
	}
	asked, err := in.read()
	if err != nil {
		return ScoresV3{}, err
	}
	q := telemetry.ScoreQuery{Where: asked.where, After: after, Limit: in.Limit}
	var list telemetry.ScoreList
	if len(asked.numbers) > 0 {
		list, err = c.Explore.ScoresAmong(ctx, projectOf(ctx), q, asked.numbers)
	} else {
		list, err = c.Explore.Scores(ctx, projectOf(ctx), q)
	}
	if err != nil {
		return ScoresV3{}, err
	}
	out := ScoresV3{Data: make([]ScoreV3, len(list.Scores)), Meta: ScoresV3Meta{Limit: in.Limit}}
	for i := range list.Scores {
		if out.Data[i], err = scoreV3Of(&list.Scores[i], asked.groups); err != nil {
			return ScoresV3{}, err
		}
	}
	if list.Next != nil {
		out.Meta.Cursor = formatScoreCursor(*list.Next)
	}
	return out, nil
}

func scoreV3Of(sc *score.Score, groups fieldGroups) (ScoreV3, error) {
	value, err := polymorphic(&sc.Value)
	if err != nil {
		return ScoreV3{}, err
	}
	out := ScoreV3{ScoreV3Core: ScoreV3Core{
		ID: sc.ID, ProjectID: string(sc.Project), Name: sc.Name, DataType: ScoreDataType(sc.DataType), Value: value,
		Source: ScoreSource(sc.Source), Timestamp: Time(sc.Timestamp), Environment: sc.Environment,
		CreatedAt: Time(sc.CreatedAt), UpdatedAt: Time(sc.UpdatedAt),
	}}
	if groups["details"] {
		out.ScoreV3Details = &ScoreV3Details{Comment: sc.Comment, ConfigID: sc.ConfigID, Metadata: sentMetadata(sc.Metadata)}
	}
	if groups["annotation"] {
		out.ScoreV3Annotation = &ScoreV3Annotation{AuthorUserID: sc.AuthorID, QueueID: sc.QueueID}
	}
	if groups["subject"] {
		out.ScoreV3Subject = &ScoreV3Subject{Subject: subjectOf(sc)}
	}
	return out, nil
}

// subjectOf returns what a score is about; nil when nothing says so.
func subjectOf(sc *score.Score) *ScoreSubject {
	switch {
	case sc.TraceID != nil && sc.ObservationID != nil:
		return &ScoreSubject{Kind: "observation", ID: *sc.ObservationID, TraceID: *sc.TraceID}
	case sc.TraceID != nil:
		return &ScoreSubject{Kind: "trace", ID: *sc.TraceID}
	case sc.SessionID != nil:
		return &ScoreSubject{Kind: "session", ID: *sc.SessionID}
	case sc.RunID != nil:
		return &ScoreSubject{Kind: "experiment", ID: *sc.RunID}
	}
	return nil
}
