== observations
SELECT o.r, o.t, o.k, o.project, o.id, o.start, o.duration, o.completion, o.time, o.flags, o.parent, o.type, o.level, o.name, o.model, o.environment, o.user_id, o.session, o.release, o.version, o.prompt, o.rates, o.repriced, o.reasons, o.prompt_version, o.usage, o.cost, o.extra, o.keys, o.created, o.updated, t.trace_id
FROM observations o
CROSS JOIN traces t ON t.t = o.t
WHERE o.project = ?
ORDER BY o.start DESC, t.trace_id DESC, o.id DESC
LIMIT ? OFFSET ?
-- [7,51,0]

SELECT COUNT(*)
FROM observations o
WHERE o.project = ?
-- [7]

== observations after one
SELECT o.r, o.t, o.k, o.project, o.id, o.start, o.duration, o.completion, o.time, o.flags, o.parent, o.type, o.level, o.name, o.model, o.environment, o.user_id, o.session, o.release, o.version, o.prompt, o.rates, o.repriced, o.reasons, o.prompt_version, o.usage, o.cost, o.extra, o.keys, o.created, o.updated, t.trace_id
FROM observations o
CROSS JOIN traces t ON t.t = o.t
WHERE o.project = ?
  AND o.start <= ? AND (o.start < ? OR t.trace_id < ? OR t.trace_id = ? AND o.id < ?)
ORDER BY o.start DESC, t.trace_id DESC, o.id DESC
LIMIT ? OFFSET ?
-- [7,5,5,"t","t","o",51,0]

SELECT COUNT(*)
FROM observations o
WHERE o.project = ?
-- [7]

== observations by id
WITH RECURSIVE bucket (n) AS (
  SELECT 0 UNION ALL SELECT n + 1 FROM bucket WHERE n < (SELECT MAX(r) FROM observations) >> 32
), wanted (hash) AS (VALUES (?), (?))
SELECT o.r, o.t, o.k, o.project, o.id, o.start, o.duration, o.completion, o.time, o.flags, o.parent, o.type, o.level, o.name, o.model, o.environment, o.user_id, o.session, o.release, o.version, o.prompt, o.rates, o.repriced, o.reasons, o.prompt_version, o.usage, o.cost, o.extra, o.keys, o.created, o.updated, t.trace_id
FROM wanted CROSS JOIN bucket CROSS JOIN observations o ON o.k = (bucket.n << 32 | wanted.hash)
CROSS JOIN traces t ON t.t = o.t
WHERE +o.project = ?
  AND o.id IN (?, ?, ?)
ORDER BY o.start DESC, t.trace_id DESC, o.id DESC
LIMIT ? OFFSET ?
-- [2848111371,1407038146,7,"o","p","o",51,0]

WITH RECURSIVE bucket (n) AS (
  SELECT 0 UNION ALL SELECT n + 1 FROM bucket WHERE n < (SELECT MAX(r) FROM observations) >> 32
), wanted (hash) AS (VALUES (?), (?))
SELECT COUNT(*)
FROM wanted CROSS JOIN bucket CROSS JOIN observations o ON o.k = (bucket.n << 32 | wanted.hash)
WHERE +o.project = ?
  AND o.id IN (?, ?, ?)
-- [2848111371,1407038146,7,"o","p","o"]

== observations by id and trace
WITH RECURSIVE bucket (n) AS (
  SELECT 0 UNION ALL SELECT n + 1 FROM bucket WHERE n < (SELECT MAX(r) FROM observations) >> 32
), wanted (hash) AS (VALUES (?))
SELECT o.r, o.t, o.k, o.project, o.id, o.start, o.duration, o.completion, o.time, o.flags, o.parent, o.type, o.level, o.name, o.model, o.environment, o.user_id, o.session, o.release, o.version, o.prompt, o.rates, o.repriced, o.reasons, o.prompt_version, o.usage, o.cost, o.extra, o.keys, o.created, o.updated, t.trace_id
FROM wanted CROSS JOIN bucket CROSS JOIN observations o ON o.k = (bucket.n << 32 | wanted.hash)
CROSS JOIN traces t ON t.t = o.t
WHERE +o.project = ?
  AND o.id IN (?)
  AND t.trace_id IN (?)
ORDER BY o.start DESC, t.trace_id DESC, o.id DESC
LIMIT ? OFFSET ?
-- [2848111371,7,"o","t",51,0]

WITH RECURSIVE bucket (n) AS (
  SELECT 0 UNION ALL SELECT n + 1 FROM bucket WHERE n < (SELECT MAX(r) FROM observations) >> 32
), wanted (hash) AS (VALUES (?))
SELECT COUNT(*)
FROM wanted CROSS JOIN bucket CROSS JOIN observations o ON o.k = (bucket.n << 32 | wanted.hash)
CROSS JOIN traces t ON t.t = o.t
WHERE +o.project = ?
  AND o.id IN (?)
  AND t.trace_id IN (?)
-- [2848111371,7,"o","t"]

== observations of a name
SELECT o.r, o.t, o.k, o.project, o.id, o.start, o.duration, o.completion, o.time, o.flags, o.parent, o.type, o.level, o.name, o.model, o.environment, o.user_id, o.session, o.release, o.version, o.prompt, o.rates, o.repriced, o.reasons, o.prompt_version, o.usage, o.cost, o.extra, o.keys, o.created, o.updated, t.trace_id
FROM observations o
CROSS JOIN traces t ON t.t = o.t
WHERE o.project = ?
  AND o.name = ?
ORDER BY o.start DESC, t.trace_id DESC, o.id DESC
LIMIT ? OFFSET ?
-- [7,101,51,0]

SELECT COUNT(*)
FROM observations o
WHERE o.project = ?
  AND o.name = ?
-- [7,101]

== observations of a parent
SELECT o.r, o.t, o.k, o.project, o.id, o.start, o.duration, o.completion, o.time, o.flags, o.parent, o.type, o.level, o.name, o.model, o.environment, o.user_id, o.session, o.release, o.version, o.prompt, o.rates, o.repriced, o.reasons, o.prompt_version, o.usage, o.cost, o.extra, o.keys, o.created, o.updated, t.trace_id
FROM observations o
CROSS JOIN traces t ON t.t = o.t
WHERE o.project = ?
  AND o.parent IN (?)
ORDER BY o.start DESC, t.trace_id DESC, o.id DESC
LIMIT ? OFFSET ?
-- [7,"o",51,0]

SELECT COUNT(*)
FROM observations o
WHERE o.project = ?
  AND o.parent IN (?)
-- [7,"o"]

== observations of a tag
WITH wanted (t) AS MATERIALIZED (
  SELECT DISTINCT t FROM trace_tags WHERE tag IN (?, ?)
), extent (n) AS MATERIALIZED (
  SELECT t FROM wanted UNION ALL SELECT e.extent FROM wanted CROSS JOIN extents e ON e.t = wanted.t
)
SELECT o.r, o.t, o.k, o.project, o.id, o.start, o.duration, o.completion, o.time, o.flags, o.parent, o.type, o.level, o.name, o.model, o.environment, o.user_id, o.session, o.release, o.version, o.prompt, o.rates, o.repriced, o.reasons, o.prompt_version, o.usage, o.cost, o.extra, o.keys, o.created, o.updated, t.trace_id
FROM extent CROSS JOIN observations o ON o.r BETWEEN extent.n << 20 AND ((extent.n + 1) << 20) - 1
CROSS JOIN traces t ON t.t = o.t
WHERE +o.project = ?
  AND EXISTS (SELECT 1 FROM trace_tags g WHERE g.t = t.t AND g.timestamp = t.timestamp AND g.tag IN (?, ?))
ORDER BY o.start DESC, t.trace_id DESC, o.id DESC
LIMIT ? OFFSET ?
-- [101,102,7,101,102,51,0]

WITH wanted (t) AS MATERIALIZED (
  SELECT DISTINCT t FROM trace_tags WHERE tag IN (?, ?)
), extent (n) AS MATERIALIZED (
  SELECT t FROM wanted UNION ALL SELECT e.extent FROM wanted CROSS JOIN extents e ON e.t = wanted.t
)
SELECT COUNT(*)
FROM extent CROSS JOIN observations o ON o.r BETWEEN extent.n << 20 AND ((extent.n + 1) << 20) - 1
CROSS JOIN traces t ON t.t = o.t
WHERE +o.project = ?
  AND EXISTS (SELECT 1 FROM trace_tags g WHERE g.t = t.t AND g.timestamp = t.timestamp AND g.tag IN (?, ?))
-- [101,102,7,101,102]

== observations of a tag, of many
SELECT o.r, o.t, o.k, o.project, o.id, o.start, o.duration, o.completion, o.time, o.flags, o.parent, o.type, o.level, o.name, o.model, o.environment, o.user_id, o.session, o.release, o.version, o.prompt, o.rates, o.repriced, o.reasons, o.prompt_version, o.usage, o.cost, o.extra, o.keys, o.created, o.updated, t.trace_id
FROM observations o
CROSS JOIN traces t ON t.t = o.t
WHERE o.project = ?
  AND EXISTS (SELECT 1 FROM trace_tags g WHERE g.t = t.t AND g.timestamp = t.timestamp AND g.tag = ?)
