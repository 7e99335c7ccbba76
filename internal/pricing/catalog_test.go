package pricing_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/pricing"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

func TestCandidates(t *testing.T) {
	at := func(n trace.Micros) *trace.Micros { return &n }
	model := func(id string, project string, pattern string, start *trace.Micros, created trace.Micros) pricing.Model {
		m := pricing.Model{ID: id, Name: id, Pattern: pattern, Start: start, CreatedAt: created}
		if project != "" {
			m.Project = "p"
		}
		return m
	}
	builtIn := []pricing.Model{
		model("built-in", "", `(?i)^acme$`, nil, 50),
		model("built-in since 3", "", `(?i)^acme$`, at(3), 1),
		model("other", "", `(?i)^other$`, nil, 1),
		model("built-in, newer", "", `(?i)^(?:x/)?acme$`, nil, 60),
		model("broken", "", `(acme`, nil, 1),
	}
	own := []pricing.Model{
		model("b", "p", `acme`, nil, 7),
		model("since 5", "p", `^acme$`, at(5), 1),
		model("a", "p", `acme`, nil, 7),
		model("newest", "p", `acme`, nil, 8),
		model("since 6", "p", `acme`, at(6), 1),
		model("broken own", "p", `acme(?=x)`, nil, 9),
	}
	c := pricing.NewCatalog(builtIn)
	tests := map[string]struct {
		own  []pricing.Model
		name string
		want []string
	}{
		"everything in order":          {own, "acme", []string{"since 6", "since 5", "newest", "a", "b", "built-in since 3", "built-in, newer", "built-in"}},
		"a part of the name is enough": {own, "my-acme-2", []string{"since 6", "newest", "a", "b"}},
		"case counts unless told":      {own, "ACME", []string{"built-in since 3", "built-in, newer", "built-in"}},
		"no models of one's own":       {nil, "acme", []string{"built-in since 3", "built-in, newer", "built-in"}},
		"nothing":                      {own, "unknown", nil},
		"no name":                      {[]pricing.Model{model("any", "p", `.*`, nil, 1)}, "", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			for range 2 { // the second answer is remembered
				var got []string
				for _, m := range c.Candidates(tt.own, tt.name) {
					got = append(got, m.ID)
				}
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Fatalf("(-want +got)\n%s", diff)
				}
			}
		})
	}
	for id, want := range map[string]bool{"built-in": true, "a": true, "nobody": false, "": false} {
		if m, ok := c.Find(own, id); ok != want || ok && m.ID != id {
			t.Errorf("find %q: %v, %v", id, m.ID, ok)
		}
	}
	if _, ok := c.Find(nil, "a"); ok {
		t.Error("a model of another project is found")
	}
}

func TestCandidatesConcurrently(t *testing.T) {
	c := pricing.NewCatalog(pricing.BuiltIn())
	own := []pricing.Model{flat(t, "ours", "^gpt-4o-(.*)$", nil, "input 1")}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := range 3000 { // more names than are remembered at first
				name := fmt.Sprintf("gpt-4o-%d", i)
				if got := c.Candidates(own, name); len(got) != 1 || got[0].Name != "ours" {
					t.Errorf("%s: %v", name, got)
					return
				}
				if got := c.Candidates(own, "gpt-4o-mini"); len(got) != 2 || got[1].Name != "gpt-4o-mini" {
					t.Errorf("gpt-4o-mini: %v", got)
					return
				}
			}
		})
	}
	wg.Wait()
	if got := c.Candidates(nil, strings.Repeat("gpt-4o", 10_000)); got != nil {
		t.Errorf("a long name means %v", got)
	}
}

// TestCandidatesAreNotShared changes what a call returned by adding to it, as a caller
// might.
func TestCandidatesAreNotShared(t *testing.T) {
	c := pricing.NewCatalog(pricing.BuiltIn())
	first := c.Candidates(nil, "gpt-4o")
	_ = append(first, pricing.Model{Name: "x"})
	if second := c.Candidates(nil, "gpt-4o"); len(second) != 1 || slices.ContainsFunc(second[:cap(second)], func(m pricing.Model) bool { return m.Name == "x" }) {
		t.Errorf("%v", second)
	}
}

