package api

import (
	"context"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/tasks"
)

// Task is work that runs in the background.
type Task struct {
	// The task's id.
	ID string `json:"id"`
	// What it does: recalculate_costs.
	Kind string `json:"kind"`
	// queued, running, succeeded, failed or cancelled.
	Status string `json:"status"`
	// What it was asked to do.
	Args JSON `json:"args"`
	// How much is done, in what the kind counts: observations.
	Done int64 `json:"done"`
	// How much there is to do; 0 where that is not known.
	Total int64 `json:"total"`
	// What a task that succeeded found or did.
	Result JSON `json:"result"`
	// Why the last attempt failed.
	Error *string `json:"error"`
	// How often it was tried.
	Attempts int `json:"attempts"`
	// Whether somebody asked for it to stop.
	CancelRequested bool `json:"cancelRequested"`
	// When it was asked for.
	CreatedAt Time `json:"createdAt"`
	// When it began.
	StartedAt *Time `json:"startedAt"`
	// When it was over.
	FinishedAt *Time `json:"finishedAt"`
}

// Tasks is the newest tasks of a project.
type Tasks struct {
	// The tasks, newest first.
	Data []Task `json:"data"`
}

// TasksQuery selects tasks.
type TasksQuery struct {
	// How many tasks to list.
	Limit int `query:"limit" default:"50" minimum:"1" maximum:"100"`
	// Only tasks that are older than the one with this id.
	After string `query:"after"`
}

// TaskQuery names a task.
type TaskQuery struct {
	// The task's id.
	TaskID string `path:"taskId"`
}

func taskRoutes(cfg Config) []Route {
	const tag = "Tasks"
	return []Route{
		{
			Method: "GET", Path: "/api/v1/tasks", Permission: tasksRead,
			ID: "tasks.list", Tag: tag, Summary: "List the background tasks of the project", Run: Handle(cfg.listTasks),
		},
		{
			Method: "GET", Path: "/api/v1/tasks/{taskId}", Permission: tasksRead,
			ID: "tasks.get", Tag: tag, Summary: "Get a background task", Run: Handle(cfg.getTask),
		},
		{
			Method: "POST", Path: "/api/v1/tasks/{taskId}/cancel", Permission: tasksWrite,
			ID: "tasks.cancel", Tag: tag, Summary: "Ask a background task to stop",
			Description: "A task that waits is cancelled at once, one that runs stops soon; what it has done stays done.",
			Run:         Handle(cfg.cancelTask),
		},
	}
}

func (c Config) listTasks(ctx context.Context, in TasksQuery) (Tasks, error) {
	list, err := c.Tasks.List(ctx, projectOf(ctx), in.Limit, in.After)
	if fault.Is(err, fault.NotFound) { // no resource of this path is missing
		return Tasks{}, IssuesError{brokenRule("after", noTask)}
	}
	if err != nil {
		return Tasks{}, err
	}
	out := Tasks{Data: []Task{}}
	for i := range list {
		out.Data = append(out.Data, taskOf(&list[i]))
	}
	return out, nil
}

func (c Config) getTask(ctx context.Context, in TaskQuery) (Task, error) {
	t, err := c.Tasks.Get(ctx, projectOf(ctx), in.TaskID)
	return taskOf(&t), taskFault(err)
}

func (c Config) cancelTask(ctx context.Context, in TaskQuery) (Task, error) {
	t, err := c.Tasks.Cancel(ctx, projectOf(ctx), in.TaskID)
	return taskOf(&t), taskFault(err)
}

const noTask = "No task with this id found."

func taskFault(err error) error {
	if fault.Is(err, fault.NotFound) {
		return fault.Wrap(fault.NotFound, err, noTask)
	}
	return err
}

func taskOf(t *tasks.Task) Task {
	return Task{
		ID: t.ID, Kind: t.Kind, Status: string(t.Status), Args: storedJSON(t.Args), Done: t.Done, Total: t.Total,
		Result: storedJSON(t.Result), Error: textOrNull(&t.Error), Attempts: t.Attempts, CancelRequested: t.CancelRequested,
		CreatedAt: Time(t.CreatedAt), StartedAt: timeOrNull(t.StartedAt), FinishedAt: timeOrNull(t.FinishedAt),
	}
}
