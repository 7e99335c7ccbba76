package app

import (
	"context"
	"net/http"
	"time"

	"github.com/fusebox-llm/fusebox/internal/account"
	"github.com/fusebox-llm/fusebox/internal/api"
	"github.com/fusebox-llm/fusebox/internal/auth"
	"github.com/fusebox-llm/fusebox/internal/body"
	"github.com/fusebox-llm/fusebox/internal/config"
	"github.com/fusebox-llm/fusebox/internal/explore"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/ingest"
	"github.com/fusebox-llm/fusebox/internal/instance"
	"github.com/fusebox-llm/fusebox/internal/media"
	"github.com/fusebox-llm/fusebox/internal/otelmap"
	"github.com/fusebox-llm/fusebox/internal/otlp"
	"github.com/fusebox-llm/fusebox/internal/pricing"
	"github.com/fusebox-llm/fusebox/internal/reprice"
	"github.com/fusebox-llm/fusebox/internal/tasks"
	"github.com/fusebox-llm/fusebox/internal/tokens"
)

// routes builds the services and mounts every endpoint.
func (a *App) routes(o Options) (http.Handler, error) {
	limits := a.cfg.Limits
	rules := otelmap.DefaultRules()
	if o.MapRules != nil {
		rules = *o.MapRules
	}
	attachments := media.New(media.Config{Key: a.key.Derive(instance.MediaLinks), MaxBytes: int64(limits.MediaSize), Now: a.now}, a.stores.metadata.Media, a.stores.blobs)
	prices := pricing.NewService(pricing.NewCatalog(pricing.BuiltIn()), a.stores.metadata.Models, a.now)
	taker := ingest.New(
		ingest.Config{InlineBytes: int64(limits.InlineSize), ValueBytes: int64(limits.ValueSize), Tags: limits.Attributes},
		otelmap.New(rules), a.stores.telemetry, a.stores.blobs,
		ingest.Meaning{Media: attachments, Prices: prices, Tokens: tokens.New()}, ingest.NewMetrics(a.registry), a.now,
	)
	repricer := reprice.New(a.stores.telemetry, prices, taker, a.now)
	a.tasks = tasks.New(tasks.Config{Now: a.now, Logger: a.log}, a.stores.metadata.Tasks)
	a.tasks.Register(reprice.Kind, repricer.Handle)
	exportLimits := otlpLimits(limits)
	bodies := body.NewPool(exportLimits.Limits, 0)
	export := otlp.NewHandler(otlp.Config{
		Limits:  exportLimits,
		Bodies:  bodies,
		Store:   taker.Spans,
		Project: projectOf,
		Logger:  a.log,
	})
	handler, err := api.New(api.Config{
		Version:       a.build.Version,
		Logger:        a.log,
		Now:           a.now,
		Authenticate:  auth.New(a.accounts).Authenticate,
		Project:       a.accounts.Project,
		Explore:       explore.New(explore.Config{}, a.stores.telemetry, a.stores.blobs),
		Ingest:        taker,
		DeleteScore:   taker.DeleteScore,
		Bodies:        bodies,
		Media:         attachments,
		Prices:        prices,
		Tasks:         a.tasks,
		PublicURL:     o.Config.HTTP.PublicURL,
		MaxEvents:     limits.Events,
		Ping:          a.ping,
		LastTelemetry: func(context.Context) (time.Time, error) { return taker.LastAccepted(), nil },
		Draining:      a.draining.Load,
		ExportTraces:  export.Traces,
		ExportMetrics: export.Metrics,
		Serves:        a.serves,
	})
	if err != nil {
		return nil, err
	}
	return handler, nil
}

// serves says which routes this process answers, by its roles. Public ones are
// always answered.
func (a *App) serves(r *api.Route) bool {
	switch r.Permission {
	case account.Public:
		return true
	case account.TelemetryWrite, account.ScoresWrite:
		return a.cfg.Has(config.RoleIngest)
	}
	return a.cfg.Has(config.RoleAPI)
}

func (a *App) ping(ctx context.Context) error {
	if err := a.stores.metadata.Ping(ctx); err != nil {
		return err
	}
	return a.stores.telemetry.Ping(ctx)
}

func projectOf(ctx context.Context) id.Project {
	p, _ := auth.PrincipalFrom(ctx)
	return p.Project
}

func otlpLimits(l config.Limits) otlp.Limits {
	limits := otlp.DefaultLimits()
	limits.CompressedBytes = int64(l.BodySize)
	limits.DecompressedBytes = int64(l.DecompressedSize)
	limits.Ratio = int64(l.CompressionRatio)
	limits.Spans = l.Spans
	limits.Attributes = l.Attributes
	limits.Depth = l.Depth
	limits.KeyBytes = int(l.KeySize)
	limits.ValueBytes = int64(l.ValueSize)
	return limits
}
