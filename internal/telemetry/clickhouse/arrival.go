package clickhouse

import (
	"encoding/json"
	"hash/fnv"
	"sync"
	"time"

	"github.com/fusebox-llm/fusebox/internal/fold"
)

// arrivals gives out the numbers by which records count as arrived earlier or
// later: nanoseconds since 1970, each once, growing over calls and within them.
// A call of a million records runs the counter ahead of the clock by a
// millisecond.
//
// Several processes that write to one server order what arrives by their clocks.
// The number only decides between records of the same event time and rank, and
// which of several traces a record without one joins.
type arrivals struct {
	now func() time.Time

	mu   sync.Mutex
	last int64
}

// take returns the first of n numbers in a row.
func (a *arrivals) take(n int) int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	first := max(a.now().UnixNano(), a.last+1)
	a.last = first + int64(n) - 1
	return first
}

// arrival is what a row remembers of a record.
type arrival struct {
	digest uint64
	// start is the register that the record gave; its field is 0 when it gave
	// none.
	start fold.Register
}

// digestOf returns a digest by which a record that is sent again is known.
func digestOf(r *fold.Record) (uint64, error) {
	h := fnv.New64a()
	if err := json.NewEncoder(h).Encode(r); err != nil {
		return 0, err
	}
	return h.Sum64(), nil
}
