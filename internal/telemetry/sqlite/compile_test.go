package sqlite_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/filter"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/telemetry/sqlite"
)

var update = flag.Bool("update", false, "write testdata/statements.sql")

// question is a list that is asked for, with what its plan must and must not have.
type question struct {
	traces       *telemetry.TraceQuery
	observations *telemetry.ObservationQuery
	scores       *telemetry.ScoreQuery
	sessions     *telemetry.SessionQuery
	uses         string // an index or key of the plan; "" when there is none that helps
	sorts        bool   // the plan sorts all that matches
	inOrder      bool   // compiled as if there were many traces to look in
}

func anyOf(f filter.Field, texts ...string) filter.Condition {
	return filter.Condition{Field: f, Op: filter.AnyOf, Texts: texts}
}

const byTrace = "SEARCH o USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"

func questions() map[string]question {
	of := func(where ...filter.Condition) *telemetry.ObservationQuery {
		return &telemetry.ObservationQuery{Where: where, Limit: 50}
	}
	tr := func(where ...filter.Condition) *telemetry.TraceQuery {
		return &telemetry.TraceQuery{Where: where, Limit: 50}
	}
	by := func(f filter.Field, desc bool) *telemetry.TraceQuery {
		return &telemetry.TraceQuery{Order: telemetry.Order{Field: f, Desc: desc}, Limit: 50, Offset: 10}
	}
	from := filter.Condition{Field: filter.Timestamp, Op: filter.From, Time: 1_000_000}
	before := filter.Condition{Field: filter.Timestamp, Op: filter.Before, Time: 2_000_500}
	null := func(f filter.Field) filter.Condition { return filter.Condition{Field: f, Op: filter.IsNull} }
	is := func(f filter.Field, b bool) filter.Condition {
		return filter.Condition{Field: f, Op: filter.Is, Bool: b}
	}
	after := of()
	after.After = &telemetry.Position{Start: 5, TraceID: "t", ID: "o"}
	return map[string]question{
		"traces":                             {traces: tr(), uses: "traces_timestamp"},
		"traces of a time":                   {traces: tr(from, before), uses: "traces_timestamp"},
		"traces of a user":                   {traces: tr(anyOf(filter.UserID, "u")), uses: "traces_user"},
		"traces of a user and a time":        {traces: tr(anyOf(filter.UserID, "u"), from), uses: "traces_user"},
		"traces of users":                    {traces: tr(anyOf(filter.UserID, "u", "v")), uses: "traces_user", sorts: true},
		"traces of a session":                {traces: tr(anyOf(filter.SessionID, "s")), uses: "traces_session"},
		"traces of a name":                   {traces: tr(anyOf(filter.Name, "n")), uses: "traces_name"},
		"traces of a tag":                    {traces: tr(filter.Condition{Field: filter.Tags, Op: filter.AllOf, Texts: []string{"a", "b"}}), uses: "SEARCH d USING PRIMARY KEY"},
		"traces of a tag and a time":         {traces: tr(anyOf(filter.Tags, "a"), from, before), uses: "SEARCH d USING PRIMARY KEY (tag=? AND timestamp>? AND timestamp<?)"},
		"traces of one of some tags":         {traces: tr(anyOf(filter.Tags, "a", "b")), uses: "traces_timestamp"},
		"traces of a tag and a user":         {traces: tr(anyOf(filter.Tags, "a"), anyOf(filter.UserID, "u")), uses: "traces_user"},
		"traces by id":                       {traces: tr(anyOf(filter.TraceID, "t", "u")), uses: "traces_id", sorts: true},
		"traces of an environment":           {traces: tr(anyOf(filter.Environment, "prod"), anyOf(filter.Release, "1"), anyOf(filter.Version, "2")), uses: "traces_timestamp"},
		"traces without":                     {traces: tr(null(filter.Name), null(filter.UserID)), uses: "traces"},
		"traces without what all have":       {traces: tr(null(filter.Environment)), uses: ""},
		"traces, public and bookmarked":      {traces: tr(is(filter.Public, true), is(filter.Bookmarked, false)), uses: "traces_timestamp"},
		"traces of no name":                  {traces: tr(anyOf(filter.Name)), uses: ""},
		"traces of no tags":                  {traces: tr(anyOf(filter.Tags)), uses: ""},
		"traces with all of no tags":         {traces: tr(filter.Condition{Field: filter.Tags, Op: filter.AllOf}), uses: "traces_timestamp"},
		"traces, oldest first":               {traces: by(filter.Timestamp, false), uses: "traces_timestamp"},
		"traces by name":                     {traces: by(filter.Name, true), uses: "traces", sorts: true},
		"traces ordered by id":               {traces: by(filter.TraceID, true), uses: "traces", sorts: true},
		"traces ordered by public":           {traces: by(filter.Public, false), uses: "traces", sorts: true},
		"observations":                       {observations: of(), uses: "observations_start"},
		"observations of a time":             {observations: of(from, before), uses: "observations_start"},
		"observations after one":             {observations: after, uses: "observations_start (project=? AND start<?)"},
		"observations of a name":             {observations: of(anyOf(filter.Name, "n")), uses: "observations_name"},
		"observations, generations":          {observations: of(anyOf(filter.Type, "GENERATION"), from), uses: "observations_type"},
		"observations, errors":               {observations: of(anyOf(filter.Level, "ERROR")), uses: "observations_level"},
		"observations of levels":             {observations: of(anyOf(filter.Level, "ERROR", "DEFAULT")), uses: "observations_start"},
		"observations of an odd type":        {observations: of(anyOf(filter.Type, "SPAN", "odd")), uses: "observations_start"},
		"observations of no type":            {observations: of(anyOf(filter.Type)), uses: ""},
		"observations, roots":                {observations: of(is(filter.Root, true)), uses: "observations_root"},
		"observations, no roots":             {observations: of(is(filter.Root, false)), uses: "observations_start"},
		"observations of a trace":            {observations: of(anyOf(filter.TraceID, "t")), uses: byTrace, sorts: true},
		"observations by id":                 {observations: of(anyOf(filter.ObservationID, "o", "p", "o")), uses: "observations_id", sorts: true},
		"observations by id and trace":       {observations: of(anyOf(filter.ObservationID, "o"), anyOf(filter.TraceID, "t")), uses: "observations_id", sorts: true},
		"observations of a user":             {observations: of(anyOf(filter.UserID, "u")), uses: byTrace, sorts: true},
		"observations of a user, of many":    {observations: of(anyOf(filter.UserID, "u")), uses: "observations_start", inOrder: true},
		"observations of a tag":              {observations: of(anyOf(filter.Tags, "a", "b")), uses: byTrace, sorts: true},
		"observations of a tag, of many":     {observations: of(anyOf(filter.Tags, "a")), uses: "observations_start", inOrder: true},
		"observations of a parent":           {observations: of(anyOf(filter.ParentObservationID, "o")), uses: "observations_start"},
		"observations of what they show":     {observations: of(anyOf(filter.SessionID, "s"), anyOf(filter.Release, "1"), anyOf(filter.Version, "2"), anyOf(filter.Environment, "e", "f")), uses: byTrace, sorts: true},
		"observations without":               {observations: of(null(filter.ParentObservationID), null(filter.UserID)), uses: "observations_root"},
		"observations without what all have": {observations: of(null(filter.Type)), uses: ""},
	}
}