ORDER BY o.start DESC, t.trace_id DESC, o.id DESC
LIMIT ? OFFSET ?
-- [7,101,51,0]

SELECT COUNT(*)
FROM observations o
CROSS JOIN traces t ON t.t = o.t
WHERE o.project = ?
  AND EXISTS (SELECT 1 FROM trace_tags g WHERE g.t = t.t AND g.timestamp = t.timestamp AND g.tag = ?)
-- [7,101]

== observations of a time
SELECT o.r, o.t, o.k, o.project, o.id, o.start, o.duration, o.completion, o.time, o.flags, o.parent, o.type, o.level, o.name, o.model, o.environment, o.user_id, o.session, o.release, o.version, o.prompt, o.rates, o.repriced, o.reasons, o.prompt_version, o.usage, o.cost, o.extra, o.keys, o.created, o.updated, t.trace_id
FROM observations o
CROSS JOIN traces t ON t.t = o.t
WHERE o.project = ?
  AND o.start >= ?
  AND o.start < ?
ORDER BY o.start DESC, t.trace_id DESC, o.id DESC
LIMIT ? OFFSET ?
-- [7,1000000,2001000,51,0]

SELECT COUNT(*)
FROM observations o
WHERE o.project = ?
  AND o.start >= ?
  AND o.start < ?
-- [7,1000000,2001000]

== observations of a trace
WITH wanted (t) AS MATERIALIZED (
  SELECT t FROM traces WHERE project = ? AND trace_id IN (?)
), extent (n) AS MATERIALIZED (
  SELECT t FROM wanted UNION ALL SELECT e.extent FROM wanted CROSS JOIN extents e ON e.t = wanted.t
)
SELECT o.r, o.t, o.k, o.project, o.id, o.start, o.duration, o.completion, o.time, o.flags, o.parent, o.type, o.level, o.name, o.model, o.environment, o.user_id, o.session, o.release, o.version, o.prompt, o.rates, o.repriced, o.reasons, o.prompt_version, o.usage, o.cost, o.extra, o.keys, o.created, o.updated, t.trace_id
FROM extent CROSS JOIN observations o ON o.r BETWEEN extent.n << 20 AND ((extent.n + 1) << 20) - 1
CROSS JOIN traces t ON t.t = o.t
WHERE +o.project = ?
  AND t.trace_id IN (?)
ORDER BY o.start DESC, t.trace_id DESC, o.id DESC
LIMIT ? OFFSET ?
-- [7,"t",7,"t",51,0]

WITH wanted (t) AS MATERIALIZED (
  SELECT t FROM traces WHERE project = ? AND trace_id IN (?)
), extent (n) AS MATERIALIZED (
  SELECT t FROM wanted UNION ALL SELECT e.extent FROM wanted CROSS JOIN extents e ON e.t = wanted.t
)
SELECT COUNT(*)
FROM extent CROSS JOIN observations o ON o.r BETWEEN extent.n << 20 AND ((extent.n + 1) << 20) - 1
CROSS JOIN traces t ON t.t = o.t
WHERE +o.project = ?
  AND t.trace_id IN (?)
-- [7,"t",7,"t"]

== observations of a user
WITH wanted (t) AS MATERIALIZED (
  SELECT t FROM traces WHERE project = ? AND user_id = ? UNION SELECT t FROM trace_values WHERE value = ?
), extent (n) AS MATERIALIZED (
  SELECT t FROM wanted UNION ALL SELECT e.extent FROM wanted CROSS JOIN extents e ON e.t = wanted.t
)
SELECT o.r, o.t, o.k, o.project, o.id, o.start, o.duration, o.completion, o.time, o.flags, o.parent, o.type, o.level, o.name, o.model, o.environment, o.user_id, o.session, o.release, o.version, o.prompt, o.rates, o.repriced, o.reasons, o.prompt_version, o.usage, o.cost, o.extra, o.keys, o.created, o.updated, t.trace_id
FROM extent CROSS JOIN observations o ON o.r BETWEEN extent.n << 20 AND ((extent.n + 1) << 20) - 1
CROSS JOIN traces t ON t.t = o.t
WHERE +o.project = ?
  AND COALESCE(o.user_id, t.user_id) = ?
ORDER BY o.start DESC, t.trace_id DESC, o.id DESC
LIMIT ? OFFSET ?
-- [7,101,101,7,101,51,0]

WITH wanted (t) AS MATERIALIZED (
  SELECT t FROM traces WHERE project = ? AND user_id = ? UNION SELECT t FROM trace_values WHERE value = ?
), extent (n) AS MATERIALIZED (
  SELECT t FROM wanted UNION ALL SELECT e.extent FROM wanted CROSS JOIN extents e ON e.t = wanted.t
)
SELECT COUNT(*)
FROM extent CROSS JOIN observations o ON o.r BETWEEN extent.n << 20 AND ((extent.n + 1) << 20) - 1
CROSS JOIN traces t ON t.t = o.t
WHERE +o.project = ?
  AND COALESCE(o.user_id, t.user_id) = ?
-- [7,101,101,7,101]

== observations of a user, of many
SELECT o.r, o.t, o.k, o.project, o.id, o.start, o.duration, o.completion, o.time, o.flags, o.parent, o.type, o.level, o.name, o.model, o.environment, o.user_id, o.session, o.release, o.version, o.prompt, o.rates, o.repriced, o.reasons, o.prompt_version, o.usage, o.cost, o.extra, o.keys, o.created, o.updated, t.trace_id
FROM observations o
CROSS JOIN traces t ON t.t = o.t
WHERE o.project = ?
  AND COALESCE(o.user_id, t.user_id) = ?
ORDER BY o.start DESC, t.trace_id DESC, o.id DESC
LIMIT ? OFFSET ?
-- [7,101,51,0]

SELECT COUNT(*)
FROM observations o
CROSS JOIN traces t ON t.t = o.t
WHERE o.project = ?
  AND COALESCE(o.user_id, t.user_id) = ?
-- [7,101]

== observations of an odd type
SELECT o.r, o.t, o.k, o.project, o.id, o.start, o.duration, o.completion, o.time, o.flags, o.parent, o.type, o.level, o.name, o.model, o.environment, o.user_id, o.session, o.release, o.version, o.prompt, o.rates, o.repriced, o.reasons, o.prompt_version, o.usage, o.cost, o.extra, o.keys, o.created, o.updated, t.trace_id
FROM observations o
CROSS JOIN traces t ON t.t = o.t
WHERE o.project = ?
  AND o.type IN (0, -102)
ORDER BY o.start DESC, t.trace_id DESC, o.id DESC
LIMIT ? OFFSET ?
-- [7,51,0]

SELECT COUNT(*)
FROM observations o
WHERE o.project = ?
  AND o.type IN (0, -102)
-- [7]

== observations of levels
SELECT o.r, o.t, o.k, o.project, o.id, o.start, o.duration, o.completion, o.time, o.flags, o.parent, o.type, o.level, o.name, o.model, o.environment, o.user_id, o.session, o.release, o.version, o.prompt, o.rates, o.repriced, o.reasons, o.prompt_version, o.usage, o.cost, o.extra, o.keys, o.created, o.updated, t.trace_id
FROM observations o
CROSS JOIN traces t ON t.t = o.t
WHERE o.project = ?
  AND o.level IN (3, 1)
ORDER BY o.start DESC, t.trace_id DESC, o.id DESC
LIMIT ? OFFSET ?
-- [7,51,0]

SELECT COUNT(*)
FROM observations o
WHERE o.project = ?
  AND o.level IN (3, 1)
-- [7]

== observations of no type
SELECT o.r, o.t, o.k, o.project, o.id, o.start, o.duration, o.completion, o.time, o.flags, o.parent, o.type, o.level, o.name, o.model, o.environment, o.user_id, o.session, o.release, o.version, o.prompt, o.rates, o.repriced, o.reasons, o.prompt_version, o.usage, o.cost, o.extra, o.keys, o.created, o.updated, t.trace_id
FROM observations o
CROSS JOIN traces t ON t.t = o.t
WHERE o.project = ?
  AND o.type IN ()
ORDER BY o.start DESC, t.trace_id DESC, o.id DESC
LIMIT ? OFFSET ?
-- [7,51,0]

SELECT COUNT(*)
FROM observations o
WHERE o.project = ?
  AND o.type IN ()
-- [7]

