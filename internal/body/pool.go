package body

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/fusebox-llm/fusebox/internal/fault"
)

// A decoded request takes several times the bytes of its body, many times when
// its elements are small. Requests are decoded side by side as long as their
// bodies times decodedTimes fit into decodingBytes; a larger one is decoded alone.
const (
	decodedTimes  = 8
	decodingBytes = 256 << 20
)

// defaultInflight is how many bytes of bodies requests may hold at once.
const defaultInflight = 256 << 20

// Pool reads bodies and bounds what they take together. It is safe for
// concurrent use; one serves all endpoints of a process.
type Pool struct {
	limits   Limits
	inflight *semaphore.Weighted // bytes of bodies
	decoding *semaphore.Weighted // bytes that decoding may make of them
}

// NewPool returns a Pool. inflight bounds the body bytes, compressed and
// decompressed, that requests hold at once; one that needs more is refused as
// unavailable. 0 is 256 MiB; it is never less than one request may need.
func NewPool(l Limits, inflight int64) *Pool {
	if inflight <= 0 {
		inflight = defaultInflight
	}
	return &Pool{
		limits:   l,
		inflight: semaphore.NewWeighted(max(inflight, l.CompressedBytes+l.DecompressedBytes+heldStep)),
		decoding: semaphore.NewWeighted(decodingBytes),
	}
}

// Read reads a request's body and waits for its turn to be decoded. Every byte
// is reserved when it is there, not when it is announced: a client that names a
// length and sends nothing must not keep others out. release gives back all of
// it and must be called, also after an error; calling it again does nothing. A
// caller that has decoded the body into something that others bound had better
// call it then.
//
// Errors are those of the function [Read], fault.Unavailable when too much is in
// flight, and the context's.
func (p *Pool) Read(r *http.Request) (body []byte, release func(), err error) {
	held := &holding{pool: p.inflight}
	if body, err = p.read(r, held); err != nil {
		return nil, sync.OnceFunc(held.release), err
	}
	weight := min(int64(len(body))*decodedTimes, decodingBytes)
	if err := p.decoding.Acquire(r.Context(), weight); err != nil {
		return nil, sync.OnceFunc(held.release), err
	}
	return body, sync.OnceFunc(func() { p.decoding.Release(weight); held.release() }), nil
}

func (p *Pool) read(r *http.Request, held *holding) ([]byte, error) {
	var (
		encoding = r.Header.Get("Content-Encoding")
		arriving = &meter{r: r.Body, held: held}
	)
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "gzip", "x-gzip", "zstd":
	default:
		return Read(arriving, encoding, p.limits)
	}
	// What will come out is not known beforehand, and reserving the most that is
	// allowed would keep out others for nothing. So a body is tried with little
	// room first, and with more only when it proves to need it.
	packed, failed := io.ReadAll(io.LimitReader(arriving, p.limits.CompressedBytes+1))
	trial := p.limits
	trial.DecompressedBytes = min(int64(len(packed))*16+alwaysAllowed, p.limits.DecompressedBytes)
	for {
		if err := held.grow(int64(len(packed)) + trial.DecompressedBytes); err != nil {
			return nil, err
		}
		body, err := Read(&remains{packed, failed}, encoding, trial)
		if !fault.Is(err, fault.TooLarge) || trial.DecompressedBytes == p.limits.DecompressedBytes {
			held.shrink(int64(len(body)))
			return body, err
		}
		trial.DecompressedBytes = min(4*trial.DecompressedBytes, p.limits.DecompressedBytes)
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
