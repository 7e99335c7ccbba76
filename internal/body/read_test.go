package body_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/fusebox-llm/fusebox/internal/body"
	"github.com/fusebox-llm/fusebox/internal/fault"
)

// noise returns n bytes that do not compress.
func noise(n int) []byte {
	b := make([]byte, n)
	r := rand.NewChaCha8([32]byte{1})
	r.Read(b)
	return b
}

func TestRead(t *testing.T) {
	text := []byte(strings.Repeat("some text, ", 10_000))
	large := noise(3 << 20)
	tests := map[string]struct {
		encoding string
		send     []byte
		want     []byte
	}{
		"nothing":           {"", nil, nil},
		"identity":          {"", text, text},
		"identity by name":  {" Identity ", large, large},
		"gzip":              {"gzip", gzipped(t, text), text},
		"gzip in capitals":  {"GZIP", gzipped(t, large), large},
		"x-gzip":            {"x-gzip", gzipped(t, text), text},
		"gzip of nothing":   {"gzip", gzipped(t, nil), nil},
		"gzip members":      {"gzip", append(gzipped(t, text), gzipped(t, large)...), append(append([]byte{}, text...), large...)},
		"zstd":              {"zstd", zstded(t, text), text},
		"zstd in capitals":  {"Zstd", zstded(t, large), large},
		"zstd of nothing":   {"zstd", zstdAtOnce(t, nil), nil},
		"zstd at once":      {"zstd", zstdAtOnce(t, text), text},
		"zstd frames":       {"zstd", append(zstded(t, text), zstdAtOnce(t, large)...), append(append([]byte{}, text...), large...)},
		"zstd largest size": {"zstd", zstded(t, large, zstd.WithWindowSize(32<<20)), large},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			for how, r := range map[string]io.Reader{
				"at once": bytes.NewReader(tc.send), "in halves": iotest.HalfReader(bytes.NewReader(tc.send)),
				"end with data": iotest.DataErrReader(bytes.NewReader(tc.send)),
			} {
				got, err := body.Read(r, tc.encoding, body.DefaultLimits())
				if err != nil {
					t.Fatalf("%s: %v", how, err)
				}
				if !bytes.Equal(got, tc.want) {
					t.Errorf("%s: got %d bytes, want %d", how, len(got), len(tc.want))
				}
			}
		})
	}
}

func zstdAtOnce(t testing.TB, plain []byte) []byte {
	w, err := zstd.NewWriter(nil, zstd.WithZeroFrames(true))
	if err != nil {
		t.Fatal(err)
	}
	return w.EncodeAll(plain, nil)
}

func TestReadRefuses(t *testing.T) {
	const corrupt = "Failed to decompress request body"
	text := []byte(strings.Repeat("some text, ", 10_000))
	limits := body.DefaultLimits()
	limits.CompressedBytes = 1 << 20
	limits.DecompressedBytes = 3 << 20
	broken := gzipped(t, text)
	broken[len(broken)/2] ^= 0xff
	brokenZstd := zstded(t, noise(5000))
	brokenZstd[2500] ^= 0xff
	zeros := make([]byte, 4<<20)
	tests := map[string]struct {
		encoding string
		send     []byte
		code     fault.Code
		message  string
	}{
		"unknown encoding":     {"br", text, fault.Unsupported, `Unsupported content encoding "br"`},
		"two encodings":        {"gzip, gzip", text, fault.Unsupported, `Unsupported content encoding "gzip, gzip"`},
		"endless encoding":     {strings.Repeat("x", 100), nil, fault.Unsupported, `Unsupported content encoding "` + strings.Repeat("x", 64) + `"`},
		"not gzip":             {"gzip", text, fault.Invalid, corrupt},
		"gzip of no bytes":     {"gzip", nil, fault.Invalid, corrupt},
		"gzip broken":          {"gzip", broken, fault.Invalid, corrupt},
		"gzip cut off":         {"gzip", gzipped(t, text)[:100], fault.Invalid, corrupt},
		"gzip with a tail":     {"gzip", append(gzipped(t, text), "tail of some length"...), fault.Invalid, corrupt},
		"not zstd":             {"zstd", text, fault.Invalid, corrupt},
		"zstd of no bytes":     {"zstd", nil, fault.Invalid, corrupt},
		"zstd broken":          {"zstd", brokenZstd, fault.Invalid, corrupt},
		"zstd cut off":         {"zstd", zstded(t, text)[:30], fault.Invalid, corrupt},
		"identity over limit":  {"", zeros[:3<<20+1], fault.TooLarge, "Request body exceeds 3 MiB"},
		"gzip over limit":      {"gzip", gzipped(t, noise(1<<20+1)), fault.TooLarge, "Request body exceeds 1 MiB compressed"},
		"zstd over limit":      {"zstd", zstded(t, noise(1<<20+1)), fault.TooLarge, "Request body exceeds 1 MiB compressed"},
		"gzip grows":           {"gzip", gzipped(t, append(noise(1<<19), zeros...)), fault.TooLarge, "Request body exceeds 3 MiB decompressed"},
		"zstd grows":           {"zstd", zstded(t, append(noise(1<<19), zeros...)), fault.TooLarge, "Request body exceeds 3 MiB decompressed"},
		"gzip ratio":           {"gzip", gzipped(t, zeros[:2<<20]), fault.TooLarge, "Request body exceeds 200 times its compressed size"},
		"zstd ratio":           {"zstd", zstded(t, zeros[:2<<20]), fault.TooLarge, "Request body exceeds 200 times its compressed size"},
		"zstd ratio announced": {"zstd", zstdAtOnce(t, zeros[:2<<20]), fault.TooLarge, "Request body exceeds 200 times its compressed size"},
		"zstd window":          {"zstd", zstded(t, noise(300<<10), zstd.WithWindowSize(64<<20)), fault.TooLarge, "Request body needs a zstd window over 32 MiB"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := body.Read(bytes.NewReader(tc.send), tc.encoding, limits)
			if f, ok := errors.AsType[*fault.Error](err); !ok || f.Code != tc.code || f.Message != tc.message {
				t.Errorf("error %v, want %v: %s", err, tc.code, tc.message)
			}
			if got != nil {
				t.Errorf("%d bytes beside the error", len(got))
			}
		})
	}
}