== observations of what they show
WITH wanted (t) AS MATERIALIZED (
  SELECT t FROM traces WHERE project = ? AND session = ? UNION SELECT t FROM trace_values WHERE value = ?
), extent (n) AS MATERIALIZED (
  SELECT t FROM wanted UNION ALL SELECT e.extent FROM wanted CROSS JOIN extents e ON e.t = wanted.t
)
SELECT o.r, o.t, o.k, o.project, o.id, o.start, o.duration, o.completion, o.time, o.flags, o.parent, o.type, o.level, o.name, o.model, o.environment, o.user_id, o.session, o.release, o.version, o.prompt, o.rates, o.repriced, o.reasons, o.prompt_version, o.usage, o.cost, o.extra, o.keys, o.created, o.updated, t.trace_id
FROM extent CROSS JOIN observations o ON o.r BETWEEN extent.n << 20 AND ((extent.n + 1) << 20) - 1
CROSS JOIN traces t ON t.t = o.t
WHERE +o.project = ?
  AND COALESCE(o.session, t.session) = ?
  AND COALESCE(o.release, t.release) = ?
  AND COALESCE(o.version, t.version) = ?
  AND COALESCE(o.environment, t.environment) IN (?, ?)
ORDER BY o.start DESC, t.trace_id DESC, o.id DESC
LIMIT ? OFFSET ?
-- [7,105,105,7,105,101,102,103,104,51,0]

WITH wanted (t) AS MATERIALIZED (
  SELECT t FROM traces WHERE project = ? AND session = ? UNION SELECT t FROM trace_values WHERE value = ?
), extent (n) AS MATERIALIZED (
  SELECT t FROM wanted UNION ALL SELECT e.extent FROM wanted CROSS JOIN extents e ON e.t = wanted.t
)
SELECT COUNT(*)
FROM extent CROSS JOIN observations o ON o.r BETWEEN extent.n << 20 AND ((extent.n + 1) << 20) - 1
CROSS JOIN traces t ON t.t = o.t
WHERE +o.project = ?
  AND COALESCE(o.session, t.session) = ?
  AND COALESCE(o.release, t.release) = ?
  AND COALESCE(o.version, t.version) = ?
  AND COALESCE(o.environment, t.environment) IN (?, ?)
-- [7,105,105,7,105,101,102,103,104]

== observations without
SELECT o.r, o.t, o.k, o.project, o.id, o.start, o.duration, o.completion, o.time, o.flags, o.parent, o.type, o.level, o.name, o.model, o.environment, o.user_id, o.session, o.release, o.version, o.prompt, o.rates, o.repriced, o.reasons, o.prompt_version, o.usage, o.cost, o.extra, o.keys, o.created, o.updated, t.trace_id
FROM observations o
CROSS JOIN traces t ON t.t = o.t
WHERE o.project = ?
  AND o.parent IS NULL
  AND COALESCE(o.user_id, t.user_id) IS NULL
ORDER BY o.start DESC, t.trace_id DESC, o.id DESC
LIMIT ? OFFSET ?
-- [7,51,0]

SELECT COUNT(*)
FROM observations o
CROSS JOIN traces t ON t.t = o.t
WHERE o.project = ?
  AND o.parent IS NULL
  AND COALESCE(o.user_id, t.user_id) IS NULL
-- [7]

== observations without what all have
SELECT o.r, o.t, o.k, o.project, o.id, o.start, o.duration, o.completion, o.time, o.flags, o.parent, o.type, o.level, o.name, o.model, o.environment, o.user_id, o.session, o.release, o.version, o.prompt, o.rates, o.repriced, o.reasons, o.prompt_version, o.usage, o.cost, o.extra, o.keys, o.created, o.updated, t.trace_id
FROM observations o
CROSS JOIN traces t ON t.t = o.t
WHERE o.project = ?
  AND 0
ORDER BY o.start DESC, t.trace_id DESC, o.id DESC
LIMIT ? OFFSET ?
-- [7,51,0]

SELECT COUNT(*)
FROM observations o
WHERE o.project = ?
  AND 0
-- [7]

== observations, errors
SELECT o.r, o.t, o.k, o.project, o.id, o.start, o.duration, o.completion, o.time, o.flags, o.parent, o.type, o.level, o.name, o.model, o.environment, o.user_id, o.session, o.release, o.version, o.prompt, o.rates, o.repriced, o.reasons, o.prompt_version, o.usage, o.cost, o.extra, o.keys, o.created, o.updated, t.trace_id
FROM observations o
CROSS JOIN traces t ON t.t = o.t
WHERE o.project = ?
  AND o.level = 3 AND o.level != 1
ORDER BY o.start DESC, t.trace_id DESC, o.id DESC
LIMIT ? OFFSET ?
-- [7,51,0]

SELECT COUNT(*)
FROM observations o
WHERE o.project = ?
  AND o.level = 3 AND o.level != 1
-- [7]

== observations, generations
SELECT o.r, o.t, o.k, o.project, o.id, o.start, o.duration, o.completion, o.time, o.flags, o.parent, o.type, o.level, o.name, o.model, o.environment, o.user_id, o.session, o.release, o.version, o.prompt, o.rates, o.repriced, o.reasons, o.prompt_version, o.usage, o.cost, o.extra, o.keys, o.created, o.updated, t.trace_id
FROM observations o
CROSS JOIN traces t ON t.t = o.t
WHERE o.project = ?
  AND o.type = 1 AND o.type != 0
  AND o.start >= ?
ORDER BY o.start DESC, t.trace_id DESC, o.id DESC
LIMIT ? OFFSET ?
-- [7,1000000,51,0]

SELECT COUNT(*)
FROM observations o
WHERE o.project = ?
  AND o.type = 1 AND o.type != 0
  AND o.start >= ?
-- [7,1000000]

== observations, no roots
SELECT o.r, o.t, o.k, o.project, o.id, o.start, o.duration, o.completion, o.time, o.flags, o.parent, o.type, o.level, o.name, o.model, o.environment, o.user_id, o.session, o.release, o.version, o.prompt, o.rates, o.repriced, o.reasons, o.prompt_version, o.usage, o.cost, o.extra, o.keys, o.created, o.updated, t.trace_id
FROM observations o
CROSS JOIN traces t ON t.t = o.t
WHERE o.project = ?
  AND NOT (o.parent IS NULL OR o.flags & 16 != 0)
ORDER BY o.start DESC, t.trace_id DESC, o.id DESC
LIMIT ? OFFSET ?
-- [7,51,0]

SELECT COUNT(*)
FROM observations o
WHERE o.project = ?
  AND NOT (o.parent IS NULL OR o.flags & 16 != 0)
-- [7]

== observations, roots
SELECT o.r, o.t, o.k, o.project, o.id, o.start, o.duration, o.completion, o.time, o.flags, o.parent, o.type, o.level, o.name, o.model, o.environment, o.user_id, o.session, o.release, o.version, o.prompt, o.rates, o.repriced, o.reasons, o.prompt_version, o.usage, o.cost, o.extra, o.keys, o.created, o.updated, t.trace_id
FROM observations o
CROSS JOIN traces t ON t.t = o.t
WHERE o.project = ?
  AND (o.parent IS NULL OR o.flags & 16 != 0)
ORDER BY o.start DESC, t.trace_id DESC, o.id DESC
LIMIT ? OFFSET ?
-- [7,51,0]

SELECT COUNT(*)
FROM observations o
WHERE o.project = ?
  AND (o.parent IS NULL OR o.flags & 16 != 0)
-- [7]

== scores
SELECT s.id, s.created_at, s.updated_at, s.state
FROM scores s
WHERE s.project = ?
ORDER BY s.timestamp DESC, s.id DESC
LIMIT ? OFFSET ?
-- [7,51,5]

SELECT COUNT(*)
FROM scores s
WHERE s.project = ?
-- [7]

== scores after one
SELECT s.id, s.created_at, s.updated_at, s.state
FROM scores s
WHERE s.project = ?
  AND (s.timestamp, s.id) < (?, ?)
ORDER BY s.timestamp DESC, s.id DESC
LIMIT ? OFFSET ?
-- [7,5,"c",51,0]

SELECT COUNT(*)
FROM scores s
WHERE s.project = ?
-- [7]

== scores by id
SELECT s.id, s.created_at, s.updated_at, s.state
FROM scores s
WHERE s.project = ?
  AND s.id IN (?, ?)
ORDER BY +s.timestamp DESC, s.id DESC
LIMIT ? OFFSET ?
-- [7,"c","d",51,5]

SELECT COUNT(*)
FROM scores s
WHERE s.project = ?
  AND s.id IN (?, ?)
-- [7,"c","d"]

== scores of a name
SELECT s.id, s.created_at, s.updated_at, s.state
FROM scores s
WHERE s.project = ?
  AND s.name = ?
ORDER BY s.timestamp DESC, s.id DESC
LIMIT ? OFFSET ?
-- [7,101,51,5]

SELECT COUNT(*)
FROM scores s
WHERE s.project = ?
  AND s.name = ?
-- [7,101]

== scores of a name after one
SELECT s.id, s.created_at, s.updated_at, s.state
FROM scores s
WHERE s.project = ?
  AND s.name = ?
  AND (s.timestamp, s.id) < (?, ?)
ORDER BY s.timestamp DESC, s.id DESC
LIMIT ? OFFSET ?
-- [7,101,5,"c",51,5]

