package telemetrytest

import (
	"fmt"
	"sync"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// runDeleteScore: a score that is deleted is gone from every read, for good; what
// is written afterwards makes a new one.
func runDeleteScore(t *testing.T, h Harness) {
	s := h.Open(t)
	check := func(p id.Project, facts ...fact) {
		t.Helper()
		for _, f := range facts {
			if err := f.check(t.Context(), s, p); err != nil {
				t.Errorf("%s: %v", f.name, err)
			}
		}
	}
	remove := func(p id.Project, scoreID string) {
		t.Helper()
		if err := s.DeleteScore(t.Context(), p, scoreID); err != nil {
			t.Fatalf("delete score %q: %v", scoreID, err)
		}
	}
	first := judge("s", 1, of("T"), number("x", 1), text(fold.Comment, "first"), text(fold.Environment, "e"), meta(`{"a":1}`))
	again := judge("s", 9, number("x", 2), text(fold.Author, "a"))
	for _, p := range []id.Project{"p", "beside"} {
		write(t, s, p, traceCreate("T", 1, text(fold.SessionID, "se")), create("T", "s", 2), first, again, judge("S", 3, of("T"), number("x", 3)), judge("s ", 4, of("T"), number("x", 4)))
	}
	before, err := s.Score(t.Context(), "p", "s")
	if err != nil {
		t.Fatal(err)
	}

	remove("p", "s")
	gone := []fact{noScore("s"), scoresListed(nil, "s ", "S"), judgedBy("T", "s ", "S")}
	check("p", gone...)
	check("p", listed("T"), sessionShows("se", "default"), holdsObservations("T", "s"))
	check("beside", scoresListed(nil, "s ", "S", "s"), scoreShows("s", fields{"number": "2"}))
	remove("p", "s")
	remove("p", "never")
	remove("nobody", "s")
	check("p", gone...)

	// Nothing of what was deleted comes back with what is written later.
	write(t, s, "p", judge("s", 5, of("U"), start(7), number("x", 5)))
	check("p", scoreShows("s", fields{
		"trace": "U", "number": "5", "timestamp": "7", "comment": none, "author": none, "environment": "default", "metadata": "",
	}), scoresListed(nil, "s", "s ", "S"))
	after, err := s.Score(t.Context(), "p", "s")
	if err != nil || after.CreatedAt <= before.CreatedAt {
		t.Errorf("the new score is created %d, the old one was %d, %v", after.CreatedAt, before.CreatedAt, err)
	}
	remove("p", "s")
	write(t, s, "p", first) // sent again
	check("p", scoreShows("s", fields{"trace": "T", "number": "1", "comment": "first", "author": none, "environment": "e"}))
	write(t, s, "p", judge("s", 2, text(fold.Comment, "second")))
	check("p", scoreShows("s", fields{"number": "1", "comment": "second"}), judgedBy("T", "s ", "S", "s"))
	remove("p", "s")
	remove("p", "S")
	check("p", noScore("s"), noScore("S"), scoresListed(nil, "s "))

	// Of calls that end at once, each is there whole or not at all.
	var done sync.WaitGroup
	for i := range 8 {
		done.Go(func() {
			for j := range 8 {
				scoreID := fmt.Sprint(i, ".", j)
				if err := s.Write(t.Context(), "at once", []fold.Record{judge(scoreID, trace.Micros(j), number("x", 1)), judge("shared", trace.Micros(i*8+j), number("x", 1))}); err != nil {
					t.Errorf("write: %v", err)
				}
				if err := s.DeleteScore(t.Context(), "at once", scoreID); err != nil {
					t.Errorf("delete: %v", err)
				}
			}
		})
	}
	done.Wait()
	check("at once", scoresListed(nil, "shared"))
	if h.Reopen == nil {
		closeStore(t, s)
		return
	}
	s = h.Reopen(t, s)
	defer func() { closeStore(t, s) }()
	check("p", noScore("s"), noScore("S"), scoresListed(nil, "s "))
	check("at once", scoresListed(nil, "shared"))
	write(t, s, "p", judge("s", 1, text(fold.Comment, "third")))
	check("p", scoreShows("s", fields{"comment": "third", "trace": none, "type": ""}))
}
