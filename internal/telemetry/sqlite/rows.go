package sqlite

import (
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// The flags of an observation row. The schema's indexes spell out flagNamed and
// flagAppRoot.
const (
	flagRank         = 3      // mask: rank of the row's key
	flagOTel         = 1 << 2 // a record came as an OTLP span
	flagNamed        = 1 << 3 // a record has named the trace
	flagAppRoot      = 1 << 4 // shown app root
	flagHasAppRoot   = 1 << 5 // there is such a register
	flagHasStart     = 1 << 6 // start is a register, not the zero that stands for none
	flagHasType      = 1 << 7 // likewise type
	flagHasLevel     = 1 << 8 // and level
	flagDefaultStart = 1 << 9 // the register is a default
	flagDefaultEnd   = 1 << 10
	flagDefaultType  = 1 << 11
	flagDefaultLevel = 1 << 12
	flagDefaultEnv   = 1 << 13 // environment is the default "default"
	flagBody         = 1 << 14 // payload has a body
	flagExtra        = 1 << 15 // extra lies in payload
	flagAsRoot       = 1 << 16 // as flagAppRoot, for the other mark of a root
	flagHasAsRoot    = 1 << 17
)

// maxInlineExtra is the size up to which extra stays in the row, where every list
// reads it. What facts need has a column or a flag, since a walk of a trace reads
// no payload.
const maxInlineExtra = 512

// The interned texts of a row.
const (
	rowName = iota
	rowModel
	rowEnvironment
	rowUser
	rowSession
	rowRelease
	rowVersion
	rowPrompt
	rowRates
	rowRepriced
	rowReasons
	numRowTexts
)

// rowText returns where a row has the text of a field.
func rowText(f fold.Field) (i int, ok bool) {
	switch f {
	case fold.Name:
		return rowName, true
	case fold.Model:
		return rowModel, true
	case fold.Environment:
		return rowEnvironment, true
	case fold.UserID:
		return rowUser, true
	case fold.SessionID:
		return rowSession, true
	case fold.Release:
		return rowRelease, true
	case fold.Version:
		return rowVersion, true
	case fold.Rates:
		return rowRates, true
	case fold.Repriced:
		return rowRepriced, true
	case fold.Reasons:
		return rowReasons, true
	}
	return 0, false
}

// optional is a value that may be NULL.
type optional[T any] struct {
	v  T
	ok bool
}

func some[T any](v T) optional[T] { return optional[T]{v, true} }

func (o optional[T]) value() any {
	if !o.ok {
		return nil
	}
	return o.v
}

// row is an observation row with its texts not yet numbered, or numbered and not
// yet looked up.
type row struct {
	r, t, k int64
	id      string

	start                    trace.Micros
	duration, completion     optional[int64] // from start
	time                     int64           // from start
	flags                    int64
	parent                   optional[string]
	kind, level              string // type and level as shown
	texts                    [numRowTexts]optional[string]
	kindCode, levelCode      int64
	refs                     [numRowTexts]int64 // numbers of texts; 0 is NULL
	promptVersion            optional[int64]
	usage, cost, extra, keys []byte
	packedBody, packedExtra  []byte // as in payload: compressed; nil when there is none
	body                     []byte // not compressed, of rows that were read with it
	created, updated         trace.Micros
	facts                    facts
}

// rowOf returns the row of a state. What identifies it and its payload are the
// caller's to fill in.
func rowOf(id string, s *fold.State) *row {
	base := baseKey(s)
	w := &row{id: id, kind: string(trace.Span), level: string(trace.Default)}
	w.flags = int64(base.Rank) & flagRank
	if s.OTel {
		w.flags |= flagOTel
	}
	if start, ok := s.Micros(fold.Start); ok {
		w.start = start
	}
	w.time = int64(base.Time - w.start)
	side := exceptions{table: keyTable{base: base}}
	for i := range s.Registers {
		r := &s.Registers[i]
		side.add(r, w.set(r))
	}
	side.addMetadata(s.Metadata)
	w.keys = side.bytes()
	if hasBody(s) {
		w.flags |= flagBody
	}
	if len(w.extra) > maxInlineExtra {
		w.flags |= flagExtra
	}
	w.facts = factsOf(id, s)
	return w
}

// set puts a register's value into the row. It reports whether the row says by
// itself that the register is a default, if it is one.
func (w *row) set(r *fold.Register) bool {
	v := &r.Value
	if v.Null || inBody(r.Field) {
		return true
	}
	if i, ok := rowText(r.Field); ok && (r.Field != fold.Environment || !r.Default && v.S != "") {
		w.texts[i] = some(v.S)
		return false
	}
	switch r.Field {
	case fold.Start:
		w.flags |= flagHasStart
		return w.markDefault(r, flagDefaultStart)
	case fold.End:
		w.duration = some(v.N - int64(w.start))
		return w.markDefault(r, flagDefaultEnd)
	case fold.Type:
		w.kind = v.S
		w.flags |= flagHasType
		return w.markDefault(r, flagDefaultType)
	case fold.Level:
		w.level = v.S
		w.flags |= flagHasLevel
		return w.markDefault(r, flagDefaultLevel)
	case fold.CompletionStart:
		w.completion = some(v.N - int64(w.start))
		return false
	case fold.Parent:
		w.parent = some(v.S)
		return false
	case fold.PromptLink:
		if v.HasN || v.N == 0 {
			w.texts[rowPrompt] = some(v.S)
			w.promptVersion = optional[int64]{v.N, v.HasN}
			return false
		}
	case fold.AppRoot:
		w.mark(v.N != 0, flagHasAppRoot, flagAppRoot)
		return false
	case fold.AsRoot:
		w.mark(v.N != 0, flagHasAsRoot, flagAsRoot)
		return false
	case fold.Usage:
		if len(v.A) > 0 {
			w.usage = appendMap(nil, v)
			return false
		}
	case fold.Cost:
		if len(v.A) > 0 {
			w.cost = appendMap(nil, v)
			return false
		}
	case fold.Environment:
		// Only explicit ones that are shown are in the column, since lists filter
		// by it.
		if r.Default && v.S == trace.DefaultEnvironment {
			return w.markDefault(r, flagDefaultEnv)
		}
	}
	w.extra = appendRegister(w.extra, *r)
	return true
}

// mark notes a boolean register.
func (w *row) mark(on bool, has, is int64) {
	w.flags |= has
	if on {
		w.flags |= is
	}
}

func (w *row) markDefault(r *fold.Register, flag int64) bool {
	if r.Default {
		w.flags |= flag
	}
	return true
}

// base returns the key of the row.
func (w *row) base() fold.Key {
	return fold.Key{Time: w.start + trace.Micros(w.time), Rank: fold.Rank(w.flags & flagRank)}
}

// withoutReasons leaves out which rules gave the fields, before texts are looked
// up: few reads ask for it.
func (w *row) withoutReasons() *row {
	w.refs[rowReasons] = 0
	return w
}

// state returns the state that the row holds, its texts looked up. Without body
// the state has no input, output, raw and metadata.
func (w *row) state() (fold.State, error) {
	base := w.base()
	s := fold.State{Kind: fold.Observation, OTel: w.flags&flagOTel != 0}
	s.Registers = make([]fold.Register, 0, 16)
	add := func(f fold.Field, v fold.Value, isDefault bool) {
		s.Registers = append(s.Registers, fold.Register{Field: f, Default: isDefault, Key: base, Value: v})
	}
	addText := func(f fold.Field) {
		if i, ok := rowText(f); ok && w.texts[i].ok {
			add(f, fold.Text(w.texts[i].v), false)
		}
	}
	for f := fold.Name; f <= fold.Model; f++ {
		addText(f)
	}
	if w.flags&flagDefaultEnv != 0 {
		add(fold.Environment, fold.Text(trace.DefaultEnvironment), true)
	}
	if w.flags&flagHasStart != 0 {
		add(fold.Start, fold.Time(w.start), w.flags&flagDefaultStart != 0)
	}
	if w.duration.ok {
		add(fold.End, fold.Time(w.start+trace.Micros(w.duration.v)), w.flags&flagDefaultEnd != 0)
	}
	if w.completion.ok {
		add(fold.CompletionStart, fold.Time(w.start+trace.Micros(w.completion.v)), false)
	}
	if w.parent.ok {
		add(fold.Parent, fold.Text(w.parent.v), false)
	}
	if w.flags&flagHasType != 0 {
		add(fold.Type, fold.Text(w.kind), w.flags&flagDefaultType != 0)
	}
	if w.flags&flagHasLevel != 0 {
		add(fold.Level, fold.Text(w.level), w.flags&flagDefaultLevel != 0)
	}
	if w.texts[rowPrompt].ok {
		add(fold.PromptLink, fold.Value{S: w.texts[rowPrompt].v, N: w.promptVersion.v, HasN: w.promptVersion.ok}, false)
	}
	if len(w.usage) > 0 {
		v, err := mapOf(w.usage)
		if err != nil {
			return s, err
		}
		add(fold.Usage, v, false)
	}
	if len(w.cost) > 0 {
		v, err := mapOf(w.cost)
		if err != nil {
			return s, err
		}
		add(fold.Cost, v, false)
	}
	if w.flags&flagHasAppRoot != 0 {
		add(fold.AppRoot, fold.Bool(w.flags&flagAppRoot != 0), false)
	}
	if w.flags&flagHasAsRoot != 0 {
		add(fold.AsRoot, fold.Bool(w.flags&flagAsRoot != 0), false)
	}
	for f := fold.Rates; f <= fold.Reasons; f++ {
		addText(f)
	}
	for d := (decoder{b: w.extra}); d.more(); {
		r := d.register()
		if d.err != nil {
			return s, d.err
		}
		r.Key = base
		s.Registers = append(s.Registers, r)
	}
	if err := readBody(w.body, &s, base); err != nil {
		return s, err
	}
	return s, applyExceptions(&s, w.keys, base)
}
