package otelmap

import (
	"strings"

	"github.com/fusebox-llm/fusebox/internal/trace"
)

// langfuse has the attributes of the Langfuse SDKs, which come first wherever they
// are: who sets one means it.
func langfuse() convention {
	const observation, ofTrace = "langfuse.observation.", "langfuse.trace."
	return convention{About{
		Convention: Langfuse, Title: "Langfuse SDKs",
		Description: "The attributes by which the Langfuse SDKs for Python and JavaScript, and whoever writes them by hand, say every field outright.",
		Recognised:  "attributes that begin with `langfuse.`; scopes that begin with `langfuse-sdk`",
	}, Rules{
		Types:          langfuseTypes(),
		TypeModels:     []KeyRow{onSpan(10, "type_model", Exists, observation+"model.name")},
		Mistyped:       langfuseMistyped(),
		Payloads:       []PayloadRow{pair(10, Present, observation+"input", observation+"output")},
		Tools:          []ToolRow{{Row: Row{Name: "tools/metadata.tools", Rank: 10}, How: ToolMetadata, Key: "tools"}},
		Levels:         langfuseLevels(),
		StatusMessages: []KeyRow{onSpan(10, "status_message", Present, observation+"status_message")},
		Environments: []EnvironmentRow{
			{KeyRow: onSpan(20, "environment", Truthy, "langfuse.environment")},
			{KeyRow: onResource(30, "environment", Truthy, "langfuse.environment")},
		},
		Releases: []KeyRow{
			onSpan(10, "release", Present, "langfuse.release"),
			onResource(20, "release", Present, "langfuse.release"),
		},
		Versions: []KeyRow{onSpan(10, "version", Present, "langfuse.version")},
		Users: []KeyRow{
			onSpan(10, "user", Truthy, "langfuse.user.id"),
			onSpan(30, "user", Truthy, observation+"metadata.langfuse_user_id"),
			onSpan(40, "user", Truthy, ofTrace+"metadata.langfuse_user_id"),
		},
		Sessions: []KeyRow{
			onSpan(10, "session", Truthy, "langfuse.session.id"),
			onSpan(40, "session", Truthy, observation+"metadata.langfuse_session_id"),
			onSpan(50, "session", Truthy, ofTrace+"metadata.langfuse_session_id"),
		},
		Tags: []KeyRow{
			onSpan(10, "tags", Truthy, ofTrace+"tags"),
			onSpan(20, "tags", Truthy, "langfuse.tags"),
			onSpan(30, "tags", Truthy, observation+"metadata.langfuse_tags"),
			onSpan(40, "tags", Truthy, ofTrace+"metadata.langfuse_tags"),
		},
		Publics: []KeyRow{
			onSpan(10, "public", Present, ofTrace+"public"),
			onSpan(20, "public", Present, "langfuse.public"),
		},
		AppRoots:     []KeyRow{onSpan(10, "app_root", Present, "langfuse.internal.is_app_root")},
		AsRoots:      []KeyRow{onSpan(10, "as_root", Present, "langfuse.internal.as_root")},
		TraceNames:   []KeyRow{onSpan(10, "trace_name", Present, ofTrace+"name")},
		TraceInputs:  []KeyRow{onSpan(10, "trace_input", Present, ofTrace+"input")},
		TraceOutputs: []KeyRow{onSpan(10, "trace_output", Present, ofTrace+"output")},
		Experiments:  langfuseExperiments(),
		Models:       []ModelRow{{KeyRow: onSpan(10, "model", Truthy, observation+"model.name")}},
		Parameters: []ParameterRow{{
			Row: Row{Name: "parameters/" + langfuseParameters, Rank: 10}, How: ParameterObject, Key: langfuseParameters, NotScope: scopeVercelAI,
		}},
		CompletionStarts: []CompletionRow{{onSpan(10, "completion_start", Present, observation+"completion_start_time"), CompletionDate}},
		PromptNames: []MemberRow{
			memberOnSpan(10, "prompt_name", Truthy, observation+"prompt.name", ""),
			memberOnSpan(20, "prompt_name", Truthy, "langfuse.prompt.name", ""),
		},
		PromptVersions: []MemberRow{
			memberOnSpan(10, "prompt_version", Present, observation+"prompt.version", ""),
			memberOnSpan(20, "prompt_version", Present, "langfuse.prompt.version", ""),
		},
		Usages: []UsageRow{{Row: Row{Name: "usage/" + observation + "usage_details", Rank: 10}, How: UsageObject, Key: observation + "usage_details"}},
		// As the callback for LangChain flattens what Anthropic answered.
		UsageSplits: []UsageSplit{
			usageSplit(10, "cache_creation_ephemeral_5m_input_tokens", "cache_creation_input_tokens", entryCreation5m),
			usageSplit(20, "cache_creation_ephemeral_1h_input_tokens", "cache_creation_input_tokens", entryCreation1h),
		},
		Costs:     []CostRow{{Row: Row{Name: "cost/" + observation + "cost_details", Rank: 10}, How: CostObject, Key: observation + "cost_details"}},
		OwnScopes: []OwnScopeRow{{Row{Name: "own_scope/langfuse-sdk", Rank: 10}, "langfuse-sdk"}},
		Metadata: []MetadataRow{
			metadataBase(40, observation+"metadata", "langfuse.metadata", false),
			metadataOverlay(50, observation+"metadata.", false),
			metadataBase(60, ofTrace+"metadata", "langfuse.metadata", true),
			metadataOverlay(70, ofTrace+"metadata.", true),
			metadataOverlay(80, "langfuse.metadata.", false),
		},
		Dropped: append(
			dropKeys(100, ofTrace+"input", ofTrace+"output", observation+"input", observation+"output"),
			dropPrefixes(150, ofTrace+"metadata", observation+"metadata")...,
		),
	}}
}

