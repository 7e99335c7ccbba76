package account

import (
	"slices"

	"github.com/fusebox-llm/fusebox/internal/id"
)

// Principal is an authenticated caller. It comes from a credential alone: nothing
// in a request names the project. The zero Principal is nobody.
type Principal struct {
	Project id.Project
	KeyID   string // the key that was used, for logs and the audit trail
	Access  Access
}

// Can reports whether the caller may do what p names. Public is for everybody.
func (pr Principal) Can(p Permission) bool {
	return p == Public || slices.Contains(pr.Access.grants(), p)
}