// compile returns the statements of the list and of its count.
func (q question) compile(t *testing.T) []sqlite.Statement {
	t.Helper()
	var list, count sqlite.Statement
	var err error
	switch {
	case q.traces != nil:
		list, count, err = sqlite.CompileTraces(*q.traces)
	case q.scores != nil:
		list, count, err = sqlite.CompileScores(*q.scores, q.inOrder)
	case q.sessions != nil:
		list, count, err = sqlite.CompileSessions(*q.sessions)
	default:
		list, count, err = sqlite.CompileObservations(*q.observations, q.inOrder)
	}
	if err != nil {
		t.Error(err)
	}
	return []sqlite.Statement{list, count}
}

// TestStatements compares what is compiled, lists and counts, with testdata.
func TestStatements(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	all := allQuestions()
	for _, name := range sortedKeys(all) {
		q := all[name]
		fmt.Fprintf(&b, "== %s\n", name)
		for _, st := range q.compile(t) {
			args, err := json.Marshal(st.Args)
			if err != nil {
				t.Error(err)
			}
			fmt.Fprintf(&b, "%s\n-- %s\n\n", st.SQL, args)
		}
	}
	path := filepath.Join("testdata", "statements.sql")
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("run with -update to accept (-want +got):\n%s", diff)
	}
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// TestPlans says that the lists use their indexes, read no table from end to end
// and sort no more than rows that share a time.
func TestPlans(t *testing.T) {
	t.Parallel()
	s := open(t, sqlite.Config{})
	for i := range 200 {
		o := observation(fmt.Sprint("t", i), fmt.Sprint("o", i), "x")
		write(t, s, "p", o)
	}
	fullScan := regexp.MustCompile(`SCAN (o|t|d|s|n|m|observations|traces|payload|trace_tags|scores|sessions|aliases)\b`)
	for name, q := range allQuestions() {
		list := q.compile(t)[0]
		plan, err := s.Plan(list.SQL, list.Args...)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if q.uses != "" && fullScan.MatchString(plan) {
			t.Errorf("%s: reads a table from end to end:\n%s", name, plan)
		}
		if !strings.Contains(plan, q.uses) {
			t.Errorf("%s: does not use %s:\n%s", name, q.uses, plan)
		}
		if sorts := strings.Contains(plan, "USE TEMP B-TREE FOR ORDER BY"); sorts != q.sorts && q.uses != "" {
			t.Errorf("%s: sorts everything: %v\n%s", name, sorts, plan)
		}
	}
	for name, probe := range sqlite.Probes() {
		plan, err := s.Plan(probe.SQL, probe.Args...)
		if err != nil || !strings.Contains(plan, "SEARCH") || fullScan.MatchString(plan) {
			t.Errorf("%s: error %v, reads a table from end to end:\n%s", name, err, plan)
		}
	}
}

