package otelmap

// Rules are the mapping tables as plain data. In each table rows are tried from
// the top and the first that applies decides, unless the table's type says
// otherwise.
type Rules struct {
	Names          []KeyRow
	Types          []TypeRow
	Mistyped       []KeyRow // what makes a span of an old SDK a generation, see [TypeMistyped]
	Payloads       []PayloadRow
	MessageEvents  []EventRow // all that match, in event order
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

	Models           []KeyRow
	Suppressed       []SuppressRow // any of them
	Parameters       []ParameterRow
	CompletionStarts []CompletionRow
	PromptNames      []KeyRow
	PromptVersions   []KeyRow

	Usages        []UsageRow
	UsageShapes   []UsageShape
	UsagePrefixes []UsagePrefix // all of them
	UsageAliases  []UsageAlias
	UsageParts    []UsagePart // all of them, in order
	Costs         []CostRow

	OwnScopes []OwnScopeRow // any of them
	Metadata  []MetadataRow // all of them, later ones over earlier ones
	Excluded  []KeyRow      // never user metadata
	Dropped   []DropRow     // never copied to metadata.attributes
}

// DefaultRules returns the tables that the server uses. Each call returns a value
// of its own, which the caller may change.
func DefaultRules() Rules {
	return Rules{
		Names:          defaultNames(),
		Types:          defaultTypes(),
		Mistyped:       defaultMistyped(),
		Payloads:       defaultPayloads(),
		MessageEvents:  defaultMessageEvents(),
		Levels:         defaultLevels(),
		StatusMessages: defaultStatusMessages(),
		Environments:   defaultEnvironments(),
		Releases:       defaultReleases(),
		Versions:       defaultVersions(),

		Users:        defaultUsers(),
		Sessions:     defaultSessions(),
		Tags:         defaultTags(),
		Publics:      defaultPublics(),
		AppRoots:     defaultAppRoots(),
		AsRoots:      defaultAsRoots(),
		TraceNames:   defaultTraceNames(),
		TraceInputs:  defaultTraceInputs(),
		TraceOutputs: defaultTraceOutputs(),

		Models:           defaultModels(),
		Suppressed:       defaultSuppressed(),
		Parameters:       defaultParameters(),
		CompletionStarts: defaultCompletionStarts(),
		PromptNames:      defaultPromptNames(),
		PromptVersions:   defaultPromptVersions(),

		Usages:        defaultUsages(),
		UsageShapes:   defaultUsageShapes(),
		UsagePrefixes: defaultUsagePrefixes(),
		UsageAliases:  defaultUsageAliases(),
		UsageParts:    defaultUsageParts(),
		Costs:         defaultCosts(),

		OwnScopes: defaultOwnScopes(),
		Metadata:  defaultMetadata(),
		Excluded:  defaultExcluded(),
		Dropped:   defaultDropped(),
	}
}

// Rows returns the names of all rows, table by table, in order.
func (r Rules) Rows() []string {
	var names []string
	r.eachTable(tableVisitor{names: &names})
	return names
}

// Without returns the rules without the row of that name; r keeps it.
func (r Rules) Without(row string) Rules {
	return r.eachTable(tableVisitor{drop: row})
}

// tableVisitor lists row names or drops a row. Both go through eachTable, so that
// a new table is added in one place.
type tableVisitor struct {
	names *[]string
	drop  string
}

func (r Rules) eachTable(v tableVisitor) Rules {
	r.Names = visit(v, r.Names)
	r.Types = visit(v, r.Types)
	r.Mistyped = visit(v, r.Mistyped)
	r.Payloads = visit(v, r.Payloads)
	r.MessageEvents = visit(v, r.MessageEvents)
	r.Levels = visit(v, r.Levels)
	r.StatusMessages = visit(v, r.StatusMessages)
	r.Environments = visit(v, r.Environments)
	r.Releases = visit(v, r.Releases)
	r.Versions = visit(v, r.Versions)
	r.Users = visit(v, r.Users)
	r.Sessions = visit(v, r.Sessions)
	r.Tags = visit(v, r.Tags)
	r.Publics = visit(v, r.Publics)
	r.AppRoots = visit(v, r.AppRoots)
	r.AsRoots = visit(v, r.AsRoots)
	r.TraceNames = visit(v, r.TraceNames)
	r.TraceInputs = visit(v, r.TraceInputs)
	r.TraceOutputs = visit(v, r.TraceOutputs)
	r.Models = visit(v, r.Models)
	r.Suppressed = visit(v, r.Suppressed)
	r.Parameters = visit(v, r.Parameters)
	r.CompletionStarts = visit(v, r.CompletionStarts)
	r.PromptNames = visit(v, r.PromptNames)
	r.PromptVersions = visit(v, r.PromptVersions)
	r.Usages = visit(v, r.Usages)
	r.UsageShapes = visit(v, r.UsageShapes)
	r.UsagePrefixes = visit(v, r.UsagePrefixes)
	r.UsageAliases = visit(v, r.UsageAliases)
	r.UsageParts = visit(v, r.UsageParts)
	r.Costs = visit(v, r.Costs)
	r.OwnScopes = visit(v, r.OwnScopes)
	r.Metadata = visit(v, r.Metadata)
	r.Excluded = visit(v, r.Excluded)
	r.Dropped = visit(v, r.Dropped)
	return r
}

func visit[T interface{ rowName() string }](v tableVisitor, rows []T) []T {
	kept := make([]T, 0, len(rows))
	for _, row := range rows {
		if v.names != nil {
			*v.names = append(*v.names, row.rowName())
		}
		if row.rowName() != v.drop {
			kept = append(kept, row)
		}
	}
	return kept
}