SELECT COUNT(*)
FROM scores s
WHERE s.project = ?
  AND s.name = ?
-- [7,101]

== scores of a run
SELECT s.id, s.created_at, s.updated_at, s.state
FROM scores s
WHERE s.project = ?
  AND s.run_id IN (?)
ORDER BY +s.timestamp DESC, s.id DESC
LIMIT ? OFFSET ?
-- [7,"r",51,5]

SELECT COUNT(*)
FROM scores s
WHERE s.project = ?
  AND s.run_id IN (?)
-- [7,"r"]

== scores of a session
SELECT s.id, s.created_at, s.updated_at, s.state
FROM scores s
WHERE s.project = ?
  AND s.session_id IN (?)
ORDER BY +s.timestamp DESC, s.id DESC
LIMIT ? OFFSET ?
-- [7,"s",51,5]

SELECT COUNT(*)
FROM scores s
WHERE s.project = ?
  AND s.session_id IN (?)
-- [7,"s"]

== scores of a tag
SELECT s.id, s.created_at, s.updated_at, s.state
FROM scores s
LEFT JOIN traces t ON t.trace_id = s.trace_id AND t.project = s.project
WHERE s.project = ?
  AND s.trace_id IN (SELECT d.trace_id FROM trace_tags g CROSS JOIN traces d ON d.t = g.t WHERE g.tag IN (?, ?))
  AND EXISTS (SELECT 1 FROM trace_tags g WHERE g.t = t.t AND g.timestamp = t.timestamp AND g.tag IN (?, ?))
ORDER BY +s.timestamp DESC, s.id DESC
LIMIT ? OFFSET ?
-- [7,101,102,101,102,51,5]

SELECT COUNT(*)
FROM scores s
LEFT JOIN traces t ON t.trace_id = s.trace_id AND t.project = s.project
WHERE s.project = ?
  AND s.trace_id IN (SELECT d.trace_id FROM trace_tags g CROSS JOIN traces d ON d.t = g.t WHERE g.tag IN (?, ?))
  AND EXISTS (SELECT 1 FROM trace_tags g WHERE g.t = t.t AND g.timestamp = t.timestamp AND g.tag IN (?, ?))
-- [7,101,102,101,102]

== scores of a tag, of many
SELECT s.id, s.created_at, s.updated_at, s.state
FROM scores s
LEFT JOIN traces t ON t.trace_id = s.trace_id AND t.project = s.project
WHERE s.project = ?
  AND EXISTS (SELECT 1 FROM trace_tags g WHERE g.t = t.t AND g.timestamp = t.timestamp AND g.tag IN (?, ?))
ORDER BY s.timestamp DESC, s.id DESC
LIMIT ? OFFSET ?
-- [7,101,102,51,5]

SELECT COUNT(*)
FROM scores s
LEFT JOIN traces t ON t.trace_id = s.trace_id AND t.project = s.project
WHERE s.project = ?
  AND EXISTS (SELECT 1 FROM trace_tags g WHERE g.t = t.t AND g.timestamp = t.timestamp AND g.tag IN (?, ?))
-- [7,101,102]

== scores of a time
SELECT s.id, s.created_at, s.updated_at, s.state
FROM scores s
WHERE s.project = ?
  AND s.timestamp >= ?
  AND s.timestamp < ?
ORDER BY s.timestamp DESC, s.id DESC
LIMIT ? OFFSET ?
-- [7,1000000,2001000,51,5]

SELECT COUNT(*)
FROM scores s
WHERE s.project = ?
  AND s.timestamp >= ?
  AND s.timestamp < ?
-- [7,1000000,2001000]

== scores of a trace
SELECT s.id, s.created_at, s.updated_at, s.state
FROM scores s
WHERE s.project = ?
  AND s.trace_id IN (?)
ORDER BY +s.timestamp DESC, s.id DESC
LIMIT ? OFFSET ?
-- [7,"t",51,5]

SELECT COUNT(*)
FROM scores s
WHERE s.project = ?
  AND s.trace_id IN (?)
-- [7,"t"]

== scores of a trace and a value
SELECT s.id, s.created_at, s.updated_at, s.state
FROM scores s
WHERE s.project = ?
  AND s.trace_id IN (?)
  AND s.value > ?
  AND s.name = ?
ORDER BY +s.timestamp DESC, s.id DESC
LIMIT ? OFFSET ?
-- [7,"t",0.5,101,51,5]

SELECT COUNT(*)
FROM scores s
WHERE s.project = ?
  AND s.trace_id IN (?)
  AND s.value > ?
  AND s.name = ?
-- [7,"t",0.5,101]

== scores of a trace name
SELECT s.id, s.created_at, s.updated_at, s.state
FROM scores s
LEFT JOIN traces t ON t.trace_id = s.trace_id AND t.project = s.project
WHERE s.project = ?
  AND s.trace_id IN (SELECT trace_id FROM traces WHERE project = ? AND name = ?)
  AND t.name = ?
ORDER BY +s.timestamp DESC, s.id DESC
LIMIT ? OFFSET ?
-- [7,7,101,101,51,5]

SELECT COUNT(*)
FROM scores s
LEFT JOIN traces t ON t.trace_id = s.trace_id AND t.project = s.project
WHERE s.project = ?
  AND s.trace_id IN (SELECT trace_id FROM traces WHERE project = ? AND name = ?)
  AND t.name = ?
-- [7,7,101,101]

== scores of a trace name, many
SELECT s.id, s.created_at, s.updated_at, s.state
FROM scores s
LEFT JOIN traces t ON t.trace_id = s.trace_id AND t.project = s.project
WHERE s.project = ?
  AND t.name = ?
ORDER BY s.timestamp DESC, s.id DESC
LIMIT ? OFFSET ?
-- [7,101,51,5]

SELECT COUNT(*)
FROM scores s
LEFT JOIN traces t ON t.trace_id = s.trace_id AND t.project = s.project
WHERE s.project = ?
  AND t.name = ?
-- [7,101]

== scores of a user
SELECT s.id, s.created_at, s.updated_at, s.state
FROM scores s
LEFT JOIN traces t ON t.trace_id = s.trace_id AND t.project = s.project
WHERE s.project = ?
  AND s.trace_id IN (SELECT trace_id FROM traces WHERE project = ? AND user_id = ?)
  AND t.user_id = ?
ORDER BY +s.timestamp DESC, s.id DESC
LIMIT ? OFFSET ?
-- [7,7,101,101,51,5]

SELECT COUNT(*)
FROM scores s
LEFT JOIN traces t ON t.trace_id = s.trace_id AND t.project = s.project
WHERE s.project = ?
  AND s.trace_id IN (SELECT trace_id FROM traces WHERE project = ? AND user_id = ?)
  AND t.user_id = ?
-- [7,7,101,101]

== scores of a user, of many
SELECT s.id, s.created_at, s.updated_at, s.state
FROM scores s
LEFT JOIN traces t ON t.trace_id = s.trace_id AND t.project = s.project
WHERE s.project = ?
  AND t.user_id = ?
ORDER BY s.timestamp DESC, s.id DESC
LIMIT ? OFFSET ?
-- [7,101,51,5]

SELECT COUNT(*)
FROM scores s
LEFT JOIN traces t ON t.trace_id = s.trace_id AND t.project = s.project
WHERE s.project = ?
  AND t.user_id = ?
-- [7,101]

== scores of an observation
SELECT s.id, s.created_at, s.updated_at, s.state
FROM scores s
WHERE s.project = ?
  AND s.observation_id IN (?)
ORDER BY +s.timestamp DESC, s.id DESC
LIMIT ? OFFSET ?
-- [7,"o",51,5]

SELECT COUNT(*)
FROM scores s
WHERE s.project = ?
  AND s.observation_id IN (?)
-- [7,"o"]

== scores of metadata
SELECT s.id, s.created_at, s.updated_at, s.state
FROM scores s
WHERE s.project = ?
  AND (SELECT m.value FROM score_metadata m WHERE m.s = s.s AND m.key = ?) IN (?, ?)
  AND NOT COALESCE((SELECT m.value FROM score_metadata m WHERE m.s = s.s AND m.key = ?) IN (?), 0)
  AND instr(CAST((SELECT m.value FROM score_metadata m WHERE m.s = s.s AND m.key = ?) AS BLOB), ?) > 0
  AND COALESCE(instr(CAST((SELECT m.value FROM score_metadata m WHERE m.s = s.s AND m.key = ?) AS BLOB), ?) = 0, ?)
  AND substr(CAST((SELECT m.value FROM score_metadata m WHERE m.s = s.s AND m.key = ?) AS BLOB), 1, ?) = ?
  AND substr(CAST((SELECT m.value FROM score_metadata m WHERE m.s = s.s AND m.key = ?) AS BLOB), -?, ?) = ?
ORDER BY s.timestamp DESC, s.id DESC
LIMIT ? OFFSET ?
-- [7,"k","a","b","k","c","k","ZA==","k","ZQ==",0,"k",1,"Zg==","k",1,1,"Zw==",51,5]

