package sqlite

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/score"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// scoreColumns are the columns of a score row in the order in which rows are
// written.
const scoreColumns = "s, project, id, timestamp, trace_id, observation_id, session_id, run_id, " +
	"name, environment, config, queue, author, source, data_type, value, created_at, updated_at, state, string_value, comment"

// shownScoreColumns are those that are read for a page, see scanScore.
const shownScoreColumns = "id, created_at, updated_at, state"

// scoreRow is what a row of scores says of a state.
type scoreRow struct {
	shown  score.Score
	packed []byte // the state: compressed
	// members are the top-level members of the metadata, see score_metadata.
	members []member
}

// member is a member of a JSON object: a text as it is, everything else as JSON.
type member struct{ key, value string }

// scoreRowOf returns the row of a state.
func (s *Store) scoreRowOf(scoreID string, state *fold.State) *scoreRow {
	r := &scoreRow{shown: fold.ScoreView(scoreID, state)}
	r.packed = s.squeezer.squeeze(appendState(nil, state))
	r.members = membersOf(r.shown.Metadata)
	return r
}

// membersOf returns the members of an object sorted by key; none for what is no
// object. Of members with the same key the last counts.
func membersOf(m trace.Metadata) []member {
	if m.Empty() {
		return nil
	}
	var object map[string]json.RawMessage
	if json.Unmarshal([]byte(m.Object), &object) != nil {
		return nil
	}
	members := make([]member, 0, len(object))
	for _, key := range slices.Sorted(maps.Keys(object)) {
		value := string(object[key])
		if value[0] == '"' && json.Unmarshal(object[key], &value) != nil {
			continue
		}
		members = append(members, member{key, value})
	}
	return members
}

// scoreNumber returns the number of a score; NULL where its data type has none.
func scoreNumber(v *score.Value) any {
	switch v.DataType {
	case score.Numeric, score.Boolean, score.Categorical:
		return v.Number
	default:
		return nil
	}
}

// textOrNull returns what is written for a text that may be missing.
func textOrNull(text *string) any {
	if text == nil {
		return nil
	}
	return *text
}

// scoreArgs returns what is written for a score, in the order of scoreColumns.
func (w *writer) scoreArgs(l *liveScore) (args []any, err error) {
	v := &l.row.shown
	num := func(text *string) (n any) {
		if err != nil || text == nil {
			return nil
		}
		n, err = w.intern.number(l.project, *text)
		return n
	}
	return []any{
		l.s, l.project, l.id, int64(v.Timestamp),
		textOrNull(v.TraceID), textOrNull(v.ObservationID), textOrNull(v.SessionID), textOrNull(v.RunID),
		num(&v.Name), num(&v.Environment), num(v.ConfigID), num(v.QueueID), num(v.AuthorID),
		string(v.Source), string(v.DataType), scoreNumber(&v.Value), int64(l.created), int64(l.updated),
		blob(l.row.packed), textOrNull(v.Text), textOrNull(v.Comment),
	}, err
}

// scoreState reads what a row has as its state.
func (s *squeezer) scoreState(packed []byte) (fold.State, error) {
	b, err := s.expand(packed)
	if err != nil {
		return fold.State{}, err
	}
	return readState(b, fold.Score)
}

// scanScore reads shownScoreColumns.
func (s *Store) scanScore(p id.Project, v []any) (score.Score, error) {
	state, err := s.squeezer.scoreState(bytesOf(v[3]))
	if err != nil {
		return score.Score{}, err
	}
	sc := fold.ScoreView(textOf(v[0]), &state)
	sc.Project, sc.CreatedAt, sc.UpdatedAt = p, trace.Micros(intOf(v[1])), trace.Micros(intOf(v[2]))
	return sc, nil
}
