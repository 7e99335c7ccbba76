package api

import (
	"context"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/filter"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// Observation is one observation in the shape of the v1 API.
type Observation struct {
	// The observation's id.
	ID string `json:"id"`
	// The project that the observation belongs to.
	ProjectID string `json:"projectId"`
	// The trace that the observation belongs to.
	TraceID *string `json:"traceId"`
	// The observation that this one is part of.
	ParentObservationID *string `json:"parentObservationId"`
	// The kind of work.
	Type ObservationType `json:"type"`
	// The observation's name.
	Name *string `json:"name"`
	// The environment, `default` when none was given.
	Environment string `json:"environment"`
	// When the work began.
	StartTime Time `json:"startTime"`
	// When the work ended.
	EndTime *Time `json:"endTime"`
	// When the first token of the completion came.
	CompletionStartTime *Time `json:"completionStartTime"`
	// The version of the traced code.
	Version *string `json:"version"`
	// When the observation was first stored.
	CreatedAt Time `json:"createdAt"`
	// When the observation was last changed.
	UpdatedAt Time `json:"updatedAt"`
	// The input; a text that is JSON is parsed.
	Input JSON `json:"input"`
	// The output; a text that is JSON is parsed.
	Output JSON `json:"output"`
	// The metadata, nested as it was sent; texts at the top that are JSON are parsed.
	Metadata Object `json:"metadata"`
	// The severity.
	Level ObservationLevel `json:"level"`
	// More about the level, such as an error message.
	StatusMessage *string `json:"statusMessage"`
	// The model's name as it was sent.
	Model *string `json:"model"`
	// The model's parameters, an object or null.
	ModelParameters JSON `json:"modelParameters"`
	// The prompt version that was used.
	PromptID *string `json:"promptId"`
	// The name of the prompt that was used.
	PromptName *string `json:"promptName"`
	// The number of the prompt version that was used.
	PromptVersion *int `json:"promptVersion"`
	// Units by kind of usage.
	UsageDetails UsageDetails `json:"usageDetails"`
	// Cost by kind of usage.
	CostDetails CostDetails `json:"costDetails"`
	// Units in short.
	Usage Usage `json:"usage"`
	// What a unit is; always `TOKENS`.
	Unit string `json:"unit"`
	// The same as usage.input.
	PromptTokens int64 `json:"promptTokens"`
	// The same as usage.output.
	CompletionTokens int64 `json:"completionTokens"`
	// The same as usage.total.
	TotalTokens int64 `json:"totalTokens"`
	// The price tier that was applied.
	UsagePricingTierID *string `json:"usagePricingTierId"`
	// The name of the price tier that was applied.
	UsagePricingTierName *string `json:"usagePricingTierName"`
	// The model definition that matches.
	ModelID *string `json:"modelId"`
	// The price of an input unit of that model; 0 instead of null inside a trace.
	InputPrice *Price `json:"inputPrice"`
	// The price of an output unit of that model; 0 instead of null inside a trace.
	OutputPrice *Price `json:"outputPrice"`
	// The price of any unit of that model; 0 instead of null inside a trace.
	TotalPrice *Price `json:"totalPrice"`
	// The cost of all input.
	CalculatedInputCost *Cost `json:"calculatedInputCost"`
	// The cost of all output.
	CalculatedOutputCost *Cost `json:"calculatedOutputCost"`
	// The whole cost, 0 when it is not known.
	CalculatedTotalCost Cost `json:"calculatedTotalCost"`
	// From start to end.
	Latency *Seconds `json:"latency"`
	// From start to the first token of the completion.
	TimeToFirstToken *Seconds `json:"timeToFirstToken"`
}

// Usage is the units of an observation in short.
type Usage struct {
	// What a unit is; always `TOKENS`.
	Unit string `json:"unit"`
	// Units of input, all kinds together.
	Input int64 `json:"input"`
	// Units of output, all kinds together.
	Output int64 `json:"output"`
	// All units.
	Total int64 `json:"total"`
}

// Observations is a page of observations.
type Observations struct {
	// The observations.
	Data []Observation `json:"data"`
	// Where the page stands in the list.
	Meta PageMeta `json:"meta"`
}

// ObservationsQuery narrows a list of observations.
type ObservationsQuery struct {
	PageQuery
	// Only observations of this name.
	Name string `query:"name"`
	// Only observations of this user.
	UserID string `query:"userId"`
	// Only observations of this type.
	Type string `query:"type" enum:"SPAN,GENERATION,EVENT,AGENT,TOOL,CHAIN,RETRIEVER,EVALUATOR,EMBEDDING,GUARDRAIL"`
	// Only observations of this trace.
	TraceID string `query:"traceId"`
	// Only observations of this level.
	Level string `query:"level" enum:"DEBUG,DEFAULT,WARNING,ERROR"`
	// Only observations with this parent.
	ParentObservationID string `query:"parentObservationId"`
	// Only observations of one of these environments.
	Environment []string `query:"environment"`
	// Only observations that began at or after this time.
	FromStartTime *trace.Micros `query:"fromStartTime"`
	// Only observations that began before this time.
	ToStartTime *trace.Micros `query:"toStartTime"`
	// Only observations of this version.
	Version string `query:"version"`
	// A JSON array of conditions that must all hold, each an object with type, column, operator and value. Columns: id, type, name, environment, level, traceId, parentObservationId, userId, sessionId, version, startTime, tags. A condition on the column of a simple parameter takes its place.
	Filter string `query:"filter"`
	// Accepted and ignored.
	UseEventsTable string `query:"useEventsTable"`
}

// ObservationQuery opens an observation.
type ObservationQuery struct {
	// The observation's id.
	ObservationID string `path:"observationId"`
}

const observationNotFound = "Observation not found within authorized project"

func observationRoutes(cfg Config) []Route {
	return []Route{
		{
			Method: "GET", Path: "/api/public/observations", Permission: tracesRead,
			ID: "observations.list", Tag: "Observations", Summary: "List observations, newest first", Run: Handle(cfg.observations),
		},
		{
			Method: "GET", Path: "/api/public/observations/{observationId}", Permission: tracesRead,
			ID: "observations.get", Tag: "Observations", Summary: "Get an observation", Run: Handle(cfg.observation),
		},
	}
}

func (c Config) observations(ctx context.Context, in ObservationsQuery) (Observations, error) {
	w, err := newWhere(in.Filter, observationColumns())
	if err != nil {
		return Observations{}, err
	}
	w.equals(filter.Name, in.Name)
	w.equals(filter.UserID, in.UserID)
	w.equals(filter.Type, in.Type)
	w.equals(filter.TraceID, in.TraceID)
	w.equals(filter.Level, in.Level)
	w.equals(filter.ParentObservationID, in.ParentObservationID)
	w.equals(filter.Version, in.Version)
	w.anyOf(filter.Environment, in.Environment)
	w.between(filter.Timestamp, in.FromStartTime, in.ToStartTime)

	list, err := c.Explore.Observations(ctx, projectOf(ctx), telemetry.ObservationQuery{
		Where: w.all, Offset: in.number().Offset(), Limit: in.Limit, Total: true,
		Parts: telemetry.Parts{IO: true, Metadata: true},
	})
	if err != nil {
		return Observations{}, err
	}
	out := Observations{Data: make([]Observation, len(list.Observations)), Meta: metaOf(in.number(), list.Total)}
	for i := range list.Observations {
		out.Data[i] = observationOf(&list.Observations[i])
	}
	return out, nil
}

func (c Config) observation(ctx context.Context, in ObservationQuery) (Observation, error) {
	o, err := c.Explore.Observation(ctx, projectOf(ctx), in.ObservationID, telemetry.Parts{IO: true, Metadata: true})
	if fault.Is(err, fault.NotFound) {
		err = fault.Wrap(fault.NotFound, err, observationNotFound)
	}
	if err != nil {
		return Observation{}, err
	}
	return observationOf(&o), nil
}

func observationOf(o *trace.Observation) Observation {
	usage := usageInShort(o)
	out := Observation{
		ID: o.ID, ProjectID: string(o.Project), TraceID: textOrNull(&o.TraceID), ParentObservationID: textOrNull(o.ParentID),
		Type: ObservationType(o.Type), Name: o.Name, Environment: o.Environment,
		StartTime: Time(o.Start), EndTime: timeOrNull(o.End), CompletionStartTime: timeOrNull(o.CompletionStart),
		Version: o.Version, CreatedAt: Time(o.CreatedAt), UpdatedAt: Time(o.UpdatedAt),
		Input: parsed(o.Input), Output: parsed(o.Output), Metadata: nestedMetadata(o.Metadata),
		Level: ObservationLevel(o.Level), StatusMessage: o.StatusMessage,
		Model: o.Model, ModelParameters: storedJSON(o.ModelParameters),
		UsageDetails: usageOf(o.Usage), CostDetails: costsOf(o.Cost),
		Usage: usage, Unit: usage.Unit, PromptTokens: usage.Input, CompletionTokens: usage.Output, TotalTokens: usage.Total,
		CalculatedInputCost:  costOrNull(o.Cost.SumContaining("input")),
		CalculatedOutputCost: costOrNull(o.Cost.SumContaining("output")),
		Latency:              secondsUntil(o, o.End), TimeToFirstToken: secondsUntil(o, o.CompletionStart),
	}
	a := &o.Account
	out.UsagePricingTierID, out.UsagePricingTierName = textOrNull(&a.TierID), textOrNull(&a.TierName)
	out.ModelID = textOrNull(&a.ModelID)
	out.InputPrice, out.OutputPrice, out.TotalPrice = priceOrNull(a.InputPrice), priceOrNull(a.OutputPrice), priceOrNull(a.TotalPrice)
	if p := o.Prompt; p != nil {
		out.PromptID, out.PromptName, out.PromptVersion = textOrNull(&p.ID), textOrNull(&p.Name), p.Version
	}
	if o.TotalCost != nil {
		out.CalculatedTotalCost = Cost(*o.TotalCost)
	}
	return out
}

// pricesOrZero fills in the prices as a trace shows them.
func (o *Observation) pricesOrZero() {
	for _, price := range []**Price{&o.InputPrice, &o.OutputPrice, &o.TotalPrice} {
		if *price == nil {
			*price = new(Price("0"))
		}
	}
}

func usageInShort(o *trace.Observation) Usage {
	u := Usage{Unit: "TOKENS"}
	u.Input, _ = o.Usage.SumContaining("input")
	u.Output, _ = o.Usage.SumContaining("output")
	u.Total, _ = o.Usage.Get("total")
	return u
}

func secondsUntil(o *trace.Observation, end *trace.Micros) *Seconds {
	if end == nil {
		return nil
	}
	s := secondsBetween(o.Start, *end)
	return &s
}

// textOrNull takes the empty text for no text.
func textOrNull(s *string) *string {
	if s == nil || *s == "" {
		return nil
	}
	return s
}
