package tokens

import (
	"slices"
	"sync"
)

// merger counts the tokens of pieces. It is used for one text.
type merger struct {
	v     *vocabulary
	long  *sync.Mutex // held for a piece longer than longPiece
	nodes []node
	queue []uint64 // a binary heap of rank<<32 | offset: the leftmost of the lowest rank first
}

// longPiece is a length, in bytes, that no piece of ordinary text has. Counting a piece
// takes about 40 bytes for each of its own and, per byte, many times what other
// text takes; pieces longer than this wait for each other, so that whoever sends them
// gets hold of one core, and of the memory for one piece.
const longPiece = 16 << 10

// node is a part of a piece; it starts at the byte of its index.
type node struct {
	prev, next uint32 // where the neighbours start; the last one's next is the piece's end
	rank       uint32 // of this part and the next one joined; noRank when they are no token
}

const noNode = 1<<32 - 1

// count returns the number of tokens of a piece, in n log n steps: pairs of neighbours
// are joined, the one with the lowest rank first, for as long as one is a token.
func (m *merger) count(piece string) int {
	if len(piece) == 1 || m.v.rank(piece) != noRank {
		return 1
	}
	if len(piece) > longPiece {
		m.long.Lock()
		defer func() {
			m.nodes, m.queue = nil, nil
			m.long.Unlock()
		}()
	}
	return m.merge(piece)
}

func (m *merger) merge(piece string) int {
	n := uint32(len(piece))
	m.nodes, m.queue = slices.Grow(m.nodes[:0], int(n)), slices.Grow(m.queue[:0], int(n))
	for i := range n {
		m.nodes = append(m.nodes, node{prev: i - 1, next: i + 1, rank: noRank}) // the first's prev is noNode
	}
	for i := range n {
		m.rank(piece, i)
	}
	parts := int(n)
	for len(m.queue) > 0 {
		top := m.pop()
		i := uint32(top)
		left := &m.nodes[i]
		if left.rank != uint32(top>>32) {
			continue // what it was queued for has changed since
		}
		right := &m.nodes[left.next]
		right.rank = noRank
		left.next = right.next
		if left.next < n {
			m.nodes[left.next].prev = i
		}
		parts--
		m.rank(piece, i)
		if left.prev != noNode {
			m.rank(piece, left.prev)
		}
	}
	return parts
}

// rank finds the rank of a part joined with the next one, and queues it.
func (m *merger) rank(piece string, i uint32) {
	part := &m.nodes[i]
	part.rank = noRank
	if part.next == uint32(len(piece)) {
		return
	}
	part.rank = m.v.rank(piece[i:m.nodes[part.next].next])
	if part.rank != noRank {
		m.push(uint64(part.rank)<<32 | uint64(i))
	}
}

func (m *merger) push(x uint64) {
	q := append(m.queue, x)
	i := len(q) - 1
	for i > 0 && q[(i-1)/2] > x {
		q[i] = q[(i-1)/2]
		i = (i - 1) / 2
	}
	q[i] = x
	m.queue = q
}

func (m *merger) pop() uint64 {
	q := m.queue
	top, x := q[0], q[len(q)-1]
	q = q[:len(q)-1]
	i := 0
	for {
		child := 2*i + 1
		if child >= len(q) {
			break
		}
		if child+1 < len(q) && q[child+1] < q[child] {
			child++
		}
		if q[child] >= x {
			break
		}
		q[i] = q[child]
		i = child
	}
	if len(q) > 0 {
		q[i] = x
	}
	m.queue = q
	return top
}
