package ingest

import (
	"context"
	"encoding/json"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/pricing"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/tokens"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// estimate counts the tokens of observations that have ended without any usage or
// cost, where the model's tokenizer is known. The count is a default: usage that
// arrives later takes its place. Calls that failed are not counted, because nobody
// knows what of them was, and neither is what only surrounds a call or is a part of
// it, which instrumentations show as well.
//
// What an ending record does not say, its model and texts, is taken from the other
// records of the request and then from the store. Where another request that brings
// them is under way at the same time there is no estimate; a recalculation makes up
// for it.
func (s *Service) estimate(ctx context.Context, p id.Project, records []fold.Record) error {
	if s.meaning.Tokens == nil {
		return nil
	}
	var same siblings
	for i := range records {
		r := &records[i]
		if r.Kind != fold.Observation || r.OTel && !r.Answered || !ends(r) || counted(r) {
			continue
		}
		c := call{model: fieldText(r, fold.Model), input: fieldText(r, fold.Input), output: fieldText(r, fold.Output)}
		if r.OTel && c.model == nil { // a span says everything at once
			continue
		}
		if c.failed(r) {
			continue
		}
		if !r.OTel {
			known, err := s.complete(ctx, p, &c, same.of(records, i))
			if err != nil {
				return err
			}
			if known {
				continue
			}
		}
		if c.model == nil || c.output == nil && !embeds(r) {
			continue
		}
		usage, encoding, err := s.Estimate(ctx, p, *c.model, c.input, c.output)
		if err != nil {
			return err
		}
		if len(usage) == 0 {
			continue
		}
		hints, err := s.hints(ctx, p, r)
		if err != nil {
			return err
		}
		hints.Encoding = encoding
		r.SetDefault(fold.Usage, fold.Value{A: usage, S: hints.String()})
	}
	return nil
}

// Estimate counts the tokens of a model's input and output, nil where there is none.
// It returns nothing where the tokenizer of the model is not known or no text can be
// counted.
func (s *Service) Estimate(ctx context.Context, p id.Project, model string, input, output *string) (trace.Amounts, string, error) {
	_, tokenizer, err := s.meaning.Prices.Card(ctx, p, model)
	if err != nil || tokenizer == nil {
		return nil, "", err
	}
	encoding, chat, ok := encodingOf(tokenizer)
	if !ok {
		return nil, "", nil
	}
	var usage trace.Amounts
	for _, side := range []struct {
		name string
		text *string
	}{{"input", input}, {"output", output}} {
		if side.text == nil {
			continue
		}
		if len(*side.text) > tokens.MaxText { // half an estimate would be a guess
			return nil, "", nil
		}
		if n, ok := s.meaning.Tokens.Count(encoding, chat, *side.text); ok {
			usage = append(usage, trace.Amount{Name: side.name, N: n})
		}
	}
	return usage, encoding, nil
}

// encodingOf returns how a tokenizer counts; chat is nil for one that knows no
// messages.
func encodingOf(t *pricing.Tokenizer) (encoding string, chat *tokens.Chat, ok bool) {
	var config struct {
		Model      string `json:"tokenizerModel"`
		PerMessage *int32 `json:"tokensPerMessage"`
		PerName    int32  `json:"tokensPerName"`
	}
	if t.Config != "" {
		if err := json.Unmarshal([]byte(t.Config), &config); err != nil { // a project's own
			return "", nil, false
		}
	}
	if encoding, ok = tokens.EncodingOf(t.ID, config.Model); !ok {
		return "", nil, false
	}
	if config.PerMessage != nil {
		chat = &tokens.Chat{PerMessage: *config.PerMessage, PerName: config.PerName}
	}
	return encoding, chat, true
}

// call is what an estimate needs to know of an observation.
type call struct{ model, input, output *string }

// fill adds what is not known yet.
func (c *call) fill(model, input, output *string) {
	for _, one := range []struct{ to, from **string }{{&c.model, &model}, {&c.input, &input}, {&c.output, &output}} {
		if *one.to == nil {
			*one.to = *one.from
		}
	}
}

func (c *call) failed(r *fold.Record) bool {
	level := fieldText(r, fold.Level)
	return level != nil && *level == string(trace.Error)
}

// embeds reports whether a record is of a call that has no answer in words.
func embeds(r *fold.Record) bool {
	kind := fieldText(r, fold.Type)
	return kind != nil && *kind == string(trace.Embedding)
}

// ends reports whether a record says when its observation ended.
func ends(r *fold.Record) bool {
	end, ok := r.Get(fold.End)
	return ok && !end.Value.Null
}

// counted reports whether a record says what its observation used or cost.
func counted(r *fold.Record) bool {
	usage, _ := r.Get(fold.Usage)
	cost, _ := r.Get(fold.Cost)
	return len(usage.Value.A) > 0 || len(cost.Value.A) > 0
}

func fieldText(r *fold.Record, f fold.Field) *string {
	if v, ok := r.Get(f); ok && !v.Value.Null {
		return &v.Value.S
	}
	return nil
}

// tooLong reports whether a stored text is not counted for its length.
func tooLong(t *trace.Text) bool { return t != nil && t.Ref != "" }

// whole returns a stored text, nil where only a preview of it is at hand.
func whole(t *trace.Text) *string {
	if t == nil || t.Ref != "" {
		return nil
	}
	return &t.S
}

// complete adds to a call what other records of its observation say, and then the
// store. known says that the call needs no estimate.
func (s *Service) complete(ctx context.Context, p id.Project, c *call, records []*fold.Record) (known bool, err error) {
	for _, r := range records {
		if counted(r) || c.failed(r) {
			return true, nil
		}
		c.fill(fieldText(r, fold.Model), fieldText(r, fold.Input), fieldText(r, fold.Output))
	}
	r := records[0]
	o, err := s.telemetry.Observation(ctx, p, r.ID, telemetry.Parts{IO: true})
	switch {
	case fault.Is(err, fault.NotFound), err == nil && r.TraceID != "" && o.TraceID != r.TraceID:
		return false, nil
	case err != nil:
		return false, err
	}
	if len(o.ProvidedUsage) > 0 || len(o.ProvidedCost) > 0 || o.Level == trace.Error || tooLong(o.Input) || tooLong(o.Output) {
		return true, nil
	}
	c.fill(o.Model, whole(o.Input), whole(o.Output))
	return false, nil
}

// siblings finds the records of an observation in those of a request.
type siblings map[sibling][]*fold.Record

type sibling struct{ trace, id string }

// of returns the records of the observation that record i is of, itself included.
func (s *siblings) of(records []fold.Record, i int) []*fold.Record {
	if *s == nil {
		*s = siblings{}
		for j := range records {
			if r := &records[j]; r.Kind == fold.Observation {
				key := sibling{r.TraceID, r.ID}
				(*s)[key] = append((*s)[key], r)
			}
		}
	}
	return (*s)[sibling{records[i].TraceID, records[i].ID}]
}
