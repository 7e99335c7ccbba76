package trace

// Source says where a number comes from.
type Source string

// The sources of usage and cost.
const (
	// SourceNone: there is no such number, and nobody guesses one.
	SourceNone Source = ""
	// Reported: the sender gave it.
	Reported Source = "reported"
	// Estimated: a tokenizer counted the texts, because the sender gave no usage.
	Estimated Source = "estimated"
	// Computed: usage times the prices of the model.
	Computed Source = "computed"
)

// Account says how the usage and the cost of an observation came about.
type Account struct {
	UsageSource Source
	// Tokenizer is the encoding that estimated the usage; "" unless Estimated.
	Tokenizer  string
	CostSource Source

	// The model definition that the model's name stands for, and the tier of its
	// prices that applied; "" where there is none.
	ModelID, ModelName string
	TierID, TierName   string
	// Repriced says that a recalculation chose the prices.
	Repriced bool
	// UnitPrices are the prices that the cost was computed with, in dollars a unit;
	// Unpriced the usage entries that have none and so cost nothing.
	UnitPrices []UnitPrice
	Unpriced   []string
	// What the definition asks for a unit of input, output and total in its default
	// tier, in dollars; "" where it names no price.
	InputPrice, OutputPrice, TotalPrice string
}

// UnitPrice is the price of one unit of a usage entry, in dollars: a plain decimal
// number.
type UnitPrice struct {
	Usage string
	Price string
}

// Reason says that a rule gave a field. Both are names: that of a field as
// docs/conventions.md lists it, and that of a row of its table.
type Reason struct {
	Field string
	Rule  string
}
