package api

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/fusebox-llm/fusebox/internal/account"
	"github.com/fusebox-llm/fusebox/internal/auth"
	"github.com/fusebox-llm/fusebox/internal/body"
	"github.com/fusebox-llm/fusebox/internal/explore"
	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/ingest"
	"github.com/fusebox-llm/fusebox/internal/media"
	"github.com/fusebox-llm/fusebox/internal/pricing"
	"github.com/fusebox-llm/fusebox/internal/tasks"
)

// Config is what the API is made of. Everything is needed unless it says
// otherwise.
type Config struct {
	Version string // of this server
	Logger  *slog.Logger
	Now     func() time.Time // default time.Now

	// Authenticate finds out who sent a request.
	Authenticate func(*http.Request) (account.Principal, error)
	// Project returns a project and its organization.
	Project func(context.Context, id.Project) (account.Project, account.Organization, error)
	Explore *explore.Service
	// DeleteScore removes a score of a project for good, if there is one.
	DeleteScore func(ctx context.Context, p id.Project, scoreID string) error
	// Ingest stores what arrives by the endpoints of this package.
	Ingest *ingest.Service
	// Media keeps attachments.
	Media *media.Service
	// Prices answers what models cost.
	Prices *pricing.Service
	// Tasks is what runs in the background.
	Tasks *tasks.Service
	// PublicURL is the URL under which clients reach the server; "" takes what each
	// request says.
	PublicURL string
	// Bodies reads the bodies of requests that bring telemetry.
	Bodies *body.Pool
	// MaxEvents is how many events a batch may have; default 10,000.
	MaxEvents int

	// Ping returns nil when the stores can answer.
	Ping func(context.Context) error
	// LastTelemetry returns when telemetry was last accepted, for any project; the
	// zero time when it never was.
	LastTelemetry func(context.Context) (time.Time, error)
	// Draining reports whether the server has begun to shut down.
	Draining func() bool

	// ExportTraces and ExportMetrics answer OTLP over HTTP.
	ExportTraces, ExportMetrics http.HandlerFunc

	// Serves says which routes this process answers; default: all. The others do
	// not exist here.
	Serves func(*Route) bool
	// Extra are routes of other edges; none by default.
	Extra []Route
	// Elsewhere answers paths outside /api that no route has, such as those of the
	// web UI. Default: 404.
	Elsewhere http.Handler
}

func (c *Config) check() error {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.MaxEvents <= 0 {
		c.MaxEvents = 10_000
	}
	missing := map[string]bool{
		"Version": c.Version == "", "Logger": c.Logger == nil, "Authenticate": c.Authenticate == nil,
		"Project": c.Project == nil, "Explore": c.Explore == nil, "Ping": c.Ping == nil,
		"LastTelemetry": c.LastTelemetry == nil, "Draining": c.Draining == nil,
		"DeleteScore": c.DeleteScore == nil,
		"Ingest":      c.Ingest == nil, "Bodies": c.Bodies == nil, "Media": c.Media == nil,
		"Prices": c.Prices == nil, "Tasks": c.Tasks == nil,
		"ExportTraces": c.ExportTraces == nil, "ExportMetrics": c.ExportMetrics == nil,
	}
	for name, is := range missing {
		if is {
			return fmt.Errorf("api: config: %s is missing", name)
		}
	}
	return nil
}

// API answers HTTP requests by its route table. It is safe for concurrent use.
type API struct {
	cfg    Config
	routes []Route
	mux    *http.ServeMux
}

// New checks the route table and returns the handler for it. A route that names no
// permission, is not documented or clashes with another one is an error.
func New(cfg Config) (*API, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	a := &API{cfg: cfg, routes: append(Routes(cfg), cfg.Extra...), mux: http.NewServeMux()}
	if cfg.Serves != nil {
		a.routes = slices.DeleteFunc(a.routes, func(r Route) bool { return !cfg.Serves(&r) })
	}
	resources, err := resourcesOf(a, a.routes)
	if err != nil {
		return nil, fmt.Errorf("api: %w", err)
	}
	for _, res := range resources {
		if err := register(a.mux, res.path, res); err != nil {
			return nil, fmt.Errorf("api: %w", err)
		}
	}
	return a, register(a.mux, "/", http.HandlerFunc(a.unknown))
}

// register adds a handler to a mux, which panics at patterns that clash.
func register(mux *http.ServeMux, pattern string, h http.Handler) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("route %s: %v", pattern, p)
		}
	}()
	mux.Handle(pattern, h)
	return nil
}

// Routes returns the routes that are served, Extra included.
func (a *API) Routes() []Route { return slices.Clone(a.routes) }

// ServeHTTP implements http.Handler.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rec, r, x := a.begin(w, r)
	defer a.end(rec, r, x)
	if routed, ok := routable(r); ok {
		a.mux.ServeHTTP(rec, routed)
		return
	}
	a.unknown(rec, r)
}

// unknown answers paths that no route has.
func (a *API) unknown(w http.ResponseWriter, r *http.Request) {
	if path := "/" + strings.TrimLeft(r.URL.Path, "/"); a.cfg.Elsewhere != nil && !strings.HasPrefix(path, "/api/") {
		a.cfg.Elsewhere.ServeHTTP(w, r)
		return
	}
	allowOrigin(w.Header(), r)
	message := "Not Found: there is no such endpoint"
	if r.URL.Path == "/" || strings.HasPrefix(r.URL.Path, "/project/") { // where SDKs link to
		message = "Not Found: there is no such endpoint. The API is under /api/public; this version has no user interface yet."
	}
	writeError(w, http.StatusNotFound, MessageError{Message: message})
}

// serve answers a request whose route is known: the key, the permission, then the
// handler, which validates before it acts.
func (a *API) serve(w http.ResponseWriter, r *http.Request, route *Route) {
	x := exchangeOf(r.Context())
	if route.Permission != account.Public {
		principal, err := a.cfg.Authenticate(r)
		if err == nil {
			x.principal = principal
			err = auth.Authorize(principal, route.Permission)
		}
		if err == nil && principal.Project == "" {
			err = fault.New(fault.Forbidden, "Project ID not found for API token. Are you using an organization key?")
		}
		if err != nil {
			x.cause = err
			writeFailure(w, route.Errors, err)
			return
		}
		r = r.WithContext(auth.WithPrincipal(r.Context(), principal))
	}
	if route.Raw != nil {
		route.Raw(w, r)
		return
	}
	if err := route.Run.serve(w, r); err != nil {
		x.fail(w, r, route.Errors, err)
	}
}

// projectOf returns the project that the caller's credentials belong to. It is
// empty only for public routes, which must not ask.
func projectOf(ctx context.Context) id.Project {
	p, _ := auth.PrincipalFrom(ctx)
	return p.Project
}
