package otelmap

import "strings"

// keyring numbers the attribute keys and prefixes that any rule reads, so that
// the attributes of a span are looked at once and every rule then finds its
// value without comparing texts.
type keyring struct {
	keys     map[string]keyInfo
	prefixes []string
	byFirst  [256][]int8 // prefixes by their first byte
	slots    int32
	dropped  prefixSet
}

// keyInfo is what the rules know of one exact key.
type keyInfo struct {
	slot     int32 // 0 for none
	prefixes prefixSet
	flags    marks // dropped, excluded
}

// prefixSet is a set of numbered prefixes.
type prefixSet uint64

const maxPrefixes = 64

func newKeyring() *keyring { return &keyring{keys: map[string]keyInfo{}} }

// slot returns the number of a key, which is at least 1.
func (r *keyring) slot(key string) int32 {
	info := r.keys[key]
	if info.slot == 0 {
		r.slots++
		info.slot = r.slots
		r.keys[key] = info
	}
	return info.slot
}

// prefix returns the set of just that prefix.
func (r *keyring) prefix(prefix string) prefixSet {
	for i, p := range r.prefixes {
		if p == prefix {
			return 1 << i
		}
	}
	n := len(r.prefixes)
	if n == maxPrefixes {
		panic("otelmap: more than 64 prefixes in the rules")
	}
	r.prefixes = append(r.prefixes, prefix)
	return 1 << n
}

// flag marks a key; flagged keys get a slot.
func (r *keyring) flag(key string, m marks) {
	r.slot(key)
	info := r.keys[key]
	info.flags |= m
	r.keys[key] = info
}

// finish is called once all keys and prefixes are known.
func (r *keyring) finish() {
	for i, p := range r.prefixes {
		first := p[0]
		r.byFirst[first] = append(r.byFirst[first], int8(i)) //nolint:gosec // below maxPrefixes
	}
	for key, info := range r.keys {
		info.prefixes = r.match(key)
		if info.prefixes&r.dropped != 0 {
			info.flags |= markDropped
		}
		r.keys[key] = info
	}
}

// lookup returns what is known of a key.
func (r *keyring) lookup(key string) keyInfo {
	if info, ok := r.keys[key]; ok {
		return info
	}
	info := keyInfo{prefixes: r.match(key)}
	if info.prefixes&r.dropped != 0 {
		info.flags = markDropped
	}
	return info
}

func (r *keyring) match(key string) (set prefixSet) {
	if key == "" {
		return 0
	}
	for _, i := range r.byFirst[key[0]] {
		if strings.HasPrefix(key, r.prefixes[i]) {
			set |= 1 << i
		}
	}
	return set
}
