package pricing_test

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/pricing"
)

func TestBuiltInModels(t *testing.T) {
	tiers, entries := 0, 0
	names, ids := map[string]bool{}, map[string]bool{}
	units, tokenizers := map[string]int{}, map[string]int{}
	models := pricing.BuiltIn()
	for _, m := range models {
		if err := m.Validate(); err != nil {
			t.Errorf("%s: %v", m.Name, err)
		}
		if names[m.Name] || ids[m.ID] || !m.BuiltIn() || m.Start != nil || m.CreatedAt == 0 || m.UpdatedAt != m.CreatedAt {
			t.Errorf("%s: the name or the id is there twice, or it is no built-in model: %+v", m.Name, m)
		}
		names[m.Name], ids[m.ID] = true, true
		if !strings.HasPrefix(m.Pattern, "(?i)^") || !strings.HasSuffix(m.Pattern, "$") {
			t.Errorf("%s: the pattern %s is for parts of names, or for one case only", m.Name, m.Pattern)
		}
		if _, err := regexp.Compile(m.Pattern); err != nil {
			t.Errorf("%s: %v", m.Name, err)
		}
		for i, tier := range m.Tiers {
			if ids[tier.ID] || tier.Default != (i == 0) || tier.Priority != i || tier.Default && (tier.Name != pricing.DefaultTier || tier.ID != m.ID+"_tier_default") {
				t.Errorf("%s: tier %d is %+v", m.Name, i, tier)
			}
			ids[tier.ID] = true
			tiers++
			entries += len(tier.Prices)
		}
		units[m.Unit]++
		if m.Tokenizer != nil {
			tokenizers[m.Tokenizer.ID]++
		}
	}
	if len(models) != 167 || tiers != 251 || entries != 1673 {
		t.Errorf("%d models, %d tiers, %d prices; want 167, 251 and 1673", len(models), tiers, entries)
	}
	if units[pricing.Tokens] != 155 || units[pricing.Characters] != 12 || tokenizers[pricing.OpenAI] != 79 || tokenizers[pricing.Claude] != 32 {
		t.Errorf("units %v, tokenizers %v", units, tokenizers)
	}
}

