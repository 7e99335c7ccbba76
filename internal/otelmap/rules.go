package otelmap

// Rules are the mapping tables as plain data. In each table rows are tried from
// the top and the first that applies decides, unless the table's type says
// otherwise.
type Rules struct {
	Names          []NameRow
	Types          []TypeRow
	TypeModels     []KeyRow // any of them; what shows a call of a model, see [TypeOperation]
	Mistyped       []KeyRow // any of them; what makes a span of an old SDK a generation, see [TypeMistyped]
	Payloads       []PayloadRow
	MessageEvents  []EventRow // all that match, in event order
	Tools          []ToolRow  // all of them, in order
	Levels         []LevelRow
	StatusMessages []KeyRow
	Environments   []EnvironmentRow
	Releases       []KeyRow
	Versions       []KeyRow

	Users        []KeyRow
	Sessions     []KeyRow
	Tags         []KeyRow
	Publics      []KeyRow
	AppRoots     []KeyRow // any of them
	AsRoots      []KeyRow // any of them
	TraceNames   []KeyRow
	TraceInputs  []KeyRow
	TraceOutputs []KeyRow
	Experiments  []ExperimentRow // the first of each member

	Models           []ModelRow
	Suppressed       []SuppressRow // any of them
	Parameters       []ParameterRow
	ParameterKeys    []ParameterKeyRow // the first of each parameter
	CompletionStarts []CompletionRow
	PromptNames      []MemberRow
	PromptVersions   []MemberRow

	Usages        []UsageRow
	UsageShapes   []UsageShape
	UsageSplits   []UsageSplit  // all of them
	UsagePrefixes []UsagePrefix // all of them
	UsageMembers  []UsageMember // all of them
	UsageAliases  []UsageAlias  // the first of each entry
	UsageDetails  []UsageDetail // the first that holds an object that agrees
	DetailShapes  []DetailShape // the first that an object is of
	UsageParts    []UsagePart   // all of them
	Inclusions    []InclusionRow
	UsageTotals   []TotalRow
	UsageZeros    []ZeroRow // all of them
	Costs         []CostRow

	OwnScopes []OwnScopeRow // any of them
	Metadata  []MetadataRow // all of them, later ones over earlier ones
	Excluded  []KeyRow      // never user metadata
	Dropped   []DropRow     // never copied to metadata.attributes
}

// DefaultRules returns the tables that the server uses: the rows of all
// conventions by rank. Each call returns a value of its own, which the caller may
// change.
func DefaultRules() Rules {
	var all Rules
	into := all.tables()
	for _, c := range conventions() {
		for i, t := range c.rows.tables() {
			into[i].take(t, c.Convention)
		}
	}
	for _, t := range into {
		t.sort()
	}
	return all
}

// Rows returns the names of all rows, table by table, in order.
func (r Rules) Rows() []string {
	var names []string
	for _, t := range r.tables() {
		for _, row := range t.rows() {
			names = append(names, row.Name)
		}
	}
	return names
}

// Without returns the rules without the row of that name; r keeps it.
func (r Rules) Without(row string) Rules {
	for _, t := range r.tables() {
		t.drop(row)
	}
	return r
}

// Tables returns the tables as they are documented.
func (r Rules) Tables() []Table {
	var out []Table
	for _, t := range r.tables() {
		out = append(out, t.table())
	}
	return out
}

