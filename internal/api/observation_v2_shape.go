package api

import "github.com/fusebox-llm/fusebox/internal/trace"

// ObservationsV2 is a page of observations.
type ObservationsV2 struct {
	// The observations.
	Data []ObservationV2 `json:"data"`
	// Where to go on.
	Meta CursorMeta `json:"meta"`
}

// CursorMeta says where the next page begins.
type CursorMeta struct {
	// What to send as cursor for the next page; absent on the last one.
	Cursor string `json:"cursor,omitempty"`
}

// ObservationV2 is one observation in the shape of the v2 API: the groups of
// fields that were asked for.
type ObservationV2 struct {
	ObservationCore
	*ObservationBasic
	*ObservationTimes
	*ObservationIO
	*ObservationMetadata
	*ObservationModel
	*ObservationUsage
	*ObservationPrompt
	*ObservationTraceContext
}

// ObservationCore is what every observation of the v2 API shows.
type ObservationCore struct {
	// The observation's id.
	ID string `json:"id"`
	// The trace that the observation belongs to.
	TraceID *string `json:"traceId"`
	// When the work began.
	StartTime Time `json:"startTime"`
	// When the work ended.
	EndTime *Time `json:"endTime"`
	// The project that the observation belongs to.
	ProjectID string `json:"projectId"`
	// The observation that this one is part of.
	ParentObservationID *string `json:"parentObservationId"`
	// The kind of work.
	Type ObservationType `json:"type"`
	// The model definition that matches.
	ModelID *string `json:"modelId"`
	// The price of an input unit of that model, as a decimal text.
	InputPrice *string `json:"inputPrice"`
	// The price of an output unit of that model, as a decimal text.
	OutputPrice *string `json:"outputPrice"`
	// The price of any unit of that model, as a decimal text.
	TotalPrice *string `json:"totalPrice"`
	// From start to end. Group metrics, but always there.
	Latency *Seconds `json:"latency"`
	// From start to the first token of the completion. Group metrics, but always there.
	TimeToFirstToken *Seconds `json:"timeToFirstToken"`
}

// ObservationBasic is the group basic.
type ObservationBasic struct {
	// The observation's name.
	Name *string `json:"name"`
	// The severity.
	Level ObservationLevel `json:"level"`
	// More about the level, such as an error message.
	StatusMessage *string `json:"statusMessage"`
	// The version of the traced code.
	Version *string `json:"version"`
	// The environment, `default` when none was given.
	Environment string `json:"environment"`
	// Whether the trace is bookmarked.
	Bookmarked bool `json:"bookmarked"`
	// Whether anybody with the link may see the trace.
	Public bool `json:"public"`
	// The user that the observation belongs to.
	UserID *string `json:"userId"`
	// The session that the observation belongs to.
	SessionID *string `json:"sessionId"`
	// Whether the observation has no parent, or was marked by its SDK as the root of its application.
	IsRootObservation bool `json:"isRootObservation"`
}

// ObservationTimes is the group time.
type ObservationTimes struct {
	// When the first token of the completion came.
	CompletionStartTime *Time `json:"completionStartTime"`
	// When the observation was first stored.
	CreatedAt Time `json:"createdAt"`
	// When the observation was last changed.
	UpdatedAt Time `json:"updatedAt"`
}

// ObservationIO is the group io.
type ObservationIO struct {
	// The input as text, never parsed.
	Input *string `json:"input"`
	// The output as text, never parsed.
	Output *string `json:"output"`
}

// ObservationMetadata is the group metadata.
type ObservationMetadata struct {
	// The metadata in one level, keyed by dotted path. Values are cut to 200 characters unless the group io or expandMetadata is asked for, and parsed when they are JSON.
	Metadata Object `json:"metadata"`
}

// ObservationModel is the group model.
type ObservationModel struct {
	// The model's name as it was sent.
	Model *string `json:"model"`
	// The same as model.
	ProvidedModelName *string `json:"providedModelName"`
	// The model definition that matches.
	InternalModelID *string `json:"internalModelId"`
	// The model's parameters, an object or null.
	ModelParameters JSON `json:"modelParameters"`
}

// ObservationUsage is the group usage.
type ObservationUsage struct {
	// Units by kind of usage.
	UsageDetails UsageDetails `json:"usageDetails"`
	// Cost by kind of usage.
	CostDetails CostDetails `json:"costDetails"`
	// The whole cost, 0 when it is not known.
	TotalCost Cost `json:"totalCost"`
	// The price tier that was applied.
	UsagePricingTierID *string `json:"usagePricingTierId"`
	// The name of the price tier that was applied.
	UsagePricingTierName *string `json:"usagePricingTierName"`
	// The cost of all input.
	InputCost *Cost `json:"inputCost"`
	// The cost of all output.
	OutputCost *Cost `json:"outputCost"`
	// Units of input, all kinds together.
	InputUsage int64 `json:"inputUsage"`
	// Units of output, all kinds together.
	OutputUsage int64 `json:"outputUsage"`
	// All units.
	TotalUsage int64 `json:"totalUsage"`
}