// TestBuiltInNames finds each model by its own name, and by other names that its pattern
// is made for.
func TestBuiltInNames(t *testing.T) {
	// These names are titles: their patterns are for what the vendor calls the model.
	named := map[string][]string{
		"claude-3.5-haiku-latest":    {"claude-3-5-haiku-latest", "anthropic/claude-3-5-haiku-latest"},
		"claude-3.5-sonnet-20241022": {"claude-3-5-sonnet-20241022", "eu.anthropic.claude-3-5-sonnet-20241022-v2:0", "claude-3-5-sonnet-v2@20241022"},
		"claude-3.5-sonnet-latest":   {"claude-3-5-sonnet-latest"},
		"claude-3.7-sonnet-latest":   {"claude-3-7-sonnet-latest"},
		"ft:babbage-002":             {"ft:babbage-002:acme::8abc", "ft:babbage-002:acme:tone:8abc"},
		"ft:davinci-002":             {"ft:davinci-002:acme::8abc"},
		"ft:gpt-3.5-turbo-0613":      {"ft:gpt-3.5-turbo-0613:acme::8abc"},
		"ft:gpt-3.5-turbo-1106":      {"ft:gpt-3.5-turbo-1106:acme:tone:8abc"},
		"gpt-4-turbo-vision":         {"gpt-4-vision-preview", "gpt-4-1106-vision-preview"},
	}
	titles := len(named)
	more := map[string][]string{
		"gpt-4o":                     {"GPT-4o", "openai/gpt-4o"},
		"gpt-3.5-turbo":              {"gpt-35-turbo", "openai/gpt-3.5-turbo"},
		"gpt-5.5-2026-04-23":         {"gpt-5.5"},
		"claude-3.7-sonnet-20250219": {"claude-3-7-sonnet-20250219", "us.anthropic.claude-3-7-sonnet-20250219-v1:0", "claude-3-7-sonnet-v1@20250219"},
		"claude-opus-4-20250514":     {"claude-opus-4", "anthropic/claude-opus-4", "anthropic.claude-opus-4-20250514-v1:0", "claude-opus-4@20250514"},
		"claude-sonnet-4-5-20250929": {"claude-sonnet-4-5", "global.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4-5-v1@20250929"},
		"claude-haiku-4-5-20251001":  {"claude-haiku-4-5", "claude-4-5-haiku@20251001", "jp.anthropic.claude-haiku-4-5-20251001-v1:0"},
		"claude-sonnet-5":            {"anthropic/claude-sonnet-5", "anthropic.claude-sonnet-5", "apac.anthropic.claude-sonnet-5-v1:0"},
		"gemini-2.5-pro":             {"google/gemini-2.5-pro", "googleai/gemini-2.5-pro", "Gemini-2.5-Pro"},
		"gemini-3.1-pro-preview":     {"gemini-3.1-pro-preview-customtools"},
		"gemini-1.0-pro":             {"gemini-1.0-pro@001"},
		"text-bison":                 {"text-bison@002"},
	}
	c := pricing.NewCatalog(pricing.BuiltIn())
	for _, m := range c.BuiltIn() {
		if named[m.Name] == nil {
			named[m.Name] = append([]string{m.Name}, more[m.Name]...)
		}
	}
	for model, names := range named {
		for _, name := range names {
			var got []string
			for _, m := range c.Candidates(nil, name) {
				got = append(got, m.Name)
			}
			if !slices.Equal(got, []string{model}) {
				t.Errorf("%s means %q, not only %s", name, got, model)
			}
		}
	}
	for _, title := range []string{"gpt-4-turbo-vision", "ft:babbage-002", "claude-3.5-haiku-latest", "gpt-4o-", "my-gpt-4o", "gpt-4o\n", "azure/gpt-4o", "gemini-2x5-pro", ""} {
		if got := c.Candidates(nil, title); len(got) > 0 {
			t.Errorf("%q means %s", title, got[0].Name)
		}
	}
	if titles != 9 || len(named) != 167 {
		t.Errorf("%d titles, %d models", titles, len(named))
	}
}

// TestNoNameMeansTwoBuiltInModels spells out every form of every pattern, with a sample
// for what may be anything.
func TestNoNameMeansTwoBuiltInModels(t *testing.T) {
	c := pricing.NewCatalog(pricing.BuiltIn())
	names := 0
	for _, m := range c.BuiltIn() {
		re, err := syntax.Parse(m.Pattern, syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range spell(t, re) {
			names++
			if got := c.Candidates(nil, name); len(got) != 1 || got[0].ID != m.ID {
				t.Errorf("%s, a form of %s, means %d models", name, m.Name, len(got))
			}
		}
	}
	if names < 600 {
		t.Errorf("only %d names", names)
	}
}

// spell returns names that a pattern matches: each alternative, what is optional with and
// without, and one of each class of characters.
func spell(t *testing.T, re *syntax.Regexp) []string {
	t.Helper()
	switch re.Op {
	case syntax.OpEmptyMatch, syntax.OpBeginText, syntax.OpEndText:
		return []string{""}
	case syntax.OpLiteral:
		return []string{string(re.Rune)}
	case syntax.OpCharClass:
		return []string{string(re.Rune[0])}
	case syntax.OpAnyCharNotNL:
		return []string{"x"}
	case syntax.OpPlus, syntax.OpCapture:
		return spell(t, re.Sub[0])
	case syntax.OpQuest, syntax.OpStar:
		return append([]string{""}, spell(t, re.Sub[0])...)
	case syntax.OpRepeat:
		return []string{strings.Repeat(spell(t, re.Sub[0])[0], re.Min)}
	case syntax.OpAlternate:
		var all []string
		for _, sub := range re.Sub {
			all = append(all, spell(t, sub)...)
		}
		return all
	case syntax.OpConcat:
		all := []string{""}
		for _, sub := range re.Sub {
			var longer []string
			for _, tail := range spell(t, sub) {
				for _, head := range all {
					longer = append(longer, head+tail)
				}
			}
			all = longer
		}
		return all
	}
	t.Fatalf("the pattern has %s in it", re)
	return nil
}

func TestTablesSayWhatIsWrong(t *testing.T) {
	const good = "# head\n\nmodel a ^a$\ntier Standard\ntier Fast when parameter speed in fast and usage in > 5\nprice 1 2  input\neach 0.5 1 query\n"
	models, err := pricing.ParseTable(nil, good)
	if err != nil || len(models) != 1 || models[0].Validate() != nil {
		t.Fatalf("%+v, %v", models, err)
	}
	if got := models[0].Tiers[1].Prices; got[0].USD.String() != "0.000002" || got[1].USD.String() != "1" {
		t.Errorf("prices %v", got)
	}
	for text, want := range map[string]string{
		"model a":                         "no pattern",
		"modell a ^a$":                    "is not one of",
		"tokenizer gemini":                "no tokenizer",
		"tokenizer openai":                "no tokenizer",
		"tier Standard when usage a > 1":  "all but the first",
		"tier A\ntier B":                  "all but the first",
		"tier A\ntier B when x":           "no condition",
		"tier A\ntier B when usage a < 1": "no condition",
		"tier A\ntier B when usage a > x": "invalid syntax",
		"price 1 input":                   "0 tiers",
		"tier A\nprice 1":                 "needs a price",
		"tier A\neach one input":          "is not a number",
	} {
		if _, err := pricing.ParseTable(nil, text); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "line ") {
			t.Errorf("%q: %v, nothing of %q", text, err, want)
		}
	}
}

