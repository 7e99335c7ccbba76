package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"
)

//go:embed reasons.json
var reasonsJSON []byte

// A reason says why mutants survive.
type reason struct {
	Why string `json:"why"`
	// Mutation is the one of the rows' mutations that survives; empty for all of
	// each row's.
	Mutation string   `json:"mutation,omitempty"`
	Rows     []string `json:"rows"`
}

func readReasons() ([]reason, error) {
	var reasons []reason
	if err := json.Unmarshal(reasonsJSON, &reasons); err != nil {
		return nil, fmt.Errorf("reasons.json: %w", err)
	}
	return reasons, nil
}

// A verdict is what the reasons make of the results.
type verdict struct {
	why      map[string]string // of a mutant that survives with a reason, by its name
	problems []string
}

// judge holds the reasons against the results: every survivor has exactly one, and
// none is about anything else.
func judge(results []result, reasons []reason) verdict {
	v := verdict{why: map[string]string{}}
	problem := func(format string, args ...any) { v.problems = append(v.problems, fmt.Sprintf(format, args...)) }
	byRow := map[string][]result{}
	for _, r := range results {
		byRow[r.row] = append(byRow[r.row], r)
	}
	for _, reason := range reasons {
		if strings.TrimSpace(reason.Why) == "" {
			problem("a reason for %q says nothing", reason.Rows)
			continue
		}
		for _, row := range reason.Rows {
			about := 0
			for _, r := range byRow[row] {
				if reason.Mutation != "" && reason.Mutation != r.mutation {
					continue
				}
				about++
				_, twice := v.why[r.String()]
				switch {
				case r.killedBy != "":
					problem("%s is killed (%s) and needs no reason", r, r.killedBy)
				case twice:
					problem("%s has two reasons", r)
				default:
					v.why[r.String()] = reason.Why
				}
			}
			if about == 0 {
				problem("a reason is about %s, which is no mutant", strings.TrimSpace(row+" "+reason.Mutation))
			}
		}
	}
	for _, r := range results {
		if r.killedBy == "" && v.why[r.String()] == "" {
			problem("%s survives without a reason", r)
		}
	}
	return v
}
