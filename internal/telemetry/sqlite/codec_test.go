package sqlite_test

import (
	"testing"

	"github.com/fusebox-llm/fusebox/internal/telemetry/sqlite"
)

// FuzzDecode feeds arbitrary bytes to the decoders: a damaged file gives errors,
// never a panic.
func FuzzDecode(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{3, 17, 1, 5, 'h', 'e', 'l', 'l', 'o', 1, 2, '{', '}', 0})
	f.Add([]byte{255, 255, 255, 255, 255, 255, 255, 255, 255, 1})
	f.Add([]byte{1, 6, 2, 255, 4, 255, '{', '}'})
	f.Add([]byte{1, 19, 1, 2, 255, 255, 255, 255, 15})
	f.Fuzz(func(_ *testing.T, b []byte) { sqlite.Decode(b) })
}
