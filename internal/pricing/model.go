package pricing

import (
	"cmp"
	"slices"

	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// The units that prices are for.
const (
	Tokens       = "TOKENS"
	Characters   = "CHARACTERS"
	Milliseconds = "MILLISECONDS"
	Seconds      = "SECONDS"
	Images       = "IMAGES"
	Requests     = "REQUESTS"
)

// Model is a model definition: the names that mean the model, and what it costs.
type Model struct {
	// ID is unique. That of a built-in model is derived from its name and never
	// changes.
	ID      string
	Project id.Project // "" for a built-in model
	Name    string
	// Pattern is a regular expression in PostgreSQL's flavour. A name means the model
	// when the pattern is found in it; only anchors make it match the whole name.
	Pattern string
	// Start is from when on the definition counts: for observations that start then or
	// later. nil: for all.
	Start     *trace.Micros
	Unit      string     // one of the units above; says what is counted, and changes nothing
	Tokenizer *Tokenizer // nil: texts of the model cannot be counted
	Tiers     []Tier     // the default tier first; see [Model.Sorted]
	CreatedAt trace.Micros
	UpdatedAt trace.Micros
}

// BuiltIn reports whether the model belongs to no project.
func (m Model) BuiltIn() bool { return m.Project == "" }

// The tokenizers.
const (
	OpenAI = "openai"
	Claude = "claude"
)

// Tokenizer says how the texts of a model are counted when nobody reports usage.
type Tokenizer struct {
	ID string // OpenAI or Claude
	// Config is a JSON object text, "" for none. That of OpenAI names the model whose
	// encoding it is, and the tokens that a chat message and a name in it add:
	// {"tokenizerModel":"gpt-4o","tokensPerMessage":3,"tokensPerName":1}.
	Config string
}

// DefaultTier is the name of the tier that flat prices become.
const DefaultTier = "Standard"

// Tier is a list of prices, and when it applies: the default tier when no other does,
// the others in ascending order of priority when all of their conditions hold.
type Tier struct {
	ID, Name   string
	Default    bool
	Priority   int // 0 for the default tier, 1 to 999 for the others, each once
	Conditions []Condition
	Prices     []Price // each usage key once, the same keys in every tier of a model
}

// DefaultTierID returns the id of a model's default tier.
func DefaultTierID(model string) string { return model + "_tier_default" }

// Price returns the price of a usage key.
func (t Tier) Price(usage string) (Decimal, bool) {
	for _, p := range t.Prices {
		if p.Usage == usage {
			return p.USD, true
		}
	}
	return Decimal{}, false
}

// Price is what one unit of a usage key costs, in dollars.
type Price struct {
	Usage string
	USD   Decimal
}

// Operators of conditions. Those on usage compare; that on attributes is In, which may
// be left out.
const (
	GT  = "gt"
	GTE = "gte"
	LT  = "lt"
	LTE = "lte"
	EQ  = "eq"
	NEQ = "neq"
	In  = "in"
)

// Sources of attributes that conditions ask for.
const (
	ModelParameters = "model_parameters"
	Metadata        = "metadata"
)

// Condition has one of two forms. With a Source it asks for an attribute: that its Key
// has one of the Values. Without, it is about usage: the sum of all entries in whose key
// UsagePattern is found, compared with Value.
type Condition struct {
	UsagePattern  string // a regular expression of up to 200 characters
	Operator      string
	Value         float64
	CaseSensitive bool

	Source string // ModelParameters or Metadata
	Key    string
	Values []string
}

// Sorted returns the model with its default tier first and the others by priority, and
// with the prices of each tier sorted by usage key.
func (m Model) Sorted() Model {
	m.Tiers = slices.Clone(m.Tiers)
	slices.SortStableFunc(m.Tiers, func(a, b Tier) int {
		if a.Default != b.Default {
			if a.Default {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.Priority, b.Priority)
	})
	for i := range m.Tiers {
		t := &m.Tiers[i]
		t.Prices = slices.Clone(t.Prices)
		slices.SortStableFunc(t.Prices, func(a, b Price) int { return cmp.Compare(a.Usage, b.Usage) })
	}
	return m
}
