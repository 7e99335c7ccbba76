-- +goose Up

-- One row per score: its folded state, and what it shows as far as lists compare
-- it. What is read for a page stands before the texts that can be long.
CREATE TABLE scores (
  s              INTEGER PRIMARY KEY,
  project        INTEGER NOT NULL,
  id             TEXT NOT NULL,
  timestamp      INTEGER NOT NULL, -- microseconds since 1970
  trace_id       TEXT,             -- never one that is an alias
  observation_id TEXT,
  session_id     TEXT,
  run_id         TEXT,
  name           INTEGER NOT NULL, -- number of a string, as are the next without _id
  environment    INTEGER NOT NULL,
  config         INTEGER,
  queue          INTEGER,
  author         INTEGER,
  source         TEXT NOT NULL,
  data_type      TEXT NOT NULL,
  value          REAL,             -- NULL where the data type has no number
  created_at     INTEGER NOT NULL,
  updated_at     INTEGER NOT NULL,
  state          BLOB,             -- compressed
  string_value   TEXT,
  comment        TEXT
) STRICT;
CREATE UNIQUE INDEX scores_id ON scores (id, project);
CREATE INDEX scores_timestamp ON scores (project, timestamp, id);
CREATE INDEX scores_name ON scores (project, name, timestamp, id);
CREATE INDEX scores_trace ON scores (trace_id, project) WHERE trace_id IS NOT NULL;
CREATE INDEX scores_observation ON scores (observation_id, project) WHERE observation_id IS NOT NULL;
CREATE INDEX scores_session ON scores (session_id, project) WHERE session_id IS NOT NULL;
CREATE INDEX scores_run ON scores (run_id, project) WHERE run_id IS NOT NULL;

-- The top level of the metadata of scores, for conditions.
CREATE TABLE score_metadata (
  s     INTEGER NOT NULL,
  key   TEXT NOT NULL,
  value TEXT NOT NULL, -- a text as it is, everything else as JSON
  PRIMARY KEY (s, key)
) STRICT, WITHOUT ROWID;

-- The sessions that traces show, kept in step with them.
CREATE TABLE sessions (
  session     INTEGER PRIMARY KEY, -- number of a string, which is one of the project
  project     INTEGER NOT NULL,
  traces      INTEGER NOT NULL, -- how many show it
  created_at  INTEGER NOT NULL, -- when the first of them was stored
  environment INTEGER NOT NULL, -- of the trace with the earliest timestamp, then the smallest id,
  first       INTEGER NOT NULL, -- which has this number
  first_at    INTEGER NOT NULL  -- and this timestamp
) STRICT;
CREATE INDEX sessions_created ON sessions (project, created_at);

INSERT INTO sessions (session, project, traces, created_at, environment, first, first_at)
SELECT session, project, traces, oldest, environment, t, timestamp
FROM (
  SELECT project, session, environment, t, timestamp,
    COUNT(*) OVER whole AS traces, MIN(created_at) OVER whole AS oldest,
    ROW_NUMBER() OVER (PARTITION BY project, session ORDER BY timestamp, trace_id) AS place
  FROM traces WHERE session IS NOT NULL
  WINDOW whole AS (PARTITION BY project, session)
)
WHERE place = 1;

-- The ids that traces have absorbed, each with the trace that it stands for now.
-- None of them is the id of a trace.
CREATE TABLE aliases (
  project  INTEGER NOT NULL,
  alias    TEXT NOT NULL,
  trace_id TEXT NOT NULL,
  PRIMARY KEY (project, alias)
) STRICT, WITHOUT ROWID;
CREATE INDEX aliases_trace ON aliases (trace_id, project);
