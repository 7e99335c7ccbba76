package pricing_test

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/pricing"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// tiered returns a model that is valid, with a second tier of both forms of conditions.
func tiered(t *testing.T) *pricing.Model {
	m := flat(t, "acme", "(?i)^acme$", nil, "input 0.000001 output 0.000002")
	m.Tiers = append(m.Tiers, pricing.Tier{
		ID: "t-2", Name: "Long context", Priority: 1, Prices: prices(t, "output 0.000004 input 0"),
		Conditions: []pricing.Condition{
			{UsagePattern: "^input", Operator: pricing.GT, Value: 200_000},
			{Source: pricing.ModelParameters, Key: "service_tier", Values: []string{"flex", ""}},
		},
	})
	return &m
}

func TestValidate(t *testing.T) {
	long := strings.Repeat("ä", pricing.MaxText)
	tests := map[string]struct {
		change func(m *pricing.Model)
		want   string // in the message; "" when the model is valid
	}{
		"valid":                        {func(*pricing.Model) {}, ""},
		"one tier":                     {func(m *pricing.Model) { m.Tiers = m.Tiers[:1] }, ""},
		"the default last":             {func(m *pricing.Model) { m.Tiers[0], m.Tiers[1] = m.Tiers[1], m.Tiers[0] }, ""},
		"the highest priority":         {func(m *pricing.Model) { m.Tiers[1].Priority = 999 }, ""},
		"long texts":                   {func(m *pricing.Model) { m.Name, m.Tiers[1].Conditions[1].Key = long, long }, ""},
		"a long tier name":             {func(m *pricing.Model) { m.Tiers[1].Name = long[:200] }, ""},
		"a long usage pattern":         {func(m *pricing.Model) { m.Tiers[1].Conditions[0].UsagePattern = long[:400] }, ""},
		"an operator for an attribute": {func(m *pricing.Model) { m.Tiers[1].Conditions[1].Operator = pricing.In }, ""},
		"a tokenizer":                  {func(m *pricing.Model) { m.Tokenizer = &pricing.Tokenizer{ID: pricing.Claude} }, ""},
		"a tokenizer with a config": {func(m *pricing.Model) {
			m.Tokenizer = &pricing.Tokenizer{ID: pricing.OpenAI, Config: ` {"tokenizerModel":"gpt-4o"}`}
		}, ""},
		"a start":                        {func(m *pricing.Model) { at := trace.Micros(1); m.Start = &at }, ""},
		"every unit":                     {func(m *pricing.Model) { m.Unit = pricing.Images }, ""},
		"no name":                        {func(m *pricing.Model) { m.Name = "" }, "model name is empty"},
		"a name that is too long":        {func(m *pricing.Model) { m.Name = long + "x" }, "up to 500"},
		"a name with a NUL":              {func(m *pricing.Model) { m.Name = "a\x00" }, "not valid text"},
		"a name in no encoding":          {func(m *pricing.Model) { m.Name = "a\xff" }, "not valid text"},
		"no pattern":                     {func(m *pricing.Model) { m.Pattern = "" }, "match pattern is empty"},
		"a broken pattern":               {func(m *pricing.Model) { m.Pattern = "(acme" }, "missing closing )"},
		"a start out of range":           {func(m *pricing.Model) { at := trace.MaxMicros + 1; m.Start = &at }, "start date"},
		"no unit":                        {func(m *pricing.Model) { m.Unit = "" }, "unit"},
		"another unit":                   {func(m *pricing.Model) { m.Unit = "tokens" }, `not "tokens"`},
		"another tokenizer":              {func(m *pricing.Model) { m.Tokenizer = &pricing.Tokenizer{ID: "llama"} }, `not "llama"`},
		"a config that is no object":     {func(m *pricing.Model) { m.Tokenizer = &pricing.Tokenizer{ID: pricing.OpenAI, Config: `[{}]`} }, "not a JSON object"},
		"a config that is no JSON":       {func(m *pricing.Model) { m.Tokenizer = &pricing.Tokenizer{ID: pricing.OpenAI, Config: `{`} }, "not a JSON object"},
		"no tiers":                       {func(m *pricing.Model) { m.Tiers = nil }, "needs prices"},
		"no default tier":                {func(m *pricing.Model) { m.Tiers = m.Tiers[1:] }, "exactly one pricing tier is the default, not 0"},
		"two default tiers":              {func(m *pricing.Model) { m.Tiers = append(m.Tiers, m.Tiers[0]) }, "exactly one pricing tier is the default, not 2"},
		"a default tier with a priority": {func(m *pricing.Model) { m.Tiers[0].Priority = 1 }, "has priority 0, not 1"},
		"a default tier with conditions": {func(m *pricing.Model) { m.Tiers[0].Conditions = m.Tiers[1].Conditions }, "has no conditions"},
		"no conditions":                  {func(m *pricing.Model) { m.Tiers[1].Conditions = nil }, "conditions, not 0"},
		"priority 0":                     {func(m *pricing.Model) { m.Tiers[1].Priority = 0 }, "from 1 to 999, not 0"},
		"priority 1000":                  {func(m *pricing.Model) { m.Tiers[1].Priority = 1000 }, "from 1 to 999, not 1000"},
		"a priority twice": {func(m *pricing.Model) {
			again := m.Tiers[1]
			again.Name = "other"
			m.Tiers = append(m.Tiers, again)
		}, "two pricing tiers have the priority 1"},
		"a name twice":                  {func(m *pricing.Model) { m.Tiers[1].Name = m.Tiers[0].Name }, `two pricing tiers have the name "Standard"`},
		"a tier without a name":         {func(m *pricing.Model) { m.Tiers[1].Name = "" }, "is empty"},
		"a tier name that is too long":  {func(m *pricing.Model) { m.Tiers[1].Name = long[:202] }, "up to 100"},
		"no prices":                     {func(m *pricing.Model) { m.Tiers[0].Prices = nil }, "prices, not 0"},
		"a usage type twice":            {func(m *pricing.Model) { m.Tiers[0].Prices[1].Usage = "input" }, `prices "input" twice`},
		"an empty usage type":           {func(m *pricing.Model) { m.Tiers[0].Prices[1].Usage = "" }, "usage type is empty"},
		"a price below 0":               {func(m *pricing.Model) { m.Tiers[0].Prices[1].USD = decimal(t, "-0.1") }, `price of "output"`},
		"another usage type":            {func(m *pricing.Model) { m.Tiers[1].Prices[0].Usage = "audio" }, `"output" is in one of "Standard" and "Long context" only`},
		"one more usage type":           {func(m *pricing.Model) { m.Tiers[1].Prices = append(m.Tiers[1].Prices, prices(t, "audio 1")...) }, `"audio" is in one of`},
		"a condition on nothing":        {func(m *pricing.Model) { m.Tiers[1].Conditions[0] = pricing.Condition{} }, "operator"},
		"no usage pattern":              {func(m *pricing.Model) { m.Tiers[1].Conditions[0].UsagePattern = "" }, "pattern is empty"},
		"a usage pattern too long":      {func(m *pricing.Model) { m.Tiers[1].Conditions[0].UsagePattern = long[:402] }, "up to 200"},
		"a broken usage pattern":        {func(m *pricing.Model) { m.Tiers[1].Conditions[0].UsagePattern = "[a" }, "missing closing ]"},
		"in for usage":                  {func(m *pricing.Model) { m.Tiers[1].Conditions[0].Operator = pricing.In }, `not "in"`},
		"a value below 0":               {func(m *pricing.Model) { m.Tiers[1].Conditions[0].Value = -1 }, "0 or more"},
		"no number":                     {func(m *pricing.Model) { m.Tiers[1].Conditions[0].Value = math.NaN() }, "0 or more"},
		"infinite":                      {func(m *pricing.Model) { m.Tiers[1].Conditions[0].Value = math.Inf(1) }, "0 or more"},
		"usage and an attribute":        {func(m *pricing.Model) { m.Tiers[1].Conditions[1].UsagePattern = "x" }, "not for both"},
		"an attribute without a source": {func(m *pricing.Model) { m.Tiers[1].Conditions[1].Source = "" }, "source"},
		"another source":                {func(m *pricing.Model) { m.Tiers[1].Conditions[1].Source = "tags" }, `not "tags"`},
		"gt for an attribute":           {func(m *pricing.Model) { m.Tiers[1].Conditions[1].Operator = pricing.GT }, `not "gt"`},
		"no values":                     {func(m *pricing.Model) { m.Tiers[1].Conditions[1].Values = nil }, "values, not 0"},
		"a value that is too long":      {func(m *pricing.Model) { m.Tiers[1].Conditions[1].Values[0] = long + "x" }, "up to 500"},
		"no key":                        {func(m *pricing.Model) { m.Tiers[1].Conditions[1].Key = "" }, "key of an attribute is empty"},
		"too many tiers": {func(m *pricing.Model) {
			for i := range pricing.MaxTiers {
				next := m.Tiers[1]
				next.Name, next.Priority = strconv.Itoa(i), i+2
				m.Tiers = append(m.Tiers, next)
			}
		}, "up to 100"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m := tiered(t)
			tt.change(m)
			err := m.Validate()
			switch {
			case tt.want == "" && err != nil:
				t.Error(err)
			case tt.want != "" && !fault.Is(err, fault.Invalid):
				t.Errorf("it is valid: %v", err)
			case tt.want != "" && !strings.Contains(err.Error(), tt.want):
				t.Errorf("%q says nothing of %q", err, tt.want)
			}
		})
	}
}

