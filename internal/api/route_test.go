package api_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/account"
	"github.com/fusebox-llm/fusebox/internal/api"
)

// route is an extra route with a given handler.
func route(path string, raw http.HandlerFunc) api.Route {
	return api.Route{Method: "GET", Path: path, Permission: account.TracesRead, ID: path, Tag: "Test", Summary: "Test", Raw: raw}
}

type noInput struct{}

func failing(err error) api.Endpoint {
	return api.Handle(func(context.Context, noInput) (noInput, error) { return noInput{}, err })
}

// Every route that is not explicitly public refuses callers without a key, with a
// wrong one, and with one that lacks the permission.
func TestEveryRouteIsGuarded(t *testing.T) {
	w := newWorld(t, nil)
	open := 0
	for _, r := range w.api.Routes() {
		if r.Permission == account.Public {
			open++
			continue
		}
		path := strings.NewReplacer("{", "", "}", "").Replace(r.Path)
		for key, status := range map[string]int{"none": 401, "wrong": 401, "public": 403} {
			res, body := w.call(t, r.Method, path, http.Header{"Authorization": {keys()[key]}})
			if key == "public" && r.BearerAllowed() {
				if res.StatusCode == 401 || res.StatusCode == 403 {
					t.Errorf("%s %s with a public key: status %d: %s", r.Method, r.Path, res.StatusCode, body)
				}
				continue
			}
			if res.StatusCode != status {
				t.Errorf("%s %s with key %s: status %d, want %d: %s", r.Method, r.Path, key, res.StatusCode, status, body)
			}
		}
	}
	if open != 5 { // health twice, the document, both ends of media links
		t.Errorf("%d public routes; add new ones here when they are meant to be", open)
	}
}

func TestNewRefuses(t *testing.T) {
	ok := func(http.ResponseWriter, *http.Request) {}
	type twoIDs struct {
		A string `path:"a"`
		B string `path:"b"`
	}
	type badNumber struct {
		N int `query:"n"`
	}
	type badType struct {
		N float64 `query:"n"`
	}
	type untagged struct{ N string }
	typed := func(e api.Endpoint) api.Route {
		r := route("/api/x/{a}", nil)
		r.Run = e
		return r
	}
	change := func(f func(*api.Route)) []api.Route {
		r := route("/api/x", ok)
		f(&r)
		return []api.Route{r}
	}
	tests := map[string]struct {
		extra []api.Route
		want  string
	}{
		"no permission":      {change(func(r *api.Route) { r.Permission = "" }), "names no permission"},
		"unknown permission": {change(func(r *api.Route) { r.Permission = "all" }), "does not exist"},
		"no handler":         {change(func(r *api.Route) { r.Raw = nil }), "needs a handler"},
		"two handlers":       {change(func(r *api.Route) { r.Run = failing(nil) }), "needs a handler"},
		"no path":            {change(func(r *api.Route) { r.Path = "" }), "needs a method and a path"},
		"subtree":            {change(func(r *api.Route) { r.Path = "/api/x/" }), "absolute, exact"},
		"method in the path": {change(func(r *api.Route) { r.Path = "GET /api/x" }), "absolute, exact"},
		"not documented":     {change(func(r *api.Route) { r.Summary = "" }), "not documented"},
		"twice":              {append(change(func(r *api.Route) { r.ID = "1" }), change(func(r *api.Route) { r.ID = "2" })...), "two routes for GET /api/x"},
		"same id":            {append(change(func(*api.Route) {}), change(func(r *api.Route) { r.Path = "/api/y" })...), "the id"},
		"clash":              {[]api.Route{route("/api/{a}/x", ok), route("/api/x/{b}", ok)}, "route /api/x/{b}"},
		"missing wildcard":   {[]api.Route{typed(api.Handle(func(context.Context, twoIDs) (noInput, error) { return noInput{}, nil }))}, "the path has no {b}"},
		"unread wildcard":    {[]api.Route{typed(failing(nil))}, "nothing reads {a}"},
		"number":             {[]api.Route{typed(api.Handle(func(context.Context, badNumber) (noInput, error) { return noInput{}, nil }))}, "default, minimum and maximum"},
		"type":               {[]api.Route{typed(api.Handle(func(context.Context, badType) (noInput, error) { return noInput{}, nil }))}, "float64"},
		"tag":                {[]api.Route{typed(api.Handle(func(context.Context, untagged) (noInput, error) { return noInput{}, nil }))}, "no path, query or body tag"},
	}
	cfg := newWorld(t, nil).cfg
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			bad := cfg
			bad.Extra = tc.extra
			if _, err := api.New(bad); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("error %v, want one about %q", err, tc.want)
			}
		})
	}
	t.Run("configuration", func(t *testing.T) {
		if _, err := api.New(api.Config{}); err == nil {
			t.Error("an empty configuration is taken")
		}
	})
}

func TestServes(t *testing.T) {
	w := newWorld(t, func(c *api.Config) {
		c.Serves = func(r *api.Route) bool { return r.Permission != account.TelemetryWrite }
	})
	for path, want := range map[string]int{"/v1/traces": 404, "/api/public/projects": 405} {
		if res, body := w.call(t, "POST", path, nil); res.StatusCode != want {
			t.Errorf("%s: %d %s", path, res.StatusCode, body)
		}
	}
}
