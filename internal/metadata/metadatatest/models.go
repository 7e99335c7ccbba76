package metadatatest

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/metadata"
	"github.com/fusebox-llm/fusebox/internal/pricing"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// decimal reads a price of the tests.
func decimal(text string) pricing.Decimal {
	d, err := pricing.ParseDecimal(text)
	if err != nil {
		panic(err)
	}
	return d
}

// model returns a model of project-a whose every field is set.
func model(name string) pricing.Model {
	prices := func(input, output string) []pricing.Price {
		return []pricing.Price{{Usage: "input", USD: decimal(input)}, {Usage: "output", USD: decimal(output)}, {Usage: `odd "<ü>`, USD: decimal("0")}}
	}
	return pricing.Model{
		ID:        "model-" + name,
		Project:   "project-a",
		Name:      "Model " + name,
		Pattern:   `(?i)^(` + name + `\.[0-9]+|<&>"ü日本🙂)$`,
		Start:     ptr(trace.Micros(1700000000123456)),
		Unit:      pricing.Tokens,
		Tokenizer: &pricing.Tokenizer{ID: pricing.OpenAI, Config: `{"tokensPerName": 1, "tokenizerModel":"gpt-4o"}`},
		Tiers: []pricing.Tier{
			{ID: "tier-default", Name: "Standard", Default: true, Prices: prices("0.000000000000000000000000000001", "1e17")},
			{
				ID: "tier-1", Name: "Large", Priority: 1, Prices: prices("1.23456789012345678", "0.1"),
				Conditions: []pricing.Condition{
					{UsagePattern: "^input", Operator: pricing.GT, Value: 0.1 + 0.2, CaseSensitive: true},
					{Source: pricing.ModelParameters, Key: "service_tier", Operator: pricing.In, Values: []string{"flex", "", "<&>"}},
				},
			},
			{
				ID: "tier-2", Name: "Small", Priority: pricing.MaxPriority, Prices: prices("1", "2"),
				Conditions: []pricing.Condition{{UsagePattern: ".", Operator: pricing.EQ, Value: math.MaxFloat64}},
			},
		},
		CreatedAt: -62135596800000000,
		UpdatedAt: 253402300799999999,
	}
}

// bareModel has nothing that may be absent.
func bareModel(name string) pricing.Model {
	m := model(name)
	m.Start, m.Tokenizer, m.Tiers, m.CreatedAt, m.UpdatedAt = nil, nil, m.Tiers[:1], 0, 0
	m.Tiers[0].ID = ""
	return m
}

// modelCalls returns one call of every method that is about the project.
func modelCalls(s pricing.Store, p id.Project) map[string]func(context.Context) error {
	m := model("a")
	m.Project = p
	return map[string]func(context.Context) error{
		"Models": func(ctx context.Context) error {
			_, err := s.Models(ctx, p)
			return err
		},
		"CreateModel": func(ctx context.Context) error { return s.CreateModel(ctx, m) },
		"DeleteModel": func(ctx context.Context) error { return s.DeleteModel(ctx, p, m.ID) },
	}
}

func mustCreate(t *testing.T, s pricing.Store, all ...pricing.Model) {
	t.Helper()
	for _, m := range all {
		if err := s.CreateModel(t.Context(), m); err != nil {
			t.Fatalf("create model %q: %v", m.Name, err)
		}
	}
}

func checkModels(t *testing.T, s pricing.Store, p id.Project, want ...pricing.Model) {
	t.Helper()
	got, err := s.Models(t.Context(), p)
	if err != nil {
		t.Errorf("models of %q: %v", p, err)
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("models of %q (-want +got):\n%s", p, diff)
	}
}

func testModelRoundTrip(t *testing.T, stores metadata.Stores) {
	mustEnsure(t, stores.Accounts, "a")
	claude := bareModel("claude")
	claude.Tokenizer, claude.Start = &pricing.Tokenizer{ID: pricing.Claude}, ptr(trace.Micros(0)) // which is not absent
	claude.CreatedAt = 1
	mustCreate(t, stores.Models, model("a"), bareModel("bare"), claude)
	checkModels(t, stores.Models, "project-a", model("a"), bareModel("bare"), claude)
}

func testModelConflict(t *testing.T, stores metadata.Stores) {
	s := stores.Models
	wantCode(t, "model without project", s.CreateModel(t.Context(), model("a")), fault.NotFound)

	mustEnsure(t, stores.Accounts, "a")
	mustCreate(t, s, model("a"))
	sameName := bareModel("b")
	sameName.Name = model("a").Name
	wantCode(t, "same name", s.CreateModel(t.Context(), sameName), fault.Conflict)
	sameID := bareModel("b")
	sameID.ID = model("a").ID
	wantCode(t, "same id", s.CreateModel(t.Context(), sameID), fault.Conflict)
	checkModels(t, s, "project-a", model("a"))
}

func testModelDelete(t *testing.T, stores metadata.Stores) {
	mustEnsure(t, stores.Accounts, "a")
	s := stores.Models
	wantCode(t, "delete nothing", s.DeleteModel(t.Context(), "project-a", "model-a"), fault.NotFound)
	mustCreate(t, s, model("a"), bareModel("b"))
	if err := s.DeleteModel(t.Context(), "project-a", "model-a"); err != nil {
		t.Fatal(err)
	}
	wantCode(t, "delete again", s.DeleteModel(t.Context(), "project-a", "model-a"), fault.NotFound)
	checkModels(t, s, "project-a", bareModel("b"))
	mustCreate(t, s, model("a")) // name and id are free again
	checkModels(t, s, "project-a", model("a"), bareModel("b"))
}

