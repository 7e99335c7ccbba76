package api

import (
	"context"
	"net/url"
	"slices"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/filter"
	"github.com/fusebox-llm/fusebox/internal/score"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// BareTrace is what a trace says by itself.
type BareTrace struct {
	// The trace's id.
	ID string `json:"id"`
	// Always null; kept for clients of 2023.
	ExternalID *string `json:"externalId"`
	// When the trace began.
	Timestamp Time `json:"timestamp"`
	// The trace's name.
	Name *string `json:"name"`
	// The user that the trace belongs to.
	UserID *string `json:"userId"`
	// The session that the trace belongs to.
	SessionID *string `json:"sessionId"`
	// The release of the application.
	Release *string `json:"release"`
	// The version of the traced code.
	Version *string `json:"version"`
	// The project that the trace belongs to.
	ProjectID string `json:"projectId"`
	// The environment, `default` when none was given.
	Environment string `json:"environment"`
	// Whether anybody with the link may see the trace.
	Public bool `json:"public"`
	// Whether the trace is bookmarked.
	Bookmarked bool `json:"bookmarked"`
	// The trace's tags.
	Tags []string `json:"tags"`
	// The trace's metadata, nested as it was sent; texts at the top that are JSON are parsed.
	Metadata Object `json:"metadata"`
	// The trace's input; a text that is JSON is parsed.
	Input JSON `json:"input"`
	// The trace's output; a text that is JSON is parsed.
	Output JSON `json:"output"`
	// When the trace was first stored.
	CreatedAt Time `json:"createdAt"`
	// When the trace was last changed.
	UpdatedAt Time `json:"updatedAt"`
}

// Trace is one trace without what hangs on it.
type Trace struct {
	BareTrace
	// The path of the trace in the user interface.
	HTMLPath string `json:"htmlPath"`
	// The cost of all observations; -1 when the group `metrics` was not asked for.
	TotalCost Cost `json:"totalCost"`
	// From the earliest start to the latest end; 0 without observations, -1 when the group `metrics` was not asked for.
	Latency Seconds `json:"latency"`
}

// TraceWithIDs is a trace of a list, with the ids of what hangs on it.
type TraceWithIDs struct {
	Trace
	// The ids of the trace's observations.
	Observations []string `json:"observations"`
	// The ids of the scores of the trace and its observations, corrections excepted, newest first.
	Scores []string `json:"scores"`
}

// TraceWithDetails is a trace with everything that hangs on it.
type TraceWithDetails struct {
	Trace
	// The trace's observations, ordered by start.
	Observations []Observation `json:"observations"`
	// The scores of the trace and its observations, corrections excepted, newest first.
	Scores []ScoreV1 `json:"scores"`
}

// Traces is a page of traces.
type Traces struct {
	// The traces.
	Data []TraceWithIDs `json:"data"`
	// Where the page stands in the list.
	Meta PageMeta `json:"meta"`
}

// TracesQuery narrows and orders a list of traces.
type TracesQuery struct {
	PageQuery
	// Only traces of this user.
	UserID string `query:"userId"`
	// Only traces of this name.
	Name string `query:"name"`
	// Only traces of this session.
	SessionID string `query:"sessionId"`
	// Only traces of this version.
	Version string `query:"version"`
	// Only traces of this release.
	Release string `query:"release"`
	// Only traces that have all of these tags.
	Tags []string `query:"tags"`
	// Only traces of one of these environments.
	Environment []string `query:"environment"`
	// Only traces at or after this time.
	FromTimestamp *trace.Micros `query:"fromTimestamp"`
	// Only traces before this time.
	ToTimestamp *trace.Micros `query:"toTimestamp"`
	// A field and a direction, such as `timestamp.desc`, which is the default. Fields: id, timestamp, name, userId, release, version, public, bookmarked, sessionId.
	OrderBy string `query:"orderBy"`
	// The groups of fields that are wanted, default all: core, io, scores, observations, metrics. What is left out keeps its keys.
	Fields []string `query:"fields" list:"commas"`
	// A JSON array of conditions that must all hold, each an object with type, column, operator and value. Columns: bookmarked, id, name, timestamp, userId, sessionId, version, release, environment, tags. A condition on the column of a simple parameter takes its place.
	Filter string `query:"filter"`
	// Accepted and ignored.
	UseEventsTable string `query:"useEventsTable"`
}

// TraceQuery opens a trace.
type TraceQuery struct {
	// The trace's id.
	TraceID string `path:"traceId"`
	// The groups of fields that are wanted, default all: core, io, scores, observations, metrics. Without io, observations come without input, output and metadata too.
	Fields []string `query:"fields" list:"commas"`
}

func traceRoutes(cfg Config) []Route {
	return []Route{
		{
			Method: "GET", Path: "/api/public/traces", Permission: tracesRead,
			ID: "trace.list", Tag: "Traces", Summary: "List traces", Run: Handle(cfg.traces),
		},
		{
			Method: "GET", Path: "/api/public/traces/{traceId}", Permission: tracesRead,
			ID: "trace.get", Tag: "Traces", Summary: "Get a trace with its observations and scores", Run: Handle(cfg.trace),
		},
	}
}

func traceGroups(asked []string) fieldGroups {
	all := []string{"core", "io", "scores", "observations", "metrics"}
	return groupsOf(asked, all, all)
}

func (g fieldGroups) traceParts() telemetry.Parts {
	return telemetry.Parts{IO: g["io"], Metadata: g["io"], Observations: g["observations"], Scores: g["scores"]}
}

func (c Config) traces(ctx context.Context, in TracesQuery) (Traces, error) {
	order, err := traceOrder(in.OrderBy)
	if err != nil {
		return Traces{}, err
	}
	w, err := newWhere(in.Filter, traceColumns())
	if err != nil {
		return Traces{}, err
	}
	w.equals(filter.UserID, in.UserID)
	w.equals(filter.Name, in.Name)
	w.equals(filter.SessionID, in.SessionID)
	w.equals(filter.Version, in.Version)
	w.equals(filter.Release, in.Release)
	w.allOf(filter.Tags, in.Tags)
	w.anyOf(filter.Environment, in.Environment)
	w.between(filter.Timestamp, in.FromTimestamp, in.ToTimestamp)

	groups := traceGroups(in.Fields)
	list, err := c.Explore.Traces(ctx, projectOf(ctx), telemetry.TraceQuery{
		Where: w.all, Order: order, Offset: in.number().Offset(), Limit: in.Limit, Total: true, Parts: groups.traceParts(),
	})
	if err != nil {
		return Traces{}, err
	}
	out := Traces{Data: make([]TraceWithIDs, len(list.Traces)), Meta: metaOf(in.number(), list.Total)}
	for i := range list.Traces {
		out.Data[i] = TraceWithIDs{Trace: traceOf(&list.Traces[i], groups), Observations: []string{}, Scores: []string{}}
		if groups["observations"] && i < len(list.ObservationIDs) && list.ObservationIDs[i] != nil {
			out.Data[i].Observations = list.ObservationIDs[i]
		}
		if groups["scores"] && i < len(list.ScoreIDs) && list.ScoreIDs[i] != nil {
			out.Data[i].Scores = list.ScoreIDs[i]
		}
	}
	return out, nil
}

func (c Config) trace(ctx context.Context, in TraceQuery) (TraceWithDetails, error) {
	groups := traceGroups(in.Fields)
	var (
		tree   trace.Tree
		scores []score.Score
		err    error
	)
	if groups["scores"] {
		tree, scores, err = c.Explore.TraceWithScores(ctx, projectOf(ctx), in.TraceID, groups.traceParts())
	} else {
		tree, err = c.Explore.Trace(ctx, projectOf(ctx), in.TraceID, groups.traceParts())
	}
	if fault.Is(err, fault.NotFound) {
		err = fault.Wrap(fault.NotFound, err, "Trace %s not found within authorized project", in.TraceID)
	}
	if err != nil {
		return TraceWithDetails{}, err
	}
	out := TraceWithDetails{
		Trace:        traceOf(&tree.Trace, groups),
		Observations: make([]Observation, len(tree.Observations)),
		Scores:       make([]ScoreV1, len(scores)),
	}
	for i := range tree.Observations {
		out.Observations[i] = observationOf(&tree.Observations[i])
		out.Observations[i].pricesOrZero()
	}
	for i := range scores {
		out.Scores[i] = scoreV1Of(&scores[i])
	}
	return out, nil
}

func traceOf(t *trace.Trace, groups fieldGroups) Trace {
	out := Trace{
		BareTrace: bareTraceOf(t),
		HTMLPath:  "/project/" + url.PathEscape(string(t.Project)) + "/traces/" + url.PathEscape(t.ID),
		TotalCost: -trace.CostScale, Latency: -1000,
	}
	if groups["io"] {
		out.fill(t)
	}
	if groups["metrics"] {
		out.TotalCost, out.Latency = Cost(t.Sums.CostTotal), secondsBetween(t.Sums.First, t.Sums.Last)
	}
	return out
}

// bareTraceOf leaves out input, output and metadata.
func bareTraceOf(t *trace.Trace) BareTrace {
	return BareTrace{
		ID: t.ID, Timestamp: Time(t.Timestamp), Name: t.Name, UserID: t.UserID, SessionID: t.SessionID,
		Release: t.Release, Version: t.Version, ProjectID: string(t.Project), Environment: t.Environment,
		Public: t.Public, Bookmarked: t.Bookmarked, Tags: tagsOf(t.Tags),
		CreatedAt: Time(t.CreatedAt), UpdatedAt: Time(t.UpdatedAt),
	}
}

// fill adds input, output and metadata.
func (b *BareTrace) fill(t *trace.Trace) {
	b.Input, b.Output, b.Metadata = parsed(t.Input), parsed(t.Output), nestedMetadata(t.Metadata)
}

// traceOrder reads the orderBy of a list of traces.
func traceOrder(text string) (telemetry.Order, error) {
	if text == "" {
		return telemetry.Order{Field: filter.Timestamp, Desc: true}, nil
	}
	fields := []struct {
		name  string
		field filter.Field
	}{
		{"timestamp", filter.Timestamp},
		{"id", filter.TraceID},
		{"name", filter.Name},
		{"userId", filter.UserID},
		{"release", filter.Release},
		{"version", filter.Version},
		{"public", filter.Public},
		{"bookmarked", filter.Bookmarked},
		{"sessionId", filter.SessionID},
	}
	var allowed []string
	for _, f := range fields {
		for _, direction := range []string{"asc", "desc"} {
			if text == f.name+"."+direction {
				return telemetry.Order{Field: f.field, Desc: direction == "desc"}, nil
			}
			allowed = append(allowed, f.name+"."+direction)
		}
	}
	slices.Sort(allowed)
	return telemetry.Order{}, IssuesError{wrongOption([]any{"orderBy"}, allowed)}
}
