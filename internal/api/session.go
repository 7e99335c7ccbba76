package api

import (
	"context"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/filter"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// Session is the traces that share a session id.
type Session struct {
	// The session's id.
	ID string `json:"id"`
	// When the first trace of the session was stored.
	CreatedAt Time `json:"createdAt"`
	// The project that the session belongs to.
	ProjectID string `json:"projectId"`
	// The environment of the session's first trace.
	Environment string `json:"environment"`
}

// SessionWithTraces is a session with all its traces.
type SessionWithTraces struct {
	Session
	// The session's traces, oldest first.
	Traces []BareTrace `json:"traces"`
}

// Sessions is a page of sessions.
type Sessions struct {
	// The sessions.
	Data []Session `json:"data"`
	// Where the page stands in the list.
	Meta PageMeta `json:"meta"`
}

// SessionsQuery narrows a list of sessions.
type SessionsQuery struct {
	PageQuery
	// Only sessions created at or after this time.
	FromTimestamp *trace.Micros `query:"fromTimestamp"`
	// Only sessions created before this time.
	ToTimestamp *trace.Micros `query:"toTimestamp"`
	// Only sessions of one of these environments. A comma is part of a name here.
	Environment []string `query:"environment" list:"repeated"`
}

// SessionQuery opens a session.
type SessionQuery struct {
	// The session's id.
	SessionID string `path:"sessionId"`
}

func sessionRoutes(cfg Config) []Route {
	return []Route{
		{
			Method: "GET", Path: "/api/public/sessions", Permission: tracesRead,
			ID: "sessions.list", Tag: "Sessions", Summary: "List sessions, the last created first", Run: Handle(cfg.sessions),
		},
		{
			Method: "GET", Path: "/api/public/sessions/{sessionId}", Permission: tracesRead,
			ID: "sessions.get", Tag: "Sessions", Summary: "Get a session with its traces",
			Description: "Not by page: where the traces are more than an answer may hold, list them by session id.",
			Run:         Handle(cfg.session),
		},
	}
}

func (c Config) sessions(ctx context.Context, in SessionsQuery) (Sessions, error) {
	w := &where{}
	w.between(filter.CreatedAt, in.FromTimestamp, in.ToTimestamp)
	w.anyOf(filter.Environment, in.Environment)
	list, err := c.Explore.Sessions(ctx, projectOf(ctx), telemetry.SessionQuery{
		Where: w.all, Offset: in.number().Offset(), Limit: in.Limit, Total: true,
	})
	if err != nil {
		return Sessions{}, err
	}
	out := Sessions{Data: make([]Session, len(list.Sessions)), Meta: metaOf(in.number(), list.Total)}
	for i := range list.Sessions {
		out.Data[i] = sessionOf(&list.Sessions[i])
	}
	return out, nil
}

func (c Config) session(ctx context.Context, in SessionQuery) (SessionWithTraces, error) {
	s, traces, err := c.Explore.Session(ctx, projectOf(ctx), in.SessionID)
	if fault.Is(err, fault.NotFound) {
		err = fault.Wrap(fault.NotFound, err, "Session not found within authorized project")
	}
	if err != nil {
		return SessionWithTraces{}, err
	}
	out := SessionWithTraces{Session: sessionOf(&s), Traces: make([]BareTrace, len(traces))}
	for i := range traces {
		out.Traces[i] = bareTraceOf(&traces[i])
		out.Traces[i].fill(&traces[i])
	}
	return out, nil
}

func sessionOf(s *trace.Session) Session {
	return Session{ID: s.ID, CreatedAt: Time(s.CreatedAt), ProjectID: string(s.Project), Environment: s.Environment}
}
