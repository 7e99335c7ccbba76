package main

import (
	"fmt"

	"github.com/fusebox-llm/fusebox/internal/fold"
)

// A mutant is the tables with one row broken.
type mutant struct {
	row      string // as reasons name it
	mutation string
	tables   tables
}

func (m mutant) String() string { return m.row + " " + m.mutation }

// allMutants returns the mutants of every row, table by table.
func allMutants() []mutant {
	return append(mappingMutants(), foldMutants()...)
}

// foldMutants breaks the rows of the fold table: without the row a field is not kept
// at all; another class joins it by another rule; and null clears where it should
// not, or the other way round.
func foldMutants() []mutant {
	var all []mutant
	for i, rule := range fold.DefaultRules() {
		row := fmt.Sprintf("fold/%s.%s", rule.Kind, rule.Field)
		add := func(mutation string, change func(rules []fold.Rule) []fold.Rule) {
			t := wholeTables()
			t.folding = change(t.folding)
			all = append(all, mutant{row, mutation, t})
		}
		add(removed, func(rules []fold.Rule) []fold.Rule { return append(rules[:i], rules[i+1:]...) })
		for _, class := range otherClasses(rule.Class) {
			add("as "+class.String(), func(rules []fold.Rule) []fold.Rule {
				rules[i].Class = class
				return rules
			})
		}
		if rule.Class != fold.Leaves && rule.Class != fold.TagSet { // which null never reaches
			add(nullFlipped, func(rules []fold.Rule) []fold.Rule {
				rules[i].NullIsAbsent = !rules[i].NullIsAbsent
				return rules
			})
		}
	}
	return all
}

const (
	removed     = "removed"
	swapped     = "after the next"
	nullFlipped = "null flipped"
)

// otherClasses returns the classes that a field of a class could be given by mistake.
// Metadata and tags have none: in another class they are ignored, as without a row.
func otherClasses(c fold.Class) []fold.Class {
	switch c {
	case fold.Ordinary:
		return []fold.Class{fold.FirstWins}
	case fold.FirstWins:
		return []fold.Class{fold.Ordinary}
	case fold.Payload, fold.Whole:
		return []fold.Class{fold.Ordinary, fold.FirstWins}
	default: // fold.None, fold.Leaves, fold.TagSet
		return nil
	}
}
