package pricing

import (
	"slices"
	"strconv"

	"github.com/fusebox-llm/fusebox/internal/trace"
)

// total is the usage key of the sum. What it costs, where it has a price, is the total
// cost.
const total = "total"

// Question is what a card is asked about one observation.
type Question struct {
	Start trace.Micros
	Usage trace.Amounts // as shown, with its total
	Hints string        // the text of [Hints] that came with the usage; "" for none
}

// Bill is what a card answers. The zero value is that of a card that has no model for
// the observation.
type Bill struct {
	// The model that applies, and the tier of its prices; without usage there is no
	// tier.
	ModelID, ModelName string
	TierID, TierName   string

	// Cost has an entry for each usage entry with a price, and the total when there is
	// any; Total is the same total, nil for none. Each is held at trace.MaxCost.
	Cost  trace.Amounts
	Total *int64
	// UnitPrices are the prices behind the entries; Unpriced the usage entries but the
	// total that have none, unless the total itself has.
	UnitPrices []Price
	Unpriced   []string

	// What the default tier asks for a unit of input, output and total; nil where it
	// names no price.
	InputPrice, OutputPrice, TotalPrice *Decimal
}

// Evaluate answers a question from a card: the first model in it that had started when
// the observation did, the first of its tiers whose conditions hold, its prices times
// the usage. A card that is malformed answers like none. The texts of a bill are parts
// of the card.
func Evaluate(card string, q Question) Bill {
	s := openCard(card)
	s.text() // the name that it was made for
	for s.more() {
		m := scanner{rest: s.text()}
		b := Bill{ModelID: m.text(), ModelName: m.text()}
		start, dated := m.start()
		if dated && !m.bad && q.Start < start {
			continue
		}
		tier := b.chooseTier(&m, q)
		b.fill(&m, tier, q.Usage)
		if s.bad || m.bad {
			return Bill{}
		}
		return b
	}
	return Bill{}
}

// chooseTier reads the tiers and returns the column of the one that applies.
func (b *Bill) chooseTier(s *scanner, q Question) (chosen int) {
	for i := range s.count() {
		t := scanner{rest: s.text()}
		if len(q.Usage) == 0 || chosen > 0 {
			continue
		}
		tierID, name := t.text(), t.text()
		if applies := t.conditionsHold(q); i == 0 || applies {
			b.TierID, b.TierName, chosen = tierID, name, i
		}
		if t.bad {
			s.fail()
		}
	}
	return chosen
}

// fill reads the rows, which are sorted like the usage.
func (b *Bill) fill(s *scanner, tier int, usage trace.Amounts) {
	rows := *s
	for s.more() {
		key, prices := s.text(), s.until(';')
		b.noteDefault(s, key, prices)
		price, priced := s.priceAt(prices, tier)
		for len(usage) > 0 && usage[0].Name < key {
			b.otherwise(rows, tier, usage[0], len(usage))
			usage = usage[1:]
		}
		if len(usage) == 0 || usage[0].Name != key {
			continue
		}
		if priced {
			b.charge(usage[0], price, len(usage))
		} else {
			b.otherwise(rows, tier, usage[0], len(usage))
		}
		usage = usage[1:]
	}
	for i, u := range usage {
		b.otherwise(rows, tier, u, len(usage)-i)
	}
	b.sum()
}

// charge adds what an entry costs; entries is how many may still come, this one
// included.
func (b *Bill) charge(u trace.Amount, price Decimal, entries int) {
	if b.Cost == nil {
		b.Cost, b.UnitPrices = make(trace.Amounts, 0, entries+1), make([]Price, 0, entries)
	}
	b.Cost = append(b.Cost, trace.Amount{Name: u.Name, N: price.Times(u.N)})
	b.UnitPrices = append(b.UnitPrices, Price{u.Name, price})
}

// otherwise takes an entry for which the tier has no price under its own name: it is
// billed under another name for the same, or else it costs nothing.
func (b *Bill) otherwise(rows scanner, tier int, u trace.Amount, entries int) {
	if u.Name == total {
		return
	}
	for _, name := range synonyms(u.Name) {
		for s := rows; s.more(); {
			key, prices := s.text(), s.until(';')
			if key != name {
				continue
			}
			if price, ok := s.priceAt(prices, tier); ok {
				b.charge(u, price, entries)
				return
			}
		}
	}
	b.Unpriced = append(b.Unpriced, u.Name)
}

