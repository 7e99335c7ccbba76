// What a JavaScript program wrote as spans, and the state the server must make of it.
//
// A record is one object with the fields that newObservation lists, as one export of a
// span carried them. A span that was exported several times is one observation; of the
// values that its exports carry, that of the export with the latest end wins, but start
// and environment are those of the one with the earliest. It is the same with what the
// spans of a trace say of the trace; name, input, output and metadata fall back to the
// root's; an observation shows its own user, session, version, release and environment,
// and the trace's where it has none.
//
// Nothing in here looks at what a server answered.

import { priced } from "./samples.mjs";

// One observation with nothing said. Times are nanoseconds since 1970 (bigint);
// input and output are text as stored.
export function newObservation(fields) {
  return {
    traceId: null,
    id: null,
    name: null,
    type: null, // SPAN where nothing says it
    parentId: null,
    startNs: 0n,
    endNs: 0n,
    order: 0, // spans of one process end in some order; it settles equal times
    resource: {},
    scope: {},
    attributes: null, // metadata.attributes: foreign scopes only
    input: null,
    output: null,
    rebuilt: [], // "input", "output": composed by the server, only its value is fixed
    weak: [], // "input", "output", "traceInput", "traceOutput": empty, 0 or false
    metadata: {},
    level: null,
    statusMessage: null,
    version: null,
    release: null,
    environment: null,
    userId: null,
    sessionId: null,
    traceName: null,
    tags: [],
    public: null,
    traceInput: null,
    traceOutput: null,
    traceMetadata: {},
    model: null,
    modelParameters: {},
    usage: {}, // as provided, after normalisation
    cost: {}, // as provided
    completionNs: null,
    promptName: null,
    promptVersion: null,
    appRoot: false, // langfuse.internal.is_app_root
    asRoot: false, // langfuse.internal.as_root
    batch: false, // came as batch events; events.mjs
    allMetadata: null, // of all exports; set when they are folded
    ...fields,
  };
}

export const milliseconds = (ns) => (ns === null ? null : Number(ns / 1_000_000n));

// Metadata of one export, as the mapping builds it: generated keys, then the user's, then those of
// the trace on the same span; later ones replace earlier ones.
function ownMetadata(obs) {
  const made = obs.attributes === null ? {} : { attributes: obs.attributes };
  return structuredClone({
    ...made,
    resourceAttributes: obs.resource,
    scope: obs.scope,
    ...obs.metadata,
    ...obs.traceMetadata,
  });
}

export const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);

// Provided usage; without a total, the sum of all keys is it.
export function usageDetails(obs) {
  if (priced(obs)) return { ...priced(obs).usage };
  if (Object.keys(obs.usage).length === 0 || "total" in obs.usage) return { ...obs.usage };
  return { ...obs.usage, total: sum(Object.values(obs.usage)) };
}

// Provided cost as it came, with a total if it has only input and output; without any,
// that of a known model.
export function costDetails(obs) {
  if (priced(obs)) return { ...priced(obs).cost };
  const given = Object.keys(obs.cost);
  const simple = given.length > 0 && given.every((key) => key === "input" || key === "output");
  return simple ? { ...obs.cost, total: sum(Object.values(obs.cost)) } : { ...obs.cost };
}

// Whether record a comes before record b: by the end of its span, in microseconds.
function byEnd(a, b) {
  const x = a.endNs / 1000n;
  const y = b.endNs / 1000n;
  return x === y ? a.order - b.order : x < y ? -1 : 1;
}

const isMap = (v) => v !== null && typeof v === "object" && !Array.isArray(v);
const isEmpty = (v) => isMap(v) && Object.keys(v).length === 0;

// The value of a field in the record that has one and ended last. An input or output
// that is empty, 0 or false gives way to one that is not.
function latest(records, field) {
  const having = records.filter((o) => o[field] !== null && !isEmpty(o[field])).sort(byEnd);
  return (having.findLast((o) => !o.weak.includes(field)) ?? having.at(-1))?.[field] ?? null;
}

// Metadata of several layers, later ones over earlier ones, key path by key path. An
// empty object is a value like any other, not a set of key paths.
export function layered(layers) {
  const made = {};
  for (const layer of layers) {
    for (const [key, value] of Object.entries(layer)) {
      const paths = isMap(made[key]) && isMap(value) && !isEmpty(value);
      made[key] = paths ? layered([made[key], value]) : structuredClone(value);
    }
  }
  return made;
}