SELECT COUNT(*)
FROM scores s
WHERE s.project = ?
  AND (SELECT m.value FROM score_metadata m WHERE m.s = s.s AND m.key = ?) IN (?, ?)
  AND NOT COALESCE((SELECT m.value FROM score_metadata m WHERE m.s = s.s AND m.key = ?) IN (?), 0)
  AND instr(CAST((SELECT m.value FROM score_metadata m WHERE m.s = s.s AND m.key = ?) AS BLOB), ?) > 0
  AND COALESCE(instr(CAST((SELECT m.value FROM score_metadata m WHERE m.s = s.s AND m.key = ?) AS BLOB), ?) = 0, ?)
  AND substr(CAST((SELECT m.value FROM score_metadata m WHERE m.s = s.s AND m.key = ?) AS BLOB), 1, ?) = ?
  AND substr(CAST((SELECT m.value FROM score_metadata m WHERE m.s = s.s AND m.key = ?) AS BLOB), -?, ?) = ?
-- [7,"k","a","b","k","c","k","ZA==","k","ZQ==",0,"k",1,"Zg==","k",1,1,"Zw=="]

== scores of names
SELECT s.id, s.created_at, s.updated_at, s.state
FROM scores s
WHERE s.project = ?
  AND s.name IN (?, ?)
ORDER BY s.timestamp DESC, s.id DESC
LIMIT ? OFFSET ?
-- [7,102,101,51,5]

SELECT COUNT(*)
FROM scores s
WHERE s.project = ?
  AND s.name IN (?, ?)
-- [7,102,101]

== scores of no user
SELECT s.id, s.created_at, s.updated_at, s.state
FROM scores s
LEFT JOIN traces t ON t.trace_id = s.trace_id AND t.project = s.project
WHERE s.project = ?
  AND t.user_id IS NULL
ORDER BY s.timestamp DESC, s.id DESC
LIMIT ? OFFSET ?
-- [7,51,5]

SELECT COUNT(*)
FROM scores s
LEFT JOIN traces t ON t.trace_id = s.trace_id AND t.project = s.project
WHERE s.project = ?
  AND t.user_id IS NULL
-- [7]

== scores of none
SELECT s.id, s.created_at, s.updated_at, s.state
FROM scores s
WHERE s.project = ?
  AND NOT COALESCE(s.name IN (?, ?), 0)
  AND NOT COALESCE(s.comment IN (), 0)
  AND NOT COALESCE(s.source IN (?), 0)
ORDER BY s.timestamp DESC, s.id DESC
LIMIT ? OFFSET ?
-- [7,101,102,"API",51,5]

SELECT COUNT(*)
FROM scores s
WHERE s.project = ?
  AND NOT COALESCE(s.name IN (?, ?), 0)
  AND NOT COALESCE(s.comment IN (), 0)
  AND NOT COALESCE(s.source IN (?), 0)
-- [7,101,102,"API"]

== scores of other users
SELECT s.id, s.created_at, s.updated_at, s.state
FROM scores s
LEFT JOIN traces t ON t.trace_id = s.trace_id AND t.project = s.project
WHERE s.project = ?
  AND NOT COALESCE(t.user_id = ?, 0)
ORDER BY s.timestamp DESC, s.id DESC
LIMIT ? OFFSET ?
-- [7,101,51,5]

SELECT COUNT(*)
FROM scores s
LEFT JOIN traces t ON t.trace_id = s.trace_id AND t.project = s.project
WHERE s.project = ?
  AND NOT COALESCE(t.user_id = ?, 0)
-- [7,101]

== scores of part of a name
SELECT s.id, s.created_at, s.updated_at, s.state
FROM scores s
LEFT JOIN traces t ON t.trace_id = s.trace_id AND t.project = s.project
WHERE s.project = ?
  AND instr(CAST((SELECT x.text FROM strings x WHERE x.id = t.name) AS BLOB), ?) > 0
ORDER BY s.timestamp DESC, s.id DESC
LIMIT ? OFFSET ?
-- [7,"eA==",51,5]

SELECT COUNT(*)
FROM scores s
LEFT JOIN traces t ON t.trace_id = s.trace_id AND t.project = s.project
WHERE s.project = ?
  AND instr(CAST((SELECT x.text FROM strings x WHERE x.id = t.name) AS BLOB), ?) > 0
-- [7,"eA=="]

== scores of parts of texts
SELECT s.id, s.created_at, s.updated_at, s.state
FROM scores s
WHERE s.project = ?
  AND instr(CAST(s.comment AS BLOB), ?) > 0
  AND COALESCE(instr(CAST(s.string_value AS BLOB), ?) = 0, ?)
  AND substr(CAST((SELECT x.text FROM strings x WHERE x.id = s.name) AS BLOB), 1, ?) = ?
  AND substr(CAST(s.id AS BLOB), -?, ?) = ?
  AND s.comment IS NOT NULL
ORDER BY s.timestamp DESC, s.id DESC
LIMIT ? OFFSET ?
-- [7,"eA==","eQ==",1,1,"eg==",1,1,"dw==",51,5]

SELECT COUNT(*)
FROM scores s
WHERE s.project = ?
  AND instr(CAST(s.comment AS BLOB), ?) > 0
  AND COALESCE(instr(CAST(s.string_value AS BLOB), ?) = 0, ?)
  AND substr(CAST((SELECT x.text FROM strings x WHERE x.id = s.name) AS BLOB), 1, ?) = ?
  AND substr(CAST(s.id AS BLOB), -?, ?) = ?
  AND s.comment IS NOT NULL
-- [7,"eA==","eQ==",1,1,"eg==",1,1,"dw=="]

== scores of tags
SELECT s.id, s.created_at, s.updated_at, s.state
FROM scores s
LEFT JOIN traces t ON t.trace_id = s.trace_id AND t.project = s.project
WHERE s.project = ?
  AND s.trace_id IN (SELECT d.trace_id FROM trace_tags g CROSS JOIN traces d ON d.t = g.t WHERE g.tag = ?)
  AND 1 AND EXISTS (SELECT 1 FROM trace_tags g WHERE g.t = t.t AND g.timestamp = t.timestamp AND g.tag = ?) AND EXISTS (SELECT 1 FROM trace_tags g WHERE g.t = t.t AND g.timestamp = t.timestamp AND g.tag = ?)
  AND EXISTS (SELECT 1 FROM trace_tags g WHERE g.t = t.t AND g.timestamp = t.timestamp AND g.tag = ?)
  AND NOT COALESCE(EXISTS (SELECT 1 FROM trace_tags g WHERE g.t = t.t AND g.timestamp = t.timestamp AND g.tag = ?), 0)
ORDER BY +s.timestamp DESC, s.id DESC
LIMIT ? OFFSET ?
-- [7,101,101,102,103,104,51,5]

SELECT COUNT(*)
FROM scores s
LEFT JOIN traces t ON t.trace_id = s.trace_id AND t.project = s.project
WHERE s.project = ?
  AND s.trace_id IN (SELECT d.trace_id FROM trace_tags g CROSS JOIN traces d ON d.t = g.t WHERE g.tag = ?)
  AND 1 AND EXISTS (SELECT 1 FROM trace_tags g WHERE g.t = t.t AND g.timestamp = t.timestamp AND g.tag = ?) AND EXISTS (SELECT 1 FROM trace_tags g WHERE g.t = t.t AND g.timestamp = t.timestamp AND g.tag = ?)
  AND EXISTS (SELECT 1 FROM trace_tags g WHERE g.t = t.t AND g.timestamp = t.timestamp AND g.tag = ?)
  AND NOT COALESCE(EXISTS (SELECT 1 FROM trace_tags g WHERE g.t = t.t AND g.timestamp = t.timestamp AND g.tag = ?), 0)
-- [7,101,101,102,103,104]

== scores of traces
SELECT s.id, s.created_at, s.updated_at, s.state
FROM scores s
WHERE s.project = ?
  AND s.trace_id IN (?, ?)
  AND +s.timestamp >= ?
ORDER BY +s.timestamp DESC, s.id DESC
LIMIT ? OFFSET ?
-- [7,"t","u",1000000,51,5]

SELECT COUNT(*)
FROM scores s
WHERE s.project = ?
  AND s.trace_id IN (?, ?)
  AND +s.timestamp >= ?
-- [7,"t","u",1000000]

== scores of values
SELECT s.id, s.created_at, s.updated_at, s.state
FROM scores s
WHERE s.project = ?
  AND s.value = ?
  AND s.value != ?
  AND s.value > ?
  AND s.value >= ?
  AND s.value < ?
  AND s.value <= ?
ORDER BY s.timestamp DESC, s.id DESC
LIMIT ? OFFSET ?
-- [7,0.5,0.5,0.5,0.5,0.5,0.5,51,5]

SELECT COUNT(*)
FROM scores s
WHERE s.project = ?
  AND s.value = ?
  AND s.value != ?
  AND s.value > ?
  AND s.value >= ?
  AND s.value < ?
  AND s.value <= ?
