== observations
SELECT o.r, o.t, o.k, o.project, o.id, o.start, o.duration, o.completion, o.time, o.flags, o.parent, o.type, o.level, o.name, o.model, o.environment, o.user_id, o.session, o.release, o.version, o.prompt, o.prompt_version, o.usage, o.cost, o.extra, o.keys, o.created, o.updated, t.trace_id
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
SELECT o.r, o.t, o.k, o.project, o.id, o.start, o.duration, o.completion, o.time, o.flags, o.parent, o.type, o.level, o.name, o.model, o.environment, o.user_id, o.session, o.release, o.version, o.prompt, o.prompt_version, o.usage, o.cost, o.extra, o.keys, o.created, o.updated, t.trace_id
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
SELECT o.r, o.t, o.k, o.project, o.id, o.start, o.duration, o.completion, o.time, o.flags, o.parent, o.type, o.level, o.name, o.model, o.environment, o.user_id, o.session, o.release, o.version, o.prompt, o.prompt_version, o.usage, o.cost, o.extra, o.keys, o.created, o.updated, t.trace_id
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
SELECT o.r, o.t, o.k, o.project, o.id, o.start, o.duration, o.completion, o.time, o.flags, o.parent, o.type, o.level, o.name, o.model, o.environment, o.user_id, o.session, o.release, o.version, o.prompt, o.prompt_version, o.usage, o.cost, o.extra, o.keys, o.created, o.updated, t.trace_id
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
SELECT o.r, o.t, o.k, o.project, o.id, o.start, o.duration, o.completion, o.time, o.flags, o.parent, o.type, o.level, o.name, o.model, o.environment, o.user_id, o.session, o.release, o.version, o.prompt, o.prompt_version, o.usage, o.cost, o.extra, o.keys, o.created, o.updated, t.trace_id
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
SELECT o.r, o.t, o.k, o.project, o.id, o.start, o.duration, o.completion, o.time, o.flags, o.parent, o.type, o.level, o.name, o.model, o.environment, o.user_id, o.session, o.release, o.version, o.prompt, o.prompt_version, o.usage, o.cost, o.extra, o.keys, o.created, o.updated, t.trace_id
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
SELECT o.r, o.t, o.k, o.project, o.id, o.start, o.duration, o.completion, o.time, o.flags, o.parent, o.type, o.level, o.name, o.model, o.environment, o.user_id, o.session, o.release, o.version, o.prompt, o.prompt_version, o.usage, o.cost, o.extra, o.keys, o.created, o.updated, t.trace_id
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
SELECT o.r, o.t, o.k, o.project, o.id, o.start, o.duration, o.completion, o.time, o.flags, o.parent, o.type, o.level, o.name, o.model, o.environment, o.user_id, o.session, o.release, o.version, o.prompt, o.prompt_version, o.usage, o.cost, o.extra, o.keys, o.created, o.updated, t.trace_id
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
SELECT o.r, o.t, o.k, o.project, o.id, o.start, o.duration, o.completion, o.time, o.flags, o.parent, o.type, o.level, o.name, o.model, o.environment, o.user_id, o.session, o.release, o.version, o.prompt, o.prompt_version, o.usage, o.cost, o.extra, o.keys, o.created, o.updated, t.trace_id
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
SELECT o.r, o.t, o.k, o.project, o.id, o.start, o.duration, o.completion, o.time, o.flags, o.parent, o.type, o.level, o.name, o.model, o.environment, o.user_id, o.session, o.release, o.version, o.prompt, o.prompt_version, o.usage, o.cost, o.extra, o.keys, o.created, o.updated, t.trace_id
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
SELECT o.r, o.t, o.k, o.project, o.id, o.start, o.duration, o.completion, o.time, o.flags, o.parent, o.type, o.level, o.name, o.model, o.environment, o.user_id, o.session, o.release, o.version, o.prompt, o.prompt_version, o.usage, o.cost, o.extra, o.keys, o.created, o.updated, t.trace_id
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
SELECT o.r, o.t, o.k, o.project, o.id, o.start, o.duration, o.completion, o.time, o.flags, o.parent, o.type, o.level, o.name, o.model, o.environment, o.user_id, o.session, o.release, o.version, o.prompt, o.prompt_version, o.usage, o.cost, o.extra, o.keys, o.created, o.updated, t.trace_id
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
SELECT o.r, o.t, o.k, o.project, o.id, o.start, o.duration, o.completion, o.time, o.flags, o.parent, o.type, o.level, o.name, o.model, o.environment, o.user_id, o.session, o.release, o.version, o.prompt, o.prompt_version, o.usage, o.cost, o.extra, o.keys, o.created, o.updated, t.trace_id
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
SELECT o.r, o.t, o.k, o.project, o.id, o.start, o.duration, o.completion, o.time, o.flags, o.parent, o.type, o.level, o.name, o.model, o.environment, o.user_id, o.session, o.release, o.version, o.prompt, o.prompt_version, o.usage, o.cost, o.extra, o.keys, o.created, o.updated, t.trace_id
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
SELECT o.r, o.t, o.k, o.project, o.id, o.start, o.duration, o.completion, o.time, o.flags, o.parent, o.type, o.level, o.name, o.model, o.environment, o.user_id, o.session, o.release, o.version, o.prompt, o.prompt_version, o.usage, o.cost, o.extra, o.keys, o.created, o.updated, t.trace_id
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
SELECT o.r, o.t, o.k, o.project, o.id, o.start, o.duration, o.completion, o.time, o.flags, o.parent, o.type, o.level, o.name, o.model, o.environment, o.user_id, o.session, o.release, o.version, o.prompt, o.prompt_version, o.usage, o.cost, o.extra, o.keys, o.created, o.updated, t.trace_id
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
SELECT o.r, o.t, o.k, o.project, o.id, o.start, o.duration, o.completion, o.time, o.flags, o.parent, o.type, o.level, o.name, o.model, o.environment, o.user_id, o.session, o.release, o.version, o.prompt, o.prompt_version, o.usage, o.cost, o.extra, o.keys, o.created, o.updated, t.trace_id
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
SELECT o.r, o.t, o.k, o.project, o.id, o.start, o.duration, o.completion, o.time, o.flags, o.parent, o.type, o.level, o.name, o.model, o.environment, o.user_id, o.session, o.release, o.version, o.prompt, o.prompt_version, o.usage, o.cost, o.extra, o.keys, o.created, o.updated, t.trace_id
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
SELECT o.r, o.t, o.k, o.project, o.id, o.start, o.duration, o.completion, o.time, o.flags, o.parent, o.type, o.level, o.name, o.model, o.environment, o.user_id, o.session, o.release, o.version, o.prompt, o.prompt_version, o.usage, o.cost, o.extra, o.keys, o.created, o.updated, t.trace_id
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
SELECT o.r, o.t, o.k, o.project, o.id, o.start, o.duration, o.completion, o.time, o.flags, o.parent, o.type, o.level, o.name, o.model, o.environment, o.user_id, o.session, o.release, o.version, o.prompt, o.prompt_version, o.usage, o.cost, o.extra, o.keys, o.created, o.updated, t.trace_id
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
SELECT o.r, o.t, o.k, o.project, o.id, o.start, o.duration, o.completion, o.time, o.flags, o.parent, o.type, o.level, o.name, o.model, o.environment, o.user_id, o.session, o.release, o.version, o.prompt, o.prompt_version, o.usage, o.cost, o.extra, o.keys, o.created, o.updated, t.trace_id
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
SELECT o.r, o.t, o.k, o.project, o.id, o.start, o.duration, o.completion, o.time, o.flags, o.parent, o.type, o.level, o.name, o.model, o.environment, o.user_id, o.session, o.release, o.version, o.prompt, o.prompt_version, o.usage, o.cost, o.extra, o.keys, o.created, o.updated, t.trace_id
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

