package sqlite

import "github.com/fusebox-llm/fusebox/internal/trace"

const (
	microsPerHour = 3_600_000_000
	microsPerDay  = 24 * microsPerHour
)

// floorDiv divides toward the past.
func floorDiv(t trace.Micros, by int64) int64 {
	n := int64(t) / by
	if int64(t)%by < 0 {
		n--
	}
	return n
}

// observationCell is a cell of rollup_observation: an hour and the observation's
// own dimensions.
type observationCell struct {
	project, hour, kind, model, level int64
}

type observationSums struct {
	count          int64
	usage          triple
	cost           int64
	latency, ended int64
}

func (s observationSums) plus(o observationSums) observationSums {
	return observationSums{s.count + o.count, s.usage.plus(o.usage), s.cost + o.cost, s.latency + o.latency, s.ended + o.ended}
}

func (s observationSums) negated() observationSums {
	return observationSums{-s.count, triple{}.minus(s.usage), -s.cost, -s.latency, -s.ended}
}

// sumsOf returns what one observation adds to its cell.
func sumsOf(f *facts) observationSums {
	s := observationSums{count: 1, usage: f.usage, cost: f.cost.total, latency: f.latency.v}
	if f.latency.ok {
		s.ended = 1
	}
	return s
}

// traceCell is a cell of rollup_trace: a day and dimensions of the trace.
type traceCell struct {
	project, day, environment, name, user int64
}

type traceCellSums struct {
	traces, observations int64
	usage                triple
	cost                 int64
}

func (s traceCellSums) plus(o traceCellSums) traceCellSums {
	return traceCellSums{s.traces + o.traces, s.observations + o.observations, s.usage.plus(o.usage), s.cost + o.cost}
}

func (s traceCellSums) negated() traceCellSums {
	return traceCellSums{-s.traces, -s.observations, triple{}.minus(s.usage), -s.cost}
}

// cellSums returns what a trace adds to its cell, which its own sums say.
func cellSums(s *trace.Sums) traceCellSums {
	return traceCellSums{1, s.Observations, triple{s.UsageInput, s.UsageOutput, s.UsageTotal}, s.CostTotal}
}

// roll moves one observation between cells: was is nil for a new one, is nil for
// one that goes away.
func (x *txn) roll(l *liveRow, was, is *facts) error {
	if was != nil {
		if err := x.rollInto(l.project, was, sumsOf(was).negated()); err != nil {
			return err
		}
	}
	if is == nil {
		return nil
	}
	return x.rollInto(l.project, is, sumsOf(is))
}

func (x *txn) rollInto(project int64, f *facts, s observationSums) error {
	cell, err := x.w.cellOf(project, f)
	if err != nil {
		return err
	}
	x.cells[cell] = x.cells[cell].plus(s)
	return nil
}

// cellOf returns the cell that an observation counts in.
func (w *writer) cellOf(project int64, f *facts) (observationCell, error) {
	c := observationCell{project: project, hour: floorDiv(f.start, microsPerHour)}
	var err error
	if c.kind, err = w.code(project, typePlace(f.kind), f.kind); err != nil {
		return c, err
	}
	if c.level, err = w.code(project, levelPlace(f.level), f.level); err != nil {
		return c, err
	}
	c.model, err = w.intern.optional(project, f.model)
	return c, err
}

// code returns how a type or level is stored: its place in the list of known
// ones, of others minus the number of the text.
func (w *writer) code(project int64, place int, text string) (int64, error) {
	if place >= 0 {
		return int64(place), nil
	}
	n, err := w.intern.number(project, text)
	return -n, err
}

const (
	selectObservationCell = `SELECT count, usage_input, usage_output, usage_total, cost_total, latency_sum, latency_count
FROM rollup_observation WHERE project = ?1 AND hour = ?2 AND type = ?3 AND model = ?4 AND level = ?5`
	upsertObservationCell = `INSERT OR REPLACE INTO rollup_observation (project, hour, type, model, level,
count, usage_input, usage_output, usage_total, cost_total, latency_sum, latency_count) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	deleteObservationCell = "DELETE FROM rollup_observation WHERE project = ?1 AND hour = ?2 AND type = ?3 AND model = ?4 AND level = ?5"

	selectTraceCell = `SELECT traces, observations, usage_input, usage_output, usage_total, cost_total
FROM rollup_trace WHERE project = ?1 AND day = ?2 AND environment = ?3 AND name = ?4 AND user_id = ?5`
	upsertTraceCell = `INSERT OR REPLACE INTO rollup_trace (project, day, environment, name, user_id,
traces, observations, usage_input, usage_output, usage_total, cost_total) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	deleteTraceCell = "DELETE FROM rollup_trace WHERE project = ?1 AND day = ?2 AND environment = ?3 AND name = ?4 AND user_id = ?5"
)

// addToObservationCell changes a stored cell; one that counts nothing any more is
// deleted. The sums are added here, because SQLite would turn a sum that
// overflows into a floating-point number.
func (w *writer) addToObservationCell(c observationCell, add observationSums) error {
	if add == (observationSums{}) {
		return nil
	}
	sum := add
	err := w.conn.query(selectObservationCell, func(v []any) error {
		sum = sum.plus(observationSums{
			intOf(v[0]), triple{intOf(v[1]), intOf(v[2]), intOf(v[3])}, intOf(v[4]), intOf(v[5]), intOf(v[6]),
		})
		return nil
	}, c.project, c.hour, c.kind, c.model, c.level)
	if err != nil {
		return err
	}
	if sum.count == 0 {
		return w.conn.exec(deleteObservationCell, c.project, c.hour, c.kind, c.model, c.level)
	}
	return w.conn.exec(upsertObservationCell, c.project, c.hour, c.kind, c.model, c.level,
		sum.count, sum.usage.input, sum.usage.output, sum.usage.total, sum.cost, sum.latency, sum.ended)
}

// addToTraceCell is the same for rollup_trace.
func (w *writer) addToTraceCell(c traceCell, add traceCellSums) error {
	if add == (traceCellSums{}) {
		return nil
	}
	sum := add
	err := w.conn.query(selectTraceCell, func(v []any) error {
		sum = sum.plus(traceCellSums{intOf(v[0]), intOf(v[1]), triple{intOf(v[2]), intOf(v[3]), intOf(v[4])}, intOf(v[5])})
		return nil
	}, c.project, c.day, c.environment, c.name, c.user)
	if err != nil {
		return err
	}
	if sum.traces == 0 {
		return w.conn.exec(deleteTraceCell, c.project, c.day, c.environment, c.name, c.user)
	}
	return w.conn.exec(upsertTraceCell, c.project, c.day, c.environment, c.name, c.user,
		sum.traces, sum.observations, sum.usage.input, sum.usage.output, sum.usage.total, sum.cost)
}
