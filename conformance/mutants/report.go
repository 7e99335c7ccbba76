package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// report prints every mutant, the totals and the survivors, and returns whether the
// reasons fit.
func report(out io.Writer, results []result, reasons []reason) (ok bool, err error) {
	v := judge(results, reasons)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ROW\tMUTATION\tRESULT\tSEEN BY")
	for _, r := range results {
		outcome := "killed"
		if r.killedBy == "" {
			outcome = "SURVIVED"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", r.row, r.mutation, outcome, r.killedBy)
	}
	if err := table.Flush(); err != nil {
		return false, err
	}
	printTotals(out, results)
	printSurvivors(out, results, reasons, v)
	for _, p := range v.problems {
		fmt.Fprintln(out, "FAIL:", p)
	}
	return len(v.problems) == 0, nil
}

func printTotals(out io.Writer, results []result) {
	type total struct{ rows, mutants, killed int }
	var mapping, folding total
	rows := map[string]bool{}
	for _, r := range results {
		t := &mapping
		if strings.HasPrefix(r.row, "fold/") {
			t = &folding
		}
		if !rows[r.row] {
			rows[r.row] = true
			t.rows++
		}
		t.mutants++
		if r.killedBy != "" {
			t.killed++
		}
	}
	fmt.Fprintln(out)
	for _, t := range []struct {
		name string
		total
	}{{"mapping", mapping}, {"fold", folding}} {
		fmt.Fprintf(out, "%s: %d rows, %d mutants, %d killed, %d survived\n", t.name, t.rows, t.mutants, t.killed, t.mutants-t.killed)
	}
}

// printSurvivors prints the survivors under their reasons.
func printSurvivors(out io.Writer, results []result, reasons []reason, v verdict) {
	for _, reason := range reasons {
		fmt.Fprintf(out, "\nsurvive because: %s\n", reason.Why)
		for _, r := range results {
			if r.killedBy == "" && v.why[r.String()] == reason.Why {
				fmt.Fprintf(out, "  %s\n", r)
			}
		}
	}
	fmt.Fprintln(out)
}