-- [7,0.5,0.5,0.5,0.5,0.5,0.5]

== scores of what they show
SELECT s.id, s.created_at, s.updated_at, s.state
FROM scores s
WHERE s.project = ?
  AND s.environment = ?
  AND s.source IN (?)
  AND s.data_type IN (?, ?)
  AND s.config = ?
  AND s.queue = ?
  AND s.author = ?
ORDER BY s.timestamp DESC, s.id DESC
LIMIT ? OFFSET ?
-- [7,103,"API","TEXT","NUMERIC",102,104,101,51,5]

SELECT COUNT(*)
FROM scores s
WHERE s.project = ?
  AND s.environment = ?
  AND s.source IN (?)
  AND s.data_type IN (?, ?)
  AND s.config = ?
  AND s.queue = ?
  AND s.author = ?
-- [7,103,"API","TEXT","NUMERIC",102,104,101]

== scores with a value
SELECT s.id, s.created_at, s.updated_at, s.state
FROM scores s
WHERE s.project = ?
  AND NOT (s.value IS NULL)
  AND NOT (0)
  AND NOT (s.trace_id IS NULL)
  AND NOT ((SELECT m.value FROM score_metadata m WHERE m.s = s.s AND m.key = ?) IS NULL)
ORDER BY s.timestamp DESC, s.id DESC
LIMIT ? OFFSET ?
-- [7,"k",51,5]

SELECT COUNT(*)
FROM scores s
WHERE s.project = ?
  AND NOT (s.value IS NULL)
  AND NOT (0)
  AND NOT (s.trace_id IS NULL)
  AND NOT ((SELECT m.value FROM score_metadata m WHERE m.s = s.s AND m.key = ?) IS NULL)
-- [7,"k"]

== scores without
SELECT s.id, s.created_at, s.updated_at, s.state
FROM scores s
WHERE s.project = ?
  AND s.value IS NULL
  AND s.comment IS NULL
  AND (SELECT m.value FROM score_metadata m WHERE m.s = s.s AND m.key = ?) IS NULL
ORDER BY s.timestamp DESC, s.id DESC
LIMIT ? OFFSET ?
-- [7,"k",51,5]

SELECT COUNT(*)
FROM scores s
WHERE s.project = ?
  AND s.value IS NULL
  AND s.comment IS NULL
  AND (SELECT m.value FROM score_metadata m WHERE m.s = s.s AND m.key = ?) IS NULL
-- [7,"k"]

== scores without what all have
SELECT s.id, s.created_at, s.updated_at, s.state
FROM scores s
WHERE s.project = ?
  AND 0
ORDER BY s.timestamp DESC, s.id DESC
LIMIT ? OFFSET ?
-- [7,51,5]

SELECT COUNT(*)
FROM scores s
WHERE s.project = ?
  AND 0
-- [7]

== sessions
SELECT n.session, n.created_at, n.environment
FROM sessions n
WHERE n.project = ?
ORDER BY n.created_at DESC, (SELECT x.text FROM strings x WHERE x.id = n.session) DESC
LIMIT ? OFFSET ?
-- [7,50,5]

SELECT COUNT(*)
FROM sessions n
WHERE n.project = ?
-- [7]

== sessions of a time
SELECT n.session, n.created_at, n.environment
FROM sessions n
WHERE n.project = ?
  AND n.created_at >= ?
  AND n.created_at < ?
ORDER BY n.created_at DESC, (SELECT x.text FROM strings x WHERE x.id = n.session) DESC
LIMIT ? OFFSET ?
-- [7,1000000,2001000,50,5]

SELECT COUNT(*)
FROM sessions n
WHERE n.project = ?
  AND n.created_at >= ?
  AND n.created_at < ?
-- [7,1000000,2001000]

== sessions of an environment
SELECT n.session, n.created_at, n.environment
FROM sessions n
WHERE n.project = ?
  AND n.environment IN (?, ?)
ORDER BY n.created_at DESC, (SELECT x.text FROM strings x WHERE x.id = n.session) DESC
LIMIT ? OFFSET ?
-- [7,101,102,50,5]

SELECT COUNT(*)
FROM sessions n
WHERE n.project = ?
  AND n.environment IN (?, ?)
-- [7,101,102]

== sessions of no environments
SELECT n.session, n.created_at, n.environment
FROM sessions n
WHERE n.project = ?
  AND n.environment IN ()
ORDER BY n.created_at DESC, (SELECT x.text FROM strings x WHERE x.id = n.session) DESC
LIMIT ? OFFSET ?
-- [7,50,5]

SELECT COUNT(*)
FROM sessions n
WHERE n.project = ?
  AND n.environment IN ()
-- [7]

== traces
SELECT t.t, t.project, t.trace_id, t.named, t.extent, t.position, t.state, t.has_payload, t.timestamp, t.name, t.environment, t.user_id, t.session, t.release, t.version, t.public, t.bookmarked, t.root, t.first_otel, t.first, t.last, t.seen_env, t.seen_time, t.seen_rank, t.observations, t.debugs, t.defaults, t.warnings, t.errors, t.usage_input, t.usage_output, t.usage_total, t.cost_input, t.cost_output, t.cost_total, t.created_at, t.updated_at
FROM traces t
WHERE t.project = ?
ORDER BY t.timestamp DESC, t.trace_id DESC
LIMIT ? OFFSET ?
-- [7,50,0]

SELECT COUNT(*)
FROM traces t
WHERE t.project = ?
-- [7]

== traces by id
SELECT t.t, t.project, t.trace_id, t.named, t.extent, t.position, t.state, t.has_payload, t.timestamp, t.name, t.environment, t.user_id, t.session, t.release, t.version, t.public, t.bookmarked, t.root, t.first_otel, t.first, t.last, t.seen_env, t.seen_time, t.seen_rank, t.observations, t.debugs, t.defaults, t.warnings, t.errors, t.usage_input, t.usage_output, t.usage_total, t.cost_input, t.cost_output, t.cost_total, t.created_at, t.updated_at
FROM traces t
WHERE t.project = ?
  AND t.trace_id IN (?, ?)
ORDER BY +t.timestamp DESC, t.trace_id DESC
LIMIT ? OFFSET ?
-- [7,"t","u",50,0]

SELECT COUNT(*)
FROM traces t
WHERE t.project = ?
  AND t.trace_id IN (?, ?)
-- [7,"t","u"]

== traces by name
SELECT t.t, t.project, t.trace_id, t.named, t.extent, t.position, t.state, t.has_payload, t.timestamp, t.name, t.environment, t.user_id, t.session, t.release, t.version, t.public, t.bookmarked, t.root, t.first_otel, t.first, t.last, t.seen_env, t.seen_time, t.seen_rank, t.observations, t.debugs, t.defaults, t.warnings, t.errors, t.usage_input, t.usage_output, t.usage_total, t.cost_input, t.cost_output, t.cost_total, t.created_at, t.updated_at
FROM traces t
WHERE t.project = ?
ORDER BY (SELECT s.text FROM strings s WHERE s.id = t.name) DESC, t.trace_id DESC
LIMIT ? OFFSET ?
-- [7,50,10]

SELECT COUNT(*)
FROM traces t
WHERE t.project = ?
-- [7]

== traces of a name
SELECT t.t, t.project, t.trace_id, t.named, t.extent, t.position, t.state, t.has_payload, t.timestamp, t.name, t.environment, t.user_id, t.session, t.release, t.version, t.public, t.bookmarked, t.root, t.first_otel, t.first, t.last, t.seen_env, t.seen_time, t.seen_rank, t.observations, t.debugs, t.defaults, t.warnings, t.errors, t.usage_input, t.usage_output, t.usage_total, t.cost_input, t.cost_output, t.cost_total, t.created_at, t.updated_at
FROM traces t
WHERE t.project = ?
  AND t.name = ?
ORDER BY t.timestamp DESC, t.trace_id DESC
LIMIT ? OFFSET ?
-- [7,101,50,0]

SELECT COUNT(*)
FROM traces t
WHERE t.project = ?
  AND t.name = ?
-- [7,101]

== traces of a session
SELECT t.t, t.project, t.trace_id, t.named, t.extent, t.position, t.state, t.has_payload, t.timestamp, t.name, t.environment, t.user_id, t.session, t.release, t.version, t.public, t.bookmarked, t.root, t.first_otel, t.first, t.last, t.seen_env, t.seen_time, t.seen_rank, t.observations, t.debugs, t.defaults, t.warnings, t.errors, t.usage_input, t.usage_output, t.usage_total, t.cost_input, t.cost_output, t.cost_total, t.created_at, t.updated_at
FROM traces t
WHERE t.project = ?
  AND t.session = ?
ORDER BY t.timestamp DESC, t.trace_id DESC
LIMIT ? OFFSET ?
-- [7,101,50,0]

SELECT COUNT(*)
FROM traces t
WHERE t.project = ?
  AND t.session = ?
-- [7,101]