// TestBuiltInIDs pins ids: stored observations and links name them.
func TestBuiltInIDs(t *testing.T) {
	want := map[string]string{
		"gpt-4o":                     "6ad1961502854f034ffcab2eaf18aa64",
		"claude-sonnet-4-5-20250929": "b694c655862d84da39ff8015e39899e2",
		"gemini-2.5-pro":             "1a872e91ca6249187e26a582cf0844ea",
		"text-embedding-3-small":     "1d0861fd2b4379dad48405d647f30724",
	}
	tiers := map[string]string{
		"gpt-4o/Fast mode":             "4dc7b0a5bb52a51fa3a977976b8e7433",
		"gemini-2.5-pro/Large Context": "394df6d5fb7ec8a4bf6e8456aa4f81f1",
	}
	for _, m := range pricing.BuiltIn() {
		if id, ok := want[m.Name]; ok && m.ID != id {
			t.Errorf("%s has the id %s, not %q", m.Name, m.ID, id)
		}
		delete(want, m.Name)
		for _, tier := range m.Tiers {
			name := m.Name + "/" + tier.Name
			if id, ok := tiers[name]; ok && tier.ID != id {
				t.Errorf("%s has the id %s, not %q", name, tier.ID, id)
			}
			delete(tiers, name)
		}
	}
	if len(want) > 0 || len(tiers) > 0 {
		t.Errorf("there are no %v, %v", want, tiers)
	}
}

func TestBuiltInTokenizers(t *testing.T) {
	c := pricing.NewCatalog(pricing.BuiltIn())
	for name, want := range map[string]pricing.Tokenizer{
		"gpt-4o":                 {ID: "openai", Config: `{"tokenizerModel":"gpt-4o","tokensPerMessage":3,"tokensPerName":1}`},
		"gpt-3.5-turbo-0301":     {ID: "openai", Config: `{"tokenizerModel":"gpt-3.5-turbo-0301","tokensPerMessage":4,"tokensPerName":-1}`},
		"text-embedding-3-small": {ID: "openai", Config: `{"tokenizerModel":"text-embedding-ada-002"}`},
		"claude-2.1":             {ID: "claude"},
		"o1":                     {},
		"gemini-2.5-pro":         {},
	} {
		var got pricing.Tokenizer
		if tokenizer := c.Candidates(nil, name)[0].Tokenizer; tokenizer != nil {
			got = *tokenizer
		}
		if got != want {
			t.Errorf("%s: %+v, not %+v", name, got, want)
		}
	}
}
