package provider

import (
	"fmt"
	"hash/fnv"
)

// counts are the made-up numbers of one answer. Each kind has a range of its own,
// so no two can be the same, and all are odd, so no sum or difference of two of
// them looks like one of them.
type counts struct {
	prompt     int64 // 4001 to 9999
	completion int64 // 2001 to 3999
	written    int64 // 1001 to 1999: what was written to a cache for an hour
	cached     int64 // 501 to 999
	reasoning  int64 // 251 to 499
	briefly    int64 // 101 to 249: what was written to a cache for five minutes
}

// countsOf returns the counts of the n-th request of a case, n from 0.
func countsOf(framework, name string, n int) counts {
	draw := func(kind string, low, high int64) int64 {
		h := fnv.New64a()
		fmt.Fprintf(h, "%s/%s/%s", framework, name, kind)
		odd := (high - low + 2) / 2 // how many odd numbers there are
		// The step is prime to the size of every range, so that the requests of
		// one case have different numbers for a long while.
		return low + 2*((int64(h.Sum64()>>8)+int64(n)*37)%odd)
	}
	return counts{
		prompt:     draw("prompt", 4001, 9999),
		completion: draw("completion", 2001, 3999),
		written:    draw("written", 1001, 1999),
		cached:     draw("cached", 501, 999),
		reasoning:  draw("reasoning", 251, 499),
		briefly:    draw("briefly", 101, 249),
	}
}

// serialOf returns 24 hex digits that belong to one request.
func serialOf(framework, name string, n int) string {
	h := fnv.New128a()
	fmt.Fprintf(h, "%s/%s/%d", framework, name, n)
	return fmt.Sprintf("%x", h.Sum(nil))[:24]
}

// dated returns the name under which a provider answers for a model.
func dated(model string) string {
	switch model {
	case "gpt-4o-mini":
		return "gpt-4o-mini-2024-07-18"
	case "gpt-4o":
		return "gpt-4o-2024-08-06"
	case "claude-sonnet-4-5":
		return "claude-sonnet-4-5-20250929"
	}
	return model
}
