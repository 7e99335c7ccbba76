package ingest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/fusebox-llm/fusebox/internal/blob"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/media"
	"github.com/fusebox-llm/fusebox/internal/otelmap"
	"github.com/fusebox-llm/fusebox/internal/span"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// Config holds the limits on single values.
type Config struct {
	// InlineBytes is the size up to which a value is kept in its row; above it
	// the value goes to blob storage. Default 1 MiB.
	InlineBytes int64
	// ValueBytes is the size above which a value's item is refused. Default
	// 64 MiB.
	ValueBytes int64
	// Tags is how many tags an item may bring. Each is looked up by the one
	// writer that all projects share. Default 1,024.
	Tags int
	// MetadataValues is how many values the metadata of an item may hold, each
	// of which is folded by itself. Default 100,000.
	MetadataValues int
	// RequestValues is how many such values the events of a request may hold
	// together, and the spans of a request five times as many, since each repeats
	// its resource's. Where they belong to one entity, each is held and folded by
	// itself. Default 1,000,000.
	RequestValues int
	// ScoreValues is how many values the metadata of one score may hold; whoever has
	// a public key may send them. Default 1,024.
	ScoreValues int
}

func (c Config) withDefaults() Config {
	if c.InlineBytes <= 0 {
		c.InlineBytes = 1 << 20
	}
	if c.ValueBytes <= 0 {
		c.ValueBytes = 64 << 20
	}
	if c.Tags <= 0 {
		c.Tags = 1024
	}
	if c.MetadataValues <= 0 {
		c.MetadataValues = 100_000
	}
	if c.RequestValues <= 0 {
		c.RequestValues = 1_000_000
	}
	if c.ScoreValues <= 0 {
		c.ScoreValues = 1024
	}
	return c
}

// Service takes telemetry in. It is safe for concurrent use.
type Service struct {
	cfg       Config
	mapper    *otelmap.Mapper
	telemetry telemetry.Store
	blobs     blob.Bucket
	meaning   Meaning
	cutter    *media.Cutter
	metrics   *Metrics
	now       func() time.Time
	last      atomic.Int64 // when something was last accepted, in trace.Micros
}

// New returns a Service. metrics may be nil.
func New(cfg Config, mapper *otelmap.Mapper, store telemetry.Store, blobs blob.Bucket, meaning Meaning, metrics *Metrics, now func() time.Time) *Service {
	return &Service{
		cfg: cfg.withDefaults(), mapper: mapper, telemetry: store, blobs: blobs, meaning: meaning, cutter: media.NewCutter(),
		metrics: metrics, now: now,
	}
}

// Result says what became of the items of a request.
type Result struct {
	Accepted, Rejected int
	// Reasons counts the refusals by reason, most frequent first.
	Reasons []Reason
}

// Reason is a cause of refusal and how many items it met.
type Reason struct {
	Text  string
	Count int
}

// Message describes the refusals in one line; "" when there are none.
func (r Result) Message() string {
	if r.Rejected == 0 {
		return ""
	}
	parts := make([]string, 0, len(r.Reasons))
	for _, reason := range r.Reasons {
		parts = append(parts, fmt.Sprintf("%d refused: %s", reason.Count, reason.Text))
	}
	return strings.Join(parts, "; ")
}

func (r *Result) reject(text string) {
	r.Rejected++
	for i := range r.Reasons {
		if r.Reasons[i].Text == text {
			r.Reasons[i].Count++
			return
		}
	}
	if len(r.Reasons) == maxReasons {
		text = "further reasons"
		if r.Reasons[maxReasons-1].Text == text {
			r.Reasons[maxReasons-1].Count++
			return
		}
		r.Reasons[maxReasons-1] = Reason{Text: text, Count: r.Reasons[maxReasons-1].Count}
		r.Reasons[maxReasons-1].Count++
		return
	}
	r.Reasons = append(r.Reasons, Reason{Text: text, Count: 1})
}

// maxReasons bounds how many different reasons one answer names.
const maxReasons = 10

// Spans stores the spans of an export request for a project. When it returns a
// nil error, every accepted span is durable and every other one is counted in
// the result with its reason. On an error nothing is promised and the request
// may be sent again.
func (s *Service) Spans(ctx context.Context, p id.Project, batch *span.Batch) (Result, error) {
	var (
		result  Result
		records []fold.Record
		check   = checker{cfg: s.cfg, left: 5 * s.cfg.RequestValues}
		now     = trace.MicrosOf(s.now())
	)
	for ri := range batch.Resources {
		res := &batch.Resources[ri]
		for si := range res.Scopes {
			scope := &res.Scopes[si]
			for i := range scope.Spans {
				sp := &scope.Spans[i]
				if reason := refused(sp); reason != "" {
					result.reject(reason)
					continue
				}
				mark := len(records)
				var err error
				if records, err = s.mapper.Map(res, scope, sp, now, records); err != nil {
					records = records[:mark]
					result.reject(err.Error())
					continue
				}
				if reason := check.refuses(records[mark:]); reason != "" {
					records = records[:mark]
					result.reject(reason)
					continue
				}
				result.Accepted++
			}
		}
	}
	if err := s.store(ctx, p, records); err != nil {
		return Result{}, err
	}
	slices.SortStableFunc(result.Reasons, func(a, b Reason) int { return b.Count - a.Count })
	s.metrics.count(result)
	if result.Accepted > 0 {
		s.last.Store(int64(now))
	}
	return result, nil
}

// LastAccepted returns when this process last accepted telemetry, or the zero
// time.
func (s *Service) LastAccepted() time.Time {
	if last := s.last.Load(); last != 0 {
		return trace.Micros(last).Time()
	}
	return time.Time{}
}

// refused returns why a span cannot be an observation, or "".
func refused(sp *span.Span) string {
	switch {
	case sp.Refused != "":
		return sp.Refused
	case sp.TraceID == "":
		return "the trace id is empty"
	case sp.SpanID == "":
		return "the span id is empty"
	}
	return ""
}

// store enriches the records, moves large values to blob storage and then writes: what
// a record names is durable before the record is.
func (s *Service) store(ctx context.Context, p id.Project, records []fold.Record) error {
	if len(records) == 0 {
		return nil
	}
	if err := s.enrich(ctx, p, records); err != nil {
		return fmt.Errorf("enrich: %w", err)
	}
	for i := range records {
		if err := s.offload(ctx, p, &records[i]); err != nil {
			return fmt.Errorf("store large value: %w", err)
		}
	}
	if err := s.telemetry.Write(ctx, p, records); err != nil {
		return fmt.Errorf("write telemetry: %w", err)
	}
	return nil
}
