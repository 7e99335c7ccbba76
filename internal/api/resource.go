package api

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/account"
)

// resource is a path with its methods. Methods are matched here and not by the
// mux, so that a wrong one is answered in JSON, before the key is looked at.
type resource struct {
	api    *API
	path   string
	routes map[string]*Route
	any    *Route // takes every method
	shape  Shape
	allow  string
}

// resourcesOf groups the routes by path, in the order of the table.
func resourcesOf(a *API, routes []Route) ([]*resource, error) {
	var (
		out    []*resource
		byPath = map[string]*resource{}
		ids    = map[string]bool{}
	)
	for i := range routes {
		route := &routes[i]
		if err := route.check(); err != nil {
			return nil, err
		}
		if ids[route.ID] {
			return nil, fmt.Errorf("two routes have the id %q", route.ID)
		}
		ids[route.ID] = true
		res := byPath[route.Path]
		if res == nil {
			res = &resource{api: a, path: route.Path, routes: map[string]*Route{}, shape: route.Errors}
			byPath[route.Path] = res
			out = append(out, res)
		}
		if res.routes[route.Method] != nil {
			return nil, fmt.Errorf("two routes for %s %s", route.Method, route.Path)
		}
		res.routes[route.Method] = route
		if route.AnyMethod {
			res.any = route
		}
	}
	for _, res := range out {
		res.allow = res.allowed()
	}
	return out, nil
}

func (res *resource) allowed() string {
	methods := []string{http.MethodOptions}
	for m := range res.routes {
		methods = append(methods, m)
		if m == http.MethodGet {
			methods = append(methods, http.MethodHead)
		}
	}
	slices.Sort(methods)
	return strings.Join(slices.Compact(methods), ", ")
}

// ServeHTTP implements http.Handler.
func (res *resource) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := exchangeOf(r.Context())
	x.route = res.path
	allowOrigin(w.Header(), r)
	method := r.Method
	if method == http.MethodOptions {
		x.quiet = true
		preflight(w, r, res.allow)
		return
	}
	if method == http.MethodHead {
		method = http.MethodGet
	}
	route := res.routes[method]
	if route == nil {
		route = res.any
	}
	if route == nil {
		w.Header().Set("Allow", res.allow)
		writeError(w, http.StatusMethodNotAllowed, methodNotAllowed(res.shape))
		return
	}
	x.quiet = route.Permission == account.Public
	res.api.serve(w, r, route)
}

func methodNotAllowed(shape Shape) any {
	const text = "Method not allowed"
	switch shape {
	case Plain:
		return MessageError{Message: text}
	case Coded:
		return CodedError{Message: text, Code: "method_not_allowed"}
	case Bare:
		return ClassError{Message: text, Error: text}
	}
	return ClassError{Message: text, Error: "MethodNotAllowedError"}
}

// loneSlash stands for a path segment that is nothing but an encoded slash, which
// the mux would take for the end of the path. No id can hold its first byte.
const loneSlash = "\xff/"

// pathValue returns a wildcard's text as the client meant it.
func pathValue(r *http.Request, name string) string {
	if v := r.PathValue(name); v != loneSlash {
		return v
	}
	return "/"
}

// routable returns the request in a form that the mux matches without cleaning
// its path, which would redirect, and lose ids that look like path syntax. Dot
// segments are escaped, as clients that normalise paths never send them unless
// they are meant; the handler gets them back. Slashes doubled at the start come
// from a base URL that ends in one. ok is false for a path that cannot be routed.
func routable(r *http.Request) (_ *http.Request, ok bool) {
	path := r.URL.EscapedPath()
	if !strings.HasPrefix(path, "/") {
		return nil, false
	}
	path = "/" + strings.TrimLeft(path, "/")
	if strings.Contains(path, "//") {
		return nil, false
	}
	segments := strings.Split(path, "/")
	for i, s := range segments {
		switch {
		case s == "." || s == "..":
			segments[i] = strings.ReplaceAll(s, ".", "%2E")
		case strings.EqualFold(s, "%2F"):
			segments[i] = url.PathEscape(loneSlash)
		}
	}
	raw := strings.Join(segments, "/")
	if raw == r.URL.EscapedPath() {
		return r, true
	}
	plain, err := url.PathUnescape(raw)
	if err != nil {
		return nil, false
	}
	out := *r
	u := *r.URL
	u.Path, u.RawPath = plain, raw
	out.URL = &u
	return &out, true
}
