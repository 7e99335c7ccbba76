package telemetrytest

import (
	"github.com/fusebox-llm/fusebox/internal/fold"
)

// priceVectors are the cases of what an observation costs. Each is counted anew
// from the rows, too, where the engine can do that.
func priceVectors() map[string]vector {
	in100 := map[string]int64{"input": 100, "output": 10}
	bill := fields{
		"model": "alpha", "usage": "input 100, output 10, total 110", "provided usage": "input 100, output 10", "provided cost": "",
		"usage source": "reported", "tokenizer": "", "cost source": "computed",
		"cost": "input 100000000, output 20000000, total 120000000", "total cost": "0.00012",
		"definition": "alpha-1", "definition name": "alpha", "tier": "Standard", "tier id": "alpha-1-standard", "repriced": "false",
		"unit prices": "input 0.000001, output 0.000002", "prices": "0.000001 0.000002 ", "unpriced": "",
	}
	sums := fields{"cost input": "0.0001", "cost output": "0.00002", "cost total": "0.00012", "usage total": "110"}
	unpriced := fields{
		"usage source": "reported", "cost source": "", "cost": "", "total cost": none, "definition": "", "definition name": "", "tier": "", "tier id": "",
		"repriced": "false", "unit prices": "", "prices": "  ", "unpriced": "",
	}
	nothing := fields{"cost input": "0", "cost output": "0", "cost total": "0", "usage total": "110"}
	// over returns fields with some of them changed.
	over := func(f, changes fields) fields {
		out := fields{}
		for _, m := range []fields{f, changes} {
			for k, v := range m {
				out[k] = v
			}
		}
		return out
	}
	all := map[string]vector{
		"model and usage in one record": {
			records: []fold.Record{create("T", "g", 5, model("alpha"), usage(in100))},
			want:    []fact{observationShows("T", "g", bill), traceShows("T", sums)},
		},
		"model and usage in records of their own": {
			records: []fold.Record{create("T", "g", 5, model("alpha")), update("T", "g", 6, usage(in100)), update("T", "g", 7, text(fold.Name, "n"))},
			want:    []fact{observationShows("T", "g", bill), traceShows("T", sums)},
		},
		"a span has the model, an update without a trace the usage": {
			records: []fold.Record{span("T", "g", 5, 9, model("alpha")), update("", "g", 10, usage(in100))},
			want:    []fact{observationShows("T", "g", bill), traceShows("T", sums)},
		},
		"the names of definitions are found whatever their case": {
			records: []fold.Record{create("T", "g", 5, model("ALPHA"), usage(in100))},
			want:    []fact{observationShows("T", "g", over(bill, fields{"model": "ALPHA"})), traceShows("T", sums)},
		},
		"no model": {
			records: []fold.Record{create("T", "g", 5, usage(in100))},
			want:    []fact{observationShows("T", "g", unpriced), traceShows("T", nothing)},
		},
		"a model that nobody knows": {
			records: []fold.Record{create("T", "g", 5, model("gamma"), usage(in100))},
			want:    []fact{observationShows("T", "g", over(unpriced, fields{"model": "gamma"})), traceShows("T", nothing)},
		},
		"a model without usage": {
			records: []fold.Record{create("T", "g", 5, model("alpha"))},
			want: []fact{observationShows("T", "g", over(unpriced, fields{
				"usage source": "", "definition": "alpha-1", "definition name": "alpha", "prices": "0.000001 0.000002 ",
			}))},
		},
		"null clears the model and with it the price": {
			records: []fold.Record{create("T", "g", 5, model("alpha"), usage(in100)), update("T", "g", 6, noModel())},
			want:    []fact{observationShows("T", "g", over(unpriced, fields{"model": none})), traceShows("T", nothing)},
		},
		"the model comes back after null": {
			records: []fold.Record{create("T", "g", 5, noModel(), usage(in100)), update("T", "g", 6, model("alpha"))},
			want:    []fact{observationShows("T", "g", bill), traceShows("T", sums)},
		},
		"another model costs something else": {
			records: []fold.Record{create("T", "g", 5, model("alpha"), usage(in100)), update("T", "g", 6, model("beta"))},
			want: []fact{
				observationShows("T", "g", over(bill, fields{
					"model": "beta", "definition": "beta", "definition name": "beta", "tier id": "beta-standard",
					"cost": "total 770000000", "total cost": "0.00077", "unit prices": "total 0.000007", "prices": "  0.000007",
				})),
				traceShows("T", fields{"cost input": "0", "cost output": "0", "cost total": "0.00077"}),
			},
		},
		"the card of another model does not count": {
			records: []fold.Record{create("T", "g", 5, text(fold.Model, "alpha"), text(fold.Rates, card(cheap, "beta")), usage(in100))},
			want:    []fact{observationShows("T", "g", over(unpriced, fields{"model": "alpha"})), traceShows("T", nothing)},
		},
		"a model for which there is a price no longer": {
			records: []fold.Record{create("T", "g", 5, model("alpha"), usage(in100)), update("T", "g", 6, text(fold.Model, "alpha"), text(fold.Rates, ""))},
			want:    []fact{observationShows("T", "g", over(unpriced, fields{"model": "alpha"})), traceShows("T", nothing)},
		},
		"a model whose price is taken back by null": {
			records: []fold.Record{create("T", "g", 5, model("alpha"), usage(in100)), update("T", "g", 6, text(fold.Model, "alpha"), null(fold.Rates))},
			want:    []fact{observationShows("T", "g", over(unpriced, fields{"model": "alpha"})), traceShows("T", nothing)},
		},
		"usage that has no price": {
			records: []fold.Record{create("T", "g", 5, model("alpha"), usage(map[string]int64{"input": 100, "output": 10, "cache": 5}))},
			want: []fact{
				observationShows("T", "g", over(bill, fields{"provided usage": "cache 5, input 100, output 10", "usage": "cache 5, input 100, output 10, total 115", "unpriced": "cache"})),
				traceShows("T", over(sums, fields{"usage total": "115"})),
			},
		},
		"prices are those of the start": {
			records: []fold.Record{create("T", "g", 30_000, model("alpha"), usage(in100), start(30_000))},
			want: []fact{
				observationShows("T", "g", over(bill, fields{
					"definition": "alpha-2", "definition name": "alpha, new", "tier id": "alpha-2-standard",
					"cost": "input 500000000, output 60000000, total 560000000", "total cost": "0.00056",
					"unit prices": "input 0.000005, output 0.000006", "prices": "0.000005 0.000006 ",
				})),
				traceShows("T", fields{"cost input": "0.0005", "cost output": "0.00006", "cost total": "0.00056"}),
			},
		},
		"an earlier start changes the price": {
			records: []fold.Record{create("T", "g", 30_000, model("alpha"), usage(in100)), update("T", "g", 31_000, start(5))},
			want:    []fact{observationShows("T", "g", bill), traceShows("T", sums)},
		},
		"usage that comes later chooses the tier": {
			records: []fold.Record{
				create("T", "g", 5, model("alpha"), usage(in100)), update("T", "g", 6, usage(map[string]int64{"input": 400, "input_cached": 101, "output": 10})),
			},
			want: []fact{
				observationShows("T", "g", fields{
					"tier": "Large", "tier id": "alpha-1-large", "cost": "input 4000000000, output 200000000, total 4200000000", "unpriced": "input_cached",
					"unit prices": "input 0.00001, output 0.00002", "prices": "0.000001 0.000002 ",
				}),
				traceShows("T", fields{"cost input": "0.004", "cost output": "0.0002", "cost total": "0.0042"}),
			},
		},
		"the record that had the usage chooses the tier": {
			records: []fold.Record{
				create("T", "g", 5, model("alpha"), usage(map[string]int64{"input": 1})), update("T", "g", 6, usageWith(flex(), in100)),
				update("T", "g", 7, text(fold.ModelParameters, `{"service_tier":"default"}`)),
			},
			want: []fact{
				observationShows("T", "g", fields{"tier": "Flex", "cost": "input 300000000, output 40000000, total 340000000"}),
				traceShows("T", fields{"cost input": "0.0003", "cost output": "0.00004", "cost total": "0.00034"}),
			},
		},
		"usage without hints after usage with some": {
			records: []fold.Record{create("T", "g", 5, model("alpha"), usageWith(flex(), map[string]int64{"input": 1})), update("T", "g", 6, usage(in100))},
			want:    []fact{observationShows("T", "g", bill), traceShows("T", sums)},
		},
		"hints without usage change nothing": {
			records: []fold.Record{create("T", "g", 5, model("alpha"), usage(in100)), update("T", "g", 6, usageWith(flex(), nil))},
			want:    []fact{observationShows("T", "g", bill), traceShows("T", sums)},
		},
		"a recalculation": {
			records: []fold.Record{create("T", "g", 5, model("alpha"), usage(in100)), update("T", "g", 6, reprice("alpha"))},
			want: []fact{
				observationShows("T", "g", over(bill, fields{
					"repriced": "true", "cost": "input 10000000000, output 2000000000, total 12000000000", "total cost": "0.012",
					"unit prices": "input 0.0001, output 0.0002", "prices": "0.0001 0.0002 ",
				})),
				traceShows("T", fields{"cost input": "0.01", "cost output": "0.002", "cost total": "0.012"}),
			},
		},
		"a recalculation, and usage that comes later": {
			records: []fold.Record{create("T", "g", 5, model("alpha")), update("T", "g", 7, reprice("alpha")), update("T", "g", 9, usage(in100))},
			want:    []fact{observationShows("T", "g", fields{"repriced": "true", "total cost": "0.012"}), traceShows("T", fields{"cost total": "0.012"})},
		},
		"a recalculation, then the same model again": {
			records: []fold.Record{create("T", "g", 5, model("alpha"), usage(in100)), update("T", "g", 6, reprice("alpha")), update("T", "g", 7, model("alpha"))},
			want:    []fact{observationShows("T", "g", fields{"repriced": "true", "total cost": "0.012"}), traceShows("T", fields{"cost total": "0.012"})},
		},
		"a recalculation, then another model": {
			records: []fold.Record{create("T", "g", 5, model("beta"), usage(in100)), update("T", "g", 6, reprice("beta")), update("T", "g", 7, model("alpha"))},
			want:    []fact{observationShows("T", "g", bill), traceShows("T", sums)},
		},
		"a recalculation of a model that is known now": {
			records: []fold.Record{create("T", "g", 5, text(fold.Model, "alpha"), text(fold.Rates, ""), usage(in100)), update("T", "g", 6, reprice("alpha"))},
			want:    []fact{observationShows("T", "g", fields{"repriced": "true", "total cost": "0.012"}), traceShows("T", fields{"cost total": "0.012"})},
		},
		"the last recalculation": {
			records: []fold.Record{
				create("T", "g", 5, model("alpha"), usage(in100)), update("T", "g", 6, text(fold.Repriced, card(3, "alpha"))), update("T", "g", 7, reprice("alpha")),
			},
			want: []fact{observationShows("T", "g", fields{"repriced": "true", "total cost": "0.012"}), traceShows("T", fields{"cost total": "0.012"})},
		},
		"a recalculation that is taken back": {
			records: []fold.Record{create("T", "g", 5, model("alpha"), usage(in100)), update("T", "g", 6, reprice("alpha")), update("T", "g", 7, text(fold.Repriced, ""))},
			want:    []fact{observationShows("T", "g", bill), traceShows("T", sums)},
		},
		"null is no recalculation": {
			records: []fold.Record{create("T", "g", 5, model("alpha"), usage(in100)), update("T", "g", 6, reprice("alpha")), update("T", "g", 7, null(fold.Repriced))},
			want:    []fact{observationShows("T", "g", fields{"repriced": "true", "total cost": "0.012"}), traceShows("T", fields{"cost total": "0.012"})},
		},
		"a cost that was reported": {
			records: []fold.Record{create("T", "g", 5, model("alpha"), usage(in100)), update("T", "g", 4, cost(map[string]float64{"input": 0.5}))},
			want: []fact{
				observationShows("T", "g", over(bill, fields{
					"provided cost": "input 500000000000", "cost": "input 500000000000, total 500000000000", "total cost": "0.5", "cost source": "reported", "unit prices": "",
				})),
				traceShows("T", fields{"cost input": "0.5", "cost output": "0", "cost total": "0.5"}),
			},
		},
		"a cost that was reported without a total": {
			records: []fold.Record{create("T", "g", 5, model("alpha"), usage(in100), cost(map[string]float64{"input": 0.25, "audio": 0.5})), update("T", "g", 6, reprice("alpha"))},
			want: []fact{
				observationShows("T", "g", fields{"cost": "audio 500000000000, input 250000000000", "total cost": none, "cost source": "reported", "unit prices": "", "repriced": "true"}),
				traceShows("T", fields{"cost input": "0.25", "cost total": "0"}),
			},
		},
		"an estimate": {
			records: []fold.Record{create("T", "g", 5, model("alpha"), estimate("o200k_base", in100))},
			want: []fact{
				observationShows("T", "g", over(bill, fields{"provided usage": "", "usage source": "estimated", "tokenizer": "o200k_base"})), traceShows("T", sums),
			},
		},
		"an estimate counts only where nobody reports": {
			records: []fold.Record{create("T", "g", 5, model("alpha"), usage(in100)), update("T", "g", 6, estimate("o200k_base", map[string]int64{"input": 501}))},
			want:    []fact{observationShows("T", "g", bill), traceShows("T", sums)},
		},
		"of estimates the last": {
			records: []fold.Record{
				create("T", "g", 5, model("alpha"), estimate("o200k_base", map[string]int64{"input": 501})), update("T", "g", 6, estimate("cl100k_base", in100)),
			},
			want: []fact{
				observationShows("T", "g", over(bill, fields{"provided usage": "", "usage source": "estimated", "tokenizer": "cl100k_base"})), traceShows("T", sums),
			},
		},
		"an update that says nothing of it all leaves the price": {
			records: []fold.Record{create("T", "g", 5, model("alpha"), usage(in100)), span("T", "g", 5, 9, text(fold.StatusMessage, "ok"))},
			want:    []fact{observationShows("T", "g", bill), traceShows("T", sums)},
		},
		"two observations": {
			records: []fold.Record{create("T", "g", 5, model("alpha"), usage(in100)), create("T", "h", 6, model("beta"), usage(map[string]int64{"total": 3}))},
			want: []fact{
				observationShows("T", "g", bill), observationShows("T", "h", fields{"total cost": "0.000021"}),
				traceShows("T", fields{"cost input": "0.0001", "cost output": "0.00002", "cost total": "0.000141", "usage total": "113"}),
			},
		},
		"an absorbed trace brings its costs": {
			records: []fold.Record{create("X", "g", 5, model("alpha"), usage(in100)), traceCreate("T", 6, absorbs("X"))},
			want:    []fact{observationShows("T", "g", bill), traceShows("T", sums)},
		},
	}
	for name, v := range all {
		v.want = append(v.want, countsUp())
		all[name] = v
	}
	return all
}