// synonyms returns the other names under which a tier may have the price of an entry,
// the best first. Clients and price lists name the same thing differently. Reasoning
// is output to every provider, so that it costs as much where a list does not name it.
func synonyms(usage string) []string {
	for _, names := range [][]string{
		{"input_cached_tokens", "input_cache_read", "cache_read_input_tokens", "cached_content_token_count"},
		{"input_cache_creation", "cache_creation_input_tokens", "cache_write_tokens"},
		{"output_reasoning_tokens", "output_reasoning", "reasoning_tokens", "thoughts_token_count", "thoughtsTokenCount", "output"},
	} {
		if usage != "output" && slices.Contains(names, usage) {
			return names
		}
	}
	return nil
}

func (b *Bill) noteDefault(s *scanner, key, prices string) {
	var at **Decimal
	switch key {
	case "input":
		at = &b.InputPrice
	case "output":
		at = &b.OutputPrice
	case total:
		at = &b.TotalPrice
	default:
		return
	}
	if price, ok := s.priceAt(prices, 0); ok {
		*at = &price
	}
}

// sum adds the total.
func (b *Bill) sum() {
	if len(b.Cost) == 0 {
		return
	}
	if n, ok := b.Cost.Get(total); ok {
		b.Total, b.Unpriced = &n, nil
		return
	}
	var n int64
	at := 0
	for i, e := range b.Cost {
		n = max(min(n+e.N, trace.MaxCost), -trace.MaxCost) // both are within MaxCost, so adding cannot overflow
		if e.Name < total {
			at = i + 1
		}
	}
	b.Cost = slices.Insert(b.Cost, at, trace.Amount{Name: total, N: n})
	b.Total = &n
}

// conditionsHold reads the conditions of a tier up to the first that does not hold.
func (s *scanner) conditionsHold(q Question) bool {
	for s.more() {
		kind := s.rest[0]
		s.rest = s.rest[1:]
		ok := false
		switch kind {
		case plainFold, plainCase, regexpFold, regexpCase:
			ok = s.usageHolds(kind, q.Usage)
		case ofParameters, ofMetadata:
			ok = s.attributeHolds(kind, q.Hints)
		default:
			s.fail()
		}
		if !ok {
			return false
		}
	}
	return !s.bad
}

func (s *scanner) usageHolds(kind byte, usage trace.Amounts) bool {
	operator, text, pattern := s.text(), s.text(), s.text()
	value, err := strconv.ParseFloat(text, 64)
	if s.bad || err != nil {
		s.fail()
		return false
	}
	sum, ok := sumOf(kind, pattern, usage)
	if !ok {
		return false
	}
	switch operator {
	case GT:
		return sum > value
	case GTE:
		return sum >= value
	case LT:
		return sum < value
	case LTE:
		return sum <= value
	case EQ:
		return sum == value
	case NEQ:
		return sum != value
	}
	return false
}

// sumOf adds the usage whose key has the pattern in it; ok is false when the pattern
// cannot be used.
func sumOf(kind byte, pattern string, usage trace.Amounts) (sum float64, ok bool) {
	caseSensitive := kind == plainCase || kind == regexpCase
	found := func(key string) bool { return foundPlainly(pattern, key, caseSensitive) }
	if kind == regexpFold || kind == regexpCase {
		re, err := compileUsagePattern(pattern, caseSensitive)
		if err != nil {
			return 0, false
		}
		found = re.MatchString
	}
	for _, u := range usage {
		if found(u.Name) {
			sum += float64(u.N)
		}
	}
	return sum, true
}

func (s *scanner) attributeHolds(kind byte, hints string) bool {
	key := s.text()
	part := hintsParameters
	if kind == ofMetadata {
		part = hintsMetadata
	}
	value, ok := hintAt(hints, part, key)
	listed := false
	for range s.count() {
		if v := s.text(); ok && v == value {
			listed = true
		}
	}
	return listed
}
