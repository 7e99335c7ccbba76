package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/fusebox-llm/fusebox/internal/account"
	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/id"
)

// exchange is what is known about one request while it is answered, for the
// access log.
type exchange struct {
	id        string
	start     time.Time
	route     string // pattern; "" when none matched
	quiet     bool   // probes, which would drown the log
	origin    string // see originOf
	principal account.Principal
	cause     error // why it failed
}

type exchangeKey struct{}

// RequestID returns the id of the request that the context belongs to, as the
// X-Request-Id header tells it to the client; "" outside of a request.
func RequestID(ctx context.Context) string {
	if x := exchangeOf(ctx); x != nil {
		return x.id
	}
	return ""
}

func exchangeOf(ctx context.Context) *exchange {
	x, _ := ctx.Value(exchangeKey{}).(*exchange)
	return x
}

// fail answers a request that failed, and remembers why.
func (x *exchange) fail(w http.ResponseWriter, r *http.Request, shape Shape, err error) {
	x.cause = err
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		// Nobody is there to read it; it must not count as our failure.
		err = fault.Wrap(fault.Unavailable, err, "The request was cancelled")
	}
	writeFailure(w, shape, err)
}

// begin prepares the answer's headers and the request's context.
func (a *API) begin(w http.ResponseWriter, r *http.Request) (*recorder, *http.Request, *exchange) {
	x := &exchange{id: id.New(), start: a.cfg.Now(), origin: a.cfg.originOf(r)}
	h := w.Header()
	h.Set("X-Request-Id", x.id)
	h.Set("X-Content-Type-Options", "nosniff")
	rec := &recorder{ResponseWriter: w}
	return rec, r.WithContext(context.WithValue(r.Context(), exchangeKey{}, x)), x
}

// end logs the request and turns a panic into an answer. It must be deferred.
func (a *API) end(rec *recorder, r *http.Request, x *exchange) {
	crash := recover()
	if crash != nil {
		if err, ok := crash.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			x.cause = err
		} else {
			a.cfg.Logger.LogAttrs(r.Context(), slog.LevelError, "panic while answering a request",
				slog.String("request_id", x.id), slog.Any("panic", crash), slog.String("stack", string(debug.Stack())))
			if rec.status == 0 {
				dropBodyHeaders(rec.Header())
				writeError(rec, http.StatusInternalServerError, ClassError{Message: "Internal Server Error", Error: "InternalServerError"})
				crash = nil
			}
		}
	}
	a.log(rec, r, x)
	if crash != nil {
		// Part of an answer is on its way; only breaking the connection tells the
		// client that it is not whole.
		panic(http.ErrAbortHandler)
	}
}

func (a *API) log(rec *recorder, r *http.Request, x *exchange) {
	level := slog.LevelInfo
	switch {
	case rec.status >= 500 && r.Context().Err() == nil:
		level = slog.LevelError
	case x.quiet:
		level = slog.LevelDebug
	}
	attrs := []slog.Attr{
		slog.String("request_id", x.id),
		slog.String("method", clip(r.Method, 16)),
		slog.String("route", x.route),
		slog.Int("status", rec.status),
		slog.Int64("bytes", rec.bytes),
		slog.Float64("duration_ms", float64(a.cfg.Now().Sub(x.start).Microseconds())/1000),
	}
	if x.route == "" {
		attrs = append(attrs, slog.String("path", clip(r.URL.EscapedPath(), 200)))
	}
	if x.principal.Project != "" {
		attrs = append(attrs, slog.String("project", string(x.principal.Project)), slog.String("key", x.principal.KeyID))
	}
	if x.cause != nil {
		attrs = append(attrs, slog.String("error", x.cause.Error()))
	}
	a.cfg.Logger.LogAttrs(r.Context(), level, "request", attrs...)
}

func clip(s string, n int) string {
	if len(s) > n {
		return s[:n] + "…"
	}
	return s
}

// dropBodyHeaders takes back what describes a body that will not be sent.
func dropBodyHeaders(h http.Header) {
	for _, name := range []string{"Content-Type", "Content-Length", "Content-Encoding", "Etag", "Cache-Control"} {
		h.Del(name)
	}
}

// recorder remembers what was answered. For HEAD the server discards the body.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
}

// WriteHeader implements http.ResponseWriter.
func (rec *recorder) WriteHeader(status int) {
	if rec.status == 0 && status >= 200 {
		rec.status = status
	}
	rec.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (rec *recorder) Write(p []byte) (int, error) {
	if rec.status == 0 {
		rec.status = http.StatusOK
	}
	n, err := rec.ResponseWriter.Write(p)
	rec.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (rec *recorder) Unwrap() http.ResponseWriter { return rec.ResponseWriter }