func TestConditionsThatDoNotApply(t *testing.T) {
	t.Parallel()
	s := open(t, sqlite.Config{})
	write(t, s, "p", observation("t", "o", "x"))
	conditions := filter.All{
		anyOf("nonsense", "x"),
		{Field: "nonsense", Op: filter.IsNull},
		{Field: filter.Name, Op: filter.From},
		{Field: filter.Name, Op: filter.AllOf},
		{Field: filter.Timestamp, Op: filter.IsNull},
		{Field: filter.Name, Op: filter.Is},
		{Field: filter.Name, Op: 99},
		anyOf("name; DROP TABLE traces", "x"),
	}
	for _, c := range conditions {
		if _, err := s.Traces(t.Context(), "p", telemetry.TraceQuery{Where: filter.All{c}, Limit: 1}); !fault.Is(err, fault.Invalid) {
			t.Errorf("traces by %+v: %v, want invalid", c, err)
		}
		if _, err := s.Observations(t.Context(), "p", telemetry.ObservationQuery{Where: filter.All{c}, Limit: 1}); !fault.Is(err, fault.Invalid) {
			t.Errorf("observations by %+v: %v, want invalid", c, err)
		}
	}
	for _, f := range []filter.Field{filter.Type, filter.Level, filter.Root, filter.ObservationID} {
		if _, err := s.Traces(t.Context(), "p", telemetry.TraceQuery{Where: filter.All{anyOf(f, "x")}, Limit: 1}); !fault.Is(err, fault.Invalid) {
			t.Errorf("traces by %s: %v, want invalid", f, err)
		}
	}
	for _, f := range []filter.Field{filter.Environment, filter.Tags, "nonsense"} {
		if _, err := s.Traces(t.Context(), "p", telemetry.TraceQuery{Order: telemetry.Order{Field: f}, Limit: 1}); !fault.Is(err, fault.Invalid) {
			t.Errorf("traces ordered by %s: %v, want invalid", f, err)
		}
	}
}

