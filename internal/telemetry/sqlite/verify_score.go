package sqlite

import (
	"fmt"
	"slices"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/trace"
)

// scores checks what score rows and score_metadata repeat of the scores' states.
func (v *verifier) scores() error {
	for s := int64(-1); len(v.differences) < maxDifferences; {
		var page [][]any
		err := v.query(func(c []any) error {
			page = append(page, slices.Clone(c))
			return nil
		}, "SELECT "+scoreColumns+" FROM scores WHERE s > ? ORDER BY s LIMIT 500", s)
		if err != nil {
			return err
		}
		for _, c := range page {
			if err := v.score(c); err != nil {
				return fmt.Errorf("score %q: %w", textOf(c[2]), err)
			}
			s = intOf(c[0])
		}
		if len(page) == 0 {
			break
		}
	}
	return nil
}

// score checks one score row.
func (v *verifier) score(c []any) error {
	what := func(field string) string { return fmt.Sprintf("score %q (%d), %s", textOf(c[2]), intOf(c[0]), field) }
	state, err := v.store.squeezer.scoreState(bytesOf(c[18]))
	if err != nil {
		return err
	}
	want := v.store.scoreRowOf(textOf(c[2]), &state)
	sc := &want.shown
	expect(v, what("timestamp"), trace.Micros(intOf(c[3])), sc.Timestamp)
	texts := map[int]*string{
		4: sc.TraceID, 5: sc.ObservationID, 6: sc.SessionID, 7: sc.RunID,
		13: (*string)(&sc.Source), 14: (*string)(&sc.DataType), 19: sc.Text, 20: sc.Comment,
	}
	for i, text := range texts {
		expect(v, what(fmt.Sprintf("column %d", i)), c[i], textOrNull(text))
	}
	expect(v, what("value"), c[15], scoreNumber(&sc.Value))
	for i, text := range []*string{&sc.Name, &sc.Environment, sc.ConfigID, sc.QueueID, sc.AuthorID} {
		var stored any
		if n := intOf(c[8+i]); n != 0 {
			if stored, err = v.text(n); err != nil {
				return err
			}
		}
		expect(v, what(fmt.Sprintf("column %d", 8+i)), stored, textOrNull(text))
	}
	var members []member
	err = v.query(func(m []any) error {
		members = append(members, member{textOf(m[0]), textOf(m[1])})
		return nil
	}, "SELECT key, value FROM score_metadata WHERE s = ?", c[0])
	slices.SortFunc(members, func(a, b member) int { return strings.Compare(a.key, b.key) })
	expect(v, what("metadata"), fmt.Sprintf("%q", members), fmt.Sprintf("%q", want.members))
	return err
}

// The columns of sessions, as they are and worked out from the traces.
const (
	storedSessions = "SELECT " + sessionColumns + " FROM sessions"
	shownSessions  = `SELECT session, project, traces, oldest, environment, t, timestamp FROM (
  SELECT project, session, environment, t, timestamp, COUNT(*) OVER whole AS traces, MIN(created_at) OVER whole AS oldest,
    ROW_NUMBER() OVER (PARTITION BY project, session ORDER BY timestamp, trace_id) AS place
  FROM traces WHERE session IS NOT NULL WINDOW whole AS (PARTITION BY project, session)
) WHERE place = 1`
)

// sessions compares the sessions with what the traces show.
func (v *verifier) sessions() error {
	for what, query := range map[string]string{
		"stored but not shown": storedSessions + " EXCEPT " + shownSessions + " LIMIT 5",
		"shown but not stored": shownSessions + " EXCEPT " + storedSessions + " LIMIT 5",
	} {
		err := v.query(func(c []any) error {
			v.report("session %s: %v", what, c)
			return nil
		}, query)
		if err != nil {
			return err
		}
	}
	return nil
}
