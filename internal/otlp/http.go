package otlp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/fusebox-llm/fusebox/internal/body"
	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/ingest"
	"github.com/fusebox-llm/fusebox/internal/span"
)

// Config is what a Handler is made of.
type Config struct {
	Limits Limits
	// Bodies reads request bodies; its limits are those of Limits.
	Bodies *body.Pool
	// Store takes a decoded request; ingest.Service.Spans.
	Store func(ctx context.Context, p id.Project, batch *span.Batch) (ingest.Result, error)
	// Project returns the project that a request's credentials belong to.
	Project func(ctx context.Context) id.Project
	Logger  *slog.Logger
}

// Handler answers OTLP over HTTP. Authentication comes before it.
type Handler struct{ cfg Config }

// NewHandler returns a Handler.
func NewHandler(cfg Config) *Handler { return &Handler{cfg: cfg} }

// maxIngestionVersion is the highest x-langfuse-ingestion-version understood.
const maxIngestionVersion = 4

// Traces answers a trace export. It replies only once every accepted span is
// durable.
func (h *Handler) Traces(w http.ResponseWriter, r *http.Request) {
	if err := checkVersion(r.Header); err != nil {
		h.fail(w, r, err)
		return
	}
	form, err := formOf(r.Header.Get("Content-Type"))
	if err != nil {
		h.fail(w, r, err)
		return
	}
	body, release, err := h.cfg.Bodies.Read(r)
	defer release()
	if err != nil {
		h.fail(w, r, err)
		return
	}
	batch, err := form.decode(body, h.cfg.Limits)
	if err != nil {
		h.fail(w, r, err)
		return
	}
	result, err := h.cfg.Store(r.Context(), h.cfg.Project(r.Context()), &batch)
	if err != nil {
		h.fail(w, r, err)
		return
	}
	replyPartial(w, form, "rejectedSpans", int64(result.Rejected), result.Message())
}

// Metrics answers a metrics export: there is no place for metrics here, so every
// data point is rejected, in the way in which the protocol says so.
func (h *Handler) Metrics(w http.ResponseWriter, r *http.Request) {
	form, err := formOf(r.Header.Get("Content-Type"))
	if err != nil {
		h.fail(w, r, err)
		return
	}
	body, release, err := h.cfg.Bodies.Read(r)
	defer release()
	if err != nil {
		h.fail(w, r, err)
		return
	}
	points, err := form.countPoints(body)
	if err != nil {
		h.fail(w, r, err)
		return
	}
	message := ""
	if points > 0 {
		message = "metrics are not stored; send traces to /api/public/otel/v1/traces"
	}
	replyPartial(w, form, "rejectedDataPoints", points, message)
}

// checkVersion reads x-langfuse-ingestion-version, which may be spelled with
// underscores, by its integer prefix.
func checkVersion(header http.Header) error {
	text, ok := headerValue(header, "x-langfuse-ingestion-version")
	if !ok {
		return nil
	}
	digits := strings.TrimLeft(text, " \t+")
	end := 0
	for end < len(digits) && digits[end] >= '0' && digits[end] <= '9' {
		end++
	}
	if n, err := strconv.Atoi(digits[:end]); err != nil || n > maxIngestionVersion {
		return fault.New(fault.Invalid, "Unsupported x-langfuse-ingestion-version: %q. Maximum supported: \"%d\".", text, maxIngestionVersion)
	}
	return nil
}

// headerValue finds a header by its name or by the same name with underscores.
func headerValue(header http.Header, name string) (string, bool) {
	for _, n := range []string{name, strings.ReplaceAll(name, "-", "_")} {
		if v := header.Values(n); len(v) > 0 {
			return v[0], true
		}
	}
	return "", false
}

// fail answers an error in the shape that OTLP clients of this API know:
// {"error": …}, with the same text as "message".
func (h *Handler) fail(w http.ResponseWriter, r *http.Request, err error) {
	code := fault.CodeOf(err)
	text, after := "Internal Server Error", time.Second
	if e, ok := errors.AsType[*fault.Error](err); ok && code != fault.Internal {
		text, after = e.Message, max(after, e.RetryAfter)
	}
	if r.Context().Err() != nil && code == fault.Internal {
		// The client went away or the server is stopping; nobody may take it
		// for a verdict on the data.
		code, text = fault.Unavailable, "Request was interrupted; try again"
	}
	if code == fault.Internal {
		// Exporters drop what is answered 500 and send again what is answered
		// 503. What is wrong here may be mended before they give up.
		code, text, after = fault.Unavailable, "The data could not be stored; try again", 5*time.Second
	}
	if code == fault.Unavailable || code == fault.RateLimited {
		w.Header().Set("Retry-After", strconv.Itoa(int((after+time.Second-1)/time.Second)))
	}
	if code == fault.Unavailable {
		h.cfg.Logger.LogAttrs(r.Context(), slog.LevelError, "otlp request failed", slog.String("path", r.URL.Path), slog.Any("error", err))
	}
	writeJSON(w, code.HTTPStatus(), fmt.Sprintf(`{"error":%s,"message":%[1]s}`, jsonText(text)))
}
