package main

import (
	"reflect"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/otelmap"
)

// mappingMutants breaks the rows of the mapping tables: each is taken out, and each
// whose place means something changes it with the row behind it.
func mappingMutants() []mutant {
	var all []mutant
	whole := otelmap.DefaultRules()
	tablesOf := reflect.ValueOf(whole)
	for i := range tablesOf.NumField() {
		table := tablesOf.Field(i)
		for j := range table.Len() {
			row := rowName(table.Index(j))
			all = append(all, mutant{row, removed, tables{whole.Without(row), fold.DefaultRules()}})
			if j+1 < table.Len() && ordered(tablesOf.Type().Field(i).Name, table.Index(j).Interface(), table.Index(j+1).Interface()) {
				rules := otelmap.DefaultRules()
				reflect.Swapper(reflect.ValueOf(&rules).Elem().Field(i).Interface())(j, j+1)
				all = append(all, mutant{row, swapped, tables{rules, fold.DefaultRules()}})
			}
		}
	}
	return all
}

func rowName(row reflect.Value) string { return row.FieldByName("Name").String() }

// ordered reports whether the order of two neighbours can decide anything.
func ordered(table string, a, b any) bool {
	switch table {
	case "Mistyped", "AppRoots", "AsRoots", "Suppressed", "OwnScopes", "Excluded", "Dropped",
		"UsagePrefixes", "UsageParts": // any, or all, of the rows apply
		return false
	case "MessageEvents", "Levels", "UsageShapes": // at most one of the rows applies
		return false
	}
	switch a := a.(type) {
	case otelmap.TypeRow:
		b := b.(otelmap.TypeRow)
		oneOfMany := a.How == otelmap.TypeEquals && b.How == otelmap.TypeEquals && a.Key == b.Key
		return !oneOfMany && (a.Type != b.Type || a.How == otelmap.TypeMistyped)
	case otelmap.UsageAlias:
		return a.Result == b.(otelmap.UsageAlias).Result
	case otelmap.ParameterRow:
		return a.How == otelmap.ParameterObject && b.(otelmap.ParameterRow).How == otelmap.ParameterObject
	case otelmap.MetadataRow: // prefixes side by side are one part
		return a.How != otelmap.MetadataOverlay || b.(otelmap.MetadataRow).How != otelmap.MetadataOverlay
	}
	return true
}
