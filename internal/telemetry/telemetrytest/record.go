package telemetrytest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// part adds something to a record.
type part func(r *fold.Record)

// create is an observation's create by the batch API. Its start is the event
// time by default.
func create(traceID, id string, at trace.Micros, parts ...part) fold.Record {
	return batch(fold.Observation, traceID, id, at, fold.Create, parts)
}

// update is an observation's update by the batch API.
func update(traceID, id string, at trace.Micros, parts ...part) fold.Record {
	return batch(fold.Observation, traceID, id, at, fold.Update, parts)
}

// traceCreate is a trace-create of the batch API.
func traceCreate(id string, at trace.Micros, parts ...part) fold.Record {
	return batch(fold.Trace, id, id, at, fold.Create, parts)
}

func batch(k fold.Kind, traceID, id string, at trace.Micros, rank fold.Rank, parts []part) fold.Record {
	r := fold.Record{Kind: k, TraceID: traceID, ID: id, Time: at, Rank: rank}
	for _, p := range parts {
		p(&r)
	}
	if _, ok := r.Get(fold.Start); !ok {
		r.SetDefault(fold.Start, fold.Time(at))
	}
	return r
}

// span is an observation that came as an OTLP span: a complete record whose
// event time is its end.
func span(traceID, id string, from, to trace.Micros, parts ...part) fold.Record {
	r := fold.Record{Kind: fold.Observation, TraceID: traceID, ID: id, Time: to, Rank: fold.Complete, OTel: true}
	r.Set(fold.Start, fold.Time(from))
	r.Set(fold.End, fold.Time(to))
	for _, p := range parts {
		p(&r)
	}
	for f, v := range map[fold.Field]string{fold.Type: "SPAN", fold.Level: "DEFAULT", fold.Environment: "default"} {
		if _, ok := r.Get(f); !ok {
			r.SetDefault(f, fold.Text(v))
		}
	}
	slices.SortStableFunc(r.Fields, func(a, b fold.Register) int { return int(a.Field) - int(b.Field) })
	return r
}

// spanTrace is what an OTLP span that ended at the given time says of its trace.
func spanTrace(id string, at trace.Micros, parts ...part) fold.Record {
	r := fold.Record{Kind: fold.Trace, TraceID: id, ID: id, Time: at, Rank: fold.Complete, OTel: true}
	for _, p := range parts {
		p(&r)
	}
	return r
}

func set(f fold.Field, v fold.Value) part { return func(r *fold.Record) { r.Set(f, v) } }

func text(f fold.Field, s string) part { return set(f, fold.Text(s)) }

func null(f fold.Field) part { return set(f, fold.Null()) }

func start(at trace.Micros) part { return set(fold.Start, fold.Time(at)) }

func end(at trace.Micros) part { return set(fold.End, fold.Time(at)) }

// io is an input or output as JSON text.
func io(f fold.Field, json string) part {
	return func(r *fold.Record) {
		v, ok, err := fold.PayloadOf([]byte(json))
		if err != nil {
			panic(fmt.Sprintf("a case's payload %s: %v", json, err))
		}
		if !ok {
			v = fold.Null()
		}
		r.Set(f, v)
	}
}

func meta(json string) part {
	return func(r *fold.Record) {
		m, err := fold.MetadataOf([]byte(json))
		if err != nil {
			panic(fmt.Sprintf("a case's metadata %s: %v", json, err))
		}
		r.Metadata = m
	}
}

func usage(m map[string]int64) part { return set(fold.Usage, fold.Map(trace.AmountsOf(m))) }

// cost is in dollars.
func cost(m map[string]float64) part {
	c := make(map[string]int64, len(m))
	for k, v := range m {
		c[k] = trace.CostOf(v)
	}
	return set(fold.Cost, fold.Map(trace.AmountsOf(c)))
}

func tags(names ...string) part { return func(r *fold.Record) { r.Tags = append(r.Tags, names...) } }

func untag(names ...string) part {
	return func(r *fold.Record) { r.RemovedTags = append(r.RemovedTags, names...) }
}

// describe writes records so that a person can follow what led to a failure.
func describe(records []fold.Record) string {
	var b strings.Builder
	for _, r := range records {
		rank := [...]string{"create", "update", "complete"}[r.Rank]
		origin := ""
		if r.OTel {
			origin = " otlp"
		}
		fmt.Fprintf(&b, "  %s %s%s %q", rank, r.Kind, origin, short(r.ID))
		switch {
		case r.Kind == fold.Trace && r.Absorbs != "":
			fmt.Fprintf(&b, " absorbing %q", short(r.Absorbs))
		case r.Kind == fold.Trace, r.Kind == fold.Score:
		case r.TraceID == "":
			b.WriteString(" naming no trace")
		default:
			fmt.Fprintf(&b, " in trace %q", short(r.TraceID))
		}
		fmt.Fprintf(&b, " at %d:", r.Time)
		for _, f := range r.Fields {
			fmt.Fprintf(&b, " %s=%s", f.Field, describeValue(f))
		}
		if !r.Metadata.Empty() {
			fmt.Fprintf(&b, " metadata=%s", short(r.Metadata.Object))
		}
		if len(r.Tags) > 0 {
			fmt.Fprintf(&b, " tags+%q", r.Tags)
		}
		if len(r.RemovedTags) > 0 {
			fmt.Fprintf(&b, " tags-%q", r.RemovedTags)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func describeValue(r fold.Register) string {
	v, s := r.Value, ""
	switch {
	case v.Null:
		s = "null"
	case v.A != nil:
		s = fmt.Sprint(v.A)
	case v.S != "" || v.N == 0:
		s = fmt.Sprintf("%q", short(v.S))
		if v.HasN {
			s += fmt.Sprintf("/%d", v.N)
		}
		if v.Ref != "" {
			s += fmt.Sprintf("(%d bytes at %s)", v.Size, v.Ref)
		}
	default:
		s = fmt.Sprint(v.N)
	}
	if v.Weak {
		s += "(weak)"
	}
	if r.Default {
		s += "(default)"
	}
	return s
}

func short(s string) string {
	if len(s) > 120 {
		return fmt.Sprintf("%s…(%d bytes)", s[:100], len(s))
	}
	return s
}
