package pricing

import (
	"embed"
	"fmt"
	"strconv"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

//go:embed builtin/*.txt
var builtInTables embed.FS

// builtInSince is when the built-in models say that they were created:
// 2026-11-20T00:00:00Z.
const builtInSince trace.Micros = 1_795_132_800_000_000

// BuiltIn returns the models that every project has, by vendor. Models with the same
// prices share slices, so nobody may change them. It panics when the tables in the
// binary break their own rules, which a test rules out.
func BuiltIn() []Model {
	var models []Model
	for _, vendor := range []string{"openai", "anthropic", "google"} {
		text, err := builtInTables.ReadFile("builtin/" + vendor + ".txt")
		if err != nil {
			panic(err)
		}
		models, err = parseTable(models, string(text))
		if err != nil {
			panic(fmt.Errorf("built-in models of %s: %w", vendor, err))
		}
	}
	return models
}

// parseTable reads blocks of lines with an empty line between them. The tables say in
// their heads what the lines mean.
func parseTable(models []Model, text string) ([]Model, error) {
	var b block
	n := 0
	for line := range strings.SplitSeq(text, "\n") {
		n++
		if strings.HasPrefix(line, "#") {
			continue
		}
		if line == "" {
			models = b.appendTo(models)
			b = block{}
			continue
		}
		if err := b.read(line); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
	}
	return b.appendTo(models), nil
}

// block is one price list and the models it is for.
type block struct {
	names, patterns []string
	unit            string
	tokenizer       *Tokenizer
	tiers           []Tier
}

func (b *block) read(line string) (err error) {
	kind, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimSpace(rest)
	switch kind {
	case "model":
		name, pattern, ok := strings.Cut(rest, " ")
		if !ok {
			return fmt.Errorf("model %q has no pattern", name)
		}
		b.names, b.patterns = append(b.names, name), append(b.patterns, strings.TrimSpace(pattern))
	case "unit":
		b.unit = rest
	case "tokenizer":
		b.tokenizer, err = parseTokenizer(strings.Fields(rest))
	case "tier":
		var t Tier
		t, err = parseTier(rest, len(b.tiers))
		b.tiers = append(b.tiers, t)
	case "price":
		err = b.readPrices(rest, 6)
	case "each":
		err = b.readPrices(rest, 0)
	default:
		err = fmt.Errorf("%q is not one of model, unit, tokenizer, tier, price and each", kind)
	}
	return err
}

func parseTokenizer(words []string) (*Tokenizer, error) {
	switch {
	case len(words) == 1 && words[0] == Claude:
		return &Tokenizer{ID: Claude}, nil
	case len(words) == 2 && words[0] == OpenAI:
		return &Tokenizer{ID: OpenAI, Config: fmt.Sprintf(`{"tokenizerModel":%q}`, words[1])}, nil
	case len(words) == 4 && words[0] == OpenAI:
		return &Tokenizer{ID: OpenAI, Config: fmt.Sprintf(`{"tokenizerModel":%q,"tokensPerMessage":%s,"tokensPerName":%s}`, words[1], words[2], words[3])}, nil
	}
	return nil, fmt.Errorf("%q is no tokenizer", words)
}

// parseTier reads "name" or "name when condition and condition". Its place among the
// tiers is its priority.
func parseTier(text string, priority int) (Tier, error) {
	name, conditions, conditional := strings.Cut(text, " when ")
	t := Tier{Name: name, Default: priority == 0, Priority: priority}
	if conditional == t.Default {
		return t, fmt.Errorf("tier %q: all but the first have conditions", name)
	}
	if !conditional {
		return t, nil
	}
	for text := range strings.SplitSeq(conditions, " and ") {
		c, err := parseCondition(strings.Fields(text))
		if err != nil {
			return t, fmt.Errorf("tier %q: %w", name, err)
		}
		t.Conditions = append(t.Conditions, c)
	}
	return t, nil
}

// parseCondition reads "parameter key in value value" or "usage pattern > number".
func parseCondition(words []string) (Condition, error) {
	switch {
	case len(words) >= 4 && words[0] == "parameter" && words[2] == "in":
		return Condition{Source: ModelParameters, Key: words[1], Operator: In, Values: words[3:]}, nil
	case len(words) == 4 && words[0] == "usage" && words[2] == ">":
		n, err := strconv.ParseInt(words[3], 10, 64)
		return Condition{UsagePattern: words[1], Operator: GT, Value: float64(n)}, err
	}
	return Condition{}, fmt.Errorf("%q is no condition", words)
}

// readPrices reads a price for each tier and then the usage keys that cost it. The
// prices are of as many units as 10 to the given power.
func (b *block) readPrices(text string, power int) error {
	words := strings.Fields(text)
	if len(b.tiers) == 0 || len(words) <= len(b.tiers) {
		return fmt.Errorf("%q needs a price for each of %d tiers, and usage keys", text, len(b.tiers))
	}
	for i := range b.tiers {
		usd, err := ParseDecimal(words[i])
		if err != nil {
			return err
		}
		for _, usage := range words[len(b.tiers):] {
			b.tiers[i].Prices = append(b.tiers[i].Prices, Price{usage, usd.scaledDown(power)})
		}
	}
	return nil
}

func (b *block) appendTo(models []Model) []Model {
	for i, name := range b.names {
		m := Model{
			ID: id.Derive("built-in model\x00" + name), Name: name, Pattern: b.patterns[i], Unit: b.unit, Tokenizer: b.tokenizer,
			Tiers: append([]Tier(nil), b.tiers...), CreatedAt: builtInSince, UpdatedAt: builtInSince,
		}
		if m.Unit == "" {
			m.Unit = Tokens
		}
		for i := range m.Tiers {
			t := &m.Tiers[i]
			t.ID = DefaultTierID(m.ID)
			if !t.Default {
				t.ID = id.Derive("built-in tier\x00" + name + "\x00" + t.Name)
			}
		}
		models = append(models, m)
	}
	return models
}
