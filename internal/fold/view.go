package fold

import "github.com/fusebox-llm/fusebox/internal/trace"

// RootCandidate is what decides which OTLP span of a trace is its root.
type RootCandidate struct {
	ID      string
	Start   trace.Micros
	Parent  bool // has a parent
	AppRoot bool // marked by its SDK as a root, of its application or by itself
}

// Eligible reports whether the observation can be the root at all.
func (c RootCandidate) Eligible() bool { return !c.Parent || c.AppRoot }

// Better reports whether c is a better root than o: one without a parent before
// an app root, then the earlier start, then the smaller id. Both are eligible.
func (c RootCandidate) Better(o RootCandidate) bool {
	if c.Parent != o.Parent {
		return !c.Parent
	}
	if c.Start != o.Start {
		return c.Start < o.Start
	}
	return c.ID < o.ID
}

// Candidate returns the root candidate that an observation's state stands for;
// ok is false when it can never be one, because it did not come by OTLP or has a
// parent and is no app root.
func Candidate(id string, s *State) (c RootCandidate, ok bool) {
	if !s.OTel {
		return RootCandidate{}, false
	}
	c = RootCandidate{ID: id, Start: s.start(), AppRoot: s.flag(AppRoot) || s.flag(AsRoot)}
	_, c.Parent = s.Text(Parent)
	return c, c.Eligible()
}

// Environment returns the state's environment and whether a record was explicit
// about it.
func (s *State) Environment() (env string, key Key, explicit bool) {
	r, ok := s.Get(Environment)
	if !ok {
		return trace.DefaultEnvironment, Key{}, false
	}
	return r.Value.S, r.Key, !r.Default
}

// Text returns a text field; ok is false when it is absent or null.
func (s *State) Text(f Field) (text string, ok bool) {
	r, found := s.Get(f)
	if !found || r.Value.Null {
		return "", false
	}
	return r.Value.S, true
}

// Micros returns a time field; ok is false when it is absent or null.
func (s *State) Micros(f Field) (t trace.Micros, ok bool) {
	r, found := s.Get(f)
	if !found || r.Value.Null {
		return 0, false
	}
	return trace.Micros(r.Value.N), true
}

func (s *State) start() trace.Micros { t, _ := s.Micros(Start); return t }

func (s *State) flag(f Field) bool {
	r, ok := s.Get(f)
	return ok && !r.Value.Null && r.Value.N != 0
}

func (s *State) textPtr(f Field) *string {
	if t, ok := s.Text(f); ok {
		return &t
	}
	return nil
}

func (s *State) microsPtr(f Field) *trace.Micros {
	if t, ok := s.Micros(f); ok {
		return &t
	}
	return nil
}

func (s *State) payload(f Field) *trace.Text {
	r, ok := s.Get(f)
	if !ok || r.Value.Null {
		return nil
	}
	return &trace.Text{S: r.Value.S, Ref: r.Value.Ref, Size: r.Value.Size}
}

// TagNames returns the tags that are set, sorted by code unit; never nil.
func (s *State) TagNames() []string {
	names := make([]string, 0, len(s.Tags))
	for _, t := range s.Tags {
		if !t.Removed {
			names = append(names, t.Name)
		}
	}
	return names
}

// ObservationView returns an observation's own shown fields, its cost included,
// which is worked out from what the model costs where nobody reported one. What it
// takes from its trace is added by [Inherit], and which rules gave its fields by
// [State.Reasons].
//
// An end before the start, which only batch clients send on purpose, is shown as
// the start; OTLP times are shown as they came.
func ObservationView(id, traceID string, s *State) trace.Observation {
	o := trace.Observation{
		ID: id, TraceID: traceID,
		ParentID:        s.textPtr(Parent),
		StatusMessage:   s.textPtr(StatusMessage),
		CompletionStart: s.microsPtr(CompletionStart),
		UserID:          s.textPtr(UserID),
		SessionID:       s.textPtr(SessionID),
		Release:         s.textPtr(Release),
		Version:         s.textPtr(Version),
		Input:           s.payload(Input),
		Output:          s.payload(Output),
		Metadata:        s.Metadata.Object(),
		AppRoot:         s.flag(AppRoot),
		Raw:             s.payload(Raw),
	}
	if env, _, explicit := s.Environment(); explicit {
		o.Environment = env
	}
	o.ModelParameters, _ = s.Text(ModelParameters)
	o.ToolDefinitions, _ = s.Text(ToolDefinitions)
	o.ToolCalls, _ = s.Text(ToolCalls)
	o.Experiment, _ = s.Text(Experiment)
	if r, ok := s.Get(PromptLink); ok && !r.Value.Null {
		o.Prompt = &trace.Prompt{Name: r.Value.S}
		if r.Value.HasN {
			v := int(r.Value.N)
			o.Prompt.Version = &v
		}
	}
	reckoned := count(&o, s)
	o.Account = reckoned.account()
	return o
}

