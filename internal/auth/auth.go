// Package auth turns a request into an account.Principal: it reads the
// Authorization header, asks the account service, and answers in the words that
// Langfuse clients know.
//
// Who a caller is follows from the credential alone; the package never reads the
// Host header, the path or the body, and never decides what a route needs (the
// route table names a permission, [Authorize] compares). It starts no goroutines.
package auth

import (
	"net/http"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/account"
	"github.com/fusebox-llm/fusebox/internal/fault"
)

// hostHint closes the messages about wrong credentials: most of them are right,
// but sent to the wrong server.
const hostHint = "Confirm that you've configured the correct host."

// Authenticator finds out who sent a request. It is safe for concurrent use.
type Authenticator struct {
	accounts *account.Service
}

// New returns an authenticator on the account service.
func New(accounts *account.Service) *Authenticator {
	return &Authenticator{accounts: accounts}
}

// Authenticate returns the caller of a request: a key pair with the Basic scheme,
// a public key alone with Bearer.
//
// Errors are of type *fault.Error with a message for the client:
// fault.Unauthenticated (401) for credentials that are absent, malformed or wrong,
// fault.Unavailable (503) when the key store cannot be asked.
func (a *Authenticator) Authenticate(r *http.Request) (account.Principal, error) {
	header := r.Header.Get("Authorization")
	switch {
	case header == "":
		return account.Principal{}, fault.New(fault.Unauthenticated, "No authorization header")
	case strings.HasPrefix(header, basicPrefix):
		return a.basic(r, header)
	case strings.HasPrefix(header, bearerPrefix):
		return a.bearer(r, header)
	default:
		return account.Principal{}, fault.New(fault.Unauthenticated, "Invalid authorization header")
	}
}

func (a *Authenticator) basic(r *http.Request, header string) (account.Principal, error) {
	public, private, ok := parseBasic(header)
	if !ok {
		return account.Principal{}, fault.New(fault.Unauthenticated, "Invalid authorization header. %s", hostHint)
	}
	p, err := a.accounts.Authenticate(r.Context(), public, private)
	if err != nil {
		return account.Principal{}, refuse(err, "Invalid credentials. "+hostHint)
	}
	return p, nil
}

func (a *Authenticator) bearer(r *http.Request, header string) (account.Principal, error) {
	p, err := a.accounts.AuthenticateBearer(r.Context(), strings.TrimPrefix(header, bearerPrefix))
	if err != nil {
		return account.Principal{}, refuse(err, "Invalid public key. "+hostHint)
	}
	return p, nil
}

// refuse puts the client's words on a failed lookup. Everything but wrong
// credentials means that nobody could tell.
func refuse(err error, wrong string) error {
	if fault.Is(err, fault.Unauthenticated) {
		return fault.New(fault.Unauthenticated, "%s", wrong)
	}
	return fault.Wrap(fault.Unavailable, err, "Service Unavailable")
}

// Authorize checks that the caller may do what a route needs. The error is a
// *fault.Error with fault.Forbidden (403).
func Authorize(p account.Principal, need account.Permission) error {
	if p.Can(need) {
		return nil
	}
	return fault.New(fault.Forbidden, "Access denied - insufficient permissions for this endpoint")
}
