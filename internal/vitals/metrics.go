package vitals

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// NewRegistry returns a registry that already tells about the Go runtime, the
// process and the build (fusebox_build_info, always 1).
func NewRegistry(b Build) (*prometheus.Registry, error) {
	info := prometheus.NewGauge(prometheus.GaugeOpts{
		Name:        "fusebox_build_info",
		Help:        "Which build this is; the value is always 1.",
		ConstLabels: prometheus.Labels{"version": b.Version, "revision": b.Revision, "go": b.Go},
	})
	info.Set(1)
	registry := prometheus.NewRegistry()
	for _, c := range []prometheus.Collector{
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		info,
	} {
		if err := registry.Register(c); err != nil {
			return nil, fmt.Errorf("vitals: register metrics: %w", err)
		}
	}
	return registry, nil
}
