package pricing

import (
	"slices"
	"strconv"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/trace"
)

// A rate card is one text:
//
//	card      = "1;" text(name) text(candidate)…
//	candidate = text(model id) text(model name) start ";" tiers ";" text(tier)… row…
//	start     = microseconds, or nothing
//	tier      = text(id) text(name) condition…             the default tier, the others by priority
//	condition = ("p"|"P"|"r"|"R") text(operator) text(value) text(pattern)
//	          | ("a"|"m") text(key) values ";" text(value)…
//	row       = text(usage key) price ("," price)… ";"     sorted by key, a price for each tier
//	price     = mantissa "e" scale, or nothing
//	text(x)   = number of bytes ":" x
//
// Every part that may be left out begins with its length, so that a reader steps over
// it. A pattern is plain ("p", "P") or a regular expression ("r", "R"); the large letter
// regards case. An attribute is a model parameter ("a") or one of the metadata ("m").
// Nothing depends on what the texts contain.
const cardVersion = "1;"

const (
	plainFold, plainCase   = 'p', 'P'
	regexpFold, regexpCase = 'r', 'R'
	ofParameters           = 'a'
	ofMetadata             = 'm'
)

// CardOf returns the rate card of a model name: what the candidates, in their order,
// charge. It is "" when there are none. Candidates that can never apply, because one
// before them counts for all that they count for, are left out.
func CardOf(name string, candidates []Model) string {
	if len(candidates) == 0 {
		return ""
	}
	b := appendText([]byte(cardVersion), name)
	var until *trace.Micros
	for i, m := range candidates {
		if i > 0 && m.Start != nil && *m.Start >= *until {
			continue
		}
		b = appendText(b, string(appendCandidate(nil, m.Sorted())))
		if until = m.Start; until == nil {
			break
		}
	}
	return string(b)
}

func appendCandidate(b []byte, m Model) []byte {
	b = appendText(b, m.ID)
	b = appendText(b, m.Name)
	if m.Start != nil {
		b = strconv.AppendInt(b, int64(*m.Start), 10)
	}
	b = append(b, ';')
	b = strconv.AppendInt(b, int64(len(m.Tiers)), 10)
	b = append(b, ';')
	for _, t := range m.Tiers {
		b = appendText(b, string(appendTier(nil, t)))
	}
	return appendRows(b, m.Tiers)
}

func appendTier(b []byte, t Tier) []byte {
	b = appendText(b, t.ID)
	b = appendText(b, t.Name)
	for _, c := range t.Conditions {
		switch {
		case c.Source != "":
			kind := byte(ofParameters)
			if c.Source == Metadata {
				kind = ofMetadata
			}
			b = appendText(append(b, kind), c.Key)
			b = append(strconv.AppendInt(b, int64(len(c.Values)), 10), ';')
			for _, v := range c.Values {
				b = appendText(b, v)
			}
		default:
			b = appendText(append(b, kindOf(c)), c.Operator)
			b = appendText(b, strconv.FormatFloat(c.Value, 'g', -1, 64))
			b = appendText(b, c.UsagePattern)
		}
	}
	return b
}

func kindOf(c Condition) byte {
	switch plain := isPlain(c.UsagePattern); {
	case plain && c.CaseSensitive:
		return plainCase
	case plain:
		return plainFold
	case c.CaseSensitive:
		return regexpCase
	}
	return regexpFold
}

func appendRows(b []byte, tiers []Tier) []byte {
	var keys []string
	for _, t := range tiers {
		for _, p := range t.Prices {
			keys = append(keys, p.Usage)
		}
	}
	slices.Sort(keys)
	for _, key := range slices.Compact(keys) {
		b = appendText(b, key)
		for i, t := range tiers {
			if i > 0 {
				b = append(b, ',')
			}
			if d, ok := t.Price(key); ok {
				b = append(strconv.AppendInt(b, d.mantissa, 10), 'e')
				b = strconv.AppendInt(b, int64(d.scale), 10)
			}
		}
		b = append(b, ';')
	}
	return b
}

func appendText(b []byte, s string) []byte {
	b = strconv.AppendInt(b, int64(len(s)), 10)
	return append(append(b, ':'), s...)
}

// CardName returns the model name that a card was made for; "" for no card.
func CardName(card string) string {
	s := openCard(card)
	return s.text()
}

// scanner reads a card. From the first malformed place on it is bad, and reads nothing
// more.
type scanner struct {
	rest string
	bad  bool
}

func openCard(card string) scanner {
	rest, ok := strings.CutPrefix(card, cardVersion)
	return scanner{rest: rest, bad: !ok}
}

func (s *scanner) more() bool { return s.rest != "" && !s.bad }

func (s *scanner) fail() { s.rest, s.bad = "", true }

func (s *scanner) text() string {
	n, i := 0, 0
	for ; i < len(s.rest) && isDigit(s.rest[i]) && n < len(s.rest); i++ {
		n = n*10 + int(s.rest[i]-'0')
	}
	if i == 0 || i == len(s.rest) || s.rest[i] != ':' || n >= len(s.rest)-i {
		s.fail()
		return ""
	}
	text := s.rest[i+1 : i+1+n]
	s.rest = s.rest[i+1+n:]
	return text
}

// until returns what comes before a mark, and steps over both.
func (s *scanner) until(mark byte) string {
	i := strings.IndexByte(s.rest, mark)
	if i < 0 {
		s.fail()
		return ""
	}
	text := s.rest[:i]
	s.rest = s.rest[i+1:]
	return text
}

// count reads a number of parts that follow, each of at least a byte.
func (s *scanner) count() int {
	n, err := strconv.Atoi(s.until(';'))
	if err != nil || n < 0 || n > len(s.rest) {
		s.fail()
		return 0
	}
	return n
}

// start reads an instant, if there is one.
func (s *scanner) start() (at trace.Micros, ok bool) {
	text := s.until(';')
	if text == "" {
		return 0, false
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		s.fail()
	}
	return trace.Micros(n), true
}

// priceAt returns the price in a column of a row; ok is false where the tier has none.
func (s *scanner) priceAt(prices string, column int) (d Decimal, ok bool) {
	i := 0
	for ; column > 0; i++ {
		if i == len(prices) {
			s.fail()
			return d, false
		}
		if prices[i] == ',' {
			column--
		}
	}
	if i == len(prices) || prices[i] == ',' {
		return d, false
	}
	negative := prices[i] == '-'
	if negative {
		i++
	}
	mantissa, i := digits(prices, i, maxDigits)
	if i < 0 || i == len(prices) || prices[i] != 'e' {
		s.fail()
		return d, false
	}
	scale, i := digits(prices, i+1, 2)
	if i < 0 || scale > maxScale {
		s.fail()
		return d, false
	}
	if negative {
		mantissa = -mantissa
	}
	return Decimal{mantissa, uint8(scale)}, true
}

// digits reads the number at a place of a text and returns the place behind it, -1 when
// it has no digits or too many.
func digits(text string, i, most int) (n int64, end int) {
	end = i
	for ; end < len(text) && isDigit(text[end]) && end-i <= most; end++ {
		n = n*10 + int64(text[end]-'0')
	}
	if end == i || end-i > most {
		return 0, -1
	}
	return n, end
}
