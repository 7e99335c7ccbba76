package sqlite

import (
	"github.com/fusebox-llm/fusebox/internal/filter"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
)

func sessionScope(numbers map[string]int64) scope {
	return scope{
		kind: fold.Session, numbers: numbers,
		refs:  map[filter.Field]string{filter.Environment: "n.environment"},
		times: map[filter.Field]string{filter.CreatedAt: "n.created_at"},
		never: map[filter.Field]bool{filter.Environment: true, filter.CreatedAt: true},
	}
}

// sessions compiles a list of sessions, as the numbers of their ids, their times
// and environments.
func (c compiler) sessions(q telemetry.SessionQuery) (statement, error) {
	var b builder
	b.write("SELECT n.session, n.created_at, n.environment\n")
	if err := c.fromSessions(&b, q.Where); err != nil {
		return statement{}, err
	}
	b.write("\nORDER BY n.created_at DESC, (SELECT x.text FROM strings x WHERE x.id = n.session) DESC\nLIMIT ? OFFSET ?",
		int64(q.Limit), int64(q.Offset))
	return b.checked()
}

func (c compiler) countSessions(where filter.All) (statement, error) {
	var b builder
	b.write("SELECT " + countAll + "\n")
	if err := c.fromSessions(&b, where); err != nil {
		return statement{}, err
	}
	return b.checked()
}

func (c compiler) fromSessions(b *builder, where filter.All) error {
	b.write("FROM sessions n\nWHERE n.project = ?", c.project)
	return sessionScope(c.numbers).where(b, where)
}
