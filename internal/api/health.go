package api

import (
	"context"
	"net/http"
	"time"
)

// UpstreamVersion is the version of the Langfuse public API that this server
// speaks.
const UpstreamVersion = "4.16.0"

// recentTelemetry is how old the newest telemetry may be before a probe that asks
// for it fails.
const recentTelemetry = 3 * time.Minute

// pingPatience is how long a probe waits for the stores.
const pingPatience = 5 * time.Second

// Health says whether the server works.
type Health struct {
	// `OK`, or what is wrong.
	Status string `json:"status"`
	// The version of this server.
	Version string `json:"version"`
	// The version of the Langfuse public API that the server speaks.
	APIVersion string `json:"apiVersion"`

	code int
}

func (h Health) httpStatus() int { return h.code }

// HealthQuery says what a health check includes.
type HealthQuery struct {
	// `true`: fail when the stores do not answer.
	FailIfDatabaseUnavailable string `query:"failIfDatabaseUnavailable"`
	// `true`: fail when no telemetry came in within the last three minutes.
	FailIfNoRecentEvents string `query:"failIfNoRecentEvents"`
}

// NoInput is the input of an endpoint that takes none.
type NoInput struct{}

func healthRoutes(cfg Config) []Route {
	return []Route{
		{
			Method: "GET", Path: "/api/public/health", AnyMethod: true, Permission: public,
			ID: "health", Tag: "Server", Summary: "Check the server",
			Description: "Answers 503 with the reason in `status` when a check that was asked for fails.",
			Run:         Handle(cfg.health), Statuses: []int{http.StatusServiceUnavailable},
		},
		{
			Method: "GET", Path: "/api/public/ready", AnyMethod: true, Permission: public,
			ID: "ready", Tag: "Server", Summary: "Check whether the server takes requests",
			Description: "Answers 500 from the moment at which the server begins to shut down.",
			Run:         Handle(cfg.ready), Statuses: []int{http.StatusInternalServerError},
		},
	}
}

func (c Config) answer(code int, status string) Health {
	return Health{Status: status, Version: c.Version, APIVersion: UpstreamVersion, code: code}
}

func (c Config) health(ctx context.Context, in HealthQuery) (Health, error) {
	ctx, cancel := context.WithTimeout(ctx, pingPatience)
	defer cancel()
	if in.FailIfDatabaseUnavailable == "true" {
		if err := c.Ping(ctx); err != nil {
			exchangeOf(ctx).cause = err
			return c.answer(http.StatusServiceUnavailable, "Database not available"), nil
		}
	}
	if in.FailIfNoRecentEvents == "true" {
		last, err := c.LastTelemetry(ctx)
		if err != nil {
			exchangeOf(ctx).cause = err
		}
		if err != nil || c.Now().Sub(last) > recentTelemetry {
			return c.answer(http.StatusServiceUnavailable, "No events within the last 3 minutes"), nil
		}
	}
	return c.answer(http.StatusOK, "OK"), nil
}

func (c Config) ready(context.Context, NoInput) (Health, error) {
	if c.Draining() {
		return c.answer(http.StatusInternalServerError, "SIGTERM / SIGINT received, shutting down"), nil
	}
	return c.answer(http.StatusOK, "OK"), nil
}