== traces of a tag
SELECT t.t, t.project, t.trace_id, t.named, t.extent, t.position, t.state, t.has_payload, t.timestamp, t.name, t.environment, t.user_id, t.session, t.release, t.version, t.public, t.bookmarked, t.root, t.first_otel, t.first, t.last, t.seen_env, t.seen_time, t.seen_rank, t.observations, t.debugs, t.defaults, t.warnings, t.errors, t.usage_input, t.usage_output, t.usage_total, t.cost_input, t.cost_output, t.cost_total, t.created_at, t.updated_at
FROM trace_tags d CROSS JOIN traces t ON t.t = d.t
WHERE d.tag = ? AND t.project = ?
  AND 1 AND EXISTS (SELECT 1 FROM trace_tags g WHERE g.t = t.t AND g.timestamp = t.timestamp AND g.tag = ?) AND EXISTS (SELECT 1 FROM trace_tags g WHERE g.t = t.t AND g.timestamp = t.timestamp AND g.tag = ?)
ORDER BY d.timestamp DESC, t.trace_id DESC
LIMIT ? OFFSET ?
-- [101,7,101,102,50,0]

SELECT COUNT(*)
FROM trace_tags d CROSS JOIN traces t ON t.t = d.t
WHERE d.tag = ? AND t.project = ?
  AND 1 AND EXISTS (SELECT 1 FROM trace_tags g WHERE g.t = t.t AND g.timestamp = t.timestamp AND g.tag = ?) AND EXISTS (SELECT 1 FROM trace_tags g WHERE g.t = t.t AND g.timestamp = t.timestamp AND g.tag = ?)
-- [101,7,101,102]

== traces of a tag and a time
SELECT t.t, t.project, t.trace_id, t.named, t.extent, t.position, t.state, t.has_payload, t.timestamp, t.name, t.environment, t.user_id, t.session, t.release, t.version, t.public, t.bookmarked, t.root, t.first_otel, t.first, t.last, t.seen_env, t.seen_time, t.seen_rank, t.observations, t.debugs, t.defaults, t.warnings, t.errors, t.usage_input, t.usage_output, t.usage_total, t.cost_input, t.cost_output, t.cost_total, t.created_at, t.updated_at
FROM trace_tags d CROSS JOIN traces t ON t.t = d.t
WHERE d.tag = ? AND t.project = ?
  AND EXISTS (SELECT 1 FROM trace_tags g WHERE g.t = t.t AND g.timestamp = t.timestamp AND g.tag = ?)
  AND d.timestamp >= ?
  AND d.timestamp < ?
ORDER BY d.timestamp DESC, t.trace_id DESC
LIMIT ? OFFSET ?
-- [101,7,101,1000000,2001000,50,0]

SELECT COUNT(*)
FROM trace_tags d CROSS JOIN traces t ON t.t = d.t
WHERE d.tag = ? AND t.project = ?
  AND EXISTS (SELECT 1 FROM trace_tags g WHERE g.t = t.t AND g.timestamp = t.timestamp AND g.tag = ?)
  AND d.timestamp >= ?
  AND d.timestamp < ?
-- [101,7,101,1000000,2001000]

== traces of a tag and a user
SELECT t.t, t.project, t.trace_id, t.named, t.extent, t.position, t.state, t.has_payload, t.timestamp, t.name, t.environment, t.user_id, t.session, t.release, t.version, t.public, t.bookmarked, t.root, t.first_otel, t.first, t.last, t.seen_env, t.seen_time, t.seen_rank, t.observations, t.debugs, t.defaults, t.warnings, t.errors, t.usage_input, t.usage_output, t.usage_total, t.cost_input, t.cost_output, t.cost_total, t.created_at, t.updated_at
FROM traces t
WHERE t.project = ?
  AND EXISTS (SELECT 1 FROM trace_tags g WHERE g.t = t.t AND g.timestamp = t.timestamp AND g.tag = ?)
  AND t.user_id = ?
ORDER BY t.timestamp DESC, t.trace_id DESC
LIMIT ? OFFSET ?
-- [7,101,102,50,0]

SELECT COUNT(*)
FROM traces t
WHERE t.project = ?
  AND EXISTS (SELECT 1 FROM trace_tags g WHERE g.t = t.t AND g.timestamp = t.timestamp AND g.tag = ?)
  AND t.user_id = ?
-- [7,101,102]

== traces of a time
SELECT t.t, t.project, t.trace_id, t.named, t.extent, t.position, t.state, t.has_payload, t.timestamp, t.name, t.environment, t.user_id, t.session, t.release, t.version, t.public, t.bookmarked, t.root, t.first_otel, t.first, t.last, t.seen_env, t.seen_time, t.seen_rank, t.observations, t.debugs, t.defaults, t.warnings, t.errors, t.usage_input, t.usage_output, t.usage_total, t.cost_input, t.cost_output, t.cost_total, t.created_at, t.updated_at
FROM traces t
WHERE t.project = ?
  AND t.timestamp >= ?
  AND t.timestamp < ?
ORDER BY t.timestamp DESC, t.trace_id DESC
LIMIT ? OFFSET ?
-- [7,1000000,2001000,50,0]

SELECT COUNT(*)
FROM traces t
WHERE t.project = ?
  AND t.timestamp >= ?
  AND t.timestamp < ?
-- [7,1000000,2001000]

== traces of a user
SELECT t.t, t.project, t.trace_id, t.named, t.extent, t.position, t.state, t.has_payload, t.timestamp, t.name, t.environment, t.user_id, t.session, t.release, t.version, t.public, t.bookmarked, t.root, t.first_otel, t.first, t.last, t.seen_env, t.seen_time, t.seen_rank, t.observations, t.debugs, t.defaults, t.warnings, t.errors, t.usage_input, t.usage_output, t.usage_total, t.cost_input, t.cost_output, t.cost_total, t.created_at, t.updated_at
FROM traces t
WHERE t.project = ?
  AND t.user_id = ?
ORDER BY t.timestamp DESC, t.trace_id DESC
LIMIT ? OFFSET ?
-- [7,101,50,0]

SELECT COUNT(*)
FROM traces t
WHERE t.project = ?
  AND t.user_id = ?
-- [7,101]

== traces of a user and a time
SELECT t.t, t.project, t.trace_id, t.named, t.extent, t.position, t.state, t.has_payload, t.timestamp, t.name, t.environment, t.user_id, t.session, t.release, t.version, t.public, t.bookmarked, t.root, t.first_otel, t.first, t.last, t.seen_env, t.seen_time, t.seen_rank, t.observations, t.debugs, t.defaults, t.warnings, t.errors, t.usage_input, t.usage_output, t.usage_total, t.cost_input, t.cost_output, t.cost_total, t.created_at, t.updated_at
FROM traces t
WHERE t.project = ?
  AND t.user_id = ?
  AND t.timestamp >= ?
ORDER BY t.timestamp DESC, t.trace_id DESC
LIMIT ? OFFSET ?
-- [7,101,1000000,50,0]

SELECT COUNT(*)
FROM traces t
WHERE t.project = ?
  AND t.user_id = ?
  AND t.timestamp >= ?
-- [7,101,1000000]

== traces of an environment
SELECT t.t, t.project, t.trace_id, t.named, t.extent, t.position, t.state, t.has_payload, t.timestamp, t.name, t.environment, t.user_id, t.session, t.release, t.version, t.public, t.bookmarked, t.root, t.first_otel, t.first, t.last, t.seen_env, t.seen_time, t.seen_rank, t.observations, t.debugs, t.defaults, t.warnings, t.errors, t.usage_input, t.usage_output, t.usage_total, t.cost_input, t.cost_output, t.cost_total, t.created_at, t.updated_at
FROM traces t
WHERE t.project = ?
  AND t.environment = ?
  AND t.release = ?
  AND t.version = ?
ORDER BY t.timestamp DESC, t.trace_id DESC
LIMIT ? OFFSET ?
-- [7,103,101,102,50,0]

SELECT COUNT(*)
FROM traces t
WHERE t.project = ?
  AND t.environment = ?
  AND t.release = ?
  AND t.version = ?
-- [7,103,101,102]

== traces of no name
SELECT t.t, t.project, t.trace_id, t.named, t.extent, t.position, t.state, t.has_payload, t.timestamp, t.name, t.environment, t.user_id, t.session, t.release, t.version, t.public, t.bookmarked, t.root, t.first_otel, t.first, t.last, t.seen_env, t.seen_time, t.seen_rank, t.observations, t.debugs, t.defaults, t.warnings, t.errors, t.usage_input, t.usage_output, t.usage_total, t.cost_input, t.cost_output, t.cost_total, t.created_at, t.updated_at
FROM traces t
WHERE t.project = ?
  AND t.name IN ()
ORDER BY t.timestamp DESC, t.trace_id DESC
LIMIT ? OFFSET ?
-- [7,50,0]

SELECT COUNT(*)
FROM traces t
WHERE t.project = ?
  AND t.name IN ()
-- [7]

