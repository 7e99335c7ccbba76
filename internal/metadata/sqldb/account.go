package sqldb

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/fusebox-llm/fusebox/internal/account"
	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/id"
)

// accounts is the account.Store of a metadata database.
type accounts struct{ db *DB }

var _ account.Store = accounts{}

const (
	insertOrganization = `
INSERT INTO organizations (id, name, metadata, created_at)
VALUES ($1, $2, $3, $4)`

	insertProject = `
INSERT INTO projects (id, organization_id, name, metadata, retention_days, created_at)
VALUES ($1, $2, $3, $4, $5, $6)`

	insertKey = `
INSERT INTO api_keys (project_id, id, public_key, digest, display, note, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)`

	selectKey = `
SELECT project_id, id, public_key, digest, display, note, created_at
FROM api_keys`
)

// EnsureOrganization implements account.Store.
func (a accounts) EnsureOrganization(ctx context.Context, o account.Organization) (created bool, err error) {
	if err := o.Validate(); err != nil {
		return false, err
	}
	err = a.db.tx(ctx, func(tx *sql.Tx) error {
		created, err = inserted(tx.QueryRowContext(ctx,
			insertOrganization+` ON CONFLICT (id) DO NOTHING RETURNING id`, organizationArgs(o)...))
		return err
	})
	return created && err == nil, a.db.fail(ctx, "ensure organization", err)
}

// EnsureProject implements account.Store.
func (a accounts) EnsureProject(ctx context.Context, p account.Project) (created bool, err error) {
	if err := p.Validate(); err != nil {
		return false, err
	}
	err = a.db.tx(ctx, func(tx *sql.Tx) error {
		created, err = inserted(tx.QueryRowContext(ctx,
			insertProject+` ON CONFLICT (id) DO NOTHING RETURNING id`, projectArgs(p)...))
		if err != nil {
			return a.projectFailure(err, p)
		}
		if created {
			return nil
		}
		var org id.Org
		if err := tx.QueryRowContext(ctx, `SELECT organization_id FROM projects WHERE id = $1`, p.ID).Scan(&org); err != nil {
			return err
		}
		if org != p.Organization {
			return fault.New(fault.Conflict, "project %q exists in another organization", p.ID)
		}
		return nil
	})
	return created && err == nil, a.db.fail(ctx, "ensure project", err)
}

// EnsureKey implements account.Store.
func (a accounts) EnsureKey(ctx context.Context, k account.Key) (created bool, err error) {
	if err := k.Validate(); err != nil {
		return false, err
	}
	err = a.db.tx(ctx, func(tx *sql.Tx) error {
		created, err = inserted(tx.QueryRowContext(ctx,
			insertKey+` ON CONFLICT (public_key) DO NOTHING RETURNING id`, keyArgs(k)...))
		if err != nil {
			return a.keyFailure(err, k)
		}
		if created {
			return nil
		}
		existing, err := scanKey(tx.QueryRowContext(ctx, selectKey+` WHERE public_key = $1`, k.PublicKey))
		switch {
		case err != nil:
			return err
		case existing.Project != k.Project:
			return fault.New(fault.Conflict, "public key %q exists in another project", k.PublicKey)
		case !existing.Digest.Equal(k.Digest):
			return fault.New(fault.Conflict, "public key %q exists with another secret key", k.PublicKey)
		}
		return nil
	})
	return created && err == nil, a.db.fail(ctx, "ensure API key", err)
}