func TestHintsOf(t *testing.T) {
	own := []pricing.Model{flat(t, "acme", "acme", nil, "input 1")}
	own[0].Tiers = append(own[0].Tiers, pricing.Tier{Name: "x", Priority: 1, Conditions: []pricing.Condition{
		{Source: pricing.Metadata, Key: "batch", Values: []string{"1"}},
		{Source: pricing.Metadata, Key: "a.b", Values: []string{"1"}},
		{Source: pricing.ModelParameters, Key: `temp"erature`, Values: []string{"1"}},
		{UsagePattern: "usage", Operator: pricing.GT},
	}})
	type attributes = map[string]string
	tests := map[string]struct {
		own                  []pricing.Model
		parameters, metadata string
		want                 pricing.Hints
	}{
		"what built-in models ask for": {nil, `{"service_tier":"flex","speed":"fast","temperature":0.5}`, `{"service_tier":"flex"}`, pricing.Hints{Parameters: attributes{"service_tier": "flex", "speed": "fast"}}},
		"nobody asks for metadata":     {nil, `{}`, `{"batch":1}`, pricing.Hints{}},
		"but a model of one's own":     {own, `{"service_tier":"flex"}`, `{"batch":1,"other":2}`, pricing.Hints{Parameters: attributes{"service_tier": "flex"}, Metadata: attributes{"batch": "1"}}},
		"a key with escapes":           {own, `{"temp\u0022erature":true}`, ``, pricing.Hints{Parameters: attributes{`temp"erature`: "true"}}},
		"a key with a dot is one key":  {own, ``, `{"a":{"b":1},"a.b":"x"}`, pricing.Hints{Metadata: attributes{"a.b": "x"}}},
		"only at the top":              {own, ``, `{"x":{"batch":1},"y":["batch",1],"z":"\"batch\":1"}`, pricing.Hints{}},
		"null is nothing":              {own, `null`, `{"batch":null}`, pricing.Hints{}},
		"nor are lists and objects":    {own, ``, `{"batch":["1"],"a.b":{"x":1}}`, pricing.Hints{}},
		"the last of two counts":       {own, ``, `{"batch":1,"batch":2}`, pricing.Hints{Metadata: attributes{"batch": "2"}}},
		"even when it is none":         {own, ``, `{"batch":1,"batch":null}`, pricing.Hints{}},
		"blanks":                       {own, "", " {\n\t\"batch\" : \"a b\" , \"a.b\" :false\r} ", pricing.Hints{Metadata: attributes{"batch": "a b", "a.b": "false"}}},
		"text with escapes":            {own, ``, `{"batch":"a\tb\u00e9"}`, pricing.Hints{Metadata: attributes{"batch": "a\tbé"}}},
		"too long to be listed":        {own, ``, `{"batch":"` + strings.Repeat("x", 501) + `"}`, pricing.Hints{}},
		"as long as it may be":         {own, ``, `{"batch":"` + strings.Repeat("é", 500) + `"}`, pricing.Hints{Metadata: attributes{"batch": strings.Repeat("é", 500)}}},
		"empty text":                   {own, ``, `{"batch":""}`, pricing.Hints{Metadata: attributes{"batch": ""}}},
		"no objects":                   {own, `[1]`, `"batch"`, pricing.Hints{}},
		"broken":                       {own, `{"service_tier"`, `{"batch":`, pricing.Hints{}},
	}
	c := pricing.NewCatalog(pricing.BuiltIn())
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, c.HintsOf(tt.own, tt.parameters, tt.metadata)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestNumbersInHints(t *testing.T) {
	own := []pricing.Model{{Tiers: []pricing.Tier{{Conditions: []pricing.Condition{{Source: pricing.Metadata, Key: "n"}}}}}}
	c := pricing.NewCatalog(nil)
	for number, want := range map[string]string{
		"1": "1", "1.0": "1", "-0": "0", "-0.0": "0", "0": "0", "0.10": "0.1", "1e3": "1000", "1E-7": "1e-7", "1e-06": "0.000001", "1.5e-10": "1.5e-10",
		"1e21": "1e+21", "123e20": "1.23e+22", "-1e21": "-1e+21", "100000000000000000000": "100000000000000000000", "9007199254740993": "9007199254740993",
		"1e400": "", "nope": "", "-": "",
	} {
		if got := c.HintsOf(own, "", `{"n":`+number+`}`).Metadata["n"]; got != want {
			t.Errorf("%s is %q, not %q", number, got, want)
		}
	}
}

func FuzzHintsOf(f *testing.F) {
	for _, s := range []string{`{"a":1}`, `{"b":{"a":[1,"]"]},"a":"x"}`, `{"a":tru`, `{"a":"`, `{"a":}`, `{,}`, `{"a":1 "b"}`, `{"a":]}`} {
		f.Add(s)
	}
	own := []pricing.Model{{Tiers: []pricing.Tier{{Conditions: []pricing.Condition{{Source: pricing.Metadata, Key: "a"}}}}}}
	c := pricing.NewCatalog(nil)
	f.Fuzz(func(t *testing.T, metadata string) {
		h := c.HintsOf(own, metadata, metadata)
		if len(h.Metadata) > 1 || h.Parameters != nil {
			t.Fatalf("%+v", h)
		}
	})
}
