package pricing

import (
	"context"

	"github.com/fusebox-llm/fusebox/internal/id"
)

// Store keeps the models that projects define themselves. Built-in models are not
// in it.
//
// A write validates its value first (Validate of Model) and refuses it with
// fault.Invalid; a project or an id that is empty, and text with a NUL byte, are
// among what is refused. A lookup with such text finds nothing. Text is compared
// byte by byte: case counts, and so does the Unicode form.
//
// A write returns nil only once it is durable. Errors carry fault codes: NotFound
// and Conflict as the methods say, Unavailable where trying again can help, after
// Close included. A cancelled context stops a call; its error then satisfies
// errors.Is with the context's.
type Store interface {
	// Models returns the project's own models, oldest first; none for an unknown
	// project.
	Models(ctx context.Context, p id.Project) ([]Model, error)
	// CreateModel stores the model in m.Project. Conflict when the project has a
	// model with that name or that id, NotFound when the project does not exist.
	CreateModel(ctx context.Context, m Model) error
	// DeleteModel removes a model of the project; NotFound when the project has no
	// such model.
	DeleteModel(ctx context.Context, p id.Project, modelID string) error
}
