package account

import "slices"

// Permission names one thing that a caller may be allowed to do. Every operation
// of the API names exactly one. The zero Permission is granted to nobody, so an
// operation that forgot to name one is closed.
type Permission string

// The permissions.
const (
	// Public is the explicit absence of a permission: anybody, without a key.
	Public Permission = "public"

	ProjectsRead   Permission = "projects:read"   // see the project itself
	TelemetryWrite Permission = "telemetry:write" // send traces and observations
	TracesRead     Permission = "traces:read"     // read traces, observations and sessions
	TracesDelete   Permission = "traces:delete"   // delete traces
	ScoresRead     Permission = "scores:read"     // read scores and score configs
	ScoresWrite    Permission = "scores:write"    // create scores
	ScoresDelete   Permission = "scores:delete"   // delete scores
	MetricsRead    Permission = "metrics:read"    // run metric queries
	ModelsRead     Permission = "models:read"     // read model definitions and prices
	ModelsWrite    Permission = "models:write"    // change them, and recalculate costs
	TasksRead      Permission = "tasks:read"      // follow background tasks
	TasksWrite     Permission = "tasks:write"     // cancel background tasks
)

// Permissions returns every permission there is, Public included.
func Permissions() []Permission {
	return []Permission{
		Public, ProjectsRead, TelemetryWrite, TracesRead, TracesDelete,
		ScoresRead, ScoresWrite, ScoresDelete, MetricsRead,
		ModelsRead, ModelsWrite, TasksRead, TasksWrite,
	}
}

// Valid reports whether p is one of [Permissions]. The route table refuses
// others at start.
func (p Permission) Valid() bool { return slices.Contains(Permissions(), p) }

// Access is the level a credential gives.
type Access string

// The access levels. The zero Access may do nothing.
const (
	// AccessProject is a key pair: everything within its project.
	AccessProject Access = "project"
	// AccessScores is a public key alone, as browsers hold it: creating scores.
	AccessScores Access = "scores"
)

// grants is the whole table of who may do what.
func (a Access) grants() []Permission {
	switch a {
	case AccessProject:
		return []Permission{
			ProjectsRead, TelemetryWrite, TracesRead, TracesDelete,
			ScoresRead, ScoresWrite, ScoresDelete, MetricsRead,
			ModelsRead, ModelsWrite, TasksRead, TasksWrite,
		}
	case AccessScores:
		return []Permission{ScoresWrite}
	default:
		return nil
	}
}
