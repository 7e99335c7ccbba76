package auth

import (
	"context"

	"github.com/fusebox-llm/fusebox/internal/account"
)

type principalKey struct{}

// WithPrincipal returns a context that carries the caller.
func WithPrincipal(ctx context.Context, p account.Principal) context.Context {
	return context.WithValue(ctx, principalKey{}, p)
}

// PrincipalFrom returns the caller that the context carries. Without one ok is
// false and the principal is nobody, who may do nothing.
func PrincipalFrom(ctx context.Context) (p account.Principal, ok bool) {
	p, ok = ctx.Value(principalKey{}).(account.Principal)
	return p, ok
}