func testModelsInOrder(t *testing.T, stores metadata.Stores) {
	mustEnsure(t, stores.Accounts, "a")
	var want []pricing.Model
	for i := range 5 { // three times, two of them shared, inserted backwards
		m := bareModel(fmt.Sprint(4 - i))
		m.CreatedAt = trace.Micros(4-i) / 2
		mustCreate(t, stores.Models, m)
		want = append([]pricing.Model{m}, want...)
	}
	checkModels(t, stores.Models, "project-a", want...)
}

func testModelIsolation(t *testing.T, stores metadata.Stores) {
	mustEnsure(t, stores.Accounts, "a")
	mustEnsure(t, stores.Accounts, "b")
	s := stores.Models
	mustCreate(t, s, model("a"))
	checkEmpty(t, stores, "project-b")
	wantCode(t, "delete another project's model", s.DeleteModel(t.Context(), "project-b", "model-a"), fault.NotFound)
	theirs := bareModel("a") // the same name and id there
	theirs.Project = "project-b"
	mustCreate(t, s, theirs)
	checkModels(t, s, "project-a", model("a"))
	checkModels(t, s, "project-b", theirs)
	if err := s.DeleteModel(t.Context(), "project-b", "model-a"); err != nil {
		t.Fatal(err)
	}
	checkModels(t, s, "project-a", model("a"))
}

func testModelEquality(t *testing.T, stores metadata.Stores) {
	mustEnsure(t, stores.Accounts, "a")
	names := []string{"é", "e\u0301", "É", "straße", "strasse", "ﬁ", "fi", "a b", "a  b", " a", "a", "A", "%", "_", "日本", "🙂"}
	for i, name := range names {
		m := bareModel("x")
		m.ID, m.Name, m.CreatedAt = "id-"+name, name, trace.Micros(i)
		mustCreate(t, stores.Models, m)
	}
	got, err := stores.Models.Models(t.Context(), "project-a")
	if err != nil {
		t.Fatal(err)
	}
	var back []string
	for _, m := range got {
		back = append(back, m.Name)
	}
	if diff := cmp.Diff(names, back); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	wantCode(t, "delete in another case", stores.Models.DeleteModel(t.Context(), "project-a", "ID-a"), fault.NotFound)
}

func testModelRefused(t *testing.T, stores metadata.Stores) {
	mustEnsure(t, stores.Accounts, "a")
	for name, change := range map[string]func(*pricing.Model){
		"no id":                   func(m *pricing.Model) { m.ID = "" },
		"no project":              func(m *pricing.Model) { m.Project = "" },
		"no name":                 func(m *pricing.Model) { m.Name = "" },
		"NUL in the id":           func(m *pricing.Model) { m.ID = "a\x00" },
		"NUL in the project":      func(m *pricing.Model) { m.Project = "project-a\x00" },
		"NUL in the name":         func(m *pricing.Model) { m.Name = "a\x00" },
		"NUL in the pattern":      func(m *pricing.Model) { m.Pattern = "a\x00" },
		"NUL in a tier's id":      func(m *pricing.Model) { m.Tiers[1].ID = "\x00" },
		"NUL in a tier's name":    func(m *pricing.Model) { m.Tiers[1].Name = "\x00" },
		"NUL in a usage key":      func(m *pricing.Model) { m.Tiers[1].Prices[0].Usage = "\x00" },
		"NUL in a value":          func(m *pricing.Model) { m.Tiers[1].Conditions[1].Values[0] = "\x00" },
		"name not text":           func(m *pricing.Model) { m.Name = "\xff" },
		"tier's id not text":      func(m *pricing.Model) { m.Tiers[0].ID = "\xff" },
		"tokenizer not text":      func(m *pricing.Model) { m.Tokenizer.Config = "{\"a\":\"\xff\"}" },
		"tokenizer's config":      func(m *pricing.Model) { m.Tokenizer.Config = "[]" },
		"unknown unit":            func(m *pricing.Model) { m.Unit = "tokens" },
		"pattern":                 func(m *pricing.Model) { m.Pattern = "(" },
		"start out of range":      func(m *pricing.Model) { m.Start = ptr(trace.MaxMicros + 1) },
		"no tiers":                func(m *pricing.Model) { m.Tiers = nil },
		"not a number":            func(m *pricing.Model) { m.Tiers[1].Conditions[0].Value = math.NaN() },
		"name that is far longer": func(m *pricing.Model) { m.Name = strings.Repeat("x", 100_000) },
	} {
		m := model("a")
		change(&m)
		wantCode(t, name, stores.Models.CreateModel(t.Context(), m), fault.Invalid)
	}
	checkModels(t, stores.Models, "project-a")
}

func testModelsAtOnce(t *testing.T, stores metadata.Stores) {
	mustEnsure(t, stores.Accounts, "a")
	n := atOnce(t, func(i int) (bool, error) {
		m := model(fmt.Sprint(i))
		m.Name = "the one name"
		err := stores.Models.CreateModel(t.Context(), m)
		if fault.Is(err, fault.Conflict) {
			return false, nil
		}
		return err == nil, err
	})
	if n != 1 {
		t.Errorf("%d models of one name created, want 1", n)
	}
	if all, err := stores.Models.Models(t.Context(), "project-a"); err != nil || len(all) != 1 {
		t.Errorf("%d models stored, want 1 (err %v)", len(all), err)
	}
}
