package sqlite_test

import (
	"path/filepath"
	"sync"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/telemetry/sqlite"
	"github.com/fusebox-llm/fusebox/internal/telemetry/telemetrytest"
)

// open opens a fresh store with the given settings; what is not set is what tests
// want.
func open(t testing.TB, cfg sqlite.Config) *sqlite.Store {
	t.Helper()
	if cfg.Path == "" {
		cfg.Path = filepath.Join(t.TempDir(), "telemetry.db")
	}
	if cfg.Folder == nil {
		cfg.Folder = fold.New(fold.DefaultRules())
	}
	s, err := sqlite.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// TestContract holds the engine to the contract: as it is, and with everything
// small that has an edge, from extents to memory.
func TestContract(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]sqlite.Config{"usual": {}, "small": sqlite.Config{}.Small()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var paths sync.Map // of the stores that are open
			openAt := func(t *testing.T, path string) telemetry.Store {
				cfg := cfg
				cfg.Path = path
				s := open(t, cfg)
				paths.Store(telemetry.Store(s), path)
				return s
			}
			telemetrytest.Run(t, telemetrytest.Harness{
				Open: func(t *testing.T) telemetry.Store { return openAt(t, filepath.Join(t.TempDir(), "telemetry.db")) },
				Reopen: func(t *testing.T, s telemetry.Store) telemetry.Store {
					if err := s.Close(); err != nil {
						t.Fatal(err)
					}
					path, _ := paths.Load(s)
					return openAt(t, path.(string))
				},
			})
		})
	}
}