// ObservationPrompt is the group prompt.
type ObservationPrompt struct {
	// The prompt version that was used.
	PromptID *string `json:"promptId"`
	// The name of the prompt that was used.
	PromptName *string `json:"promptName"`
	// The number of the prompt version that was used.
	PromptVersion *int `json:"promptVersion"`
}

// ObservationTraceContext is the group trace_context.
type ObservationTraceContext struct {
	// The trace's tags.
	Tags []string `json:"tags"`
	// The release of the application.
	Release *string `json:"release"`
	// The trace's name.
	TraceName *string `json:"traceName"`
}

func observationV2Of(o *trace.Observation, groups fieldGroups, wholeMetadata bool) (ObservationV2, error) {
	out := ObservationV2{ObservationCore: ObservationCore{
		ID: o.ID, TraceID: textOrNull(&o.TraceID), StartTime: Time(o.Start), EndTime: timeOrNull(o.End),
		ProjectID: string(o.Project), ParentObservationID: textOrNull(o.ParentID), Type: ObservationType(o.Type),
		Latency: secondsUntil(o, o.End), TimeToFirstToken: secondsUntil(o, o.CompletionStart),
	}}
	if groups["basic"] {
		out.ObservationBasic = &ObservationBasic{
			Name: textOrNull(o.Name), Level: ObservationLevel(o.Level), StatusMessage: textOrNull(o.StatusMessage),
			Version: textOrNull(o.Version), Environment: o.Environment, Bookmarked: o.Bookmarked, Public: o.Public,
			UserID: textOrNull(o.UserID), SessionID: textOrNull(o.SessionID), IsRootObservation: o.Root(),
		}
	}
	if groups["time"] {
		out.ObservationTimes = &ObservationTimes{
			CompletionStartTime: timeOrNull(o.CompletionStart), CreatedAt: Time(o.CreatedAt), UpdatedAt: Time(o.UpdatedAt),
		}
	}
	if groups["io"] {
		out.ObservationIO = &ObservationIO{Input: verbatim(o.Input), Output: verbatim(o.Output)}
	}
	if groups["metadata"] {
		flat, err := flatMetadata(o.Metadata, wholeMetadata)
		if err != nil {
			return ObservationV2{}, err
		}
		out.ObservationMetadata = &ObservationMetadata{Metadata: flat}
	}
	if groups["model"] {
		model := textOrNull(o.Model)
		out.ObservationModel = &ObservationModel{Model: model, ProvidedModelName: model, ModelParameters: storedJSON(o.ModelParameters)}
		a := &o.Account
		out.ModelID = textOrNull(&a.ModelID)
		out.InternalModelID = out.ModelID
		out.InputPrice, out.OutputPrice, out.TotalPrice = textOrNull(&a.InputPrice), textOrNull(&a.OutputPrice), textOrNull(&a.TotalPrice)
	}
	if groups["usage"] {
		out.ObservationUsage = v2Usage(o)
	}
	if groups["prompt"] {
		out.ObservationPrompt = &ObservationPrompt{}
		if p := o.Prompt; p != nil {
			*out.ObservationPrompt = ObservationPrompt{PromptID: textOrNull(&p.ID), PromptName: textOrNull(&p.Name), PromptVersion: p.Version}
		}
	}
	if groups["trace_context"] {
		out.ObservationTraceContext = &ObservationTraceContext{Tags: o.Tags, Release: textOrNull(o.Release), TraceName: textOrNull(o.TraceName)}
		if o.Tags == nil {
			out.Tags = []string{}
		}
	}
	return out, nil
}

func v2Usage(o *trace.Observation) *ObservationUsage {
	usage := usageInShort(o)
	out := &ObservationUsage{
		UsageDetails: usageOf(o.Usage), CostDetails: costsOf(o.Cost),
		InputCost:  costOrNull(o.Cost.SumContaining("input")),
		OutputCost: costOrNull(o.Cost.SumContaining("output")),
		InputUsage: usage.Input, OutputUsage: usage.Output, TotalUsage: usage.Total,
		UsagePricingTierID: textOrNull(&o.Account.TierID), UsagePricingTierName: textOrNull(&o.Account.TierName),
	}
	if o.TotalCost != nil {
		out.TotalCost = Cost(*o.TotalCost)
	}
	return out
}
