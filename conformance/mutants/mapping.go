package main

import (
	"reflect"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/otelmap"
)

// mappingMutants breaks the rows of the mapping tables: each is taken out, and each
// whose place means something, among those that the Langfuse clients reach, changes it
// with the row behind it. The order of all neighbours is held by the vectors of package
// otelmap, one span at a time.
func mappingMutants() []mutant {
	var all []mutant
	whole := otelmap.DefaultRules()
	tablesOf := reflect.ValueOf(whole)
	for i := range tablesOf.NumField() {
		table := tablesOf.Field(i)
		for j := range table.Len() {
			row := rowName(table.Index(j))
			all = append(all, mutant{row, removed, tables{whole.Without(row), fold.DefaultRules()}})
			if j+1 < table.Len() && reached(table.Index(j)) && reached(table.Index(j+1)) && ordered(tablesOf.Type().Field(i).Name, table.Index(j).Interface(), table.Index(j+1).Interface()) {
				rules := otelmap.DefaultRules()
				reflect.Swapper(reflect.ValueOf(&rules).Elem().Field(i).Interface())(j, j+1)
				all = append(all, mutant{row, swapped, tables{rules, fold.DefaultRules()}})
			}
		}
	}
	return all
}

func reached(row reflect.Value) bool {
	c := row.FieldByName("Convention").Interface()
	return c == otelmap.Langfuse || c == otelmap.Generic
}

func rowName(row reflect.Value) string { return row.FieldByName("Name").String() }

// ordered reports whether the order of two neighbours can decide anything.
func ordered(table string, a, b any) bool {
	switch table {
	case "Mistyped", "AppRoots", "AsRoots", "Suppressed", "OwnScopes", "Excluded", "Dropped",
		"UsagePrefixes", "UsageParts", "UsageMembers", "UsageZeros", "TypeModels": // any, or all, of the rows apply
		return false
	case "MessageEvents", "Levels", "UsageShapes", "Experiments": // at most one of the rows applies
		return false
	}
	switch a := a.(type) {
	case otelmap.TypeRow:
		b := b.(otelmap.TypeRow)
		oneOfMany := a.How == b.How && a.Key == b.Key && a.How != otelmap.TypeOperation
		return !oneOfMany && (a.Type != b.Type || a.How == otelmap.TypeMistyped)
	case otelmap.UsageAlias:
		return a.Result != "" && a.Result == b.(otelmap.UsageAlias).Result
	case otelmap.PayloadRow:
		b := b.(otelmap.PayloadRow)
		return a.Scope == "" || b.Scope == "" || a.Scope == b.Scope
	case otelmap.ParameterRow:
		b := b.(otelmap.ParameterRow)
		if a.Scope != "" && b.Scope != "" && a.Scope != b.Scope {
			return false
		}
		return a.How == otelmap.ParameterPrefix || b.How != otelmap.ParameterPrefix // which come last wherever they stand
	case otelmap.ParameterKeyRow:
		return a.Parameter == b.(otelmap.ParameterKeyRow).Parameter
	case otelmap.InclusionRow: // what the sizes say, the total says too where it is one of the readings
		b := b.(otelmap.InclusionRow)
		return b.How != otelmap.ExcludedBySize && a.How != b.How
	case otelmap.MetadataRow: // prefixes side by side are one part
		return a.How != otelmap.MetadataOverlay || b.(otelmap.MetadataRow).How != otelmap.MetadataOverlay
	}
	return true
}
