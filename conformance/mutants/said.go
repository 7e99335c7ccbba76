package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/batch"
	"github.com/fusebox-llm/fusebox/internal/body"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/ingest"
	"github.com/fusebox-llm/fusebox/internal/otlp"
	"github.com/fusebox-llm/fusebox/internal/span"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// What a request says, read as the server reads it. One that the server does not take
// says nothing, and so does one that only deletes.
type said struct {
	at      trace.Micros  // when it arrives
	spans   *span.Batch   // of an export
	events  []batch.Event // of a batch
	records []fold.Record // of a batch or of a call about one entity
	refused bool          // the server answers with an error of the client's
}

// The endpoints that take what clients say, beside those of calls about one entity.
const (
	exportPath  = "/api/public/otel/v1/traces"
	batchPath   = "/api/public/ingestion"
	scoresPath  = "/api/public/scores/" // with the id of a score to delete
	otherExport = "/v1/traces"
)

// A reading is how the server reads a call about one entity.
type reading func(data []byte, now trace.Micros, newID func() string) (batch.Call, error)

// readingOf returns how a call about one entity is read; nil for anything else.
func readingOf(r request) reading {
	create := func(t trace.Type) reading {
		return func(data []byte, now trace.Micros, newID func() string) (batch.Call, error) {
			return batch.Create(t, data, now, newID)
		}
	}
	update := func(t trace.Type) reading {
		return func(data []byte, now trace.Micros, _ func() string) (batch.Call, error) {
			return batch.Update(t, data, now)
		}
	}
	return map[string]reading{
		"POST /api/public/traces":       batch.CreateTrace,
		"POST /api/public/spans":        create(trace.Span),
		"PATCH /api/public/spans":       update(trace.Span),
		"POST /api/public/generations":  create(trace.Generation),
		"PATCH /api/public/generations": update(trace.Generation),
		"POST /api/public/events":       create(trace.Event),
		"POST /api/public/scores":       batch.CreateScore,
	}[r.String()]
}

// decode returns what each request says, if they arrive in this order. A request that
// nobody knows how to read is an error: what it says could be missed.
func decode(ctx context.Context, requests []request) ([]said, error) {
	all := make([]said, len(requests))
	for i, r := range requests {
		var err error
		if all[i], err = r.said(ctx, trace.MicrosOf(arrival(i))); err != nil {
			return nil, fmt.Errorf("request %d, %s: %w", i+1, r, err)
		}
	}
	return all, nil
}

func (r request) said(ctx context.Context, at trace.Micros) (s said, err error) {
	s.at = at
	read := readingOf(r)
	switch {
	case r.Method == http.MethodPost && (r.Path == exportPath || r.Path == otherExport):
		s.spans, s.refused, err = r.export(ctx)
		return s, err
	case r.Method == http.MethodPost && r.Path == batchPath:
		data, err := r.plain(ctx)
		if err == nil {
			s.events, err = batch.Decode(data, project, 0)
		}
		for i := range s.events {
			s.records = append(s.records, s.events[i].Records...)
		}
		s.refused = err != nil
		return s, nil
	case r.Method == http.MethodDelete && strings.HasPrefix(r.Path, scoresPath):
		return s, nil
	case read != nil:
		data, err := r.plain(ctx)
		var call batch.Call
		if err == nil {
			call, err = read(data, at, id.New) // which withIDs leaves nothing to do
		}
		s.records, s.refused = call.Records, err != nil
		return s, nil
	}
	return s, fmt.Errorf("nobody knows what such a request says")
}

// export returns the spans of an export.
func (r request) export(ctx context.Context) (spans *span.Batch, refused bool, err error) {
	decoder := otlp.NewHandler(otlp.Config{
		Limits: otlp.DefaultLimits(),
		Bodies: body.NewPool(body.DefaultLimits(), 0),
		Store: func(_ context.Context, _ id.Project, batch *span.Batch) (ingest.Result, error) {
			spans = batch
			return ingest.Result{}, nil
		},
		Project: func(context.Context) id.Project { return project },
		Logger:  slog.New(slog.DiscardHandler),
	})
	answer := httptest.NewRecorder()
	decoder.Traces(answer, r.http(ctx))
	if answer.Code >= http.StatusInternalServerError {
		return nil, false, fmt.Errorf("answered %d %s", answer.Code, answer.Body)
	}
	return spans, answer.Code != http.StatusOK, nil
}

// plain returns the body without the compression.
func (r request) plain(ctx context.Context) ([]byte, error) {
	data, release, err := body.NewPool(body.DefaultLimits(), 0).Read(r.http(ctx))
	defer release()
	return slices.Clone(data), err
}

// withIDs returns the requests with an id in each call that leaves it to the server:
// its ids are random, and two servers would answer differently.
func withIDs(ctx context.Context, requests []request) ([]request, error) {
	out := slices.Clone(requests)
	for i, r := range requests {
		read := readingOf(r)
		if read == nil {
			continue
		}
		data, err := r.plain(ctx)
		if err != nil {
			continue // refused anyway
		}
		made := ""
		newID := func() string {
			made = fmt.Sprintf("made-%03d", i+1)
			return made
		}
		if _, err := read(data, 0, newID); err != nil || made == "" {
			continue
		}
		var object map[string]json.RawMessage
		if err := json.Unmarshal(data, &object); err != nil {
			return nil, fmt.Errorf("request %d, %s: %w", i+1, r, err)
		}
		object["id"] = json.RawMessage(`"` + made + `"`)
		if out[i], err = r.saying(object); err != nil {
			return nil, fmt.Errorf("request %d, %s: %w", i+1, r, err)
		}
	}
	return out, nil
}
