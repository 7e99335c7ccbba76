package telemetrytest_test

import (
	"testing"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/telemetry/telemetrytest"
)

func TestReference(t *testing.T) {
	telemetrytest.Run(t, telemetrytest.Harness{
		Open: func(*testing.T) telemetry.Store { return telemetrytest.NewReference(fold.DefaultRules()) },
		Skip: telemetrytest.Skip{"reopened": "it keeps everything in memory"},
	})
}
