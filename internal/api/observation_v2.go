package api

import (
	"context"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/filter"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// ObservationsV2Query narrows a list of observations and says what is wanted of
// them.
type ObservationsV2Query struct {
	// The groups of fields that are wanted, default core and basic; core always comes. Groups: core, basic, time, io, metadata, model, usage, prompt, metrics, trace_context.
	Fields []string `query:"fields" list:"commas"`
	// Metadata keys that are wanted whole. Naming any gives all of them whole.
	ExpandMetadata []string `query:"expandMetadata" list:"commas"`
	// How many observations to return at most.
	Limit int `query:"limit" default:"50" minimum:"0" maximum:"1000"`
	// Where to go on: meta.cursor of the page before.
	Cursor string `query:"cursor"`
	// Only `false` is accepted: input and output are always strings.
	ParseIoAsJSON *bool `query:"parseIoAsJson"`
	// Only observations of this type.
	Type string `query:"type"`
	// Only observations of this name.
	Name string `query:"name"`
	// Only observations of this user.
	UserID string `query:"userId"`
	// Only observations of this session.
	SessionID string `query:"sessionId"`
	// Only observations of this level.
	Level string `query:"level" enum:"DEBUG,DEFAULT,WARNING,ERROR"`
	// Only observations of this trace.
	TraceID string `query:"traceId"`
	// Only observations of this version.
	Version string `query:"version"`
	// Only observations with this parent; the empty text selects those without one.
	ParentObservationID *string `query:"parentObservationId"`
	// Only roots, or only others: a root has no parent, or its SDK marked it as the root of its application.
	IsRootObservation *bool `query:"isRootObservation"`
	// Only observations of one of these environments.
	Environment []string `query:"environment"`
	// Only observations that began at or after this time.
	FromStartTime *trace.Micros `query:"fromStartTime"`
	// Only observations that began before this time.
	ToStartTime *trace.Micros `query:"toStartTime"`
	// A JSON array of conditions that must all hold, each an object with type, column, operator and value. Columns: those of the v1 list, release, isRootObservation, hasParentObservation. A condition on the column of a simple parameter takes its place.
	Filter string `query:"filter"`
}

func observationV2Routes(cfg Config) []Route {
	return []Route{{
		Method: "GET", Path: "/api/public/v2/observations", Permission: tracesRead,
		ID: "observations.getMany", Tag: "Observations", Summary: "List observations, newest first, by cursor",
		Description: "The keys of an observation depend on the groups that were asked for.",
		Run:         Handle(cfg.observationsV2),
	}}
}

func (c Config) observationsV2(ctx context.Context, in ObservationsV2Query) (ObservationsV2, error) {
	if in.ParseIoAsJSON != nil && *in.ParseIoAsJSON {
		return ObservationsV2{}, fault.New(fault.Invalid,
			"parseIoAsJson is no longer supported: input and output are always returned as strings. Parse them in your client, or leave the parameter out.")
	}
	after, err := parseCursor(in.Cursor)
	if err != nil {
		return ObservationsV2{}, err
	}
	conditions, err := in.where()
	if err != nil {
		return ObservationsV2{}, err
	}
	out := ObservationsV2{Data: []ObservationV2{}}
	if in.Limit == 0 {
		return out, nil
	}
	groups := v2Groups(in.Fields)
	list, err := c.Explore.Observations(ctx, projectOf(ctx), telemetry.ObservationQuery{
		Where: conditions, After: after, Limit: in.Limit,
		Parts: telemetry.Parts{IO: groups["io"], Metadata: groups["metadata"]},
	})
	if err != nil {
		return ObservationsV2{}, err
	}
	whole := groups["io"] || len(in.ExpandMetadata) > 0
	for i := range list.Observations {
		o, err := observationV2Of(&list.Observations[i], groups, whole)
		if err != nil {
			return ObservationsV2{}, err
		}
		out.Data = append(out.Data, o)
	}
	if list.Next != nil {
		out.Meta.Cursor = formatCursor(*list.Next)
	}
	return out, nil
}

func (in *ObservationsV2Query) where() (filter.All, error) {
	w, err := newWhere(in.Filter, observationV2Columns())
	if err != nil {
		return nil, err
	}
	w.equals(filter.Type, in.Type)
	w.equals(filter.Name, in.Name)
	w.equals(filter.UserID, in.UserID)
	w.equals(filter.SessionID, in.SessionID)
	w.equals(filter.Level, in.Level)
	w.equals(filter.TraceID, in.TraceID)
	w.equals(filter.Version, in.Version)
	w.anyOf(filter.Environment, in.Environment)
	w.between(filter.Timestamp, in.FromStartTime, in.ToStartTime)
	w.is(filter.Root, in.IsRootObservation)
	switch p := in.ParentObservationID; {
	case p == nil:
	case *p == "":
		w.add(filter.Condition{Field: filter.ParentObservationID, Op: filter.IsNull})
	default:
		w.equals(filter.ParentObservationID, *p)
	}
	return w.all, nil
}

// v2Groups returns the groups that are shown.
func v2Groups(asked []string) fieldGroups {
	known := []string{"core", "basic", "time", "io", "metadata", "model", "usage", "prompt", "metrics", "trace_context"}
	fallback := []string{"core"}
	if len(asked) == 0 {
		fallback = []string{"core", "basic"}
	}
	return groupsOf(asked, known, fallback)
}
