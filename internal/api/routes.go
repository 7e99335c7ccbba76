package api

import (
	"slices"

	"github.com/fusebox-llm/fusebox/internal/account"
)

// The permissions, as the table writes them.
const (
	public         = account.Public
	projectsRead   = account.ProjectsRead
	telemetryWrite = account.TelemetryWrite
	tracesRead     = account.TracesRead
	scoresRead     = account.ScoresRead
	scoresWrite    = account.ScoresWrite
	scoresDelete   = account.ScoresDelete
	modelsRead     = account.ModelsRead
	modelsWrite    = account.ModelsWrite
	tasksRead      = account.TasksRead
	tasksWrite     = account.TasksWrite
)

// Routes returns the table: every endpoint that this server has, resource by
// resource. It only builds values, so any Config will do for reading it.
func Routes(cfg Config) []Route {
	return slices.Concat(
		healthRoutes(cfg),
		documentRoutes(),
		projectRoutes(cfg),
		exportRoutes(cfg),
		ingestionRoutes(cfg),
		legacyRoutes(cfg),
		traceRoutes(cfg),
		observationRoutes(cfg),
		observationV2Routes(cfg),
		observationDetailRoutes(cfg),
		detailRoutes(cfg),
		sessionRoutes(cfg),
		scoreCreateRoutes(cfg),
		scoreRoutes(cfg),
		mediaRoutes(cfg),
		modelRoutes(cfg),
		repriceRoutes(cfg),
		taskRoutes(cfg),
	)
}
