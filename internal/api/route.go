package api

import (
	"fmt"
	"net/http"
	"reflect"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/account"
)

// Route is one endpoint: everything that the server and its document need to know
// about it. Either Run or Raw is set.
type Route struct {
	Method string
	Path   string // a pattern of net/http's mux, without method
	// AnyMethod lets every method through; Method is then the documented one.
	AnyMethod bool
	// Permission is what the caller must be allowed to do. A route without one
	// does not start; account.Public opens it to everybody.
	Permission account.Permission
	Errors     Shape

	ID          string // the operation's name in the document, unique
	Tag         string
	Summary     string
	Description string

	Run Endpoint
	// Statuses are those besides 200 that the output of Run is answered with.
	Statuses []int
	// Raw is a handler that reads and writes the wire by itself, body limits
	// included. Wire documents it.
	Raw  http.HandlerFunc
	Wire Wire
}

// Wire documents the bodies of a raw route, and of a typed one the status of
// success where it is always another than 200.
type Wire struct {
	Params  []PathParam // of a raw route
	Request []Content
	Status  int // of success; 0 is 200
	Answer  []Content
	// Failures are the statuses that a raw route fails with, where they are not
	// those of other routes.
	Failures []int
}

// PathParam documents a wildcard of a raw route's path.
type PathParam struct{ Name, Description string }

// Content is one form of a body.
type Content struct {
	Type   string       // media type
	Schema reflect.Type // nil for bytes that the document does not describe
}

// BearerAllowed reports whether a public key alone is enough for the route.
func (r *Route) BearerAllowed() bool {
	return account.Principal{Access: account.AccessScores}.Can(r.Permission)
}

// check reports what keeps a route from being served.
func (r *Route) check() error {
	problem := ""
	switch {
	case r.Method == "" || r.Path == "":
		problem = "it needs a method and a path"
	case !strings.HasPrefix(r.Path, "/") || strings.HasSuffix(r.Path, "/") || strings.ContainsAny(r.Path, " $"):
		problem = "its path must be absolute, exact and without a method"
	case r.Permission == "":
		problem = "it names no permission"
	case !r.Permission.Valid():
		problem = fmt.Sprintf("the permission %q does not exist", r.Permission)
	case r.ID == "" || r.Tag == "" || r.Summary == "":
		problem = "it is not documented: id, tag and summary are needed"
	case r.Raw == nil && r.Run.serve == nil, r.Raw != nil && r.Run.serve != nil:
		problem = "it needs a handler, either typed or raw"
	case r.Run.err != nil:
		problem = r.Run.err.Error()
	}
	if problem != "" {
		return fmt.Errorf("route %s %s: %s", r.Method, r.Path, problem)
	}
	return r.checkPathParams()
}

// checkPathParams compares the wildcards of the path with the input type.
func (r *Route) checkPathParams() error {
	if r.Raw != nil {
		return nil
	}
	named := map[string]bool{}
	for segment := range strings.SplitSeq(r.Path, "/") {
		if name, ok := strings.CutPrefix(segment, "{"); ok {
			named[strings.TrimSuffix(name, "}")] = true
		}
	}
	for _, p := range r.Run.params {
		if p.In != InPath {
			continue
		}
		if !named[p.Name] {
			return fmt.Errorf("route %s %s: the path has no {%s}", r.Method, r.Path, p.Name)
		}
		delete(named, p.Name)
	}
	for name := range named {
		return fmt.Errorf("route %s %s: nothing reads {%s}", r.Method, r.Path, name)
	}
	return nil
}
