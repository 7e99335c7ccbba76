package account

import (
	"context"

	"github.com/fusebox-llm/fusebox/internal/id"
)

// Store keeps organizations, projects and keys.
//
// Every write validates its value first (Validate of the type) and refuses it
// with fault.Invalid; text with a NUL byte is among what is refused. A lookup with
// such text finds nothing. Text is compared byte by byte: case counts, and so does
// the Unicode form. Times come back in UTC with microseconds, metadata byte for
// byte, with nil metadata as {}.
//
// A write returns nil only once it is durable. Errors carry fault codes: NotFound
// and Conflict as the methods say, Unavailable where trying again can help, after
// Close included. A cancelled context stops a call; its error then satisfies
// errors.Is with the context's.
//
// The ensure methods are idempotent and never change what is there. Called at the
// same moment with the same value, by any number of processes, exactly one reports
// created.
type Store interface {
	// EnsureOrganization creates the organization unless its id exists, whatever
	// else that one holds.
	EnsureOrganization(ctx context.Context, o Organization) (created bool, err error)
	// EnsureProject creates the project unless its id exists in the same
	// organization. NotFound when the organization does not exist, Conflict when
	// the id belongs to another organization or the name to another project of the
	// same one.
	EnsureProject(ctx context.Context, p Project) (created bool, err error)
	// EnsureKey creates the key in k.Project unless its public key exists there
	// with the same digest; id, note and time of the existing one stay. NotFound
	// when the project does not exist, Conflict when the public key exists in
	// another project or with another digest, or the id exists.
	EnsureKey(ctx context.Context, k Key) (created bool, err error)
	// CreateFirst creates all three at once, provided that there is no project at
	// all; otherwise it does nothing and reports false. The project must name the
	// organization and the key the project, else Invalid. Conflict when the
	// organization or the public key exists all the same.
	CreateFirst(ctx context.Context, o Organization, p Project, k Key) (created bool, err error)

	// Project returns a project with its organization, or NotFound.
	Project(ctx context.Context, p id.Project) (Project, Organization, error)
	// KeyByPublic returns the key with the public key, or NotFound. It is how a
	// caller's project is found, so it takes none.
	KeyByPublic(ctx context.Context, publicKey string) (Key, error)
	// Keys returns the project's keys, oldest first; none for an unknown project.
	Keys(ctx context.Context, p id.Project) ([]Key, error)
	// DeleteKey removes a key of the project; NotFound when the project has no such
	// key.
	DeleteKey(ctx context.Context, p id.Project, keyID string) error
}
