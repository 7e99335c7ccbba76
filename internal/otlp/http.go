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

	"golang.org/x/sync/semaphore"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/ingest"
	"github.com/fusebox-llm/fusebox/internal/span"
)

// Config is what a Handler is made of.
type Config struct {
	Limits Limits
	// InflightBytes bounds the decompressed bytes that requests may hold at
	// once; above it a request is answered 503. Default 512 MiB.
	InflightBytes int64
	// Store takes a decoded request; ingest.Service.Spans.
	Store func(ctx context.Context, p id.Project, batch *span.Batch) (ingest.Result, error)
	// Project returns the project that a request's credentials belong to.
	Project func(ctx context.Context) id.Project
	Logger  *slog.Logger
}

// Handler answers OTLP over HTTP. Authentication comes before it.
type Handler struct {
	cfg      Config
	inflight *semaphore.Weighted
}

// NewHandler returns a Handler.
func NewHandler(cfg Config) *Handler {
	if cfg.InflightBytes <= 0 {
		cfg.InflightBytes = 512 << 20
	}
	return &Handler{cfg: cfg, inflight: semaphore.NewWeighted(cfg.InflightBytes)}
}

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
	release, err := h.admit(r)
	if err != nil {
		h.fail(w, r, err)
		return
	}
	defer release()
	body, err := ReadBody(r.Body, r.Header.Get("Content-Encoding"), h.cfg.Limits)
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
	release, err := h.admit(r)
	if err != nil {
		h.fail(w, r, err)
		return
	}
	defer release()
	body, err := ReadBody(r.Body, r.Header.Get("Content-Encoding"), h.cfg.Limits)
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

// admit reserves memory for a request before its body is read. What a compressed
// body will need is not known yet; four times its length is assumed.
func (h *Handler) admit(r *http.Request) (release func(), err error) {
	weight := r.ContentLength * 4
	if r.ContentLength < 0 {
		weight = h.cfg.Limits.CompressedBytes
	}
	weight = min(max(weight, 64<<10), h.cfg.Limits.DecompressedBytes, h.cfg.InflightBytes)
	if !h.inflight.TryAcquire(weight) {
		return nil, &fault.Error{Code: fault.Unavailable, Message: "Too much data in flight; try again", RetryAfter: time.Second}
	}
	return func() { h.inflight.Release(weight) }, nil
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
	text := "Internal Server Error"
	if e, ok := errors.AsType[*fault.Error](err); ok && code != fault.Internal {
		text = e.Message
		if e.RetryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int((e.RetryAfter+time.Second-1)/time.Second)))
		}
	}
	if r.Context().Err() != nil && code == fault.Internal {
		// The client went away or the server is stopping; nobody may take it
		// for a verdict on the data.
		code, text = fault.Unavailable, "Request was interrupted; try again"
	}
	if code == fault.Internal || code == fault.Unavailable {
		h.cfg.Logger.LogAttrs(r.Context(), slog.LevelError, "otlp request failed", slog.String("path", r.URL.Path), slog.Any("error", err))
	}
	writeJSON(w, code.HTTPStatus(), fmt.Sprintf(`{"error":%s,"message":%[1]s}`, jsonText(text)))
}