== traces of no tags
SELECT t.t, t.project, t.trace_id, t.named, t.extent, t.position, t.state, t.has_payload, t.timestamp, t.name, t.environment, t.user_id, t.session, t.release, t.version, t.public, t.bookmarked, t.root, t.first_otel, t.first, t.last, t.seen_env, t.seen_time, t.seen_rank, t.observations, t.debugs, t.defaults, t.warnings, t.errors, t.usage_input, t.usage_output, t.usage_total, t.cost_input, t.cost_output, t.cost_total, t.created_at, t.updated_at
FROM traces t
WHERE t.project = ?
  AND EXISTS (SELECT 1 FROM trace_tags g WHERE g.t = t.t AND g.timestamp = t.timestamp AND g.tag IN ())
ORDER BY t.timestamp DESC, t.trace_id DESC
LIMIT ? OFFSET ?
-- [7,50,0]

SELECT COUNT(*)
FROM traces t
WHERE t.project = ?
  AND EXISTS (SELECT 1 FROM trace_tags g WHERE g.t = t.t AND g.timestamp = t.timestamp AND g.tag IN ())
-- [7]

== traces of one of some tags
SELECT t.t, t.project, t.trace_id, t.named, t.extent, t.position, t.state, t.has_payload, t.timestamp, t.name, t.environment, t.user_id, t.session, t.release, t.version, t.public, t.bookmarked, t.root, t.first_otel, t.first, t.last, t.seen_env, t.seen_time, t.seen_rank, t.observations, t.debugs, t.defaults, t.warnings, t.errors, t.usage_input, t.usage_output, t.usage_total, t.cost_input, t.cost_output, t.cost_total, t.created_at, t.updated_at
FROM traces t
WHERE t.project = ?
  AND EXISTS (SELECT 1 FROM trace_tags g WHERE g.t = t.t AND g.timestamp = t.timestamp AND g.tag IN (?, ?))
ORDER BY t.timestamp DESC, t.trace_id DESC
LIMIT ? OFFSET ?
-- [7,101,102,50,0]

SELECT COUNT(*)
FROM traces t
WHERE t.project = ?
  AND EXISTS (SELECT 1 FROM trace_tags g WHERE g.t = t.t AND g.timestamp = t.timestamp AND g.tag IN (?, ?))
-- [7,101,102]

== traces of users
SELECT t.t, t.project, t.trace_id, t.named, t.extent, t.position, t.state, t.has_payload, t.timestamp, t.name, t.environment, t.user_id, t.session, t.release, t.version, t.public, t.bookmarked, t.root, t.first_otel, t.first, t.last, t.seen_env, t.seen_time, t.seen_rank, t.observations, t.debugs, t.defaults, t.warnings, t.errors, t.usage_input, t.usage_output, t.usage_total, t.cost_input, t.cost_output, t.cost_total, t.created_at, t.updated_at
FROM traces t
WHERE t.project = ?
  AND t.user_id IN (?, ?)
ORDER BY +t.timestamp DESC, t.trace_id DESC
LIMIT ? OFFSET ?
-- [7,101,102,50,0]

SELECT COUNT(*)
FROM traces t
WHERE t.project = ?
  AND t.user_id IN (?, ?)
-- [7,101,102]

== traces ordered by id
SELECT t.t, t.project, t.trace_id, t.named, t.extent, t.position, t.state, t.has_payload, t.timestamp, t.name, t.environment, t.user_id, t.session, t.release, t.version, t.public, t.bookmarked, t.root, t.first_otel, t.first, t.last, t.seen_env, t.seen_time, t.seen_rank, t.observations, t.debugs, t.defaults, t.warnings, t.errors, t.usage_input, t.usage_output, t.usage_total, t.cost_input, t.cost_output, t.cost_total, t.created_at, t.updated_at
FROM traces t
WHERE t.project = ?
ORDER BY t.trace_id DESC
LIMIT ? OFFSET ?
-- [7,50,10]

SELECT COUNT(*)
FROM traces t
WHERE t.project = ?
-- [7]

== traces ordered by public
SELECT t.t, t.project, t.trace_id, t.named, t.extent, t.position, t.state, t.has_payload, t.timestamp, t.name, t.environment, t.user_id, t.session, t.release, t.version, t.public, t.bookmarked, t.root, t.first_otel, t.first, t.last, t.seen_env, t.seen_time, t.seen_rank, t.observations, t.debugs, t.defaults, t.warnings, t.errors, t.usage_input, t.usage_output, t.usage_total, t.cost_input, t.cost_output, t.cost_total, t.created_at, t.updated_at
FROM traces t
WHERE t.project = ?
ORDER BY t.public, t.trace_id
LIMIT ? OFFSET ?
-- [7,50,10]

SELECT COUNT(*)
FROM traces t
WHERE t.project = ?
-- [7]

== traces with all of no tags
SELECT t.t, t.project, t.trace_id, t.named, t.extent, t.position, t.state, t.has_payload, t.timestamp, t.name, t.environment, t.user_id, t.session, t.release, t.version, t.public, t.bookmarked, t.root, t.first_otel, t.first, t.last, t.seen_env, t.seen_time, t.seen_rank, t.observations, t.debugs, t.defaults, t.warnings, t.errors, t.usage_input, t.usage_output, t.usage_total, t.cost_input, t.cost_output, t.cost_total, t.created_at, t.updated_at
FROM traces t
WHERE t.project = ?
  AND 1
ORDER BY t.timestamp DESC, t.trace_id DESC
LIMIT ? OFFSET ?
-- [7,50,0]

SELECT COUNT(*)
FROM traces t
WHERE t.project = ?
  AND 1
-- [7]

== traces without
SELECT t.t, t.project, t.trace_id, t.named, t.extent, t.position, t.state, t.has_payload, t.timestamp, t.name, t.environment, t.user_id, t.session, t.release, t.version, t.public, t.bookmarked, t.root, t.first_otel, t.first, t.last, t.seen_env, t.seen_time, t.seen_rank, t.observations, t.debugs, t.defaults, t.warnings, t.errors, t.usage_input, t.usage_output, t.usage_total, t.cost_input, t.cost_output, t.cost_total, t.created_at, t.updated_at
FROM traces t
WHERE t.project = ?
  AND t.name IS NULL
  AND t.user_id IS NULL
ORDER BY t.timestamp DESC, t.trace_id DESC
LIMIT ? OFFSET ?
-- [7,50,0]

SELECT COUNT(*)
FROM traces t
WHERE t.project = ?
  AND t.name IS NULL
  AND t.user_id IS NULL
-- [7]

== traces without what all have
SELECT t.t, t.project, t.trace_id, t.named, t.extent, t.position, t.state, t.has_payload, t.timestamp, t.name, t.environment, t.user_id, t.session, t.release, t.version, t.public, t.bookmarked, t.root, t.first_otel, t.first, t.last, t.seen_env, t.seen_time, t.seen_rank, t.observations, t.debugs, t.defaults, t.warnings, t.errors, t.usage_input, t.usage_output, t.usage_total, t.cost_input, t.cost_output, t.cost_total, t.created_at, t.updated_at
FROM traces t
WHERE t.project = ?
  AND 0
ORDER BY t.timestamp DESC, t.trace_id DESC
LIMIT ? OFFSET ?
-- [7,50,0]

SELECT COUNT(*)
FROM traces t
WHERE t.project = ?
  AND 0
-- [7]

== traces, oldest first
SELECT t.t, t.project, t.trace_id, t.named, t.extent, t.position, t.state, t.has_payload, t.timestamp, t.name, t.environment, t.user_id, t.session, t.release, t.version, t.public, t.bookmarked, t.root, t.first_otel, t.first, t.last, t.seen_env, t.seen_time, t.seen_rank, t.observations, t.debugs, t.defaults, t.warnings, t.errors, t.usage_input, t.usage_output, t.usage_total, t.cost_input, t.cost_output, t.cost_total, t.created_at, t.updated_at
FROM traces t
WHERE t.project = ?
ORDER BY t.timestamp, t.trace_id
LIMIT ? OFFSET ?
-- [7,50,10]

SELECT COUNT(*)
FROM traces t
WHERE t.project = ?
-- [7]

== traces, public and bookmarked
SELECT t.t, t.project, t.trace_id, t.named, t.extent, t.position, t.state, t.has_payload, t.timestamp, t.name, t.environment, t.user_id, t.session, t.release, t.version, t.public, t.bookmarked, t.root, t.first_otel, t.first, t.last, t.seen_env, t.seen_time, t.seen_rank, t.observations, t.debugs, t.defaults, t.warnings, t.errors, t.usage_input, t.usage_output, t.usage_total, t.cost_input, t.cost_output, t.cost_total, t.created_at, t.updated_at
FROM traces t
WHERE t.project = ?
  AND t.public = ?
  AND t.bookmarked = ?
ORDER BY t.timestamp DESC, t.trace_id DESC
LIMIT ? OFFSET ?
-- [7,1,0,50,0]

SELECT COUNT(*)
FROM traces t
WHERE t.project = ?
  AND t.public = ?
  AND t.bookmarked = ?
-- [7,1,0]

