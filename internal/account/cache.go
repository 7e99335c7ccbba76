package account

import (
	"sync"
	"time"
)

// lookups remembers for a short time which public keys exist and which do not.
// Unknown ones have a table of their own, so that nobody can push the known ones
// out by guessing.
type lookups struct {
	ttl  time.Duration
	size int // per table

	mu         sync.Mutex
	generation uint64
	known      map[string]lookup
	unknown    map[string]lookup
}

type lookup struct {
	key   Key
	until time.Time
}

func newLookups(ttl time.Duration, size int) *lookups {
	return &lookups{ttl: ttl, size: size, known: map[string]lookup{}, unknown: map[string]lookup{}}
}

// get returns a remembered answer; hit is false when there is none.
func (l *lookups) get(publicKey string, now time.Time) (key Key, known, hit bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e, ok := l.known[publicKey]; ok && now.Before(e.until) {
		return e.key, true, true
	}
	if e, ok := l.unknown[publicKey]; ok && now.Before(e.until) {
		return Key{}, false, true
	}
	return Key{}, false, false
}

// begin is called before the store is asked; put takes its result.
func (l *lookups) begin() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.generation
}

// put remembers an answer, unless something changed since begin: the answer may
// be from before the change.
func (l *lookups) put(generation uint64, publicKey string, key Key, known bool, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if generation != l.generation || l.ttl <= 0 {
		return
	}
	delete(l.known, publicKey)
	delete(l.unknown, publicKey)
	table := l.unknown
	if known {
		table = l.known
	}
	if len(table) >= l.size {
		makeRoom(table, now)
	}
	table[publicKey] = lookup{key: key, until: now.Add(l.ttl)}
}

// forget drops everything. Changes are rare enough not to be choosy.
func (l *lookups) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.generation++
	clear(l.known)
	clear(l.unknown)
}

// makeRoom drops what has expired, or else any one entry.
func makeRoom(table map[string]lookup, now time.Time) {
	before := len(table)
	for k, e := range table {
		if !now.Before(e.until) {
			delete(table, k)
		}
	}
	if len(table) < before {
		return
	}
	for k := range table {
		delete(table, k)
		return
	}
}
