-- +goose Up
CREATE TABLE models (
    project_id TEXT    NOT NULL REFERENCES projects (id),
    id         TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    pattern    TEXT    NOT NULL,
    start_at   INTEGER,
    unit       TEXT    NOT NULL,
    pricing    TEXT    NOT NULL, -- JSON: tokenizer and tiers
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (project_id, id),
    UNIQUE (project_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE media_assets (
    project_id    TEXT    NOT NULL REFERENCES projects (id),
    id            TEXT    NOT NULL,
    sha256        TEXT    NOT NULL,
    content_type  TEXT    NOT NULL,
    length        INTEGER NOT NULL,
    blob_key      TEXT    NOT NULL,
    created_at    INTEGER NOT NULL,
    uploaded_at   INTEGER,
    upload_status INTEGER NOT NULL,
    upload_error  TEXT    NOT NULL,
    upload_millis INTEGER,
    PRIMARY KEY (project_id, id)
) STRICT, WITHOUT ROWID;

-- The key is the place; "" stands for an id that does not apply.
CREATE TABLE media_links (
    project_id      TEXT    NOT NULL,
    trace_id        TEXT    NOT NULL,
    media_id        TEXT    NOT NULL,
    observation_id  TEXT    NOT NULL,
    field           TEXT    NOT NULL,
    dataset_id      TEXT    NOT NULL,
    dataset_item_id TEXT    NOT NULL,
    origin          TEXT    NOT NULL,
    created_at      INTEGER NOT NULL,
    PRIMARY KEY (project_id, trace_id, media_id, observation_id, field, dataset_id, dataset_item_id),
    FOREIGN KEY (project_id, media_id) REFERENCES media_assets (project_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE tasks (
    project_id       TEXT    NOT NULL REFERENCES projects (id),
    id               TEXT    NOT NULL,
    kind             TEXT    NOT NULL,
    args             TEXT    NOT NULL,
    unique_key       TEXT    NOT NULL, -- "" for none
    status           TEXT    NOT NULL,
    done             INTEGER NOT NULL,
    total            INTEGER NOT NULL,
    result           TEXT    NOT NULL,
    error            TEXT    NOT NULL,
    attempts         INTEGER NOT NULL,
    claims           INTEGER NOT NULL,
    cancel_requested INTEGER NOT NULL,
    run_after        INTEGER NOT NULL,
    lease_until      INTEGER, -- of a running task
    created_at       INTEGER NOT NULL,
    updated_at       INTEGER NOT NULL,
    started_at       INTEGER,
    finished_at      INTEGER,
    PRIMARY KEY (project_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX tasks_newest ON tasks (project_id, created_at, id);

-- Tasks that are over pile up; workers look only at the others.
CREATE INDEX tasks_open ON tasks (created_at, project_id, id) WHERE status IN ('queued', 'running');

CREATE UNIQUE INDEX tasks_unique ON tasks (project_id, unique_key)
    WHERE unique_key <> '' AND status IN ('queued', 'running');
