//go:build engines

package chtest_test

import (
	"strings"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/testkit/chtest"
)

func TestServer(t *testing.T) {
	s := chtest.Start(t)

	version := s.MustExec(t, "SELECT version()")
	if major, _, ok := strings.Cut(version, "."); !ok || len(major) != 2 {
		t.Errorf("version %q", version)
	}

	s.MustExec(t, "CREATE DATABASE app")
	s.MustExec(t, "CREATE TABLE app.d (id UInt64) ENGINE = MergeTree ORDER BY id")
	s.MustExec(t, "INSERT INTO app.d SELECT number FROM numbers(1000)")
	s.Kill()
	if _, err := s.Exec(t.Context(), "SELECT 1"); err == nil {
		t.Error("a killed server answers")
	}
	s.Restart(t) // after a crash
	s.MustExec(t, "INSERT INTO app.d SELECT number + 1000 FROM numbers(1000)")
	s.Restart(t) // in order
	if got := s.MustExec(t, "SELECT count(), max(id) FROM app.d"); got != "2000\t1999" {
		t.Errorf("after a crash and a restart: %q, want 2000 rows up to 1999", got)
	}

	if _, err := s.Exec(t.Context(), "SELECT nope"); err == nil || !strings.Contains(err.Error(), "UNKNOWN_IDENTIFIER") {
		t.Errorf("a refused statement: %v", err)
	}
}
