package ingest

import (
	"context"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// Item is what one event or call says: records that are taken or refused together.
type Item struct {
	Records []fold.Record
	// Refused says why the item cannot be stored. [Service.Records] sets it where a
	// value breaks a limit, and only counts the items where it is set already.
	Refused string
}

// Records stores items of a project, whatever protocol they came by. When it
// returns nil, every item that it did not refuse is durable. On an error nothing is
// promised and the items may be sent again. The records belong to the service from
// the call on.
func (s *Service) Records(ctx context.Context, p id.Project, items []Item) error {
	var (
		result  Result
		records []fold.Record
		check   = checker{cfg: s.cfg, left: s.cfg.RequestValues}
		now     = trace.MicrosOf(s.now())
	)
	for i := range items {
		if items[i].Refused != "" {
			result.reject(items[i].Refused)
			continue
		}
		if len(items[i].Records) == 0 {
			continue
		}
		if items[i].Refused = check.refuses(items[i].Records); items[i].Refused != "" {
			result.reject(items[i].Refused)
			continue
		}
		result.Accepted++
		records = append(records, items[i].Records...)
	}
	if err := s.store(ctx, p, records); err != nil {
		return err
	}
	s.metrics.count(result)
	if result.Accepted > 0 {
		s.last.Store(int64(now))
	}
	return nil
}

// DeleteScore removes a score; there need not be one. When it returns nil, that is
// durable.
func (s *Service) DeleteScore(ctx context.Context, p id.Project, scoreID string) error {
	return s.telemetry.DeleteScore(ctx, p, scoreID)
}