// TestHostileTexts compares by texts that would do harm as SQL, and by very many.
func TestHostileTexts(t *testing.T) {
	t.Parallel()
	s := open(t, sqlite.Config{CountLimit: time.Hour})
	hostile := []string{"'; DROP TABLE traces; --", `"`, "\x00", "%", "_", "?1", "\xff\xfe", strings.Repeat("x", 100_000), ""}
	for i, text := range hostile {
		o := observation("t"+text, "o"+text, "x")
		o.Set(fold.Name, fold.Text(text))
		write(t, s, id.Project("p"+text), o)
		list, err := s.Observations(t.Context(), id.Project("p"+text), telemetry.ObservationQuery{
			Where: filter.All{anyOf(filter.Name, text), anyOf(filter.TraceID, "t"+text), anyOf(filter.ObservationID, "o"+text)}, Limit: 5, Total: true,
		})
		if err != nil || list.Total != 1 || *list.Observations[0].Name != text {
			t.Errorf("text %d: %d found, %v", i, list.Total, err)
		}
	}
	many := make([]string, 10_000)
	for i := range many {
		many[i] = fmt.Sprint(i)
	}
	for _, f := range []filter.Field{filter.Name, filter.UserID, filter.TraceID, filter.ObservationID, filter.Tags, filter.Type} {
		if _, err := s.Observations(t.Context(), "p", telemetry.ObservationQuery{Where: filter.All{anyOf(f, many...)}, Limit: 5, Total: true}); err != nil {
			t.Errorf("observations by 10,000 of %s: %v", f, err)
		}
	}
	for _, f := range []filter.Field{filter.Name, filter.UserID, filter.SessionID, filter.TraceID, filter.Tags} {
		if _, err := s.Traces(t.Context(), "p", telemetry.TraceQuery{Where: filter.All{anyOf(f, many...)}, Limit: 5, Total: true}); err != nil {
			t.Errorf("traces by 10,000 of %s: %v", f, err)
		}
	}
	if _, err := s.Traces(t.Context(), "p", telemetry.TraceQuery{
		Where: filter.All{anyOf(filter.UserID, "a", "b"), anyOf(filter.SessionID, "a", "b"), anyOf(filter.Tags, "a"), anyOf(filter.Name)}, Limit: 5, Total: true,
	}); err != nil {
		t.Error(err)
	}
}

// TestCostlyCount refuses a count that takes too long, and nothing else.
func TestCostlyCount(t *testing.T) {
	t.Parallel()
	s := open(t, sqlite.Config{CountLimit: 1})
	write(t, s, "p", observation("t", "o", "x"))
	if _, err := s.Traces(t.Context(), "p", telemetry.TraceQuery{Limit: 1, Total: true}); !fault.Is(err, fault.TooCostly) {
		t.Errorf("traces: %v, want too costly", err)
	}
	if _, err := s.Observations(t.Context(), "p", telemetry.ObservationQuery{Limit: 1, Total: true}); !fault.Is(err, fault.TooCostly) {
		t.Errorf("observations: %v, want too costly", err)
	}
	if list, err := s.Traces(t.Context(), "p", telemetry.TraceQuery{Limit: 1}); err != nil || len(list.Traces) != 1 {
		t.Errorf("without a total: %v", err)
	}
}
