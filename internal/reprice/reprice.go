package reprice

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/filter"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/ingest"
	"github.com/fusebox-llm/fusebox/internal/pricing"
	"github.com/fusebox-llm/fusebox/internal/tasks"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// Kind is the kind of the task.
const Kind = "recalculate_costs"

// Args is what is to be recalculated.
type Args struct {
	// Observations that started at or after From and before To; nil is no bound.
	From *Instant `json:"fromStartTime,omitempty"`
	To   *Instant `json:"toStartTime,omitempty"`
	// Model is the name of a model, as observations have it; "" is all.
	Model string `json:"model,omitempty"`
	// Preview says that nothing is to be written.
	Preview bool `json:"dryRun,omitempty"`
}

// Instant is a time that JSON shows as the API does.
type Instant trace.Micros

// MarshalText implements encoding.TextMarshaler.
func (i Instant) MarshalText() ([]byte, error) { return []byte(trace.Micros(i).String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (i *Instant) UnmarshalText(text []byte) error {
	t, err := time.Parse(time.RFC3339, string(text))
	*i = Instant(trace.MicrosOf(t))
	return err
}

// Result is what a recalculation did, or would do.
type Result struct {
	// Observations is how many have a model, Changed how many of them cost something
	// else now, Estimated how many got a usage estimate.
	Observations int64 `json:"observations"`
	Changed      int64 `json:"changed"`
	Estimated    int64 `json:"estimated"`
	// CostBefore and CostAfter are the sums over those that changed.
	CostBefore Dollars `json:"costBefore"`
	CostAfter  Dollars `json:"costAfter"`
	// Models are the models of those that changed, the most expensive first; at most
	// 100.
	Models []ModelResult `json:"models"`
}

// ModelResult is the part of a result that one model's name has.
type ModelResult struct {
	Model      string  `json:"model"`
	Changed    int64   `json:"changed"`
	CostBefore Dollars `json:"costBefore"`
	CostAfter  Dollars `json:"costAfter"`
}

// Dollars is an amount in units of 1e-12 dollars, which JSON shows in dollars.
type Dollars int64

// MarshalJSON implements json.Marshaler.
func (d Dollars) MarshalJSON() ([]byte, error) { return []byte(trace.FormatCost(int64(d))), nil }

const (
	pageSize  = 500
	maxModels = 100
)

// Service recalculates. It is safe for concurrent use.
type Service struct {
	reader telemetry.Reader
	prices *pricing.Service
	ingest *ingest.Service
	now    func() time.Time
}

// New returns a Service.
func New(reader telemetry.Reader, prices *pricing.Service, taker *ingest.Service, now func() time.Time) *Service {
	return &Service{reader: reader, prices: prices, ingest: taker, now: now}
}

// Handle does a task.
func (s *Service) Handle(ctx context.Context, t tasks.Task, progress func(done, total int64) error) (any, error) {
	var args Args
	if err := t.Decode(&args); err != nil {
		return nil, err
	}
	return s.Run(ctx, t.Project, args, progress)
}

// Run recalculates, page by page.
func (s *Service) Run(ctx context.Context, p id.Project, args Args, progress func(done, total int64) error) (Result, error) {
	w := work{service: s, project: p, args: args, models: map[string]*ModelResult{}}
	q := telemetry.ObservationQuery{Where: args.where(), Limit: pageSize, Total: true, Parts: telemetry.Parts{Metadata: true}}
	list, err := s.reader.Observations(ctx, p, q)
	if fault.Is(err, fault.TooCostly) { // to count takes longer than to begin
		q.Total = false
		list, err = s.reader.Observations(ctx, p, q)
	}
	done, total := int64(0), int64(list.Total)
	for {
		if err != nil {
			return Result{}, err
		}
		if err := w.page(ctx, list.Observations); err != nil {
			return Result{}, err
		}
		done += int64(len(list.Observations))
		if err := progress(done, max(done, total)); err != nil {
			return Result{}, err
		}
		if list.Next == nil {
			return w.finish(), nil
		}
		q.After, q.Total = list.Next, false
		list, err = s.reader.Observations(ctx, p, q)
	}
}

func (a Args) where() (all filter.All) {
	if a.From != nil {
		all = append(all, filter.Condition{Field: filter.Timestamp, Op: filter.From, Time: trace.Micros(*a.From)})
	}
	if a.To != nil {
		all = append(all, filter.Condition{Field: filter.Timestamp, Op: filter.Before, Time: trace.Micros(*a.To)})
	}
	return all
}

// work is one recalculation.
type work struct {
	service *Service
	project id.Project
	args    Args
	result  Result
	models  map[string]*ModelResult
}

func (w *work) page(ctx context.Context, observations []trace.Observation) error {
	var items []ingest.Item
	for i := range observations {
		o := &observations[i]
		if o.Model == nil || w.args.Model != "" && *o.Model != w.args.Model {
			continue
		}
		w.result.Observations++
		record, err := w.observation(ctx, o)
		if err != nil {
			return err
		}
		if len(record.Fields) > 0 {
			items = append(items, ingest.Item{Records: []fold.Record{record}})
		}
	}
	if w.args.Preview || len(items) == 0 {
		return nil
	}
	if err := w.service.ingest.Records(ctx, w.project, items); err != nil {
		return err
	}
	for i := range items {
		if items[i].Refused != "" { // only a card of hundreds of tiers can be too long
			return fault.New(fault.Invalid, "the prices of a model cannot be stored: %s", items[i].Refused)
		}
	}
	return nil
}

// observation returns what changes about an observation; a record without fields where
// nothing does.
func (w *work) observation(ctx context.Context, o *trace.Observation) (fold.Record, error) {
	record := fold.Record{
		Kind: fold.Observation, TraceID: o.TraceID, ID: o.ID,
		Time: trace.MicrosOf(w.service.now()), Rank: fold.Update,
	}
	if o.TraceID == id.TraceOfObservation(w.project, o.ID) {
		record.TraceID = "" // no record has named its trace, and this one must not either
	}
	if len(o.ProvidedCost) > 0 {
		return record, nil
	}
	usage := o.Usage
	// Which spans are calls, and not parts of one, was only known when they arrived.
	if len(usage) == 0 && !o.OTel && o.End != nil && o.Level != trace.Error {
		estimate, hints, err := w.estimate(ctx, o)
		if err != nil {
			return record, err
		}
		if len(estimate) > 0 {
			w.result.Estimated++
			usage = estimate.WithTotal()
			record.SetDefault(fold.Usage, fold.Value{A: estimate, S: hints})
		}
	}
	card, err := w.service.prices.CurrentCard(ctx, w.project, *o.Model, o.ModelParameters, o.Metadata.Object)
	if err != nil {
		return record, err
	}
	bill := pricing.Evaluate(card, pricing.Question{Start: o.Start, Usage: usage})
	if bill.ModelID == o.Account.ModelID && bill.TierID == o.Account.TierID && bill.Cost.Equal(o.Cost) && len(record.Fields) == 0 {
		return record, nil
	}
	record.Set(fold.Repriced, fold.Text(card))
	if !bill.Cost.Equal(o.Cost) { // else another definition asks for the same
		w.note(*o.Model, amount(o.TotalCost), amount(bill.Total))
	}
	return record, nil
}

func (w *work) estimate(ctx context.Context, o *trace.Observation) (trace.Amounts, string, error) {
	whole, err := w.service.reader.Observation(ctx, w.project, o.ID, telemetry.Parts{IO: true})
	if fault.Is(err, fault.NotFound) || err == nil && whole.TraceID != o.TraceID {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", err
	}
	if tooLong(whole.Input) || tooLong(whole.Output) || whole.Output == nil && whole.Type != trace.Embedding { // as in package ingest
		return nil, "", nil
	}
	usage, encoding, err := w.service.ingest.Estimate(ctx, w.project, *o.Model, text(whole.Input), text(whole.Output))
	return usage, pricing.Hints{Encoding: encoding}.String(), err
}

// tooLong reports whether a stored text is not counted for its length.
func tooLong(t *trace.Text) bool { return t != nil && t.Ref != "" }

// text returns a stored text, nil where only a preview of it is at hand.
func text(t *trace.Text) *string {
	if t == nil || t.Ref != "" {
		return nil
	}
	return &t.S
}

func amount(n *int64) Dollars {
	if n == nil {
		return 0
	}
	return Dollars(*n)
}

// note adds a change to the sums.
func (w *work) note(model string, before, after Dollars) {
	w.result.Changed++
	w.result.CostBefore += before
	w.result.CostAfter += after
	m := w.models[model]
	if m == nil {
		m = &ModelResult{Model: model}
		w.models[model] = m
	}
	m.Changed++
	m.CostBefore += before
	m.CostAfter += after
}

func (w *work) finish() Result {
	w.result.Models = []ModelResult{}
	for _, m := range w.models {
		w.result.Models = append(w.result.Models, *m)
	}
	slices.SortFunc(w.result.Models, func(a, b ModelResult) int {
		return cmp.Or(cmp.Compare(b.CostAfter, a.CostAfter), cmp.Compare(a.Model, b.Model))
	})
	if len(w.result.Models) > maxModels {
		w.result.Models = w.result.Models[:maxModels]
	}
	return w.result
}
