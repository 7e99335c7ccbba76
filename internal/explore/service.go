package explore

import (
	"context"

	"github.com/fusebox-llm/fusebox/internal/blob"
	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/filter"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/score"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// Config holds the limits of an answer.
type Config struct {
	// MaxResponseBytes bounds the bytes of input, output, metadata, raw values and
	// texts of scores in one answer. A question whose answer is larger is refused.
	// Default 256 MiB.
	MaxResponseBytes int64
}

// rowsAtOnce is how many rows are read together when their texts are wanted: a
// long list of large values is then refused after the first rows that
// are too many, instead of being loaded whole first.
const rowsAtOnce = 100

// Service answers questions about what was sent. It is safe for concurrent use.
type Service struct {
	reader telemetry.Reader
	blobs  blob.Bucket
	max    int64
}

// New returns a Service that reads from a telemetry engine and the bucket that
// holds its large values.
func New(cfg Config, reader telemetry.Reader, blobs blob.Bucket) *Service {
	if cfg.MaxResponseBytes <= 0 {
		cfg.MaxResponseBytes = 256 << 20
	}
	return &Service{reader: reader, blobs: blobs, max: cfg.MaxResponseBytes}
}

// Trace returns a trace, with its observations when parts asks for them, ordered
// by start, then id. Without them parts still says what to read of the trace
// itself.
//
// Errors: fault.NotFound when the project has no such trace, fault.TooCostly when
// the texts are more than an answer may hold.
func (s *Service) Trace(ctx context.Context, p id.Project, traceID string, parts telemetry.Parts) (trace.Tree, error) {
	return s.tree(ctx, p, traceID, parts, s.newLoad())
}

// TraceWithScores is Trace with the scores that are about the trace or one of its
// observations, corrections excepted, in the order of lists. What both hold counts
// together.
func (s *Service) TraceWithScores(ctx context.Context, p id.Project, traceID string, parts telemetry.Parts) (trace.Tree, []score.Score, error) {
	load := s.newLoad()
	tree, err := s.tree(ctx, p, traceID, parts, load)
	if err != nil {
		return trace.Tree{}, nil, err
	}
	// The trace may have been opened by an id that it absorbed.
	scores, err := s.scoresOfTrace(ctx, p, tree.Trace.ID, load)
	if err != nil {
		return trace.Tree{}, nil, err
	}
	return tree, scores, nil
}

func (s *Service) tree(ctx context.Context, p id.Project, traceID string, parts telemetry.Parts, load *load) (trace.Tree, error) {
	parts.MaxBytes = s.max
	tree, err := s.open(ctx, p, traceID, parts)
	if err != nil {
		return trace.Tree{}, err
	}
	load.trace(&tree.Trace)
	for i := range tree.Observations {
		load.observation(&tree.Observations[i])
	}
	if err := load.run(ctx); err != nil {
		return trace.Tree{}, err
	}
	return tree, nil
}

// open reads a trace. One that is wanted without its observations is read from the
// list, which does not touch them, unless it is opened by an id that it absorbed.
func (s *Service) open(ctx context.Context, p id.Project, traceID string, parts telemetry.Parts) (trace.Tree, error) {
	if parts.Observations {
		return s.reader.Trace(ctx, p, traceID, parts)
	}
	parts.Scores = false
	list, err := s.reader.Traces(ctx, p, telemetry.TraceQuery{Where: filter.All{filter.Equals(filter.TraceID, traceID)}, Limit: 1, Parts: parts})
	if err != nil {
		return trace.Tree{}, err
	}
	if len(list.Traces) > 0 {
		return trace.Tree{Trace: list.Traces[0]}, nil
	}
	tree, err := s.reader.Trace(ctx, p, traceID, parts)
	tree.Observations = nil
	return tree, err
}

// Observation returns the observation with that id; where several traces hold the
// id, the one with the newest start. Errors are those of [Service.Trace].
func (s *Service) Observation(ctx context.Context, p id.Project, observationID string, parts telemetry.Parts) (trace.Observation, error) {
	o, err := s.reader.Observation(ctx, p, observationID, parts)
	if err != nil {
		return trace.Observation{}, err
	}
	load := s.newLoad()
	load.observation(&o)
	if err := load.run(ctx); err != nil {
		return trace.Observation{}, err
	}
	return o, nil
}

// ObservationOf returns the observation with that id in that trace, or in the trace
// that has absorbed that id. Errors are those of [Service.Trace].
func (s *Service) ObservationOf(ctx context.Context, p id.Project, traceID, observationID string, parts telemetry.Parts) (trace.Observation, error) {
	for range 2 {
		list, err := s.Observations(ctx, p, telemetry.ObservationQuery{
			Where: filter.All{filter.Equals(filter.TraceID, traceID), filter.Equals(filter.ObservationID, observationID)},
			Limit: 1,
			Parts: parts,
		})
		if err != nil {
			return trace.Observation{}, err
		}
		if len(list.Observations) > 0 {
			return list.Observations[0], nil
		}
		tree, err := s.reader.Trace(ctx, p, traceID, telemetry.Parts{})
		if err != nil || tree.Trace.ID == traceID {
			break
		}
		traceID = tree.Trace.ID
	}
	return trace.Observation{}, fault.New(fault.NotFound, "no such observation")
}

// Traces lists traces. Errors: fault.TooCostly when counting takes too long or the
// texts are more than an answer may hold.
func (s *Service) Traces(ctx context.Context, p id.Project, q telemetry.TraceQuery) (telemetry.TraceList, error) {
	list, err := s.reader.Traces(ctx, p, q)
	if err != nil {
		return telemetry.TraceList{}, err
	}
	load := s.newLoad()
	for i := range list.Traces {
		load.trace(&list.Traces[i])
	}
	if err := load.run(ctx); err != nil {
		return telemetry.TraceList{}, err
	}
	return list, nil
}

// Observations lists observations. Errors are those of [Service.Traces].
func (s *Service) Observations(ctx context.Context, p id.Project, q telemetry.ObservationQuery) (telemetry.ObservationList, error) {
	var (
		out     telemetry.ObservationList
		load    = s.newLoad()
		texts   = q.Parts.IO || q.Parts.Metadata || q.Parts.Raw
		missing = q.Limit
	)
	for first := true; first || missing > 0 && out.Next != nil; first = false {
		step := q
		step.Limit = missing
		if texts {
			step.Limit = min(missing, rowsAtOnce)
		}
		if !first {
			step.Offset, step.After, step.Total = 0, out.Next, false
		}
		list, err := s.reader.Observations(ctx, p, step)
		if err != nil {
			return telemetry.ObservationList{}, err
		}
		for i := range list.Observations {
			load.observation(&list.Observations[i])
		}
		if err := load.run(ctx); err != nil {
			return telemetry.ObservationList{}, err
		}
		if first {
			out.Total = list.Total
		}
		out.Observations = append(out.Observations, list.Observations...)
		out.Next = list.Next
		missing -= len(list.Observations)
		if len(list.Observations) == 0 {
			break // an engine that promises more and gives none must not hold us
		}
	}
	return out, nil
}
