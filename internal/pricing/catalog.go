package pricing

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"sync"
)

// How much a catalogue remembers: the candidates of so many names, which are no longer
// than that, and so many compiled patterns of projects.
const (
	rememberedNames    = 2048
	longestName        = 256 // bytes
	rememberedPatterns = 1024
)

// Catalog finds out what a model name stands for. It holds the built-in models; those of
// a project come with each call. Its methods may be called concurrently.
type Catalog struct {
	builtIn    []Model
	byID       map[string]int
	attributes attributeKeys

	compiled func() []*regexp.Regexp // one for each built-in model, made when first needed
	names    *memo[string, []Model]  // the built-in candidates of a name
	patterns *memo[string, *regexp.Regexp]
}

// NewCatalog returns a catalogue of the given built-in models, which are not copied and
// must not be changed. A model whose pattern does not compile matches nothing.
func NewCatalog(builtIn []Model) *Catalog {
	c := &Catalog{
		builtIn: builtIn, byID: make(map[string]int, len(builtIn)),
		names:    newMemo[string, []Model](rememberedNames),
		patterns: newMemo[string, *regexp.Regexp](rememberedPatterns),
	}
	c.compiled = sync.OnceValue(c.compileBuiltIn)
	for i, m := range builtIn {
		c.byID[m.ID] = i
	}
	c.attributes.add(builtIn)
	return c
}

func (c *Catalog) compileBuiltIn() []*regexp.Regexp {
	patterns := make([]*regexp.Regexp, len(c.builtIn))
	for i, m := range c.builtIn {
		if re, err := compilePattern(m.Pattern); err == nil {
			patterns[i] = re
		}
	}
	return patterns
}

// BuiltIn returns the built-in models. Nobody may change them.
func (c *Catalog) BuiltIn() []Model { return slices.Clip(c.builtIn) }

// Find returns the model with that id, of the project's own or built in.
func (c *Catalog) Find(own []Model, id string) (Model, bool) {
	if i := slices.IndexFunc(own, func(m Model) bool { return m.ID == id }); i >= 0 {
		return own[i], true
	}
	if i, ok := c.byID[id]; ok {
		return c.builtIn[i], true
	}
	return Model{}, false
}

// Candidates returns the models in whose pattern the name is found: the project's own
// before the built-in, then by start from the newest, those without one last, then the
// newest definition first, then by id. An empty name has none. Nobody may change the
// result.
func (c *Catalog) Candidates(own []Model, name string) []Model {
	if name == "" {
		return nil
	}
	var candidates []Model
	for _, m := range own {
		if re := c.compile(m.Pattern); re != nil && re.MatchString(name) {
			candidates = append(candidates, m)
		}
	}
	builtIn := c.builtInCandidates(name)
	if len(candidates) == 0 {
		return builtIn
	}
	slices.SortFunc(candidates, compareCandidates)
	return append(candidates, builtIn...)
}

func (c *Catalog) builtInCandidates(name string) []Model {
	if candidates, ok := c.names.get(name); ok {
		return candidates
	}
	var candidates []Model
	for i, re := range c.compiled() {
		if re != nil && re.MatchString(name) {
			candidates = append(candidates, c.builtIn[i])
		}
	}
	slices.SortFunc(candidates, compareCandidates)
	candidates = slices.Clip(candidates)
	if len(name) <= longestName {
		c.names.put(name, candidates)
	}
	return candidates
}

func compareCandidates(a, b Model) int {
	switch {
	case a.Start == nil && b.Start != nil:
		return 1
	case a.Start != nil && b.Start == nil:
		return -1
	case a.Start != nil && *a.Start != *b.Start:
		return cmp.Compare(*b.Start, *a.Start)
	}
	return cmp.Or(cmp.Compare(b.CreatedAt, a.CreatedAt), cmp.Compare(a.ID, b.ID))
}

func (c *Catalog) compile(pattern string) *regexp.Regexp {
	re, ok := c.patterns.get(pattern)
	if !ok {
		re, _ = compilePattern(pattern)
		c.patterns.put(pattern, re)
	}
	return re
}

// HintsOf returns what conditions of the built-in models and the project's own may ask
// of a record: the values of the keys they name in its model parameters and its
// metadata, JSON object texts or "". A text, a number and a boolean give a value,
// anything else none.
func (c *Catalog) HintsOf(own []Model, parameters, metadata string) Hints {
	keys := c.attributes
	if slices.ContainsFunc(own, Model.asksForAttributes) {
		keys = attributeKeys{maps.Clone(keys.parameters), maps.Clone(keys.metadata)}
		keys.add(own)
	}
	return Hints{Parameters: attributesOf(parameters, keys.parameters), Metadata: attributesOf(metadata, keys.metadata)}
}

func (m Model) asksForAttributes() bool {
	return slices.ContainsFunc(m.Tiers, func(t Tier) bool {
		return slices.ContainsFunc(t.Conditions, func(c Condition) bool { return c.Source != "" })
	})
}