// langfuseParameters is read on its own and over the parameters of the AI SDK.
const langfuseParameters = "langfuse.observation.model.parameters"

func langfuseTypes() []TypeRow {
	const key = "langfuse.observation.type"
	rows := []TypeRow{{
		Row: Row{Name: "type/generation sent as span", Rank: 0}, How: TypeMistyped, Key: key, Value: "span", Type: trace.Generation,
	}}
	for i, t := range trace.Types() {
		rows = append(rows, typeEquals(10+i, key, strings.ToLower(string(t)), t))
	}
	return append(rows, typePresent(100, "langfuse.observation.model.name", trace.Generation))
}

// langfuseMistyped returns the attributes that only generations carry. Python SDKs
// up to 3.3 sent generations as spans when an integration made them.
func langfuseMistyped() []KeyRow {
	var rows []KeyRow
	for i, name := range []string{
		"model.name", "cost_details", "usage_details", "completion_start_time", "model.parameters", "prompt.name", "prompt.version",
	} {
		rows = append(rows, onSpan(10*i+10, "mistyped", Exists, "langfuse.observation."+name))
	}
	return rows
}

func langfuseLevels() []LevelRow {
	var rows []LevelRow
	for i, l := range []struct {
		level trace.Level
		names []string
	}{
		{trace.Debug, []string{"DEBUG", "TRACE", "VERBOSE"}},
		{trace.Default, []string{"DEFAULT", "INFO", "LOG", "NOTICE", "OK", "SUCCESS"}},
		{trace.Warning, []string{"WARNING", "WARN"}},
		{trace.Error, []string{"ERROR", "FATAL", "CRITICAL"}},
	} {
		for j, name := range l.names {
			rows = append(rows, LevelRow{Row: Row{Name: "level/" + name, Rank: 100 + 10*i + j}, How: LevelNamed, Value: name, Level: l.level})
		}
	}
	return rows
}

func langfuseExperiments() []ExperimentRow {
	const experiment, item = "langfuse.experiment.", "langfuse.experiment.item."
	row := func(rank int, key, member string, how ExperimentHow) ExperimentRow {
		return ExperimentRow{onSpan(rank, "experiment", Truthy, key), member, how}
	}
	return []ExperimentRow{
		row(10, experiment+"id", "id", ExperimentText),
		row(20, experiment+"name", "name", ExperimentText),
		row(30, experiment+"description", "description", ExperimentText),
		row(40, experiment+"metadata", "metadata", ExperimentMap),
		row(50, experiment+"dataset.id", "datasetId", ExperimentText),
		row(60, item+"id", "itemId", ExperimentText),
		row(70, item+"version", "itemVersion", ExperimentDate),
		row(80, item+"expected_output", "expectedOutput", ExperimentText),
		row(90, item+"metadata", "itemMetadata", ExperimentMap),
		row(100, item+"root_observation_id", "rootObservationId", ExperimentID),
	}
}
