package pricing

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/fusebox-llm/fusebox/internal/fault"
)

// Limits of a model definition. Those on lists and on texts in general only keep a card
// at a size that can be evaluated for every row.
const (
	MaxTierName     = 100 // characters
	MaxUsagePattern = 200 // characters
	MaxText         = 500 // characters of a name, a pattern, a usage key, an attribute's key or value
	MaxTiers        = 100
	MaxPrices       = 200 // of a tier
	MaxConditions   = 50  // of a tier
	MaxValues       = 100 // of a condition
	MaxPriority     = 999
)

// Validate returns what is wrong with the definition, as fault.Invalid with a message
// for whoever wrote it, or nil. It does not look at who owns the model and at its ids.
func (m Model) Validate() error {
	if err := checkText("the model name", m.Name); err != nil {
		return err
	}
	if err := checkText("the match pattern", m.Pattern); err != nil {
		return err
	}
	if _, err := compilePattern(m.Pattern); err != nil {
		return fault.New(fault.Invalid, "the match pattern is not a regular expression that is supported: %s", err)
	}
	if m.Start != nil && !m.Start.InRange() {
		return fault.New(fault.Invalid, "the start date is not between the years 1 and 9999")
	}
	if !slices.Contains(Units(), m.Unit) {
		return fault.New(fault.Invalid, "the unit is one of %s, not %q", strings.Join(Units(), ", "), m.Unit)
	}
	if err := m.Tokenizer.validate(); err != nil {
		return err
	}
	return validateTiers(m.Tiers)
}

func (t *Tokenizer) validate() error {
	if t == nil {
		return nil
	}
	if t.ID != OpenAI && t.ID != Claude {
		return fault.New(fault.Invalid, "the tokenizer is %s or %s, not %q", OpenAI, Claude, t.ID)
	}
	if t.Config == "" {
		return nil
	}
	if !json.Valid([]byte(t.Config)) || !strings.HasPrefix(strings.TrimLeft(t.Config, " \t\r\n"), "{") {
		return fault.New(fault.Invalid, "the tokenizer's config is not a JSON object")
	}
	return nil
}

func validateTiers(tiers []Tier) error {
	if len(tiers) == 0 {
		return fault.New(fault.Invalid, "a model needs prices")
	}
	if len(tiers) > MaxTiers {
		return fault.New(fault.Invalid, "a model has up to %d pricing tiers, not %d", MaxTiers, len(tiers))
	}
	defaults := 0
	for _, t := range tiers {
		if t.Default {
			defaults++
		}
	}
	if defaults != 1 {
		return fault.New(fault.Invalid, "exactly one pricing tier is the default, not %d", defaults)
	}
	names, priorities := map[string]bool{}, map[int]bool{}
	for _, t := range tiers {
		if err := t.validate(); err != nil {
			return err
		}
		if names[t.Name] {
			return fault.New(fault.Invalid, "two pricing tiers have the name %q", t.Name)
		}
		if priorities[t.Priority] {
			return fault.New(fault.Invalid, "two pricing tiers have the priority %d", t.Priority)
		}
		names[t.Name], priorities[t.Priority] = true, true
		if key, ok := differing(tiers[0], t); ok {
			return fault.New(fault.Invalid, "all pricing tiers price the same usage types; %q is in one of %q and %q only", key, tiers[0].Name, t.Name)
		}
	}
	return nil
}

