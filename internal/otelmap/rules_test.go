package otelmap_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/otelmap"
)

// survivors are the rows that no vector needs, each with the reason why.
func survivors() map[string]string {
	return map[string]string{}
}

// unorderedTables are those in which all rows apply or at most one can.
func unorderedTables() map[string]string {
	return map[string]string{
		"Mistyped":      "any of them",
		"MessageEvents": "events have one name",
		"Levels":        "a level has one name, and the status row is held by its own vector",
		"AppRoots":      "any of them",
		"AsRoots":       "any of them",
		"Suppressed":    "any of them",
		"UsageShapes":   "an object has at most one shape",
		"UsageSplits":   "all of them",
		"UsageDetails":  "an object that agrees says the same wherever it stands",
		"DetailShapes":  "an object is of one shape, since it must have a part of it",
		"UsageParts":    "different parts",
		"UsageMembers":  "all of them",
		"UsageZeros":    "all of them",
		"UsageTotals":   "one is for a total that is reported, the other for one that is not",
		"TypeModels":    "any of them",
		"UsagePrefixes": "the order of the span decides, then the table; a clash of families has a vector",
		"OwnScopes":     "any of them",
		"Excluded":      "any of them",
		"Dropped":       "any of them",
	}
}

func TestEveryRowIsHeldByAVector(t *testing.T) {
	rules, all := otelmap.DefaultRules(), prepared()
	recorded := newRecorded(t)
	for _, row := range rules.Rows() {
		m := otelmap.New(rules.Without(row))
		killed := anyWrong(m, all) || recorded.changedBy(t, m)
		if reason, known := survivors()[row]; killed == known {
			t.Errorf("row %q: killed %v, survives by reason %q", row, killed, reason)
		}
	}
}

// TestOrderIsHeldByVectors swaps neighbours in every table whose order means
// something.
func TestOrderIsHeldByVectors(t *testing.T) {
	all, recorded := prepared(), newRecorded(t)
	tables := reflect.TypeOf(otelmap.Rules{})
	for f := range tables.NumField() {
		name := tables.Field(f).Name
		if _, ok := unorderedTables()[name]; ok {
			continue
		}
		for i := range reflect.ValueOf(otelmap.DefaultRules()).Field(f).Len() - 1 {
			rules := otelmap.DefaultRules()
			table := reflect.ValueOf(&rules).Elem().Field(f)
			first, second := table.Index(i).Interface(), table.Index(i+1).Interface()
			if independent(first, second) {
				continue
			}
			reflect.Swapper(table.Interface())(i, i+1)
			if m := otelmap.New(rules); !anyWrong(m, all) && !recorded.changedBy(t, m) {
				t.Errorf("%s: swapping %q and %q is not noticed", name, rowName(first), rowName(second))
			}
		}
	}
}

// independent reports whether two neighbours can never apply to the same value.
func independent(a, b any) bool {
	switch a := a.(type) {
	case otelmap.TypeRow:
		b := b.(otelmap.TypeRow)
		return a.How == b.How && a.Key == b.Key && a.How != otelmap.TypeOperation || a.Type == b.Type && a.How != otelmap.TypeMistyped
	case otelmap.UsageAlias:
		return a.Result == "" || a.Result != b.(otelmap.UsageAlias).Result
	case otelmap.PayloadRow:
		b := b.(otelmap.PayloadRow)
		return a.Scope != "" && b.Scope != "" && a.Scope != b.Scope
	case otelmap.ParameterRow:
		if b := b.(otelmap.ParameterRow); a.Scope != "" && b.Scope != "" && a.Scope != b.Scope {
			return true
		}
		return b.(otelmap.ParameterRow).How == otelmap.ParameterPrefix && a.How != otelmap.ParameterPrefix // which come last wherever they stand
	case otelmap.ParameterKeyRow:
		return a.Parameter != b.(otelmap.ParameterKeyRow).Parameter
	case otelmap.ExperimentRow:
		return true // one row for each member
	case otelmap.InclusionRow:
		// What the sizes say, the total says too where it is one of the readings.
		b := b.(otelmap.InclusionRow)
		return b.How == otelmap.ExcludedBySize || a.How == b.How
	case otelmap.MetadataRow:
		b := b.(otelmap.MetadataRow)
		return a.How == otelmap.MetadataOverlay && b.How == otelmap.MetadataOverlay // one overlay
	}
	return false
}

