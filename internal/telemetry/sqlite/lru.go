package sqlite

import "container/list"

// lru is a map of bounded cost that forgets what was not used for longest. It is
// not safe for concurrent use.
type lru[K comparable, V any] struct {
	limit, cost int
	order       *list.List // of *lruEntry, most recent first
	entries     map[K]*list.Element
}

type lruEntry[K comparable, V any] struct {
	key   K
	value V
	cost  int
}

func newLRU[K comparable, V any](limit int) *lru[K, V] {
	return &lru[K, V]{limit: limit, order: list.New(), entries: map[K]*list.Element{}}
}

func (l *lru[K, V]) get(key K) (v V, ok bool) {
	e, ok := l.entries[key]
	if !ok {
		return v, false
	}
	l.order.MoveToFront(e)
	return e.Value.(*lruEntry[K, V]).value, true
}

// put stores a value with its cost and makes room for it. What costs more than
// everything is not stored.
func (l *lru[K, V]) put(key K, v V, cost int) {
	l.drop(key)
	if cost > l.limit {
		return
	}
	l.entries[key] = l.order.PushFront(&lruEntry[K, V]{key, v, cost})
	for l.cost += cost; l.cost > l.limit; {
		l.drop(l.order.Back().Value.(*lruEntry[K, V]).key)
	}
}

func (l *lru[K, V]) drop(key K) {
	if e, ok := l.entries[key]; ok {
		l.order.Remove(e)
		delete(l.entries, key)
		l.cost -= e.Value.(*lruEntry[K, V]).cost
	}
}

func (l *lru[K, V]) clear() {
	l.order.Init()
	clear(l.entries)
	l.cost = 0
}