func TestSorted(t *testing.T) {
	m := *tiered(t)
	m.Tiers[1].Priority = 5
	third := m.Tiers[1]
	third.Name, third.Priority = "third", 2
	m.Tiers = []pricing.Tier{m.Tiers[1], m.Tiers[0], third}
	s := m.Sorted()
	for i, want := range []string{"Standard", "third", "Long context"} {
		if got := s.Tiers[i]; got.Name != want || got.Prices[0].Usage != "input" || got.Prices[1].Usage != "output" {
			t.Errorf("tier %d is %+v", i, got)
		}
	}
	if m.Tiers[0].Name != "Long context" || m.Tiers[0].Prices[0].Usage != "output" {
		t.Errorf("sorting changed the model: %+v", m.Tiers)
	}
}

func TestPatterns(t *testing.T) {
	tests := map[string]struct {
		pattern string
		yes, no []string
	}{
		"a part":                      {`acme`, []string{"acme", "my-acme-2"}, []string{"ACME"}},
		"anchors":                     {`^acme$`, []string{"acme"}, []string{"acme-2", "acme\n", "x\nacme"}},
		"without regard to case":      {`(?i)^acme$`, []string{"AcMe"}, []string{"acme2"}},
		"and back":                    {`(?ic)acme`, []string{"acme"}, []string{"Acme"}},
		"a dot takes line breaks":     {`^a.b$`, []string{"a\nb"}, nil},
		"unless lines are regarded":   {`(?n)^a.b$`, []string{"x\nacb\ny"}, []string{"a\nb"}},
		"lines by their older name":   {`(?m)^b$`, []string{"a\nb\nc"}, []string{"ab"}},
		"dots regard lines":           {`(?p)^a.b$`, []string{"acb"}, []string{"a\nb", "x\nacb"}},
		"anchors regard lines":        {`(?w)^a.b$`, []string{"x\na\nb"}, nil},
		"a single line after all":     {`(?ns)^a.b$`, []string{"a\nb"}, []string{"x\nacb"}},
		"tight syntax":                {`(?t)^a$`, []string{"a"}, []string{"(?t)a"}},
		"literally":                   {`(?q)a.b(`, []string{"xa.b(y"}, []string{"acb("}},
		"literally, in any case":      {`(?qi)A.B`, []string{"a.b"}, []string{"acb"}},
		"literally, the long way":     {`***=a.b`, []string{"a.b"}, []string{"acb"}},
		"in this syntax, explicitly":  {`***:(?i)^a$`, []string{"A"}, []string{"ab"}},
		"a group is no option":        {`(?:a)b`, []string{"ab"}, []string{"b"}},
		"word boundaries":             {`\yacme\y`, []string{"my acme", "acme-2"}, []string{"acme2"}},
		"no word boundary":            {`acme\Y`, []string{"acme2"}, []string{"acme"}},
		"a word boundary, elsewhere":  {`\bacme\b`, []string{"acme-2"}, []string{"acme2"}},
		"the end":                     {`\Aacme\Z`, []string{"acme"}, []string{"acme\n"}},
		"classes":                     {`^gpt-\d+[a-c\d.]*\s?\w$`, []string{"gpt-4a.5 x"}, []string{"gpt-x"}},
		"named classes":               {`^[[:alpha:]_]+[^[:digit:]]$`, []string{"a_b"}, []string{"ab1"}},
		"a bracket in brackets":       {`^[]a]+$`, []string{"]a]"}, []string{"b"}},
		"none of them":                {`^[^]a]+$`, []string{"b"}, []string{"]"}},
		"code points":                 {`^\u00e9\U0001F600[\u0041-C]\e?$`, []string{"é😀B", "é😀A\x1b"}, []string{"eB"}},
		"counts":                      {`^a{2,3}$`, []string{"aa", "aaa"}, []string{"a", "aaaa"}},
		"a mark that looks like more": {`^a\(?=b$`, []string{"a=b", "a(=b"}, []string{"ab"}},
		"one in brackets":             {`^[(?=]$`, []string{"(", "?", "="}, []string{"x"}},
		"other letters":               {`^mödel\.é$`, []string{"mödel.é"}, []string{"model.e"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m := flat(t, "m", tt.pattern, nil, "input 1")
			if err := m.Validate(); err != nil {
				t.Fatal(err)
			}
			c := pricing.NewCatalog([]pricing.Model{m})
			for _, name := range tt.yes {
				if len(c.Candidates(nil, name)) != 1 {
					t.Errorf("%q is not matched", name)
				}
			}
			for _, name := range tt.no {
				if len(c.Candidates(nil, name)) != 0 {
					t.Errorf("%q is matched", name)
				}
			}
		})
	}
	for pattern, want := range map[string]string{
		`a(?=b)`: "look-around", `a(?!b)`: "look-around", `(?<=a)b`: "look-around", `(?<!a)b`: "look-around",
		`(a)\1`: "back references", `[\1]`: "back references", `\macme`: "word boundary", `acme\M`: "word boundary",
		`[[.a.]]`: "in brackets", `[[=a=]]`: "in brackets", `[[:<:]]acme`: "in brackets", `[[:nope:]]`: "character class",
		`(?x)a b`: `option 'x'`, `(?b)a`: `option 'b'`, `(?ie)a`: `option 'e'`,
		`(a`: "missing closing )", `a)`: "unexpected )", `[a`: "missing closing ]", `[[:`: "missing closing ]", `*a`: "missing argument", `a**`: "nested repetition",
		`a\`: "trailing backslash", `\u00`: "escape", `\uxyzw`: "escape", `a{1001}`: "repeat count", `(?:a{1000}){1000}`: "repeat", `[z-a]`: "range",
	} {
		m := flat(t, "m", pattern, nil, "input 1")
		if err := m.Validate(); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, nothing of %q", pattern, err, want)
		}
	}
}

func FuzzValidatePattern(f *testing.F) {
	for _, s := range []string{`(?i)^a$`, `[[:alpha:]]`, `\u00e9`, `[\`, `(?q`, `***=`, `[^]`, `\`} {
		f.Add(s, "name")
	}
	f.Fuzz(func(t *testing.T, pattern, name string) {
		m := flat(t, "m", pattern, nil, "input 1")
		err := m.Validate()
		if got := pricing.NewCatalog([]pricing.Model{m}).Candidates(nil, name); err != nil && len(pattern) < 100 && pattern != "" && len(got) > 0 && !strings.Contains(err.Error(), "text") {
			t.Fatalf("%q is refused, %v, and matches %q", pattern, err, name)
		}
		m = *tiered(t)
		m.Tiers[1].Conditions[0].UsagePattern = pattern
		if err := m.Validate(); err == nil {
			pricing.Evaluate(pricing.CardOf("m", []pricing.Model{m}), pricing.Question{Usage: trace.Amounts{{Name: name, N: 1}}})
		}
	})
}
