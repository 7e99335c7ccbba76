package body

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/fusebox-llm/fusebox/internal/fault"
)

// Read reads a request body and undoes its Content-Encoding: gzip, x-gzip,
// zstd, identity, in any case; "" is identity.
//
// Sizes are checked while bytes arrive, so a body that grows past its limit is
// given up there. Errors: [fault.Unsupported] for another encoding,
// [fault.TooLarge] for a body over a limit, [fault.Invalid] for one that is
// corrupt or breaks off. An error of r that already carries a fault code is
// returned as it is.
func Read(r io.Reader, contentEncoding string, l Limits) ([]byte, error) {
	encoding := strings.ToLower(strings.TrimSpace(contentEncoding))
	src := &source{r: r, left: l.CompressedBytes, limit: Size(l.CompressedBytes) + " compressed"}
	switch encoding {
	case "", "identity":
		// Nothing can grow here, so what counts is the size that gets decoded.
		src.left, src.limit = l.DecompressedBytes, Size(l.DecompressedBytes)
		return src.readAll(src, nil)
	case "gzip", "x-gzip":
		zr, err := gzip.NewReader(src)
		if err != nil {
			return nil, src.blame(err)
		}
		return src.readAll(zr, func(n int64) error {
			if n > l.decompressed(src.read) {
				return tooLarge(n, l)
			}
			return nil
		})
	case "zstd":
		packed, err := src.readAll(src, nil)
		if err != nil {
			return nil, err
		}
		return unzstd(packed, l)
	}
	return nil, fault.New(fault.Unsupported, "Unsupported content encoding %.64q", encoding)
}

// source counts what is read from a request and stops at a limit.
type source struct {
	r     io.Reader
	read  int64
	left  int64
	limit string // the limit in words
	over  bool   // more than the limit was there
	err   error  // what r failed with, other than io.EOF
}

var errOver = errors.New("body over its size limit")

// Read implements io.Reader.
func (s *source) Read(p []byte) (int, error) {
	if s.over {
		return 0, errOver
	}
	// One byte more than allowed is asked for, to tell "full" from "too much".
	if int64(len(p)) > s.left+1 {
		p = p[:s.left+1]
	}
	n, err := s.r.Read(p)
	if int64(n) > s.left {
		s.over = true
		return 0, errOver
	}
	s.left -= int64(n)
	s.read += int64(n)
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}

// readAll reads r, which is s or reads from it, to its end. The buffer grows with
// what has arrived and passed check, never by what a header announces.
func (s *source) readAll(r io.Reader, check func(n int64) error) ([]byte, error) {
	buf := make([]byte, 0, 16<<10)
	for {
		if len(buf) == cap(buf) {
			grown := make([]byte, len(buf), 2*cap(buf))
			copy(grown, buf)
			buf = grown
		}
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if check != nil {
			if err := check(int64(len(buf))); err != nil {
				return nil, err
			}
		}
		if err == io.EOF {
			return buf, nil
		}
		if err != nil {
			return nil, s.blame(err)
		}
	}
}

// blame finds out whose fault a read error is: the limit's, the connection's or
// the compressed data's.
func (s *source) blame(err error) error {
	if s.over {
		return fault.New(fault.TooLarge, "Request body exceeds %s", s.limit)
	}
	if s.err != nil {
		if f, ok := errors.AsType[*fault.Error](s.err); ok {
			return f
		}
		return fault.Wrap(fault.Invalid, s.err, "Failed to read request body")
	}
	return corrupt(err)
}

func corrupt(err error) error {
	return fault.Wrap(fault.Invalid, err, "Failed to decompress request body")
}

// tooLarge explains why n decompressed bytes are too many.
func tooLarge(n int64, l Limits) error {
	if n > l.DecompressedBytes {
		return fault.New(fault.TooLarge, "Request body exceeds %s decompressed", Size(l.DecompressedBytes))
	}
	return fault.New(fault.TooLarge, "Request body exceeds %d times its compressed size", l.Ratio)
}

// The largest zstd windows taken: what HTTP allows anyone to use (RFC 9659), and
// what the Go encoder declares at its best level, which collectors offer.
const (
	usualWindow   = 8 << 20
	largestWindow = 32 << 20
)

// unzstd decompresses a whole zstd body.
//
// A streaming decoder allocates the window that a frame declares, 8 MiB as a
// rule, for however small a body. Decoding at once needs no window, and the limit
// is known beforehand because the compressed size is. The decoder does insist
// that its memory limit is no smaller than the window, so a bomb gets as far as
// the window it declares before it is found out.
func unzstd(packed []byte, l Limits) ([]byte, error) {
	var h zstd.Header
	if err := h.Decode(packed); err != nil {
		return nil, corrupt(err)
	}
	allowed := l.decompressed(int64(len(packed)))
	if h.HasFCS && h.FrameContentSize > uint64(allowed) {
		return nil, tooLarge(int64(min(h.FrameContentSize, math.MaxInt64)), l)
	}
	window := min(max(h.WindowSize, usualWindow), largestWindow)
	zr, err := zstd.NewReader(nil,
		zstd.WithDecoderConcurrency(1), // decodes in this goroutine, starts none
		zstd.WithDecoderMaxMemory(max(uint64(allowed), window)),
	)
	if err != nil {
		return nil, fmt.Errorf("start zstd decoder: %w", err)
	}
	defer zr.Close()
	plain, err := zr.DecodeAll(packed, make([]byte, 0, min(allowed, int64(len(packed))*6)))
	if err == nil && int64(len(plain)) <= allowed {
		return plain, nil
	}
	switch {
	case err == nil, errors.Is(err, zstd.ErrDecoderSizeExceeded):
		return nil, tooLarge(max(allowed+1, int64(len(plain))), l)
	case h.WindowSize > largestWindow:
		return nil, fault.Wrap(fault.TooLarge, err, "Request body needs a zstd window over %s", Size(largestWindow))
	}
	return nil, corrupt(err)
}

// Size writes a number of bytes the way limits are given.
func Size(n int64) string {
	switch {
	case n >= 1<<20 && n%(1<<20) == 0:
		return fmt.Sprintf("%d MiB", n>>20)
	case n >= 1<<10 && n%(1<<10) == 0:
		return fmt.Sprintf("%d KiB", n>>10)
	default:
		return fmt.Sprintf("%d bytes", n)
	}
}
