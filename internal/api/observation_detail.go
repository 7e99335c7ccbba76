package api

import (
	"context"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
)

// ObservationDetail is everything that is stored about an observation.
type ObservationDetail struct {
	Observation
	// The user that the observation belongs to.
	UserID *string `json:"userId"`
	// The session that the observation belongs to.
	SessionID *string `json:"sessionId"`
	// The release of the application.
	Release *string `json:"release"`
	// The trace's name.
	TraceName *string `json:"traceName"`
	// The trace's tags.
	Tags []string `json:"tags"`
	// Whether anybody with the link may see the trace.
	Public bool `json:"public"`
	// Whether the trace is bookmarked.
	Bookmarked bool `json:"bookmarked"`
	// Whether the observation has no parent, or was marked by its SDK as the root of its application.
	IsRootObservation bool `json:"isRootObservation"`
	// The tools that the model could call, by name.
	ToolDefinitions JSON `json:"toolDefinitions"`
	// The tool calls that the model made.
	ToolCalls JSON `json:"toolCalls"`
	// Where usage and cost come from.
	Accounting Accounting `json:"accounting"`
	// Which rule gave which field, in the words of docs/conventions.md; of a batch, which keys gave usage and cost.
	Explanation []FieldReason `json:"explanation"`
	// What the sender says of the experiment that the observation is part of; null when there is nothing.
	Experiment JSON `json:"experiment"`
	// What was sent and has no other place: attributes without a meaning of their own, span events, links, unknown keys; null when there is nothing.
	Raw JSON `json:"raw"`
}

// ObservationDetailQuery names an observation of a trace.
type ObservationDetailQuery struct {
	// The trace's id.
	TraceID string `path:"traceId"`
	// The observation's id.
	ObservationID string `path:"observationId"`
}

func observationDetailRoutes(cfg Config) []Route {
	return []Route{{
		Method: "GET", Path: "/api/v1/traces/{traceId}/observations/{observationId}", Permission: tracesRead,
		ID: "observations.getDetail", Tag: "Observations", Summary: "Get everything that is stored about an observation",
		Run: Handle(cfg.observationDetail),
	}}
}

func (c Config) observationDetail(ctx context.Context, in ObservationDetailQuery) (ObservationDetail, error) {
	o, err := c.Explore.ObservationOf(ctx, projectOf(ctx), in.TraceID, in.ObservationID,
		telemetry.Parts{IO: true, Metadata: true, Raw: true})
	if fault.Is(err, fault.NotFound) {
		err = fault.Wrap(fault.NotFound, err, observationNotFound)
	}
	if err != nil {
		return ObservationDetail{}, err
	}
	out := ObservationDetail{
		Observation: observationOf(&o), UserID: o.UserID, SessionID: o.SessionID, Release: o.Release,
		TraceName: o.TraceName, Tags: o.Tags, Public: o.Public, Bookmarked: o.Bookmarked, IsRootObservation: o.Root(),
		ToolDefinitions: storedJSON(o.ToolDefinitions), ToolCalls: storedJSON(o.ToolCalls),
		Accounting: accountingOf(&o), Explanation: explanationOf(o.Reasons), Experiment: storedJSON(o.Experiment), Raw: parsed(o.Raw),
	}
	if out.Tags == nil {
		out.Tags = []string{}
	}
	return out, nil
}
