package pricing

import "sync"

// memo remembers about limit to twice as many values, those that were used last. It may
// be used concurrently.
type memo[K comparable, V any] struct {
	mu         sync.Mutex
	limit      int
	young, old map[K]V // what is not used while young fills up is forgotten
}

func newMemo[K comparable, V any](limit int) *memo[K, V] {
	return &memo[K, V]{limit: limit, young: map[K]V{}}
}

func (m *memo[K, V]) get(key K) (v V, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if v, ok = m.young[key]; ok {
		return v, true
	}
	if v, ok = m.old[key]; ok {
		m.keep(key, v)
	}
	return v, ok
}

func (m *memo[K, V]) put(key K, v V) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.keep(key, v)
}

func (m *memo[K, V]) keep(key K, v V) {
	if len(m.young) >= m.limit {
		m.old, m.young = m.young, make(map[K]V)
	}
	m.young[key] = v
}
