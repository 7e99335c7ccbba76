package app

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/fusebox-llm/fusebox/internal/telemetry/sqlite"
)

// commitMetrics shows what the telemetry writer does.
type commitMetrics struct {
	seconds prometheus.Histogram
	records prometheus.Histogram
}

func newCommitMetrics(reg prometheus.Registerer) *commitMetrics {
	m := &commitMetrics{
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "fusebox_telemetry_commit_seconds",
			Help:    "Time of one commit, from its first statement to the end of its sync.",
			Buckets: prometheus.ExponentialBuckets(0.001, 2, 14),
		}),
		records: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "fusebox_telemetry_commit_records",
			Help:    "Records that shared a commit.",
			Buckets: prometheus.ExponentialBuckets(1, 4, 9),
		}),
	}
	reg.MustRegister(m.seconds, m.records)
	return m
}

func (m *commitMetrics) observe(s sqlite.CommitStats) {
	m.seconds.Observe(s.Duration.Seconds())
	m.records.Observe(float64(s.Records))
}
