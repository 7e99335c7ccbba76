package clickhouse

import (
	"context"
	"fmt"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
)

// Write implements [telemetry.Writer]. Nil means that the server has synced the
// new part and its directory to disk.
//
// When the answer to an insert is lost the records may be stored or not; both
// are allowed, and sending them again changes nothing.
func (s *Store) Write(ctx context.Context, p id.Project, records []fold.Record) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	defer s.calls.RUnlock()
	absorptions := 0
	for i := range records {
		if k := records[i].Kind; k != fold.Trace && k != fold.Observation && k != fold.Score {
			return fault.New(fault.Unsupported, "the ClickHouse store does not keep records of kind %s", k)
		}
		if absorbs(&records[i]) {
			absorptions++
		}
	}
	if len(records) == 0 {
		return nil
	}
	// One block, so that it becomes one part.
	batch, err := s.conn.PrepareBatch(ctx, insert)
	if err != nil {
		return s.faultOf(ctx, err)
	}
	defer func() { _ = batch.Close() }() // after Send it does nothing; otherwise there is an error already
	// What a call absorbs counts for all of it, so it arrives before the records.
	absorbed := s.arrivals.take(absorptions + len(records))
	first := absorbed + int64(absorptions)
	for i := range records {
		r := &records[i]
		values, err := s.values(p, r, first+int64(i))
		if err == nil {
			err = batch.Append(values...)
		}
		if err == nil && absorbs(r) {
			err = appendAbsorption(batch, p, r, absorbed)
			absorbed++
		}
		if err != nil {
			return fmt.Errorf("record %d of a call: %w", i, err)
		}
	}
	return s.faultOf(ctx, batch.Send())
}
