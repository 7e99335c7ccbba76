package api

import "github.com/fusebox-llm/fusebox/internal/filter"

// column is one thing that a structured filter can name.
type column struct {
	id    string
	label string // its name in the user interface, also accepted
	kind  string // the filter type it takes
	// field is what the stores compare; "" for a column that is known and cannot
	// be filtered by.
	field filter.Field
	// required columns are never null.
	required bool
}

// table is what the structured filter of a list can name.
type table struct {
	columns []column
	// compare returns what the stores compare for a condition on a column; ok is
	// false where they cannot.
	compare func(c condition, col column) (_ filter.All, ok bool)
}

// The kinds of filter.
const (
	kindText      = "string"
	kindOptions   = "stringOptions"
	kindTime      = "datetime"
	kindNumber    = "number"
	kindFlag      = "boolean"
	kindList      = "arrayOptions"
	kindTextMap   = "stringObject"
	kindNumberMap = "numberObject"
	kindFlagMap   = "booleanObject"
	kindCategory  = "categoryOptions"
	kindNull      = "null"
	kindPosition  = "positionInTrace"
)

// traceColumns are the columns of a list of traces.
func traceColumns() table {
	return table{compare: condition.conditions, columns: []column{
		{"bookmarked", "Bookmarked", kindFlag, filter.Bookmarked, true},
		{"id", "ID", kindText, filter.TraceID, true},
		{"traceId", "Trace ID", kindText, filter.TraceID, true},
		{"name", "Name", kindOptions, filter.Name, false},
		{"traceName", "Trace Name", kindOptions, filter.Name, false},
		{"timestamp", "Timestamp", kindTime, filter.Timestamp, true},
		{"userId", "User ID", kindText, filter.UserID, false},
		{"sessionId", "Session ID", kindText, filter.SessionID, false},
		{"version", "Version", kindText, filter.Version, false},
		{"release", "Release", kindText, filter.Release, false},
		{"environment", "Environment", kindOptions, filter.Environment, true},
		{"tags", "Tags", kindList, filter.Tags, true},
		{"traceTags", "Trace Tags", kindList, filter.Tags, true},
		{"metadata", "Metadata", kindTextMap, "", false},
		{"level", "Level", kindOptions, "", false},
		{"warningCount", "Warning Level Count", kindNumber, "", false},
		{"errorCount", "Error Level Count", kindNumber, "", false},
		{"defaultCount", "Default Level Count", kindNumber, "", false},
		{"debugCount", "Debug Level Count", kindNumber, "", false},
		{"inputTokens", "Input Tokens", kindNumber, "", false},
		{"outputTokens", "Output Tokens", kindNumber, "", false},
		{"totalTokens", "Total Tokens", kindNumber, "", false},
		{"tokens", "Tokens", kindNumber, "", false},
		{"inputCost", "Input Cost ($)", kindNumber, "", false},
		{"outputCost", "Output Cost ($)", kindNumber, "", false},
		{"totalCost", "Total Cost ($)", kindNumber, "", false},
		{"latency", "Latency (s)", kindNumber, "", false},
		{"scores_avg", "Scores (numeric)", kindNumberMap, "", false},
		{"score_categories", "Scores (categorical)", kindCategory, "", false},
		{"score_booleans", "Scores (boolean)", kindFlagMap, "", false},
		{"scores", "Scores", kindNumberMap, "", false},
		{"evaluatorId", "Evaluator ID", kindOptions, "", false},
		{"ruleId", "Rule ID", kindOptions, "", false},
	}}
}

// observationColumns are the columns of the v1 list of observations.
func observationColumns() table {
	return table{compare: condition.conditions, columns: []column{
		{"id", "ID", kindOptions, filter.ObservationID, true},
		{"type", "Type", kindOptions, filter.Type, true},
		{"name", "Name", kindOptions, filter.Name, false},
		{"environment", "Environment", kindOptions, filter.Environment, true},
		{"level", "Level", kindOptions, filter.Level, true},
		{"traceId", "Trace ID", kindText, filter.TraceID, true},
		{"parentObservationId", "Parent Observation ID", kindText, filter.ParentObservationID, false},
		{"userId", "User ID", kindText, filter.UserID, false},
		{"sessionId", "Session ID", kindText, filter.SessionID, false},
		{"version", "Version", kindText, filter.Version, false},
		{"startTime", "Start Time", kindTime, filter.Timestamp, true},
		{"tags", "Tags", kindList, filter.Tags, true},
		{"traceTags", "Trace Tags", kindList, filter.Tags, true},
		{"endTime", "End Time", kindTime, "", false},
		{"statusMessage", "Status Message", kindText, "", false},
		{"traceEnvironment", "Trace Environment", kindText, "", true},
		{"model", "Model", kindOptions, "", false},
		{"modelId", "Model ID", kindOptions, "", false},
		{"promptName", "Prompt Name", kindOptions, "", false},
		{"promptVersion", "Prompt Version", kindNumber, "", false},
		{"traceName", "Trace Name", kindOptions, "", false},
		{"latency", "Latency (s)", kindNumber, "", false},
		{"timeToFirstToken", "Time To First Token (s)", kindNumber, "", false},
		{"tokensPerSecond", "Tokens per second", kindNumber, "", false},
		{"inputTokens", "Input Tokens", kindNumber, "", false},
		{"outputTokens", "Output Tokens", kindNumber, "", false},
		{"totalTokens", "Total Tokens", kindNumber, "", false},
		{"tokens", "Tokens", kindNumber, "", false},
		{"inputCost", "Input Cost ($)", kindNumber, "", false},
		{"outputCost", "Output Cost ($)", kindNumber, "", false},
		{"totalCost", "Total Cost ($)", kindNumber, "", false},
		{"toolDefinitions", "Tool Definitions", kindNumber, "", false},
		{"toolCalls", "Tool Calls", kindNumber, "", false},
		{"toolNames", "Tool Names", kindList, "", false},
		{"calledToolNames", "Called Tool Names", kindList, "", false},
		{"metadata", "Metadata", kindTextMap, "", false},
	}}
}

// observationV2Columns are the columns of the v2 list of observations.
func observationV2Columns() table {
	t := observationColumns()
	t.columns = append(t.columns, []column{
		{"release", "Release", kindText, filter.Release, false},
		{"isRootObservation", "Is Root Observation", kindFlag, filter.Root, true},
		{"hasParentObservation", "Has Parent Observation", kindFlag, filter.ParentObservationID, true},
		{"providedModelName", "Provided Model Name", kindOptions, "", false},
		{"input", "Input", kindText, "", false},
		{"output", "Output", kindText, "", false},
		{"hasInput", "Has Input", kindFlag, "", false},
		{"hasOutput", "Has Output", kindFlag, "", false},
		{"isExperimentItemRootSpan", "Is Experiment Item Root Span", kindFlag, "", false},
		{"evaluatorId", "Evaluator ID", kindOptions, "", false},
		{"ruleId", "Rule ID", kindOptions, "", false},
		{"experimentDatasetId", "Experiment Dataset ID", kindOptions, "", false},
		{"experimentId", "Experiment ID", kindOptions, "", false},
		{"experimentName", "Experiment Name", kindOptions, "", false},
		{"ingestionApiKey", "Ingestion API Key", kindOptions, "", false},
		{"ingestionSdkName", "Ingestion SDK Name", kindOptions, "", false},
		{"ingestionSdkVersion", "Ingestion SDK Version", kindOptions, "", false},
		{"ingestionSource", "Ingestion Source", kindOptions, "", false},
	}...)
	return t
}
