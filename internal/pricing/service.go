package pricing

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// Service answers what models cost in a project: the project's own definitions and
// the built-in ones. It is safe for concurrent use.
type Service struct {
	catalog *Catalog
	store   Store
	now     func() time.Time

	mu      sync.Mutex
	own     map[id.Project]*priceList
	changes int // how often definitions were changed here
}

// staleAfter is how long another process may still use definitions that changed. In
// the process that changes them they are new at once.
const staleAfter = 10 * time.Second

// maxCards and maxProjects bound what is remembered; beyond them it is worked out
// again.
const (
	maxCards    = 5_000
	maxProjects = 1_000
)

// maxMatchedName is the length of a model's name, in bytes, beyond which it is not
// looked at.
const maxMatchedName = 512

// priceList is what is known about a project.
type priceList struct {
	models []Model
	loaded time.Time
	cards  map[string]card
}

type card struct {
	text      string
	tokenizer *Tokenizer
}

// NewService returns a Service.
func NewService(catalog *Catalog, store Store, now func() time.Time) *Service {
	return &Service{catalog: catalog, store: store, now: now, own: map[id.Project]*priceList{}}
}

// Card returns the rate card of a model's name in a project, and how the texts of
// that model are counted; nil where nobody knows.
func (s *Service) Card(ctx context.Context, p id.Project, name string) (text string, tokenizer *Tokenizer, err error) {
	if len(name) > maxMatchedName {
		return "", nil, nil
	}
	list, err := s.list(ctx, p)
	if err != nil {
		return "", nil, err
	}
	s.mu.Lock()
	c, ok := list.cards[name]
	s.mu.Unlock()
	if ok {
		return c.text, c.tokenizer, nil
	}
	candidates := s.candidates(list.models, name)
	c.text = CardOf(name, candidates)
	if len(candidates) > 0 {
		c.tokenizer = candidates[0].Tokenizer
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(list.cards) >= maxCards {
		clear(list.cards)
	}
	list.cards[name] = c
	return c.text, c.tokenizer, nil
}

// candidates returns the definitions that a name matches. Vertex AI names models by
// their resource, of which the last part is the model.
func (s *Service) candidates(own []Model, name string) []Model {
	all := s.catalog.Candidates(own, name)
	if i := strings.LastIndex(name, "/models/"); len(all) == 0 && i >= 0 {
		all = s.catalog.Candidates(own, name[i+len("/models/"):])
	}
	return all
}

// Hints returns what the conditions of a project's tiers may ask of an observation,
// from its model parameters and metadata, both JSON object texts.
func (s *Service) Hints(ctx context.Context, p id.Project, parameters, metadata string) (Hints, error) {
	models, err := s.Own(ctx, p)
	if err != nil {
		return Hints{}, err
	}
	return s.catalog.HintsOf(models, parameters, metadata), nil
}

// Own returns the project's own definitions. The caller must not change them.
func (s *Service) Own(ctx context.Context, p id.Project) ([]Model, error) {
	list, err := s.list(ctx, p)
	if err != nil {
		return nil, err
	}
	return list.models, nil
}

// list returns what is known about a project. Cards belong to the definitions that
// they were made from, so that they go with them.
func (s *Service) list(ctx context.Context, p id.Project) (*priceList, error) {
	began := s.now()
	s.mu.Lock()
	list := s.own[p]
	current, changes := list != nil && began.Sub(list.loaded) < staleAfter, s.changes
	s.mu.Unlock()
	if current {
		return list, nil
	}
	models, err := s.store.Models(ctx, p)
	if err != nil {
		return nil, err
	}
	fresh := &priceList{models: models, loaded: began, cards: map[string]card{}}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.own[p] != list || s.changes != changes { // changed meanwhile: what was read may be older than that
		return fresh, nil
	}
	if list != nil && slices.EqualFunc(list.models, models, sameModel) {
		list.loaded = began // nothing is new: the cards stay
		return list, nil
	}
	if len(s.own) >= maxProjects {
		clear(s.own)
	}
	s.own[p] = fresh
	return fresh, nil
}

// sameModel: definitions never change, they only come and go.
func sameModel(a, b Model) bool { return a.ID == b.ID }

// Models returns all definitions that a project sees: its own and the built-in ones,
// in no particular order.
func (s *Service) Models(ctx context.Context, p id.Project) ([]Model, error) {
	own, err := s.store.Models(ctx, p)
	if err != nil {
		return nil, err
	}
	return append(own[:len(own):len(own)], s.catalog.BuiltIn()...), nil
}

// Model returns a definition. fault.NotFound when the project sees none of that id.
func (s *Service) Model(ctx context.Context, p id.Project, modelID string) (Model, error) {
	own, err := s.store.Models(ctx, p)
	if err != nil {
		return Model{}, err
	}
	if m, ok := s.catalog.Find(own, modelID); ok {
		return m, nil
	}
	return Model{}, fault.New(fault.NotFound, "No model with this id found.")
}

// Create adds a definition of a project's own; ids and times are filled in.
// fault.Invalid says what is wrong with it.
func (s *Service) Create(ctx context.Context, m Model) (Model, error) {
	now := trace.MicrosOf(s.now())
	m.ID, m.CreatedAt, m.UpdatedAt = id.New(), now, now
	for i := range m.Tiers {
		switch t := &m.Tiers[i]; {
		case t.Default:
			t.ID = DefaultTierID(m.ID)
		case t.ID == "":
			t.ID = id.New()
		}
	}
	m = m.Sorted()
	if err := m.Validate(); err != nil {
		return Model{}, err
	}
	if err := s.store.CreateModel(ctx, m); err != nil {
		if fault.Is(err, fault.Conflict) {
			err = fault.Wrap(fault.Invalid, err, "Model name '%s' already exists in project", m.Name)
		}
		return Model{}, err
	}
	s.forget(m.Project)
	return m, nil
}

// Delete removes a definition of a project's own. What was priced by it keeps its
// cost. fault.NotFound when the project has none of that id; a built-in one cannot be
// removed.
func (s *Service) Delete(ctx context.Context, p id.Project, modelID string) error {
	if err := s.store.DeleteModel(ctx, p, modelID); err != nil {
		if fault.Is(err, fault.NotFound) {
			err = fault.Wrap(fault.NotFound, err, "No model with this id found.")
		}
		return err
	}
	s.forget(p)
	return nil
}

func (s *Service) forget(p id.Project) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.own, p)
	s.changes++
}