// CreateFirst implements account.Store.
func (a accounts) CreateFirst(ctx context.Context, o account.Organization, p account.Project, k account.Key) (created bool, err error) {
	if err := errors.Join(o.Validate(), p.Validate(), k.Validate()); err != nil {
		return false, fault.Wrap(fault.Invalid, err, "the first project is not valid")
	}
	if p.Organization != o.ID || k.Project != p.ID {
		return false, fault.New(fault.Invalid, "organization, project and key do not belong together")
	}
	err = a.db.tx(ctx, func(tx *sql.Tx) error {
		var notFirst bool
		if err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM projects)`).Scan(&notFirst); err != nil || notFirst {
			return err
		}
		if _, err := tx.ExecContext(ctx, insertOrganization, organizationArgs(o)...); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, insertProject, projectArgs(p)...); err != nil {
			return a.projectFailure(err, p)
		}
		if _, err := tx.ExecContext(ctx, insertKey, keyArgs(k)...); err != nil {
			return a.keyFailure(err, k)
		}
		created = true
		return nil
	})
	return created && err == nil, a.db.fail(ctx, "create the first project", err)
}

// Project implements account.Store.
func (a accounts) Project(ctx context.Context, p id.Project) (account.Project, account.Organization, error) {
	var (
		project        account.Project
		org            account.Organization
		pMeta, oMeta   string
		pSince, oSince int64
	)
	if !storable(string(p)) {
		return project, org, projectNotFound(p)
	}
	err := a.db.read.QueryRowContext(ctx, `
SELECT p.id, p.organization_id, p.name, p.metadata, p.retention_days, p.created_at,
       o.id, o.name, o.metadata, o.created_at
FROM projects p JOIN organizations o ON o.id = p.organization_id
WHERE p.id = $1`, p).Scan(
		&project.ID, &project.Organization, &project.Name, &pMeta, &project.RetentionDays, &pSince,
		&org.ID, &org.Name, &oMeta, &oSince)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return account.Project{}, account.Organization{}, projectNotFound(p)
	case err != nil:
		return account.Project{}, account.Organization{}, a.db.fail(ctx, "read project", err)
	}
	project.Metadata, project.CreatedAt = json.RawMessage(pMeta), fromMicros(pSince)
	org.Metadata, org.CreatedAt = json.RawMessage(oMeta), fromMicros(oSince)
	return project, org, nil
}

// KeyByPublic implements account.Store.
func (a accounts) KeyByPublic(ctx context.Context, publicKey string) (account.Key, error) {
	notFound := fault.New(fault.NotFound, "no API key with this public key")
	if !storable(publicKey) {
		return account.Key{}, notFound
	}
	key, err := scanKey(a.db.read.QueryRowContext(ctx, selectKey+` WHERE public_key = $1`, publicKey))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return account.Key{}, notFound
	case err != nil:
		return account.Key{}, a.db.fail(ctx, "read API key", err)
	}
	return key, nil
}

// Keys implements account.Store.
func (a accounts) Keys(ctx context.Context, p id.Project) ([]account.Key, error) {
	if !storable(string(p)) {
		return nil, nil
	}
	rows, err := a.db.read.QueryContext(ctx, selectKey+` WHERE project_id = $1 ORDER BY created_at, id`, p)
	if err != nil {
		return nil, a.db.fail(ctx, "list API keys", err)
	}
	keys, err := collect(rows, func(r *sql.Rows) (account.Key, error) { return scanKey(r) })
	if err != nil {
		return nil, a.db.fail(ctx, "list API keys", err)
	}
	return keys, nil
}

// DeleteKey implements account.Store.
func (a accounts) DeleteKey(ctx context.Context, p id.Project, keyID string) error {
	notFound := fault.New(fault.NotFound, "no such API key in this project")
	if !storable(string(p)) || !storable(keyID) {
		return notFound
	}
	err := a.db.tx(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `DELETE FROM api_keys WHERE project_id = $1 AND id = $2`, p, keyID)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n > 0 {
			return err
		}
		return notFound
	})
	return a.db.fail(ctx, "delete API key", err)
}

func organizationArgs(o account.Organization) []any {
	return []any{o.ID, o.Name, object(o.Metadata), micros(o.CreatedAt)}
}

func projectArgs(p account.Project) []any {
	return []any{p.ID, p.Organization, p.Name, object(p.Metadata), p.RetentionDays, micros(p.CreatedAt)}
}

func keyArgs(k account.Key) []any {
	return []any{k.Project, k.ID, k.PublicKey, []byte(k.Digest), k.Display, k.Note, micros(k.CreatedAt)}
}

func scanKey(row interface{ Scan(...any) error }) (account.Key, error) {
	var (
		k      account.Key
		digest []byte
		since  int64
	)
	err := row.Scan(&k.Project, &k.ID, &k.PublicKey, &digest, &k.Display, &k.Note, &since)
	if err != nil {
		return account.Key{}, err
	}
	k.Digest, k.CreatedAt = digest, fromMicros(since)
	return k, nil
}

// projectFailure says what stood in a project's way.
func (a accounts) projectFailure(err error, p account.Project) error {
	switch a.db.dialect.classify(err) {
	case uniqueViolation:
		return fault.Wrap(fault.Conflict, err, "the organization already has a project named %q", p.Name)
	case foreignViolation:
		return fault.Wrap(fault.NotFound, err, "organization %q does not exist", p.Organization)
	}
	return err
}

// keyFailure says what stood in a key's way.
func (a accounts) keyFailure(err error, k account.Key) error {
	switch a.db.dialect.classify(err) {
	case uniqueViolation:
		return fault.Wrap(fault.Conflict, err, "API key %q exists already", k.ID)
	case foreignViolation:
		return fault.Wrap(fault.NotFound, err, "project %q does not exist", k.Project)
	}
	return err
}

func projectNotFound(p id.Project) error {
	return fault.New(fault.NotFound, "project %q does not exist", p)
}

// object returns metadata as stored.
func object(raw json.RawMessage) string {
	if raw == nil {
		return "{}"
	}
	return string(raw)
}

// storable reports whether text can be in the database at all. PostgreSQL fails
// on the other kind even in a lookup.
func storable(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }
