// The state the server must make of batch events: of trace-create, the create and update
// events of observations, and score-create.
//
// Events are ordered by their time, then creates before updates, then by arrival. The
// value of a field is that of the last event that has it. Of some fields null is a value
// and clears, of others it says nothing. Input and output prefer a value over "", 0 and
// false. Start, environment, a trace's timestamp and a score's trace are those of the
// first event that has them. Metadata is merged key by key, tags are united, usage and
// cost replaced as a whole.
//
// Nothing in here looks at what a server answered.

import { costDetails, groupBy, layered, newObservation, sum } from "./written.mjs";

const nanoseconds = (time) => BigInt(Date.parse(time)) * 1_000_000n;
const present = (value) => value !== undefined && value !== null;
const truthy = (value) => (value ? value : null);
const isMap = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

// The folded traces and scores, each by id. A score sent by a call of its own has no
// time; the server gives it the time of arrival.
export function fold(events) {
  const ordered = events
    .map((event, arrival) => ({ ...event, arrival, ns: event.timestamp === null ? null : nanoseconds(event.timestamp) }))
    .sort((a, b) => (a.ns === b.ns ? rank(a) - rank(b) || a.arrival - b.arrival : a.ns < b.ns ? -1 : 1));
  const of = (test) => ordered.filter(({ type }) => test(type));

  const said = groupBy(of((type) => type === "trace-create"), ({ body }) => body.id);
  const observed = of((type) => /-(create|update)$/.test(type) && !/^(trace|score)-/.test(type));
  // An event that names no trace is about the observation of that id.
  const traceOf = new Map(observed.filter(({ body }) => body.traceId).map(({ body }) => [body.id, body.traceId]));
  const place = ({ body }) => body.traceId || traceOf.get(body.id);
  const inTrace = groupBy(observed, place);

  const traces = new Map();
  for (const id of new Set([...said.keys(), ...inTrace.keys()])) {
    const group = [...groupBy(inTrace.get(id) ?? [], ({ body }) => body.id).values()];
    traces.set(id, trace(id, said.get(id) ?? [], group.map((all) => observation(id, all)), inTrace.get(id) ?? []));
  }
  const scores = groupBy(of((type) => type === "score-create"), ({ body }) => body.id);
  return { traces, scores: new Map([...scores].map(([id, all]) => [id, score(id, all)])) };
}

const rank = ({ type }) => (type.endsWith("-update") ? 1 : 0);

// The value of a field in the last event that has it; clears: null is a value.
function last(events, field, clears = false) {
  const has = ({ body }) => body[field] !== undefined && (clears || body[field] !== null);
  return events.findLast(has)?.body[field] ?? null;
}

// The value of a field in the first event that has it; of several of the same time and
// rank in the last of them.
function first(events, field) {
  const having = events.filter(({ body }) => present(body[field]));
  const equal = (event) => event.ns === having[0].ns && rank(event) === rank(having[0]);
  return having.findLast(equal)?.body[field] ?? null;
}

// An input or output as it is stored: texts as they are, the rest as JSON text.
function payload(events, field) {
  const values = events.map(({ body }) => body[field]).filter(present);
  const value = values.findLast((v) => v !== "" && v !== 0 && v !== false) ?? values.at(-1) ?? null;
  return value === null || typeof value === "string" ? value : JSON.stringify(value);
}

// Metadata that is no object becomes one; null, "", 0 and false say nothing.
function metadata(events) {
  const given = events.map(({ body }) => body.metadata).filter((value) => value);
  return layered(given.map((value) => (isMap(value) ? value : { metadata: value })));
}

// An environment as it is stored.
export function environment(given) {
  if (given === null) return null;
  const short = String(given).toLowerCase().replace(/^(langfuse[-_]?)+/, "").slice(0, 40);
  return typeof given === "string" && /^[a-z0-9_-]+$/.test(short) ? short : "default";
}

function observation(traceId, events) {
  const { type, ns } = events.at(-1);
  const start = first(events, "startTime");
  const time = (field) => (truthy(last(events, field)) ? nanoseconds(last(events, field)) : null);
  const startNs = start === null ? events.reduce((a, e) => (e.ns < a ? e.ns : a), ns) : nanoseconds(start);
  const endNs = time("endTime");
  // Only what a model did has a model, usage and the like; on spans and events they are
  // no fields.
  const model = events.filter((event) => !/^(span|event)-/.test(event.type));
  const provided = model.map(({ body }) => amounts(body));
  const whole = (part) => provided.map((p) => p[part]).findLast((map) => Object.keys(map).length > 0) ?? {};
  const prompt = model.findLast(({ body }) => body.promptName && body.promptVersion)?.body;
  return newObservation({
    traceId,
    id: events[0].body.id,
    batch: true,
    name: last(events, "name", true),
    type: type.split("-")[0].toUpperCase(),
    parentId: last(events, "parentObservationId"),
    startNs,
    endNs: endNs !== null && endNs < startNs ? startNs : endNs,
    completionNs: truthy(last(model, "completionStartTime")) ? time("completionStartTime") : null,
    input: payload(events, "input"),
    output: payload(events, "output"),
    allMetadata: metadata(events),
    level: last(events, "level", true),
    statusMessage: last(events, "statusMessage"),
    version: last(events, "version"),
    environment: environment(first(events, "environment")),
    model: last(model, "model", true),
    modelParameters: last(model, "modelParameters") ?? {},
    usage: whole("usage"),
    cost: whole("cost"),
    promptName: prompt?.promptName ?? null,
    promptVersion: prompt?.promptVersion ?? null,
  });
}

function trace(id, events, observations, observed) {
  const starts = observations.map((o) => o.startNs);
  const ends = observations.map((o) => (o.endNs !== null && o.endNs > o.startNs ? o.endNs : o.startNs));
  const least = (all) => (all.length > 0 ? all.reduce((a, b) => (a < b ? a : b)) : null);
  const stamp = first(events, "timestamp");
  return {
    id,
    observations,
    timestampNs: stamp !== null ? nanoseconds(stamp) : (events[0]?.ns ?? least(starts)),
    startNs: least(starts),
    endNs: ends.length > 0 ? ends.reduce((a, b) => (a > b ? a : b)) : null,
    name: last(events, "name", true),
    userId: last(events, "userId", true),
    sessionId: last(events, "sessionId", true),
    version: last(events, "version", true),
    release: last(events, "release", true),
    environment: environment(first(events, "environment") ?? first(observed, "environment")) ?? "default",
    tags: [...new Set(events.flatMap(({ body }) => body.tags ?? []))].sort(),
    public: last(events, "public") ?? false,
    input: payload(events, "input"),
    output: payload(events, "output"),
    metadata: metadata(events),
    totalCost: sum(observations.map((o) => costDetails(o).total ?? 0)),
  };
}

// Name, data type, value and config of a score change only together.
function score(id, events) {
  const { name, value, dataType, configId } = events.at(-1).body;
  const type = dataType ?? (typeof value === "string" ? "CATEGORICAL" : "NUMERIC");
  const words = { NUMERIC: null, BOOLEAN: value === 1 ? "True" : "False" };
  const target = (field) => truthy(last(events, field));
  return {
    id,
    timestampNs: events[0].ns,
    name: type === "CORRECTION" ? "output" : name,
    dataType: type,
    number: typeof value === "number" ? value : 0,
    text: type in words ? words[type] : value,
    configId: configId ?? null,
    traceId: truthy(first(events, "traceId")),
    observationId: target("observationId"),
    sessionId: target("sessionId"),
    runId: target("datasetRunId"),
    environment: environment(first(events, "environment")) ?? "default",
    source: last(events, "source") ?? "API",
    comment: last(events, "comment", true),
    queueId: last(events, "queueId", true),
    metadata: metadata(events),
  };
}

// What an event provides of usage and cost: of the older form usage, and over it
// usageDetails and costDetails.
function amounts({ usage: older, usageDetails, costDetails: costs }) {
  const details = normalized(usageDetails);
  const { input, output, total, cost } = olderForm(older ?? {});
  const usage = {};
  if (present(input)) usage.input = input;
  if (present(output)) usage.output = output;
  if (total) usage.total = total;
  else if (Object.keys(details).length === 0) {
    const made = input && output ? input + output : (input ?? output);
    if (present(made)) usage.total = made;
  }
  const numbers = (map) => Object.fromEntries(Object.entries(map ?? {}).filter(([, v]) => typeof v === "number" && v >= 0));
  return { usage: { ...usage, ...details }, cost: { ...numbers(cost), ...numbers(costs) } };
}

// The older form of usage has two families of keys. Where one of the second is there,
// only that family counts, and it knows no cost.
function olderForm(usage) {
  if (["promptTokens", "completionTokens", "totalTokens"].some((key) => key in usage)) {
    return { input: usage.promptTokens, output: usage.completionTokens, total: usage.totalTokens };
  }
  const { input, output, total, inputCost, outputCost, totalCost } = usage;
  return { input, output, total, cost: { input: inputCost, output: outputCost, total: totalCost } };
}

const isCount = (value) => Number.isInteger(value) && value >= 0;

// usageDetails in the forms of OpenAI, or any map of counts.
function normalized(details) {
  if (!present(details)) return {};
  for (const [input, output] of [["prompt", "completion"], ["input", "output"]]) {
    const made = openAI(details, `${input}_tokens`, `${output}_tokens`);
    if (made) return made;
  }
  const counts = Object.entries(details).map(([key, v]) => [key, typeof v === "string" ? Number.parseInt(v, 10) : v]);
  return Object.fromEntries(counts.filter(([, v]) => isCount(v)));
}

// Usage as OpenAI gives it, where details has exactly its keys: what the details of a
// side count is taken out of that side.
function openAI(details, input, output) {
  const sides = [[input, "input"], [output, "output"]];
  const known = [input, output, "total_tokens", `${input}_details`, `${output}_details`];
  if (!Object.keys(details).every((key) => known.includes(key))) return null;
  if (!known.slice(0, 3).every((key) => isCount(details[key]))) return null;
  const made = { total: details.total_tokens };
  for (const [key, side] of sides) {
    made[side] = details[key];
    for (const [part, count] of Object.entries(details[`${key}_details`] ?? {})) {
      if (count === null) continue;
      if (!isCount(count)) return null;
      made[`${side}_${part}`] = count;
      made[side] = Math.max(0, made[side] - count);
    }
  }
  return made;
}
