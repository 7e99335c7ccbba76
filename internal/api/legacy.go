package api

import (
	"context"
	"errors"
	"net/http"
	"reflect"

	"github.com/fusebox-llm/fusebox/internal/batch"
	"github.com/fusebox-llm/fusebox/internal/explore"
	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/ingest"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// LegacyTrace is a trace as the clients of 2023 send it. Everything may be left out
// or null.
type LegacyTrace struct {
	// The trace's id; made when it is left out.
	ID string `json:"id,omitempty"`
	// An id of the caller's own that stands for the trace. With an id beside it, what was sent for the external id alone moves to that id.
	ExternalID string `json:"externalId,omitempty"`
	// When the trace began; now when it is left out.
	Timestamp string `json:"timestamp,omitempty"`
	// The trace's name.
	Name string `json:"name,omitempty"`
	// The user that the trace belongs to.
	UserID string `json:"userId,omitempty"`
	// The session that the trace belongs to.
	SessionID string `json:"sessionId,omitempty"`
	// The release of the application.
	Release string `json:"release,omitempty"`
	// The version of the traced code.
	Version string `json:"version,omitempty"`
	// The environment.
	Environment string `json:"environment,omitempty"`
	// Whether anybody with the link may see the trace.
	Public bool `json:"public,omitempty"`
	// Tags to add.
	Tags []string `json:"tags,omitempty"`
	// The trace's metadata.
	Metadata JSON `json:"metadata,omitempty"`
	// The trace's input.
	Input JSON `json:"input,omitempty"`
	// The trace's output.
	Output JSON `json:"output,omitempty"`
}

// LegacyObservation is a span, generation or event as the clients of 2023 send it.
// Everything may be left out or null, but the id of an update.
type LegacyObservation struct {
	// The observation's id; made when it is left out.
	ID string `json:"id,omitempty"`
	// Of an update of a span: its id.
	SpanID string `json:"spanId,omitempty"`
	// Of an update of a generation: its id.
	GenerationID string `json:"generationId,omitempty"`
	// The trace that the observation belongs to.
	TraceID string `json:"traceId,omitempty"`
	// What traceId is: LANGFUSE, which is the default, or EXTERNAL.
	TraceIDType string `json:"traceIdType,omitempty"`
	// The observation that this one is part of.
	ParentObservationID string `json:"parentObservationId,omitempty"`
	// The observation's name.
	Name string `json:"name,omitempty"`
	// When the work began; now when it is left out.
	StartTime string `json:"startTime,omitempty"`
	// When the work ended.
	EndTime string `json:"endTime,omitempty"`
	// When the first token of the completion came.
	CompletionStartTime string `json:"completionStartTime,omitempty"`
	// The severity.
	Level string `json:"level,omitempty"`
	// More about the level.
	StatusMessage string `json:"statusMessage,omitempty"`
	// The version of the traced code.
	Version string `json:"version,omitempty"`
	// The metadata.
	Metadata JSON `json:"metadata,omitempty"`
	// The input.
	Input JSON `json:"input,omitempty"`
	// The output.
	Output JSON `json:"output,omitempty"`
	// Of a generation: another word for input.
	Prompt JSON `json:"prompt,omitempty"`
	// Of a generation: another word for output.
	Completion JSON `json:"completion,omitempty"`
	// Of a generation: the model's name.
	Model string `json:"model,omitempty"`
	// Of a generation: the model's parameters.
	ModelParameters JSON `json:"modelParameters,omitempty"`
	// Of a generation: promptTokens, completionTokens and totalTokens, or input, output, total, unit and costs.
	Usage JSON `json:"usage,omitempty"`
}

// LegacyObservationAnswer is an observation in the words of 2023 as well.
type LegacyObservationAnswer struct {
	Observation
	// The same as input.
	Prompt JSON `json:"prompt"`
	// The same as output.
	Completion JSON `json:"completion"`
}

func legacyRoutes(cfg Config) []Route {
	route := func(method, resource, id, summary string, body, answer reflect.Type, run func(http.ResponseWriter, *http.Request) error) Route {
		return Route{
			Method: method, Path: "/api/public/" + resource, Permission: telemetryWrite,
			ID: id, Tag: "Calls of 2023", Summary: summary,
			Description: "Of the first SDKs; later ones send batches or OpenTelemetry. The answer is the whole object as it is stored now.",
			Raw:         answered(Standard, run),
			Wire: Wire{
				Request: []Content{{Type: jsonType, Schema: body}},
				Answer:  []Content{{Type: jsonType, Schema: answer}},
			},
		}
	}
	observation := func(method, resource, id, summary string, read readCall) Route {
		return route(method, resource, id, summary, reflect.TypeFor[LegacyObservation](), reflect.TypeFor[LegacyObservationAnswer](), cfg.legacyObservation(read))
	}
	create := func(t trace.Type) readCall {
		return func(raw []byte, now trace.Micros) (batch.Call, error) { return batch.Create(t, raw, now, id.New) }
	}
	update := func(t trace.Type) readCall {
		return func(raw []byte, now trace.Micros) (batch.Call, error) { return batch.Update(t, raw, now) }
	}
	return []Route{
		route("POST", "traces", "trace.create", "Create or change a trace", reflect.TypeFor[LegacyTrace](), reflect.TypeFor[Trace](), cfg.legacyTrace),
		observation("POST", "spans", "span.create", "Create a span", create(trace.Span)),
		observation("PATCH", "spans", "span.update", "Change a span", update(trace.Span)),
		observation("POST", "generations", "generation.create", "Create a generation", create(trace.Generation)),
		observation("PATCH", "generations", "generation.update", "Change a generation", update(trace.Generation)),
		observation("POST", "events", "event.create", "Create an event", create(trace.Event)),
	}
}

// readCall turns a body into records; now is when it arrived.
type readCall func(raw []byte, now trace.Micros) (batch.Call, error)

// take reads the body of a call and stores what it says.
func (c Config) take(r *http.Request, read readCall) (batch.Call, error) {
	raw, release, err := c.Bodies.Read(r)
	defer release()
	if err != nil {
		return batch.Call{}, err
	}
	call, err := read(raw, trace.MicrosOf(c.Now()))
	release()
	if problems, ok := errors.AsType[batch.ProblemsError](err); ok {
		refused := []ingest.Item{{Refused: problems.Error()}} // to be counted
		return call, errors.Join(issuesOf(problems), c.Ingest.Records(r.Context(), projectOf(r.Context()), refused))
	}
	if err != nil {
		return call, err
	}
	if r.Method == http.MethodPatch {
		if err := c.placeUpdate(r.Context(), &call); err != nil {
			return call, err
		}
	}
	items := []ingest.Item{{Records: call.Records}}
	if err := c.Ingest.Records(r.Context(), projectOf(r.Context()), items); err != nil {
		return call, err
	}
	if items[0].Refused != "" {
		return call, fault.New(fault.Invalid, "%s: %s", invalidData, items[0].Refused)
	}
	return call, nil
}

// placeUpdate decides which observation an update of 2023 is about. Its clients
// repeat the trace id of the create without saying that it is an external one, and
// the servers of that time went by the observation's id alone. So an update that
// does not say what its trace id is goes by it only where that trace has the
// observation; otherwise by the observation's id, also when the create comes later.
func (c Config) placeUpdate(ctx context.Context, call *batch.Call) error {
	if call.TraceID == "" || call.Typed {
		return nil
	}
	_, err := c.Explore.ObservationOf(ctx, projectOf(ctx), call.TraceID, call.ID, telemetry.Parts{})
	if !fault.Is(err, fault.NotFound) {
		return err
	}
	call.TraceID = ""
	for i := range call.Records {
		call.Records[i].TraceID = ""
	}
	return nil
}

func issuesOf(problems batch.ProblemsError) IssuesError {
	issues := make(IssuesError, len(problems))
	for i, p := range problems {
		issues[i] = Issue{Code: p.Code, Path: p.Path, Message: p.Message, Expected: p.Expected, Values: p.Values}
	}
	return issues
}

func (c Config) legacyTrace(w http.ResponseWriter, r *http.Request) error {
	call, err := c.take(r, func(raw []byte, now trace.Micros) (batch.Call, error) { return batch.CreateTrace(raw, now, id.New) })
	if err != nil {
		return err
	}
	tree, err := c.Explore.Trace(r.Context(), projectOf(r.Context()), call.TraceID, telemetry.Parts{IO: true, Metadata: true})
	if err != nil {
		return err
	}
	answer := traceOf(&tree.Trace, traceGroups(nil))
	if answer.ExternalID, err = c.externalID(r.Context(), call.ExternalID, tree.Trace.ID); err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, answer)
}

