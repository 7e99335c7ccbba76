package telemetrytest

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/filter"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// runScorePages: the order of scores, ties in a microsecond included, pages that
// stay what they are while scores are written, and conditions on times in
// milliseconds.
func runScorePages(t *testing.T, h Harness) {
	s := h.Open(t)
	defer closeStore(t, s)
	write(t, s, "order", judge("b", 1, start(5)), judge("a", 2, start(5)), judge("B", 3, start(5)), judge("c", 4, start(4)), judge("", 5, start(5)), judge("z", 6, start(6)))
	if err := scoresListed(nil, "z", "b", "a", "B", "", "c").check(t.Context(), s, "order"); err != nil {
		t.Error(err)
	}

	var old []fold.Record
	var want []string
	for i := range 40 {
		scoreID := fmt.Sprintf("old%02d", i)
		old = append(old, judge(scoreID, trace.Micros(i), start(trace.Micros(i/4*10)), of(fmt.Sprint("t", i%3))))
		want = append(want, scoreID)
	}
	walk := func(p id.Project, between func(page int)) {
		t.Helper()
		var got []string
		var last *telemetry.ScorePosition
		q := telemetry.ScoreQuery{Limit: 3}
		for n := 0; ; n++ {
			list, err := s.Scores(t.Context(), p, q)
			if err != nil {
				t.Fatal(err)
			}
			for _, sc := range list.Scores {
				at := scorePositionOf(&sc)
				if last != nil && compareScorePositions(*last, at) >= 0 {
					t.Errorf("%+v comes again, or out of order after %+v", at, last)
				}
				last = &at
				if strings.HasPrefix(sc.ID, "old") {
					got = append(got, sc.ID)
				}
			}
			if list.Next == nil {
				break
			}
			q.After = list.Next
			between(n)
		}
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("the scores that were there (-want +got)\n%s", diff)
		}
	}
	write(t, s, "steps", old...)
	walk("steps", func(n int) {
		if n > 12 {
			return // or the pages never end
		}
		for _, at := range []trace.Micros{-5, 0, 50, 55, 90, 1000} {
			write(t, s, "steps", judge(fmt.Sprintf("new%d at %d", n, at), at, start(at)), judge(fmt.Sprintf("z%d at %d", n, at), at, start(at)))
		}
	})
	write(t, s, "at once", old...)
	stop, done := make(chan struct{}), sync.WaitGroup{}
	for w := range 3 {
		done.Go(func() {
			for i := range 60 {
				select {
				case <-stop:
					return
				default:
				}
				at := trace.Micros(i*13%120 - 10)
				if err := s.Write(t.Context(), "at once", []fold.Record{judge(fmt.Sprintf("new%d-%d", w, i), at, start(at))}); err != nil {
					t.Errorf("write: %v", err)
				}
			}
		})
	}
	walk("at once", func(int) {})
	close(stop)
	done.Wait()
	runScoreTimes(t, s)
}

func runScoreTimes(t *testing.T, s telemetry.Store) {
	t.Helper()
	for name, base := range map[string]trace.Micros{
		"now": 1_700_000_000_123_000, "the epoch": 0, "before the epoch": -1_000_000_000_000, "year 1": trace.MinMicros + 10_000, "year 9999": trace.MaxMicros - 9_999,
	} {
		p := id.Project(name)
		var want []string
		for i, d := range []trace.Micros{-1001, -1000, -999, -1, 0, 1, 999, 1000, 1001} {
			scoreID := string(rune('a' + i))
			write(t, s, p, judge(scoreID, base+d))
			want = append([]string{scoreID}, want...)
			if got, err := s.Score(t.Context(), p, scoreID); err != nil || got.Timestamp != base+d {
				t.Errorf("%s: written at %d, read %d, %v", name, base+d, got.Timestamp, err)
			}
		}
		from := filter.Condition{Field: filter.Timestamp, Op: filter.From, Time: base}
		before := filter.Condition{Field: filter.Timestamp, Op: filter.Before, Time: base}
		later := filter.Condition{Field: filter.Timestamp, Op: filter.Before, Time: base + 1000}
		for what, f := range map[string]fact{
			"all": scoresListed(nil, want...), "from": scoresListed(filter.All{from}, want[:5]...), "before": scoresListed(filter.All{before}, want[5:]...),
			"one millisecond": scoresListed(filter.All{from, later}, want[2:5]...), "none": scoresListed(filter.All{from, before}),
		} {
			if err := f.check(t.Context(), s, p); err != nil {
				t.Errorf("%s, %s: %v", name, what, err)
			}
		}
	}
}
