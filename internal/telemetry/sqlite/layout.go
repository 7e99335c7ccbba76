package sqlite

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/fusebox-llm/fusebox/internal/id"
)

// layout says how observations are numbered and found. It is the same for every
// file; tests make its parts small to get at their edges.
type layout struct {
	extentBits uint   // an extent has 1<<extentBits rows
	bucketBits uint   // a bucket of the index by id has 1<<bucketBits extents
	hashMask   uint32 // bits that are kept of the hash of an id
}

func defaultLayout() layout { return layout{extentBits: 20, bucketBits: 12, hashMask: 1<<32 - 1} }

// rows returns the first and last number that rows of an extent can have.
func (l layout) rows(extent int64) (from, to int64) {
	return extent << l.extentBits, (extent+1)<<l.extentBits - 1
}

// row returns the number of a row by its place in an extent.
func (l layout) row(extent, position int64) int64 { return extent<<l.extentBits + position }

// extent returns the extent of a row.
func (l layout) extent(r int64) int64 { return r >> l.extentBits }

// key returns the key under which an observation of an extent is found.
func (l layout) key(extent int64, hash uint32) int64 {
	return extent>>l.bucketBits<<32 | int64(hash)
}

// hash returns what observations are found by. It is cryptographic, so that nobody
// can choose ids that all collide.
func (l layout) hash(p id.Project, observation string) uint32 {
	sum := sha256.Sum256([]byte("observation\x00" + string(p) + "\x00" + observation))
	return binary.BigEndian.Uint32(sum[:4]) & l.hashMask
}