// prepared returns the vectors with their spans built once.
func prepared() []vector {
	var all []vector
	for _, v := range vectors() {
		v.res, v.sc, v.sp = v.span()
		all = append(all, v)
	}
	return all
}

func anyWrong(m *otelmap.Mapper, all []vector) bool {
	for i := range all {
		if all[i].check(m) != "" {
			return true
		}
	}
	return false
}

// recorded are the recordings with what becomes of them, but for the reasons: those
// name rows, so that every change of a table would show.
type recorded struct {
	recordings []recording
	want       [][]string
}

func newRecorded(t *testing.T) *recorded {
	t.Helper()
	r := &recorded{recordings: readRecordings(t)}
	m := otelmap.New(otelmap.DefaultRules())
	for i := range r.recordings {
		r.want = append(r.want, withoutReasons(render(r.recordings[i].mapped(t, m))))
	}
	return r
}

func (r *recorded) changedBy(t *testing.T, m *otelmap.Mapper) bool {
	t.Helper()
	for i := range r.recordings {
		if !slices.Equal(r.want[i], withoutReasons(render(r.recordings[i].mapped(t, m)))) {
			return true
		}
	}
	return false
}

func withoutReasons(lines []string) []string {
	return slices.DeleteFunc(lines, func(line string) bool { return strings.HasPrefix(line, "reasons: ") })
}

func rowName(row any) string {
	return reflect.ValueOf(row).FieldByName("Name").String()
}

func TestRows(t *testing.T) {
	rules := otelmap.DefaultRules()
	rows := rules.Rows()
	if sorted := slices.Compact(slices.Sorted(slices.Values(rows))); len(sorted) != len(rows) {
		t.Errorf("%d names for %d rows", len(sorted), len(rows))
	}
	inTables := 0
	v := reflect.ValueOf(rules)
	for i := range v.NumField() {
		inTables += v.Field(i).Len()
		for j := range v.Field(i).Len() {
			row := v.Field(i).Index(j)
			if table, rest, ok := strings.Cut(row.FieldByName("Name").String(), "/"); !ok || table == "" || rest == "" {
				t.Errorf("row name %q has no table", row.FieldByName("Name"))
			}
			if j > 0 && v.Field(i).Index(j-1).FieldByName("Rank").Int() >= row.FieldByName("Rank").Int() {
				t.Errorf("row %q is not behind the row before it by its rank", row.FieldByName("Name"))
			}
			if row.FieldByName("Convention").String() == "" {
				t.Errorf("row %q has no convention", row.FieldByName("Name"))
			}
		}
	}
	if inTables != len(rows) {
		t.Errorf("Rows lists %d of %d rows: a table is missing in eachTable", len(rows), inTables)
	}
	without := rules.Without(rows[3])
	if diff := cmp.Diff(slices.Delete(slices.Clone(rows), 3, 4), without.Rows()); diff != "" {
		t.Errorf("Without (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(rows, rules.Rows()); diff != "" {
		t.Errorf("Without changed its receiver (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(rows, rules.Without("no such row").Rows()); diff != "" {
		t.Errorf("Without an unknown row (-want +got):\n%s", diff)
	}
}

func TestNewRefusesTooManyPrefixes(t *testing.T) {
	rules := otelmap.DefaultRules()
	for i := range 64 {
		rules.UsagePrefixes = append(rules.UsagePrefixes, otelmap.UsagePrefix{Prefix: strings.Repeat("x", i+1)})
	}
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	otelmap.New(rules)
}

func TestDefaultRulesAreIndependent(t *testing.T) {
	a := otelmap.DefaultRules()
	a.Names[0].Key = "x"
	if otelmap.DefaultRules().Names[0].Key == "x" {
		t.Error("DefaultRules shares its rows")
	}
}
