// Package pricing owns what models cost: the definitions of models that are built in,
// the rules for those that projects define, which definition a name stands for, and
// what an amount of usage costs.
//
// A price reaches an observation in two steps. The record that names a model brings a
// rate card with it: a text with all prices that the catalogue had for that name
// ([CardOf]). Whoever shows or adds up the observation asks the card what the usage
// costs ([Evaluate]). Model and usage may so arrive in any order and in different
// requests, and a change of the catalogue changes nothing that is stored.
//
// Usage is counted in whole units, prices are exact decimals, costs are integers of
// 1e-12 dollars. The package never counts tokens and never changes a price that a record
// brought along. It starts no goroutines.
package pricing
