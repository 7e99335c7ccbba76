package otlp

import (
	"encoding/json"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/fusebox-llm/fusebox/internal/fault"
)

// countPointsProto counts the data points of a metrics export in protobuf.
func countPointsProto(body []byte) (int64, error) {
	// ExportMetricsServiceRequest 1 → ResourceMetrics 2 → ScopeMetrics 2 →
	// Metric 5, 7, 9, 10 or 11 → the data, whose field 1 is the points.
	n, ok := countPath(body, [][]protowire.Number{{1}, {2}, {2}, {5, 7, 9, 10, 11}, {1}})
	if !ok {
		return 0, fault.New(fault.Invalid, "Failed to parse OTel Protobuf Metrics")
	}
	return n, nil
}

// countPath counts the messages at the end of a path of field numbers.
func countPath(msg []byte, path [][]protowire.Number) (n int64, ok bool) {
	if len(path) == 0 {
		return 1, true
	}
	for len(msg) > 0 {
		num, typ, size := protowire.ConsumeTag(msg)
		if size < 0 {
			return 0, false
		}
		msg = msg[size:]
		size = protowire.ConsumeFieldValue(num, typ, msg)
		if size < 0 {
			return 0, false
		}
		for _, want := range path[0] {
			if num == want && typ == protowire.BytesType {
				inner, _ := protowire.ConsumeBytes(msg)
				m, ok := countPath(inner, path[1:])
				if !ok {
					return 0, false
				}
				n += m
			}
		}
		msg = msg[size:]
	}
	return n, true
}

// countPointsJSON counts the data points of a metrics export in JSON.
func countPointsJSON(body []byte) (int64, error) {
	type points struct {
		DataPoints []json.RawMessage `json:"dataPoints"`
	}
	var req struct {
		ResourceMetrics []struct {
			ScopeMetrics []struct {
				Metrics []struct {
					Gauge, Sum, Histogram, ExponentialHistogram, Summary points
				} `json:"metrics"`
			} `json:"scopeMetrics"`
		} `json:"resourceMetrics"`
	}
	if err := json.Unmarshal(body, &req); err != nil {
		return 0, fault.New(fault.Invalid, "Failed to parse OTel JSON Metrics")
	}
	var n int64
	for _, r := range req.ResourceMetrics {
		for _, s := range r.ScopeMetrics {
			for _, m := range s.Metrics {
				for _, p := range []points{m.Gauge, m.Sum, m.Histogram, m.ExponentialHistogram, m.Summary} {
					n += int64(len(p.DataPoints))
				}
			}
		}
	}
	return n, nil
}