// externalID returns the external id that was sent if it stands for the trace, and
// null if another trace had it before.
func (c Config) externalID(ctx context.Context, sent *string, traceID string) (*string, error) {
	if sent == nil {
		return nil, nil
	}
	tree, err := c.Explore.Trace(ctx, projectOf(ctx), id.Derive(*sent), telemetry.Parts{})
	if err != nil || tree.Trace.ID != traceID {
		if fault.Is(err, fault.NotFound) {
			err = nil
		}
		return nil, err
	}
	return sent, nil
}

func (c Config) legacyObservation(read readCall) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		call, err := c.take(r, read)
		if err != nil {
			return err
		}
		o, err := stored(r.Context(), c.Explore, projectOf(r.Context()), call)
		if err != nil {
			return err
		}
		answer := LegacyObservationAnswer{Observation: observationOf(&o)}
		answer.Prompt, answer.Completion = answer.Input, answer.Output
		return writeJSON(w, http.StatusOK, answer)
	}
}

// stored returns the observation that a call was about. One that names no trace is
// the one of its id alone.
func stored(ctx context.Context, x *explore.Service, p id.Project, call batch.Call) (trace.Observation, error) {
	parts := telemetry.Parts{IO: true, Metadata: true}
	if call.TraceID != "" {
		return x.ObservationOf(ctx, p, call.TraceID, call.ID, parts)
	}
	return x.Observation(ctx, p, call.ID, parts)
}
