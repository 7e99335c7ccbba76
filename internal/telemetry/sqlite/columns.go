package sqlite

import (
	"fmt"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// observationColumns are the columns of an observation row in the order in which
// rows are written and read.
const observationColumns = "r, t, k, project, id, start, duration, completion, time, flags, parent, type, level, " +
	"name, model, environment, user_id, session, release, version, prompt, rates, repriced, reasons, prompt_version, " +
	"usage, cost, extra, keys, created, updated"

// traceColumns are those of a trace row.
const traceColumns = "t, project, trace_id, named, extent, position, state, has_payload, timestamp, name, environment, " +
	"user_id, session, release, version, public, bookmarked, root, first_otel, first, last, seen_env, seen_time, seen_rank, " +
	"observations, debugs, defaults, warnings, errors, usage_input, usage_output, usage_total, cost_input, cost_output, cost_total, " +
	"created_at, updated_at"

// insertSQL returns the statement that inserts n rows. A conflict, which only a bug
// can cause, ends the transaction; were it to end the statement alone, SQLite would
// have to note for every page how it was before the statement.
func insertSQL(table, columns string, n int) string {
	one := "(?" + strings.Repeat(", ?", strings.Count(columns, ",")) + ")"
	return "INSERT OR ROLLBACK INTO " + table + " (" + columns + ") VALUES " + one + strings.Repeat(", "+one, n-1)
}

// updateSQL returns the statement that sets all columns of the row that the first
// names.
func updateSQL(table, columns string) string {
	var b strings.Builder
	names := strings.Split(columns, ", ")
	fmt.Fprintf(&b, "UPDATE %s SET ", table)
	for i, name := range names[1:] {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%s = ?%d", name, i+2)
	}
	fmt.Fprintf(&b, " WHERE %s = ?1", names[0])
	return b.String()
}

// prefixed puts an alias before each of a list of columns.
func prefixed(alias, columns string) string {
	return alias + "." + strings.ReplaceAll(columns, ", ", ", "+alias+".")
}

// appendArgs appends what is written for an observation, in the order of
// observationColumns.
func (w *row) appendArgs(args []any, project int64) []any {
	extra := w.extra
	if w.flags&flagExtra != 0 {
		extra = nil
	}
	updated := optional[int64]{int64(w.updated - w.start), w.updated != w.created}
	args = append(args, w.r, w.t, w.k, project, w.id, int64(w.start), w.duration.value(), w.completion.value(), w.time, w.flags,
		w.parent.value(), w.kindCode, w.levelCode)
	for _, n := range w.refs {
		args = append(args, number(n))
	}
	return append(args, w.promptVersion.value(), blob(w.usage), blob(w.cost), blob(extra), blob(w.keys),
		int64(w.created-w.start), updated.value())
}

// number returns what is written for the number of a text: NULL for 0.
func number(n int64) any {
	if n == 0 {
		return nil
	}
	return n
}

// blob returns what is written for bytes: NULL for none.
func blob(b []byte) any {
	if len(b) == 0 {
		return nil
	}
	return b
}

// flag returns what is written for a boolean.
func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// scanRow reads an observation row, without its texts and payload. A column of
// another type than the schema's reads as NULL.
func scanRow(v []any) (w *row, project int64) {
	start := trace.Micros(intOf(v[5]))
	refs, rest := v[13:13+numRowTexts], v[13+numRowTexts:]
	w = &row{
		r: intOf(v[0]), t: intOf(v[1]), k: intOf(v[2]), id: textOf(v[4]),
		start: start, duration: maybe[int64](v[6]), completion: maybe[int64](v[7]), time: intOf(v[8]), flags: intOf(v[9]),
		parent: maybe[string](v[10]), kindCode: intOf(v[11]), levelCode: intOf(v[12]),
		promptVersion: maybe[int64](rest[0]), usage: bytesOf(rest[1]), cost: bytesOf(rest[2]), extra: bytesOf(rest[3]), keys: bytesOf(rest[4]),
		created: start + trace.Micros(intOf(rest[5])),
	}
	for i, n := range refs {
		w.refs[i] = intOf(n)
	}
	w.updated = w.created
	if u := maybe[int64](rest[6]); u.ok {
		w.updated = start + trace.Micros(u.v)
	}
	return w, intOf(v[3])
}

func intOf(v any) int64 { n, _ := v.(int64); return n }

func textOf(v any) string { s, _ := v.(string); return s }

func bytesOf(v any) []byte { b, _ := v.([]byte); return b }

func maybe[T any](v any) optional[T] { x, ok := v.(T); return optional[T]{x, ok} }

// lookUp fills in the row's texts.
func (w *row) lookUp(text func(n int64) (string, error)) error {
	for i, n := range w.refs {
		if n == 0 {
			continue
		}
		s, err := text(n)
		if err != nil {
			return err
		}
		w.texts[i] = some(s)
	}
	var err error
	if w.kind, err = codeText(w.kindCode, trace.Types(), text); err != nil {
		return err
	}
	w.level, err = codeText(w.levelCode, trace.Levels(), text)
	return err
}

// codeText returns the text that a type or level code stands for.
func codeText[T ~string](code int64, known []T, text func(n int64) (string, error)) (string, error) {
	switch {
	case code < 0:
		return text(-code)
	case code < int64(len(known)):
		return string(known[code]), nil
	}
	return "", errMalformed
}

// traceRow is a trace row as it is read.
type traceRow struct {
	t, project       int64
	id               string
	named            bool
	extent, next     int64
	state            fold.State // light part
	hasPayload       bool
	timestamp        trace.Micros
	name, user       int64 // numbers of strings, as shown; 0 for none
	environment      int64
	session          int64
	root             optional[int64]
	firstOTel        optional[trace.Micros]
	seenEnv          int64
	seenKey          fold.Key
	sums             trace.Sums
	created, updated trace.Micros
}

func scanTrace(v []any) (*traceRow, error) {
	state, err := readState(bytesOf(v[6]), fold.Trace)
	if err != nil {
		return nil, err
	}
	s := &traceRow{
		t: intOf(v[0]), project: intOf(v[1]), id: textOf(v[2]), named: intOf(v[3]) != 0, extent: intOf(v[4]), next: intOf(v[5]),
		state: state, hasPayload: intOf(v[7]) != 0, timestamp: trace.Micros(intOf(v[8])),
		name: intOf(v[9]), environment: intOf(v[10]), user: intOf(v[11]), session: intOf(v[12]), root: maybe[int64](v[17]),
		seenEnv: intOf(v[21]), seenKey: fold.Key{Time: trace.Micros(intOf(v[22])), Rank: fold.Rank(intOf(v[23]))},
		sums: trace.Sums{
			First: trace.Micros(intOf(v[19])), Last: trace.Micros(intOf(v[20])),
			Observations: intOf(v[24]), ByLevel: [4]int64{intOf(v[25]), intOf(v[26]), intOf(v[27]), intOf(v[28])},
			UsageInput: intOf(v[29]), UsageOutput: intOf(v[30]), UsageTotal: intOf(v[31]),
			CostInput: intOf(v[32]), CostOutput: intOf(v[33]), CostTotal: intOf(v[34]),
		},
		created: trace.Micros(intOf(v[35])), updated: trace.Micros(intOf(v[36])),
	}
	if first := maybe[int64](v[18]); first.ok {
		s.firstOTel = some(trace.Micros(first.v))
	}
	return s, nil
}
