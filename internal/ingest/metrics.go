package ingest

import "github.com/prometheus/client_golang/prometheus"

// Metrics counts what was taken and what was refused.
type Metrics struct {
	accepted prometheus.Counter
	rejected prometheus.Counter
}

// NewMetrics registers the metrics of this package.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	m := &Metrics{
		accepted: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "fusebox_ingest_accepted_items_total",
			Help: "Spans, events and calls that were stored and acknowledged.",
		}),
		rejected: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "fusebox_ingest_rejected_items_total",
			Help: "Spans, events and calls that were refused, with the reason in the answer.",
		}),
	}
	reg.MustRegister(m.accepted, m.rejected)
	return m
}

func (m *Metrics) count(r Result) {
	if m == nil {
		return
	}
	m.accepted.Add(float64(r.Accepted))
	m.rejected.Add(float64(r.Rejected))
}
