package body_test

import (
	"bytes"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/fusebox-llm/fusebox/internal/body"
)

func BenchmarkRead(b *testing.B) {
	plain := bytes.Repeat([]byte("a text of the kind that observations carry, "), 8000)
	for encoding, send := range map[string][]byte{"identity": plain, "gzip": gzipped(b, plain), "zstd": zstded(b, plain)} {
		b.Run(encoding, func(b *testing.B) {
			b.SetBytes(int64(len(plain)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := body.Read(bytes.NewReader(send), encoding, body.DefaultLimits()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func gzipped(t testing.TB, plain []byte) []byte {
	var buf bytes.Buffer
	w := gzip.NewWriter(&buf)
	w.Write(plain)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func zstded(t testing.TB, plain []byte, opts ...zstd.EOption) []byte {
	var buf bytes.Buffer
	w, err := zstd.NewWriter(&buf, opts...)
	if err != nil {
		t.Fatal(err)
	}
	w.Write(plain)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}
