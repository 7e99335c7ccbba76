package sqlite

import (
	"sync"
	"time"

	"github.com/fusebox-llm/fusebox/internal/fault"
)

// queue holds the jobs that wait for the writer. It is bounded by records and
// bytes, counted from before a job is built until it is answered, so that
// overload is refused before it costs memory.
type queue struct {
	limit claim

	mu     sync.Mutex
	taken  claim
	jobs   []queued
	closed bool
	wake   chan struct{} // holds one token when there is something to do
}

// claim is a share of the queue.
type claim struct {
	records int
	bytes   int64
}

type queued struct {
	job   *job
	claim claim
}

// retryAfter is what callers are told to wait when the queue is full. Commits take
// a fraction of a second.
const retryAfter = time.Second

func newQueue(limit claim) *queue {
	return &queue{limit: limit, wake: make(chan struct{}, 1)}
}

func errClosed() error { return fault.New(fault.Unavailable, "the store is closed") }

// open returns nil while the queue takes jobs.
func (q *queue) open() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return errClosed()
	}
	return nil
}

// reserve takes a share for a job. One that is larger than the whole queue is let
// in when there is nothing else.
func (q *queue) reserve(c claim) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return errClosed()
	}
	full := q.taken.records+c.records > q.limit.records || q.taken.bytes+c.bytes > q.limit.bytes
	if full && q.taken != (claim{}) {
		return &fault.Error{Code: fault.Unavailable, Message: "too much is waiting to be stored", RetryAfter: retryAfter}
	}
	q.taken.records += c.records
	q.taken.bytes += c.bytes
	return nil
}

// push queues a job under its share, which the writer gives back. It fails when the
// queue was closed meanwhile.
func (q *queue) push(j *job, c claim) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return errClosed()
	}
	q.jobs = append(q.jobs, queued{j, c})
	q.signal()
	return nil
}

func (q *queue) signal() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// take waits for jobs and returns as many as fit into one transaction, in order
// and at least one. It returns none once the queue is closed and empty.
func (q *queue) take(limit claim) []queued {
	for {
		if jobs, closed := q.tryTake(limit); len(jobs) > 0 || closed {
			return jobs
		}
		<-q.wake
	}
}

func (q *queue) tryTake(limit claim) (jobs []queued, closed bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	var sum claim
	n := 0
	for n < len(q.jobs) {
		sum.records += q.jobs[n].job.records
		sum.bytes += q.jobs[n].job.size
		if n > 0 && (sum.records > limit.records || sum.bytes > limit.bytes) {
			break
		}
		n++
	}
	jobs = append(jobs, q.jobs[:n]...)
	clear(q.jobs[:n])
	if q.jobs = q.jobs[n:]; len(q.jobs) == 0 {
		q.jobs = nil
	}
	return jobs, q.closed
}

// release gives back a share.
func (q *queue) release(c claim) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.taken.records -= c.records
	q.taken.bytes -= c.bytes
}

// close refuses further jobs; what is queued is still taken.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.signal()
}
