// Reads observations back: by the v1 API in lists and one by one, by the v2 API with
// every field group, and through every filter of both.

import { milliseconds } from "./written.mjs";

const ALL_FIELDS = ["basic", "time", "io", "metadata", "model", "usage", "prompt", "metrics", "trace_context"];

export async function readObservations(r, filters) {
  if (r.reads.v1List) await v1Lists(r, filters);
  if (r.reads.v1Get) await singleV1(r);
  if (r.reads.v2List) await v2Lists(r, filters);
  if (r.reads.v2List) await v2Fields(r);
}

// Lists of the v1 API: each trace in small pages, then through every filter.
async function v1Lists(r, filters) {
  const by = r.reads.v1List;
  for (const trace of r.traces.values()) {
    const name = `v1 list ${trace.name}`;
    const got = await r.pages(name, by, 4, { traceId: trace.id });
    r.ids(name, trace.observations.map((o) => o.id), got);
    for (const item of got) {
      const obs = trace.observations.find((o) => o.id === item.id);
      if (obs) r.one(`${name} item ${obs.name}`, "observations v1", by, r.expect.v1(obs, trace), item);
    }
    r.newestFirst(name, got);
  }
  for (const [name, options, keep] of filters ? picks(r, false) : []) {
    const got = await r.pages(`v1 list ${name}`, by, 7, options);
    r.ids(`v1 list ${name}`, r.observations.filter(keep).map((o) => o.id), got);
  }
}

async function singleV1(r) {
  const by = r.reads.v1Get;
  for (const obs of r.observations) {
    const name = `v1 get ${r.label(obs)}`;
    const got = await r.attempt(name, () => by.call(obs.id));
    if (got) r.one(name, "observations v1", by, r.expect.v1(obs, r.traces.get(obs.traceId)), got);
  }
}

const cursor = (r, name, limit, options) => r.cursor(name, r.reads.v2List, limit, options, r.observations.length);

// The v2 list: everything in small pages with all groups, then every filter.
async function v2Lists(r, filters) {
  const got = await cursor(r, "v2 list", 5, { fields: ["core", ...ALL_FIELDS].join(",") });
  r.ids("v2 list", r.observations.map((o) => o.id), got);
  r.newestFirst("v2 list", got);
  compareV2(r, "v2 list item", got, ALL_FIELDS);
  const can = ([, options]) => !Object.keys(options).some((key) => r.reads.v2List.lacks?.includes(key));
  for (const [name, options, keep] of filters ? picks(r, true).filter(can) : []) {
    const some = await cursor(r, `v2 list ${name}`, 6, options);
    r.ids(`v2 list ${name}`, r.observations.filter(keep).map((o) => o.id), some);
  }
}

function compareV2(r, name, got, fields, expanded = false) {
  for (const item of got) {
    const obs = r.observations.find((o) => o.id === item.id);
    if (!obs) continue;
    const want = r.expect.v2(obs, r.traces.get(obs.traceId), fields, expanded);
    r.one(`${name} ${r.label(obs)}`, "observations v2", r.reads.v2List, want, item);
  }
}

// Field groups alone and together, with and without full metadata.
async function v2Fields(r) {
  const forms = [[null, {}], ...ALL_FIELDS.map((group) => [[group], {}])];
  forms.push([["metadata"], { expandMetadata: "long,no_such_key" }], [["basic", "usage", "model"], {}]);
  for (const [fields, options] of forms) {
    const expanded = "expandMetadata" in options;
    const name = `v2 fields=${fields ?? "default"}${expanded ? " expanded" : ""}`;
    const got = await cursor(r, name, 40, { ...(fields ? { fields: fields.join(",") } : {}), ...options });
    compareV2(r, name, got, fields ?? ["basic"], expanded);
  }
}

// Filters of both lists: name, options, and which observations they select.
function picks(r, v2) {
  const every = r.observations;
  const shown = (o, field) => o[field] ?? r.traces.get(o.traceId)[field];
  const values = (get) => [...new Set(every.map(get))].filter((v) => v !== null).sort();
  const start = (o) => milliseconds(o.startNs);
  const made = [];
  for (const type of values((o) => o.type)) made.push([`type=${type}`, { type }, (o) => o.type === type]);
  for (const level of ["DEBUG", "DEFAULT", "WARNING", "ERROR"]) {
    made.push([`level=${level}`, { level }, (o) => (o.level ?? "DEFAULT") === level]);
  }
  for (const name of values((o) => o.name).slice(0, 3)) made.push([`name=${name}`, { name }, (o) => o.name === name]);
  for (const field of ["userId", "version", "environment", ...(v2 ? ["sessionId"] : [])]) {
    for (const value of values((o) => shown(o, field))) {
      made.push([`${field}=${value}`, { [field]: value }, (o) => shown(o, field) === value]);
    }
  }
  for (const parent of values((o) => o.parentId).slice(0, 3)) {
    made.push([`parent=${parent}`, { parentObservationId: parent }, (o) => o.parentId === parent]);
  }
  const starts = every.map(start).sort((a, b) => a - b);
  const middle = starts[Math.floor(starts.length / 2)];
  const split = new Date(middle).toISOString();
  made.push(["from", { fromStartTime: split }, (o) => start(o) >= middle]);
  made.push(["to", { toStartTime: split }, (o) => start(o) < middle]);
  const window = { fromStartTime: "2000-01-01T00:00:00.000Z", toStartTime: split };
  made.push(["window", window, (o) => start(o) < middle]);
  const kinds = ["TOOL", "EVENT"];
  const filter = JSON.stringify([{ type: "stringOptions", column: "type", operator: "any of", value: kinds }]);
  made.push(["filter type", { filter }, (o) => kinds.includes(o.type)]);
  if (v2) {
    const isRoot = (o) => o.parentId === null || o.appRoot;
    made.push(["no parent", { parentObservationId: "" }, (o) => o.parentId === null]);
    made.push(["roots", { isRootObservation: true }, isRoot]);
    made.push(["not roots", { isRootObservation: false }, (o) => !isRoot(o)]);
  }
  return made;
}
