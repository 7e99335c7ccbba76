package main

import (
	"context"
	"slices"
)

// A schedule is a way to replay a client's requests. Rules that say which of several
// values counts show only where an entity has several records, and clients hardly ever
// export a span twice; the second schedule makes such records out of all that they
// sent. The last two make the order and the number of requests differ.
//
// No kind of request is left out of any: the server takes an update before the
// observation is created, or has a trace, and a score again after it was deleted.
// What calls of 2023 say has the time of their arrival and so another result in each
// order; that of the whole tables is in the same order.
type schedule struct {
	name string
	of   func(ctx context.Context, recorded []request) ([]request, error)
}

func schedules() []schedule {
	return []schedule{
		{"as recorded", func(_ context.Context, recorded []request) ([]request, error) { return recorded, nil }},
		{"exported again, changed", withReexports},
		{"in reverse", func(_ context.Context, recorded []request) ([]request, error) {
			reversed := slices.Clone(recorded)
			slices.Reverse(reversed)
			return reversed, nil
		}},
		{"each twice", func(_ context.Context, recorded []request) ([]request, error) {
			var twice []request
			for _, r := range recorded {
				twice = append(twice, r, r)
			}
			return twice, nil
		}},
	}
}
