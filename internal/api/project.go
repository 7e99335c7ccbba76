package api

import (
	"context"
)

// Projects lists the projects that a key pair opens: exactly one.
type Projects struct {
	// The project of the key pair.
	Data []Project `json:"data"`
}

// Project is what clients may know about a project.
type Project struct {
	// The project's id.
	ID string `json:"id"`
	// The project's name.
	Name string `json:"name"`
	// The organization that the project belongs to.
	Organization Organization `json:"organization"`
	// What the owner keeps about the project.
	Metadata Object `json:"metadata"`
	// After how many days telemetry is deleted; 0 keeps it.
	RetentionDays int `json:"retentionDays"`
}

// Organization names an organization.
type Organization struct {
	// The organization's id.
	ID string `json:"id"`
	// The organization's name.
	Name string `json:"name"`
}

func projectRoutes(cfg Config) []Route {
	return []Route{{
		Method: "GET", Path: "/api/public/projects", Permission: projectsRead, Errors: Plain,
		ID: "projects.get", Tag: "Projects", Summary: "Get the project of the key pair",
		Description: "Clients call this to check their keys and to build links into the user interface.",
		Run:         Handle(cfg.projects),
	}}
}

func (c Config) projects(ctx context.Context, _ NoInput) (Projects, error) {
	p, org, err := c.Project(ctx, projectOf(ctx))
	if err != nil {
		return Projects{}, err
	}
	return Projects{Data: []Project{{
		ID: string(p.ID), Name: p.Name,
		Organization:  Organization{ID: string(org.ID), Name: org.Name},
		Metadata:      Object(p.Metadata),
		RetentionDays: p.RetentionDays,
	}}}, nil
}