func (t Tier) validate() error {
	if err := checkText("the name of a pricing tier", t.Name); err != nil {
		return err
	}
	if utf8.RuneCountInString(t.Name) > MaxTierName {
		return fault.New(fault.Invalid, "the name of a pricing tier has up to %d characters", MaxTierName)
	}
	switch {
	case t.Default && t.Priority != 0:
		return fault.New(fault.Invalid, "the default pricing tier %q has priority 0, not %d", t.Name, t.Priority)
	case t.Default && len(t.Conditions) > 0:
		return fault.New(fault.Invalid, "the default pricing tier %q has no conditions", t.Name)
	case !t.Default && (t.Priority < 1 || t.Priority > MaxPriority):
		return fault.New(fault.Invalid, "the pricing tier %q has a priority from 1 to %d, not %d", t.Name, MaxPriority, t.Priority)
	case !t.Default && (len(t.Conditions) == 0 || len(t.Conditions) > MaxConditions):
		return fault.New(fault.Invalid, "the pricing tier %q has 1 to %d conditions, not %d", t.Name, MaxConditions, len(t.Conditions))
	case len(t.Prices) == 0 || len(t.Prices) > MaxPrices:
		return fault.New(fault.Invalid, "the pricing tier %q has 1 to %d prices, not %d", t.Name, MaxPrices, len(t.Prices))
	}
	for _, c := range t.Conditions {
		if err := c.validate(); err != nil {
			return fault.New(fault.Invalid, "a condition of the pricing tier %q: %s", t.Name, err)
		}
	}
	seen := map[string]bool{}
	for _, p := range t.Prices {
		if err := checkText("a usage type", p.Usage); err != nil {
			return err
		}
		if seen[p.Usage] {
			return fault.New(fault.Invalid, "the pricing tier %q prices %q twice", t.Name, p.Usage)
		}
		seen[p.Usage] = true
		if p.USD.IsNegative() {
			return fault.New(fault.Invalid, "the price of %q in the pricing tier %q is below 0", p.Usage, t.Name)
		}
	}
	return nil
}

// differing returns a usage key that only one of the tiers prices.
func differing(a, b Tier) (usage string, ok bool) {
	for _, pair := range [][2]Tier{{a, b}, {b, a}} {
		keys := make(map[string]bool, len(pair[1].Prices))
		for _, p := range pair[1].Prices {
			keys[p.Usage] = true
		}
		for _, p := range pair[0].Prices {
			if !keys[p.Usage] {
				return p.Usage, true
			}
		}
	}
	return "", false
}

func (c Condition) validate() error {
	if c.Source == "" {
		return c.validateUsage()
	}
	switch {
	case c.UsagePattern != "":
		return fault.New(fault.Invalid, "it asks for usage or for an attribute, not for both")
	case c.Source != ModelParameters && c.Source != Metadata:
		return fault.New(fault.Invalid, "the source of an attribute is %s or %s, not %q", ModelParameters, Metadata, c.Source)
	case c.Operator != "" && c.Operator != In:
		return fault.New(fault.Invalid, "the operator for an attribute is %s, not %q", In, c.Operator)
	case len(c.Values) == 0 || len(c.Values) > MaxValues:
		return fault.New(fault.Invalid, "it has 1 to %d values, not %d", MaxValues, len(c.Values))
	}
	for _, v := range c.Values {
		if err := checkOptionalText("a value", v); err != nil {
			return err
		}
	}
	return checkText("the key of an attribute", c.Key)
}

func (c Condition) validateUsage() error {
	operators := []string{GT, GTE, LT, LTE, EQ, NEQ}
	switch {
	case c.Key != "" || len(c.Values) > 0:
		return fault.New(fault.Invalid, "the source of an attribute is %s or %s", ModelParameters, Metadata)
	case utf8.RuneCountInString(c.UsagePattern) > MaxUsagePattern:
		return fault.New(fault.Invalid, "the pattern has up to %d characters", MaxUsagePattern)
	case !slices.Contains(operators, c.Operator):
		return fault.New(fault.Invalid, "the operator is one of %s, not %q", strings.Join(operators, ", "), c.Operator)
	case !(c.Value >= 0) || math.IsInf(c.Value, 0): // NaN is neither
		return fault.New(fault.Invalid, "the value is a number of 0 or more")
	}
	if err := checkText("the pattern", c.UsagePattern); err != nil {
		return err
	}
	if _, err := compileUsagePattern(c.UsagePattern, c.CaseSensitive); err != nil {
		return fault.New(fault.Invalid, "the pattern is not a regular expression that is supported: %s", err)
	}
	return nil
}

func checkText(what, text string) error {
	if text == "" {
		return fault.New(fault.Invalid, "%s is empty", what)
	}
	return checkOptionalText(what, text)
}

func checkOptionalText(what, text string) error {
	switch {
	case utf8.RuneCountInString(text) > MaxText:
		return fault.New(fault.Invalid, "%s has up to %d characters", what, MaxText)
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		return fault.New(fault.Invalid, "%s is not valid text", what)
	}
	return nil
}
