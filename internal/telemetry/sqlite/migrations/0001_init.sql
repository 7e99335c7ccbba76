-- +goose Up

CREATE TABLE projects (
  id   INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

-- Texts of few values, once per project. The index is on a hash, so that a long
-- text costs no long key; readers compare the text itself.
CREATE TABLE strings (
  id      INTEGER PRIMARY KEY,
  project INTEGER NOT NULL,
  hash    INTEGER NOT NULL,
  text    TEXT NOT NULL
) STRICT;
CREATE INDEX strings_hash ON strings (hash);

-- One row per trace: its explicit state without the payload, what it shows, and
-- what its observations add up to. Times are microseconds since 1970; texts are
-- numbers of strings.
CREATE TABLE traces (
  t            INTEGER PRIMARY KEY,
  project      INTEGER NOT NULL,
  trace_id     TEXT NOT NULL,
  named        INTEGER NOT NULL, -- 1 once a record has named the trace
  extent       INTEGER NOT NULL, -- the extent that takes the next row
  position     INTEGER NOT NULL, -- of the next row in it
  state        BLOB,             -- explicit state
  has_payload  INTEGER NOT NULL, -- 1 if trace_payload has the rest of it
  timestamp    INTEGER NOT NULL,
  name         INTEGER,
  environment  INTEGER NOT NULL,
  user_id      INTEGER,
  session      INTEGER,
  release      INTEGER,
  version      INTEGER,
  public       INTEGER NOT NULL,
  bookmarked   INTEGER NOT NULL,
  root         INTEGER,          -- r of the root among the OTLP spans
  first_otel   INTEGER,          -- earliest start of the OTLP spans
  first        INTEGER NOT NULL,
  last         INTEGER NOT NULL,
  seen_env     INTEGER,          -- explicit environment of the observation that is first …
  seen_time    INTEGER NOT NULL, -- … by this event time
  seen_rank    INTEGER NOT NULL, -- and rank
  observations INTEGER NOT NULL,
  debugs       INTEGER NOT NULL,
  defaults     INTEGER NOT NULL,
  warnings     INTEGER NOT NULL,
  errors       INTEGER NOT NULL,
  usage_input  INTEGER NOT NULL,
  usage_output INTEGER NOT NULL,
  usage_total  INTEGER NOT NULL,
  cost_input   INTEGER NOT NULL, -- 1e-12 dollars
  cost_output  INTEGER NOT NULL,
  cost_total   INTEGER NOT NULL,
  created_at   INTEGER NOT NULL,
  updated_at   INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX traces_id ON traces (trace_id, project);
CREATE INDEX traces_timestamp ON traces (project, timestamp);
CREATE INDEX traces_name ON traces (project, name, timestamp) WHERE name IS NOT NULL;
CREATE INDEX traces_user ON traces (project, user_id, timestamp) WHERE user_id IS NOT NULL;
CREATE INDEX traces_session ON traces (project, session, timestamp) WHERE session IS NOT NULL;

-- Explicit input, output, metadata and raw of a trace.
CREATE TABLE trace_payload (
  t    INTEGER PRIMARY KEY,
  body BLOB NOT NULL
) STRICT;

CREATE TABLE trace_tags (
  tag       INTEGER NOT NULL,
  timestamp INTEGER NOT NULL, -- the trace's
  t         INTEGER NOT NULL,
  PRIMARY KEY (tag, timestamp, t)
) STRICT, WITHOUT ROWID;

-- Users and sessions that observations of a trace have of their own where the trace
-- shows others, or did once: in which traces a list by user or session has to look.
-- There may be too many, never too few.
CREATE TABLE trace_values (
  value INTEGER NOT NULL, -- number of a string
  t     INTEGER NOT NULL,
  PRIMARY KEY (value, t)
) STRICT, WITHOUT ROWID;
CREATE INDEX trace_values_trace ON trace_values (t);

-- The further extents of traces that outgrew their first.
CREATE TABLE extents (
  extent INTEGER PRIMARY KEY,
  t      INTEGER NOT NULL
) STRICT;
CREATE INDEX extents_trace ON extents (t);

-- One row per observation. Times other than start are relative to start.
CREATE TABLE observations (
  r              INTEGER PRIMARY KEY,
  t              INTEGER NOT NULL,
  k              INTEGER NOT NULL, -- bucket << 32 | hash of project and id
  project        INTEGER NOT NULL,
  id             TEXT NOT NULL,
  start          INTEGER NOT NULL,
  duration       INTEGER,
  completion     INTEGER,
  time           INTEGER NOT NULL, -- event time of the row's key
  flags          INTEGER NOT NULL, -- see rows.go
  parent         TEXT,
  type           INTEGER NOT NULL, -- place in the list of types; of others, minus the string
  level          INTEGER NOT NULL, -- likewise
  name           INTEGER,
  model          INTEGER,
  environment    INTEGER,          -- explicit ones only
  user_id        INTEGER,
  session        INTEGER,
  release        INTEGER,
  version        INTEGER,
  prompt         INTEGER,
  prompt_version INTEGER,
  usage          BLOB,
  cost           BLOB,
  extra          BLOB,             -- further small fields
  keys           BLOB,             -- keys that differ from the row's
  created        INTEGER NOT NULL,
  updated        INTEGER           -- NULL: as created
) STRICT;
CREATE INDEX observations_id ON observations (k);
CREATE INDEX observations_unnamed ON observations (k) WHERE flags & 8 = 0;
CREATE INDEX observations_start ON observations (project, start);
CREATE INDEX observations_root ON observations (project, start) WHERE parent IS NULL OR flags & 16 != 0;
CREATE INDEX observations_name ON observations (project, name, start) WHERE name IS NOT NULL;
CREATE INDEX observations_type ON observations (project, type, start) WHERE type != 0;
CREATE INDEX observations_level ON observations (project, level, start) WHERE level != 1;

-- Input, output, metadata and raw, and the small fields where they are not small.
CREATE TABLE payload (
  r     INTEGER PRIMARY KEY,
  body  BLOB,
  extra BLOB
) STRICT;

-- Aggregates, kept in step with the rows. Sums wrap around at 64 bits.
CREATE TABLE rollup_observation (
  project       INTEGER NOT NULL,
  hour          INTEGER NOT NULL, -- of the start, in hours since 1970
  type          INTEGER NOT NULL, -- as in observations
  model         INTEGER NOT NULL, -- 0: none
  level         INTEGER NOT NULL,
  count         INTEGER NOT NULL,
  usage_input   INTEGER NOT NULL,
  usage_output  INTEGER NOT NULL,
  usage_total   INTEGER NOT NULL,
  cost_total    INTEGER NOT NULL,
  latency_sum   INTEGER NOT NULL,
  latency_count INTEGER NOT NULL, -- of those that have an end
  PRIMARY KEY (project, hour, type, model, level)
) STRICT, WITHOUT ROWID;

CREATE TABLE rollup_trace (
  project      INTEGER NOT NULL,
  day          INTEGER NOT NULL, -- of the timestamp, in days since 1970
  environment  INTEGER NOT NULL,
  name         INTEGER NOT NULL, -- 0: none
  user_id      INTEGER NOT NULL, -- 0: none
  traces       INTEGER NOT NULL,
  observations INTEGER NOT NULL,
  usage_input  INTEGER NOT NULL,
  usage_output INTEGER NOT NULL,
  usage_total  INTEGER NOT NULL,
  cost_total   INTEGER NOT NULL,
  PRIMARY KEY (project, day, environment, name, user_id)
) STRICT, WITHOUT ROWID;