// TestReadAllowsSmallBodies sends a MiB of zeros: far over the ratio, and
// still nothing to worry about.
func TestReadAllowsSmallBodies(t *testing.T) {
	zeros := make([]byte, 1<<20)
	for encoding, send := range map[string][]byte{"gzip": gzipped(t, zeros), "zstd": zstded(t, zeros)} {
		got, err := body.Read(bytes.NewReader(send), encoding, body.DefaultLimits())
		if err != nil || len(got) != len(zeros) {
			t.Errorf("%s: %d bytes, %v", encoding, len(got), err)
		}
	}
}

// TestReadAtLimits sends bodies of exactly the allowed sizes.
func TestReadAtLimits(t *testing.T) {
	plain := noise(2 << 20)
	for encoding, send := range map[string][]byte{"": plain, "gzip": gzipped(t, plain), "zstd": zstded(t, plain)} {
		limits := body.DefaultLimits()
		limits.CompressedBytes = int64(len(send))
		limits.DecompressedBytes = int64(len(plain))
		if _, err := body.Read(bytes.NewReader(send), encoding, limits); err != nil {
			t.Errorf("%q: %v", encoding, err)
		}
	}
}

// TestReadBombs sends a small body that stands for gigabytes. It must be
// refused before much of that exists.
func TestReadBombs(t *testing.T) {
	bombs := map[string]struct {
		encoding string
		bomb     []byte
		most     uint64
	}{
		"gzip":        {"gzip", gzipBomb(t, 1<<30), 8 << 20},
		"zstd":        {"zstd", zstdBomb(t, 1<<30), 256 << 20},
		"zstd frames": {"zstd", bytes.Repeat(zstdBomb(t, 8<<20), 128), 256 << 20},
	}
	for name, tc := range bombs {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := body.Read(bytes.NewReader(tc.bomb), tc.encoding, body.DefaultLimits())
			runtime.ReadMemStats(&after)
			if !fault.Is(err, fault.TooLarge) {
				t.Errorf("%d bytes: %v", len(tc.bomb), err)
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > tc.most {
				t.Errorf("%d bytes made it allocate %d", len(tc.bomb), used)
			}
		})
	}
}

// gzipBomb repeats the block that a MiB of zeros becomes.
func gzipBomb(t *testing.T, n int) []byte {
	var buf bytes.Buffer
	w := gzip.NewWriter(&buf)
	zeros := make([]byte, 1<<20)
	for range n >> 20 {
		w.Write(zeros)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// zstdBomb writes n zeros as blocks of one repeated byte.
func zstdBomb(t *testing.T, n int) []byte {
	var h zstd.Header
	frame, err := (&zstd.Header{WindowSize: 8 << 20}).AppendTo(nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Decode(frame); err != nil {
		t.Fatal(err)
	}
	const block = 128 << 10
	for left := n; left > 0; left -= block {
		header := uint32(block)<<3 | 1<<1 // a repeated byte
		if left <= block {
			header |= 1
		}
		frame = append(frame, byte(header), byte(header>>8), byte(header>>16), 0)
	}
	return frame
}

var errConnection = errors.New("connection reset")

// TestReadConnection breaks the connection: that is not the data's fault,
// and a fault that is already one stays what it is.
func TestReadConnection(t *testing.T) {
	overload := fault.New(fault.Unavailable, "Too much at once")
	for encoding, send := range map[string][]byte{"": noise(5000), "gzip": gzipped(t, noise(5000)), "zstd": zstded(t, noise(5000))} {
		for _, n := range []int{0, 3, 2000} {
			r := io.MultiReader(bytes.NewReader(send[:n]), iotest.ErrReader(errConnection))
			_, err := body.Read(r, encoding, body.DefaultLimits())
			if !fault.Is(err, fault.Invalid) || !errors.Is(err, errConnection) || !strings.HasPrefix(err.Error(), "Failed to read request body") {
				t.Errorf("%q after %d bytes: %v", encoding, n, err)
			}
			r = io.MultiReader(bytes.NewReader(send[:n]), iotest.ErrReader(overload))
			if _, err := body.Read(r, encoding, body.DefaultLimits()); !errors.Is(err, overload) || err.Error() != overload.Error() {
				t.Errorf("%q after %d bytes: %v, want %v", encoding, n, err, overload)
			}
		}
	}
}
