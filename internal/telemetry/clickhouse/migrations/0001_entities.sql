-- One row per entity once merges are done: a trace, an observation, a score, or a
-- record of an observation that names no trace. Until then an entity lies in
-- several rows, one for each insert that had a record of it. All of it is in one
-- table and one partition, because only an insert into one partition of one table
-- is taken as a whole.
--
-- That a trace absorbed an id is a row for each of the two, so that it is found
-- from both: kind alias under the id, and kind absorber under the trace, each with
-- the other as its id. Which of them counts is settled on read.
--
-- Every value has its key k beside it, in front, so that the greatest tuple is the
-- value that counts. In keys, the comparison of bytes is that of
--
--   class 1 | event time 8 | rank 1 | arrival 8
--
-- where the class is 1, 4 more for an explicit value, and 2 more unless it is an
-- input or output that is "", 0 or false; the time is in microseconds since 1970,
-- big-endian with the sign bit flipped; the rank is 0 for create, 1 for update, 2
-- for complete. In the fields of which the first value wins (start and
-- environment), the bits of time and rank are inverted.
--
-- The fields are maps by name, not columns: a row has a few of them, mostly with
-- one and the same key, which so lies side by side and takes next to no space.
CREATE TABLE IF NOT EXISTS entities (
  project String,
  kind    Enum8('trace' = 0, 'observation' = 1, 'untraced' = 2, 'score' = 3, 'alias' = 4, 'absorber' = 5),
  trace   String, -- of an untraced record: the trace that its observation lives in while none is named; of a score ''
  id      String, -- of the observation or score; of a trace ''
  arrival Int64,  -- of an untraced record, which is kept apart from all others; otherwise 0

  -- Every arrival of a record, in nanoseconds since 1970, each given once. With it
  -- a digest of the record, and key and value of the start that it gave; the key
  -- of none is all zero.
  arrived SimpleAggregateFunction(maxMap, Map(Int64, Tuple(digest UInt64, k FixedString(18), start Int64))),
  absorbed SimpleAggregateFunction(min, Int64), -- of an alias or absorber: when, first, as an arrival; otherwise 0
  otel    SimpleAggregateFunction(max, UInt8), -- 1 once a record came as an OTLP span

  -- Texts in s, times and flags in n, a prompt's name and version in both. Null in
  -- both is a value. usage_hints is the text of the usage, whose amounts are in the
  -- next column; it counts where both have the same key.
  fields  SimpleAggregateFunction(maxMap, Map(String, Tuple(k FixedString(18), s Nullable(String), n Nullable(Int64)))),
  -- Usage and cost.
  amounts SimpleAggregateFunction(maxMap, Map(String, Tuple(k FixedString(18), names Array(String), amounts Array(Int64)))),
  -- Input and output; s is a preview when ref names a blob of size bytes.
  io      SimpleAggregateFunction(maxMap, Map(String, Tuple(k FixedString(18), s String, ref String, size Int64))),
  -- What is asked for rarely: the raw side value, and the reasons.
  raw     SimpleAggregateFunction(maxMap, Map(String, Tuple(k FixedString(18), s String, ref String, size Int64))),
  -- Leaves by path, a JSON array of keys. What one hides of another is settled on read.
  metadata SimpleAggregateFunction(maxMap, Map(String, Tuple(k FixedString(18), s String, ref String, size Int64))),
  -- By name; is_set is 0 for a tag that was removed.
  tags    SimpleAggregateFunction(maxMap, Map(String, Tuple(k FixedString(18), is_set UInt8))),

  -- An observation is also asked for by its id alone.
  INDEX by_id id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = AggregatingMergeTree
ORDER BY (project, kind, trace, id, arrival)
-- The granules are small because most reads are of one trace. An insert that is
-- answered survives a power cut, and so does what merges make of it.
SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;
