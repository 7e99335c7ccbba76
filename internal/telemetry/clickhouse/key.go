package clickhouse

import (
	"encoding/binary"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// A key is kept as keySize bytes that compare as the key does:
//
//	class 1 | event time 8 | rank 1 | arrival 8
//
// big-endian, times with the sign bit flipped. Where the first value wins, the
// bits of time and rank are inverted, so that the greatest key is everywhere the
// one that counts. All zero is the key of a value that is absent; it is less than
// any other.
const keySize = 18

// The classes: present, and what applies besides.
const (
	present  = 1
	strong   = 2 // not one of the values that a payload yields to any other
	explicit = 4
)

func absentKey() string { return string(make([]byte, keySize)) }

func encodeKey(class byte, k fold.Key, firstWins bool) string {
	var b [keySize]byte
	b[0] = class
	binary.BigEndian.PutUint64(b[1:], uint64(k.Time)^1<<63)
	b[9] = byte(k.Rank)
	binary.BigEndian.PutUint64(b[10:], uint64(k.Arrival))
	if firstWins {
		invert(b[1:10])
	}
	return string(b[:])
}

// decodeKey is the inverse of encodeKey. The class of an absent value is 0.
func decodeKey(s string, firstWins bool) (class byte, k fold.Key) {
	b := []byte(s)
	if firstWins {
		invert(b[1:10])
	}
	return b[0], fold.Key{
		Time: trace.Micros(binary.BigEndian.Uint64(b[1:]) ^ 1<<63), Rank: fold.Rank(b[9]),
		Arrival: int64(binary.BigEndian.Uint64(b[10:])),
	}
}

func invert(b []byte) {
	for i := range b {
		b[i] = ^b[i]
	}
}
