package account

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/secret"
)

// Init is what the operator wants to exist at start: the LANGFUSE_INIT_*
// variables. Empty fields were not given.
type Init struct {
	OrganizationID   id.Org
	OrganizationName string // default "Provisioned Org"
	ProjectID        id.Project
	ProjectName      string // default "Provisioned Project"
	PublicKey        string
	SecretKey        secret.Text
	UserEmail        string
	UserName         string
	UserPassword     secret.Text
}

// Validate reports every rule that the combination breaks, in the words of the
// variables.
func (in Init) Validate() error {
	var problems []error
	needs := func(given bool, what string, has bool, needed string) {
		if given && !has {
			problems = append(problems, fmt.Errorf("LANGFUSE_INIT_%s needs LANGFUSE_INIT_%s", what, needed))
		}
	}
	check := func(name string, err error) {
		if err != nil {
			problems = append(problems, fmt.Errorf("LANGFUSE_INIT_%s: %w", name, err))
		}
	}
	org, project := in.OrganizationID != "", in.ProjectID != ""
	public, private := in.PublicKey != "", !in.SecretKey.IsZero()
	needs(in.OrganizationName != "", "ORG_NAME", org, "ORG_ID")
	needs(project, "PROJECT_ID", org, "ORG_ID")
	needs(in.ProjectName != "", "PROJECT_NAME", project, "PROJECT_ID")
	needs(public, "PROJECT_PUBLIC_KEY", project, "PROJECT_ID")
	needs(public, "PROJECT_PUBLIC_KEY", private, "PROJECT_SECRET_KEY")
	needs(private, "PROJECT_SECRET_KEY", project, "PROJECT_ID")
	needs(private, "PROJECT_SECRET_KEY", public, "PROJECT_PUBLIC_KEY")
	if org {
		check("ORG_ID", checkText("organization id", string(in.OrganizationID)))
	}
	if in.OrganizationName != "" {
		check("ORG_NAME", checkText("organization name", in.OrganizationName))
	}
	if project {
		check("PROJECT_ID", checkText("project id", string(in.ProjectID)))
	}
	if in.ProjectName != "" {
		check("PROJECT_NAME", checkText("project name", in.ProjectName))
	}
	if public {
		check("PROJECT_PUBLIC_KEY", checkPublicKey(in.PublicKey))
	}
	if private {
		check("PROJECT_SECRET_KEY", checkSecretKey(in.SecretKey))
	}
	return errors.Join(problems...)
}

// Bootstrap brings the store to the state in which the server can be used. It
// runs at every start and never changes or removes what exists.
//
// With an organization named in it creates what is named: organization, project,
// key pair. Something that exists and contradicts (the project in another
// organization, the public key in another project or with another secret) is
// fault.Conflict. Without one, and with no project in the store at all, it creates
// an organization, a project and a key pair, and returns the pair: the one time
// that its secret can be shown. In every other case the result is nil.
func (s *Service) Bootstrap(ctx context.Context, in Init) (*Credentials, error) {
	if err := in.Validate(); err != nil {
		return nil, err
	}
	if in.UserEmail != "" || in.UserName != "" || !in.UserPassword.IsZero() {
		s.log.LogAttrs(ctx, slog.LevelWarn,
			"LANGFUSE_INIT_USER_* is not used yet: this version has no users, so none was created")
	}
	defer s.cache.forget()
	if in.OrganizationID == "" {
		return s.createFirst(ctx)
	}
	return nil, s.createNamed(ctx, in)
}

func (s *Service) createFirst(ctx context.Context) (*Credentials, error) {
	org := Organization{ID: id.Org(id.New()), Name: "My organization", CreatedAt: s.clock()}
	project := Project{ID: id.Project(id.New()), Organization: org.ID, Name: "My project", CreatedAt: s.clock()}
	public, private := newPair()
	key := s.keyOf(project.ID, public, private, "made at the first start")

	created, err := s.store.CreateFirst(ctx, org, project, key)
	if err != nil {
		return nil, fmt.Errorf("create the first project: %w", err)
	}
	if !created {
		return nil, nil
	}
	s.log.LogAttrs(ctx, slog.LevelInfo, "first project created",
		slog.String("organization", string(org.ID)),
		slog.String("project", string(project.ID)),
		slog.String("public_key", public))
	return &Credentials{Project: project.ID, KeyID: key.ID, PublicKey: public, SecretKey: private}, nil
}

func (s *Service) createNamed(ctx context.Context, in Init) error {
	org := Organization{ID: in.OrganizationID, Name: in.OrganizationName, CreatedAt: s.clock()}
	if org.Name == "" {
		org.Name = "Provisioned Org"
	}
	created, err := s.store.EnsureOrganization(ctx, org)
	if err != nil {
		return fmt.Errorf("create organization %q: %w", org.ID, err)
	}
	s.logCreated(ctx, created, "organization", slog.String("organization", string(org.ID)))
	if in.ProjectID == "" {
		return nil
	}

	project := Project{ID: in.ProjectID, Organization: org.ID, Name: in.ProjectName, CreatedAt: s.clock()}
	if project.Name == "" {
		project.Name = "Provisioned Project"
	}
	if created, err = s.store.EnsureProject(ctx, project); err != nil {
		return fmt.Errorf("create project %q: %w", project.ID, err)
	}
	s.logCreated(ctx, created, "project", slog.String("project", string(project.ID)))
	if in.PublicKey == "" {
		return nil
	}

	key := s.keyOf(project.ID, in.PublicKey, in.SecretKey, "from LANGFUSE_INIT_PROJECT_PUBLIC_KEY")
	if created, err = s.store.EnsureKey(ctx, key); err != nil {
		return fmt.Errorf("create API key %q: %w", key.PublicKey, err)
	}
	s.logCreated(ctx, created, "key pair",
		slog.String("project", string(project.ID)), slog.String("public_key", key.PublicKey))
	return nil
}

// logCreated notes what a start has created.
func (s *Service) logCreated(ctx context.Context, created bool, what string, attrs ...slog.Attr) {
	if created {
		s.log.LogAttrs(ctx, slog.LevelInfo, "created at start", append(attrs, slog.String("what", what))...)
	}
}