// What a later export sets anew where it says something.
const REPLACED = [
  ...["name", "type", "parentId", "level", "statusMessage", "version", "release", "userId", "sessionId", "model"],
  ...["input", "output", "completionNs", "promptName", "promptVersion"],
];
const REPLACED_WHOLE = ["modelParameters", "usage", "cost"];

// The observation that all exports of a span make.
function exported(records) {
  const ordered = [...records].sort(byEnd);
  const made = { ...ordered.at(-1) };
  for (const field of REPLACED) made[field] = latest(records, field);
  for (const field of REPLACED_WHOLE) made[field] = latest(records, field) ?? {};
  made.type ??= "SPAN";
  made.startNs = ordered[0].startNs;
  made.environment = ordered.find((o) => o.environment !== null)?.environment ?? null;
  made.appRoot = records.some((o) => o.appRoot);
  made.asRoot = records.some((o) => o.asRoot);
  made.allMetadata = layered(ordered.map(ownMetadata));
  return made;
}

// The folded traces by id.
export function traces(records) {
  const byTrace = groupBy(records, (o) => o.traceId);
  return new Map([...byTrace].map(([id, group]) => [id, fold(id, group)]));
}

// Items by what key gives for each.
export function groupBy(items, key) {
  const groups = new Map();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}

// The trace that the exports of its spans make.
function fold(id, records) {
  const group = [...groupBy(records, (o) => o.id).values()].map(exported);
  const parentless = group.filter((o) => o.parentId === null);
  const roots = parentless.length > 0 ? parentless : group.filter((o) => o.appRoot || o.asRoot);
  const key = (o) => [o.startNs / 1000n, o.id];
  const before = (a, b) => (key(a)[0] === key(b)[0] ? a.id < b.id : key(a)[0] < key(b)[0]);
  const root = roots.reduce((best, o) => (best === null || before(o, best) ? o : best), null);
  const ownOrRoot = (own, fallback) => latest(records, own) ?? root?.[fallback] ?? null;

  const ordered = [...records].sort(byEnd);
  const said = layered(ordered.map((o) => o.traceMetadata));
  const starts = group.map((o) => o.startNs);
  const ends = group.map((o) => (o.endNs > o.startNs ? o.endNs : o.startNs));
  return {
    id,
    observations: group,
    timestampNs: starts.reduce((a, b) => (a < b ? a : b)),
    startNs: starts.reduce((a, b) => (a < b ? a : b)),
    endNs: ends.reduce((a, b) => (a > b ? a : b)),
    name: ownOrRoot("traceName", "name"),
    userId: latest(records, "userId"),
    sessionId: latest(records, "sessionId"),
    version: latest(records, "version"),
    release: latest(records, "release"),
    environment: ordered.find((o) => o.environment !== null)?.environment ?? "default",
    tags: [...new Set(records.flatMap((o) => o.tags))].sort(),
    public: latest(records, "public") ?? false,
    input: ownOrRoot("traceInput", "input"),
    output: ownOrRoot("traceOutput", "output"),
    metadata: root ? layered([root.allMetadata, said]) : said,
    totalCost: sum(group.map((o) => costDetails(o).total ?? 0)),
  };
}

// What a read makes of a stored input or output: JSON where the text is JSON, else
// the text.
export function parse(text) {
  if (typeof text !== "string") return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

// What a read makes of one stored metadata value: a text that is JSON becomes what it
// says; integers past 2^53 - 1 stay text.
export function parseMetadata(value) {
  if (typeof value !== "string") return value;
  const parsed = parse(value);
  if (typeof parsed === "number" && !Number.isSafeInteger(parsed) && /^-?\d+$/.test(value.trim())) return value;
  return parsed;
}

// The flat form of metadata in the v2 API: dotted names and texts. Lists, numbers and
// bools are JSON text, null is empty, empty objects are gone.
export function flatten(metadata) {
  const flat = {};
  const walk = (path, value) => {
    if (value !== null && typeof value === "object" && !Array.isArray(value)) {
      for (const [key, item] of Object.entries(value)) walk(path ? `${path}.${key}` : key, item);
    } else if (!(path in flat)) {
      flat[path] = value === null ? "" : typeof value === "string" ? value : JSON.stringify(value);
    }
  };
  walk("", metadata);
  return flat;
}