// CountedView returns the part of an [ObservationView] that is counted and added up:
// type, name, level, start, end, model, usage, cost, and whether it came by OTLP.
func CountedView(id string, s *State) trace.Observation {
	o := trace.Observation{ID: id}
	count(&o, s)
	return o
}

// count fills in what is counted and added up.
func count(o *trace.Observation, s *State) reckoning {
	o.Type, o.Level = trace.Span, trace.Default
	if t, ok := s.Text(Type); ok {
		o.Type = trace.Type(t)
	}
	if l, ok := s.Text(Level); ok {
		o.Level = trace.Level(l)
	}
	o.Name, o.Model = s.textPtr(Name), s.textPtr(Model)
	o.OTel = s.OTel
	o.Start, o.End = s.start(), s.microsPtr(End)
	if o.End != nil && *o.End < o.Start && !s.OTel {
		end := o.Start
		o.End = &end
	}
	return reckon(o, s)
}

// Inherit fills in what an observation shows of its trace: user, session,
// release, version and environment where it has none of its own; trace name,
// tags, public and bookmarked always.
func Inherit(o *trace.Observation, t *trace.Trace) {
	if o.Environment == "" {
		o.Environment = t.Environment
	}
	if o.UserID == nil {
		o.UserID = t.UserID
	}
	if o.SessionID == nil {
		o.SessionID = t.SessionID
	}
	if o.Release == nil {
		o.Release = t.Release
	}
	if o.Version == nil {
		o.Version = t.Version
	}
	o.Project, o.TraceName, o.Tags, o.Public, o.Bookmarked = t.Project, t.Name, t.Tags, t.Public, t.Bookmarked
}

// Observed is what a trace's own fields need to know of its observations.
type Observed struct {
	// Root is the state of the root among the OTLP spans; nil when there is
	// none.
	Root *State
	// FirstOTel is the earliest start of the OTLP spans, First that of all
	// observations; nil when there are none.
	FirstOTel, First *trace.Micros
	// Environment is the explicit environment of the observation that is
	// first by event time and rank; "" when none is explicit.
	Environment string
}

// TraceView returns a trace's shown fields from its explicit state, which may be
// the zero State, and what was observed. Project, created and updated times and
// sums are the store's to fill in.
//
// A name that was cleared by null counts as not given, so the root's shows.
func TraceView(id string, s *State, seen Observed) trace.Trace {
	t := trace.Trace{
		ID:          id,
		Name:        s.textPtr(Name),
		Environment: trace.DefaultEnvironment,
		UserID:      s.textPtr(UserID),
		SessionID:   s.textPtr(SessionID),
		Release:     s.textPtr(Release),
		Version:     s.textPtr(Version),
		Tags:        s.TagNames(),
		Public:      s.flag(Public),
		Bookmarked:  s.flag(Bookmarked),
		Input:       s.payload(Input),
		Output:      s.payload(Output),
		Metadata:    s.Metadata.Object(),
		Raw:         s.payload(Raw),
	}
	if env, _, explicit := s.Environment(); explicit {
		t.Environment = env
	} else if seen.Environment != "" {
		t.Environment = seen.Environment
	}
	t.Timestamp = timestamp(s, seen)
	if r := seen.Root; r != nil {
		if t.Name == nil {
			t.Name = r.textPtr(Name)
		}
		if t.Input == nil {
			t.Input = r.payload(Input)
		}
		if t.Output == nil {
			t.Output = r.payload(Output)
		}
		t.Metadata = s.Metadata.Over(r.Metadata)
	}
	return t
}

// timestamp is the trace-create's, or the earliest start of the OTLP spans if
// that is earlier; with neither, the earliest start of all observations.
func timestamp(s *State, seen Observed) trace.Micros {
	own, ok := s.Micros(Start)
	switch {
	case ok && seen.FirstOTel != nil:
		return min(own, *seen.FirstOTel)
	case ok:
		return own
	case seen.FirstOTel != nil:
		return *seen.FirstOTel
	case seen.First != nil:
		return *seen.First
	}
	return 0
}
