package otlp

import (
	"context"
	"errors"
	"fmt"
	"io"
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
	// InflightBytes bounds the body bytes, compressed and decompressed, that
	// requests hold at once; one that needs more is answered 503. Default
	// 256 MiB; never less than one request may need.
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
	inflight *semaphore.Weighted // bytes of bodies
	decoding *semaphore.Weighted // bytes that decoding may make of them
}

// A decoded request takes several times the bytes of its body, many times when
// its elements are small. Requests are decoded side by side as long as their
// bodies times decodedTimes fit into decodingBytes; a larger one is decoded alone.
const (
	decodedTimes  = 8
	decodingBytes = 256 << 20
)

// NewHandler returns a Handler.
func NewHandler(cfg Config) *Handler {
	if cfg.InflightBytes <= 0 {
		cfg.InflightBytes = 256 << 20
	}
	cfg.InflightBytes = max(cfg.InflightBytes, cfg.Limits.CompressedBytes+cfg.Limits.DecompressedBytes+heldStep)
	return &Handler{
		cfg:      cfg,
		inflight: semaphore.NewWeighted(cfg.InflightBytes),
		decoding: semaphore.NewWeighted(decodingBytes),
	}
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
	body, release, err := h.body(r)
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
	body, release, err := h.body(r)
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

// body reads a request's body and waits for its turn to be decoded. Every byte
// is reserved when it is there, not when it is announced: a client that names a
// length and sends nothing must not keep others out. release gives back all of
// it and must be called, also after an error.
func (h *Handler) body(r *http.Request) (body []byte, release func(), err error) {
	held := &holding{pool: h.inflight}
	if body, err = h.read(r, held); err != nil {
		return nil, held.release, err
	}
	weight := min(int64(len(body))*decodedTimes, decodingBytes)
	if err := h.decoding.Acquire(r.Context(), weight); err != nil {
		return nil, held.release, err
	}
	return body, func() { h.decoding.Release(weight); held.release() }, nil
}

func (h *Handler) read(r *http.Request, held *holding) ([]byte, error) {
	var (
		limits   = h.cfg.Limits
		encoding = r.Header.Get("Content-Encoding")
		arriving = &meter{r: r.Body, held: held}
	)
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "gzip", "x-gzip", "zstd":
	default:
		return ReadBody(arriving, encoding, limits)
	}
	// What will come out is not known beforehand, and reserving the most that is
	// allowed would keep out others for nothing. So a body is tried with little
	// room first, and with more only when it proves to need it.
	packed, failed := io.ReadAll(io.LimitReader(arriving, limits.CompressedBytes+1))
	trial := limits
	trial.DecompressedBytes = min(int64(len(packed))*16+alwaysAllowed, limits.DecompressedBytes)
	for {
		if err := held.grow(int64(len(packed)) + trial.DecompressedBytes); err != nil {
			return nil, err
		}
		body, err := ReadBody(&remains{packed, failed}, encoding, trial)
		if !fault.Is(err, fault.TooLarge) || trial.DecompressedBytes == limits.DecompressedBytes {
			held.shrink(int64(len(body)))
			return body, err
		}
		trial.DecompressedBytes = min(4*trial.DecompressedBytes, limits.DecompressedBytes)
	}
}

// heldStep is in what steps a holding grows.
const heldStep = 64 << 10

// holding is what one request holds of the bytes for bodies.
type holding struct {
	pool  *semaphore.Weighted
	bytes int64
}

// grow makes sure of so many bytes, or returns fault.Unavailable.
func (h *holding) grow(to int64) error {
	to = (to + heldStep - 1) / heldStep * heldStep
	if to <= h.bytes {
		return nil
	}
	if !h.pool.TryAcquire(to - h.bytes) {
		return &fault.Error{Code: fault.Unavailable, Message: "Too much data in flight; try again", RetryAfter: time.Second}
	}
	h.bytes = to
	return nil
}

func (h *holding) shrink(to int64) {
	if to < h.bytes {
		h.pool.Release(h.bytes - to)
		h.bytes = to
	}
}

func (h *holding) release() { h.shrink(0) }

// meter reserves the bytes that are read through it.
type meter struct {
	r    io.Reader
	held *holding
	read int64
}

// Read implements io.Reader.
func (m *meter) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	m.read += int64(n)
	if full := m.held.grow(m.read); full != nil {
		return 0, full
	}
	return n, err
}

// remains is a body that was read, up to the error that ended it.
type remains struct {
	rest  []byte
	ended error // nil at the body's own end
}

// Read implements io.Reader.
func (r *remains) Read(p []byte) (int, error) {
	if len(r.rest) == 0 {
		if r.ended != nil {
			return 0, r.ended
		}
		return 0, io.EOF
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
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
