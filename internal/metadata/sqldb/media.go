package sqldb

import (
	"context"
	"database/sql"
	"errors"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/media"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// mediaStore is the media.Store of a metadata database.
type mediaStore struct{ db *DB }

var _ media.Store = mediaStore{}

const (
	insertAsset = `
INSERT INTO media_assets (project_id, id, sha256, content_type, length, blob_key, created_at,
                          uploaded_at, upload_status, upload_error, upload_millis)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (project_id, id) `

	replaceAsset = `
DO UPDATE SET sha256 = excluded.sha256, content_type = excluded.content_type, length = excluded.length,
              blob_key = excluded.blob_key, created_at = excluded.created_at,
              uploaded_at = excluded.uploaded_at, upload_status = excluded.upload_status,
              upload_error = excluded.upload_error, upload_millis = excluded.upload_millis
WHERE media_assets.upload_status <> 200 OR excluded.upload_status = 200`

	insertLink = `
INSERT INTO media_links (project_id, media_id, trace_id, observation_id, field, dataset_id, dataset_item_id, origin, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (project_id, trace_id, media_id, observation_id, field, dataset_id, dataset_item_id) DO NOTHING`
)

// Asset implements media.Store.
func (m mediaStore) Asset(ctx context.Context, p id.Project, mediaID string) (media.Asset, error) {
	if !storable(string(p)) || !storable(mediaID) {
		return media.Asset{}, assetNotFound()
	}
	var a media.Asset
	err := m.db.read.QueryRowContext(ctx, `
SELECT project_id, id, sha256, content_type, length, blob_key, created_at,
       uploaded_at, upload_status, upload_error, upload_millis
FROM media_assets WHERE project_id = $1 AND id = $2`, p, mediaID).Scan(
		&a.Project, &a.ID, &a.SHA256, &a.ContentType, &a.Length, &a.Key, &a.CreatedAt,
		&a.UploadedAt, &a.Status, &a.UploadError, &a.UploadMillis)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return media.Asset{}, assetNotFound()
	case err != nil:
		return media.Asset{}, m.db.fail(ctx, "read media asset", err)
	}
	return a, nil
}

// PutAsset implements media.Store.
func (m mediaStore) PutAsset(ctx context.Context, a media.Asset) error {
	if err := a.Validate(); err != nil {
		return err
	}
	err := m.db.tx(ctx, func(tx *sql.Tx) error {
		return m.put(ctx, tx, insertAsset+replaceAsset, a)
	})
	return m.db.fail(ctx, "put media asset", err)
}

// Put implements media.Store.
func (m mediaStore) Put(ctx context.Context, assets []media.Asset, links []media.Link) error {
	for _, a := range assets {
		if err := a.Validate(); err != nil {
			return err
		}
	}
	for _, l := range links {
		if err := l.Validate(); err != nil {
			return err
		}
	}
	err := m.db.tx(ctx, func(tx *sql.Tx) error {
		for _, a := range assets {
			if err := m.put(ctx, tx, insertAsset+replaceAsset, a); err != nil {
				return err
			}
		}
		for _, l := range links {
			_, err := tx.ExecContext(ctx, insertLink, l.Project, l.MediaID, l.TraceID, l.ObservationID, l.Field,
				l.DatasetID, l.DatasetItemID, l.Origin, l.CreatedAt)
			if m.db.dialect.classify(err) == foreignViolation {
				return fault.Wrap(fault.NotFound, err, "there is no media asset %q to link to", l.MediaID)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	return m.db.fail(ctx, "put media", err)
}

func (m mediaStore) put(ctx context.Context, tx *sql.Tx, statement string, a media.Asset) error {
	_, err := tx.ExecContext(ctx, statement, a.Project, a.ID, a.SHA256, a.ContentType, a.Length, a.Key, a.CreatedAt,
		a.UploadedAt, a.Status, a.UploadError, a.UploadMillis)
	if m.db.dialect.classify(err) == foreignViolation {
		return fault.Wrap(fault.NotFound, err, "project %q does not exist", a.Project)
	}
	return err
}

// SetUpload implements media.Store.
func (m mediaStore) SetUpload(ctx context.Context, p id.Project, mediaID string, uploadedAt trace.Micros, status int, message string, millis *int64) error {
	if err := media.CheckUpload(uploadedAt, status, message, millis); err != nil {
		return err
	}
	if !storable(string(p)) || !storable(mediaID) {
		return assetNotFound()
	}
	err := m.db.tx(ctx, func(tx *sql.Tx) error {
		found, err := changed(tx.ExecContext(ctx, `
UPDATE media_assets SET uploaded_at = CASE WHEN upload_status = 200 AND $4 <> 200 THEN uploaded_at ELSE $3 END,
       upload_error = CASE WHEN upload_status = 200 AND $4 <> 200 THEN upload_error ELSE $5 END,
       upload_millis = CASE WHEN upload_status = 200 AND $4 <> 200 THEN upload_millis ELSE $6 END,
       upload_status = CASE WHEN upload_status = 200 THEN 200 ELSE $4 END
WHERE project_id = $1 AND id = $2`, p, mediaID, uploadedAt, status, message, millis))
		if err == nil && !found {
			return assetNotFound()
		}
		return err
	})
	return m.db.fail(ctx, "note media upload", err)
}

// Links implements media.Store.
func (m mediaStore) Links(ctx context.Context, p id.Project, traceID string) ([]media.Link, error) {
	if traceID == "" || !storable(string(p)) || !storable(traceID) {
		return nil, nil
	}
	rows, err := m.db.read.QueryContext(ctx, `
SELECT project_id, media_id, trace_id, observation_id, field, dataset_id, dataset_item_id, origin, created_at
FROM media_links WHERE project_id = $1 AND trace_id = $2
ORDER BY media_id, observation_id, field, dataset_id, dataset_item_id`, p, traceID)
	if err != nil {
		return nil, m.db.fail(ctx, "list media links", err)
	}
	links, err := collect(rows, func(r *sql.Rows) (l media.Link, err error) {
		err = r.Scan(&l.Project, &l.MediaID, &l.TraceID, &l.ObservationID, &l.Field, &l.DatasetID, &l.DatasetItemID, &l.Origin, &l.CreatedAt)
		return l, err
	})
	if err != nil {
		return nil, m.db.fail(ctx, "list media links", err)
	}
	return links, nil
}

func assetNotFound() error { return fault.New(fault.NotFound, "no such media asset in this project") }