// reasonVectors are the cases of which rule gave which field.
func reasonVectors() map[string]vector {
	return map[string]vector{
		"of one record": {
			records: []fold.Record{create("T", "g", 5, text(fold.Name, "n"), usage(map[string]int64{"input": 1}), because("name", "a", "usage.input", "b c", "start", "d"))},
			want:    []fact{observationShows("T", "g", fields{"reasons": "name: a, usage.input: b c, start: d"})},
		},
		"of the last record, where it gave what is shown": {
			records: []fold.Record{
				create("T", "g", 5, text(fold.Name, "n"), text(fold.Model, "m"), start(5), because("name", "a", "model", "b", "start", "c")),
				update("T", "g", 6, text(fold.Name, "o"), start(7), io(fold.Input, `"i"`), because("name", "d", "start", "e", "input", "f", "output", "g")),
			},
			want: []fact{observationShows("T", "g", fields{"reasons": "name: d, input: f"})},
		},
		"an update without reasons takes fields away from them": {
			records: []fold.Record{
				create("T", "g", 5, text(fold.Name, "n"), text(fold.Model, "m"), because("name", "a", "model", "b")),
				update("T", "g", 6, text(fold.Name, "o")),
			},
			want: []fact{observationShows("T", "g", fields{"reasons": "model: b"})},
		},
		"of the same time, by rank": {
			records: []fold.Record{
				create("T", "g", 5, text(fold.Name, "n"), text(fold.Model, "m"), because("name", "a", "model", "b")),
				update("T", "g", 5, text(fold.Name, "o"), because("name", "c", "model", "d")),
			},
			want: []fact{observationShows("T", "g", fields{"reasons": "name: c"})},
		},
		"of metadata and of what is the trace's": {
			records: []fold.Record{
				create("T", "g", 5, meta(`{"k":1}`), because("metadata.k", "a", "tags", "b", "public", "c", "trace.name", "d", "name", "e", "odd", "f", "metadata", "g")),
				update("T", "g", 6, meta(`{"k":2}`)),
			},
			want: []fact{observationShows("T", "g", fields{"reasons": "metadata.k: a, tags: b, public: c, trace.name: d, odd: f, metadata: g"})},
		},
		"of a field that is null": {
			records: []fold.Record{create("T", "g", 5, null(fold.Model), null(fold.Parent), because("model", "a", "parent", "b"))},
			want:    []fact{observationShows("T", "g", fields{"reasons": "model: a"})},
		},
		"empty ones": {
			records: []fold.Record{create("T", "g", 5, text(fold.Name, "n"), because("name", "a")), update("T", "g", 6, because())},
			want:    []fact{observationShows("T", "g", fields{"reasons": ""})},
		},
		"null ones": {
			records: []fold.Record{create("T", "g", 5, text(fold.Name, "n"), because("name", "a")), update("T", "g", 6, null(fold.Reasons))},
			want:    []fact{observationShows("T", "g", fields{"reasons": "name: a"})},
		},
		"lines that are none": {
			records: []fold.Record{create("T", "g", 5, text(fold.Name, "n"), text(fold.Reasons, "\nname\nname\ta\tb\n"))},
			want:    []fact{observationShows("T", "g", fields{"reasons": "name: a\tb"})},
		},
	}
}