// tables lists the tables in the order of the fields, each with what its rows give
// and how it decides.
func (r *Rules) tables() []anyTable {
	const (
		first   = "The first row that applies decides."
		anyOf   = "Any of them."
		allOf   = "All of them."
		ofEvery = "The first row of each, if any."
	)
	return []anyTable{
		tableOf(&r.Names, "name", "Name of the observation", first+" A name that is empty says nothing."),
		tableOf(&r.Types, "type", "Type of the observation", first+" Without one the type is SPAN."),
		tableOf(&r.TypeModels, "type_model", "What shows a call of a model", anyOf),
		tableOf(&r.Mistyped, "mistyped", "What shows a generation sent as a span by an old SDK", anyOf),
		tableOf(&r.Payloads, "payload", "Input and output", first+" It gives both: rows are not mixed."),
		tableOf(&r.MessageEvents, "message_event", "Span events that are messages", allOf+" In the order of the events."),
		tableOf(&r.Tools, "tools", "Definitions of tools, which join the input", allOf+" A list that is none of tools stays where it is."),
		tableOf(&r.Levels, "level", "Level", first+" Without one the level is DEFAULT."),
		tableOf(&r.StatusMessages, "status_message", "Status message", first),
		tableOf(&r.Environments, "environment", "Environment", first+" Without one it is default."),
		tableOf(&r.Releases, "release", "Release", first),
		tableOf(&r.Versions, "version", "Version", first),
		tableOf(&r.Users, "user", "User", first),
		tableOf(&r.Sessions, "session", "Session", first),
		tableOf(&r.Tags, "tags", "Tags of the trace", first),
		tableOf(&r.Publics, "public", "Whether the trace is public", first),
		tableOf(&r.AppRoots, "app_root", "What marks the root of an application", anyOf),
		tableOf(&r.AsRoots, "as_root", "What marks a root of the trace", anyOf),
		tableOf(&r.TraceNames, "trace_name", "Name of the trace", first),
		tableOf(&r.TraceInputs, "trace_input", "Input of the trace", first),
		tableOf(&r.TraceOutputs, "trace_output", "Output of the trace", first),
		tableOf(&r.Experiments, "experiment", "Experiment", ofEvery),
		tableOf(&r.Models, "model", "Model", first),
		tableOf(&r.Suppressed, "suppress", "Spans whose usage repeats that of the spans below them", anyOf),
		tableOf(&r.Parameters, "parameters", "Model parameters", "The first row that yields one decides; the rows with a prefix do together."),
		tableOf(&r.ParameterKeys, "parameter", "Model parameters one by one", ofEvery),
		tableOf(&r.CompletionStarts, "completion_start", "Time of the first token", first),
		tableOf(&r.PromptNames, "prompt_name", "Name of the prompt, of a generation", first),
		tableOf(&r.PromptVersions, "prompt_version", "Version of the prompt", first),
		tableOf(&r.Usages, "usage", "Usage", first),
		tableOf(&r.UsageShapes, "usage_shape", "Usage objects of known APIs", first+" An object of no shape is a map of entries."),
		tableOf(&r.UsageSplits, "usage_split", "Entries of other usage objects that are parts of one", allOf+" Where the other is there, and not less."),
		tableOf(&r.UsagePrefixes, "usage_prefix", "Attributes that are counts", allOf),
		tableOf(&r.UsageMembers, "usage_member", "Counts inside of JSON attributes", allOf),
		tableOf(&r.UsageAliases, "usage_alias", "Which count gives which usage entry", ofEvery+" A count that is 0 counts."),
		tableOf(&r.UsageDetails, "usage_detail", "Where more of the provider's usage stands than was counted", "The first with an object that says of input and output what was counted. Only parts are taken that nothing counted."),
		tableOf(&r.DetailShapes, "detail_shape", "Usage objects inside of answers", first+" A count of 0 says nothing."),
		tableOf(&r.UsageParts, "usage_part", "Which usage entry may be a part of which", allOf),
		tableOf(&r.Inclusions, "usage_inclusive", "Whether the parts are in the whole that was reported", first+" Parts that are in it are taken out of it, so that entries can be added up."),
		tableOf(&r.UsageTotals, "usage_total", "Totals that are reckoned anew", first),
		tableOf(&r.UsageZeros, "usage_zero", "Usage entries that are 0 where nothing is reported", allOf),
		tableOf(&r.Costs, "cost", "Cost", first),
		tableOf(&r.OwnScopes, "own_scope", "Scopes whose attributes are not copied to metadata.attributes", anyOf),
		tableOf(&r.Metadata, "metadata", "Metadata", allOf+" Later ones over earlier ones, name by name."),
		tableOf(&r.Excluded, "excluded", "Attributes that are no user metadata", anyOf),
		tableOf(&r.Dropped, "dropped", "Attributes that are not copied to metadata.attributes", anyOf),
	}
}
