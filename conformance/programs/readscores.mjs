// Reads scores back by all three versions of the API, and sessions.

import { SCORE_FIELDS } from "./expected.mjs";
import { groupBy } from "./written.mjs";

export async function readScores(r, filters) {
  await older(r, 1, r.reads.scoreV1List, r.reads.scoreV1Get, filters);
  await older(r, 2, r.reads.scoreV2List, r.reads.scoreV2Get, filters);
  if (r.reads.scoreV3List) await v3(r, filters);
}

// The v1 and v2 API. v1 knows scores of traces only, and no corrections.
async function older(r, version, list, get, filters) {
  const what = `scores v${version}`;
  const shown = [...r.scores.values()].filter((s) => version === 2 || (s.traceId !== null && s.dataType !== "CORRECTION"));
  const traceOf = (s) => r.traces.get(s.traceId) ?? null;
  if (list) {
    const got = await r.pages(what, list, 3);
    r.ids(what, shown.map((s) => s.id), got);
    r.newestFirst(what, got, "timestamp");
    for (const item of got) {
      const known = r.scores.get(item.id);
      if (known) r.one(`${what} item ${known.name}`, what, list, r.expect.score(known, version, traceOf(known)), item);
    }
    for (const [name, options, keep] of filters ? picks(shown, traceOf, version) : []) {
      r.ids(`${what} ${name}`, shown.filter(keep).map((s) => s.id), await r.pages(`${what} ${name}`, list, 4, options));
    }
  }
  for (const score of get ? shown : []) {
    const name = `${what} get ${score.name}`;
    const got = await r.attempt(name, () => get.call(score.id));
    if (got) r.one(name, what, get, r.expect.score(score, version), got);
  }
}

// The v3 list: everything in small pages with all groups, each group alone, filters.
async function v3(r, filters) {
  const by = r.reads.scoreV3List;
  const all = [...r.scores.values()];
  const cursor = (name, limit, options) => r.cursor(name, by, limit, options, all.length, { limit });
  for (const fields of [SCORE_FIELDS, null, ...SCORE_FIELDS.map((group) => [group])]) {
    const name = `scores v3 fields=${fields ?? "default"}`;
    const got = await cursor(name, 4, fields ? { fields: fields.join(",") } : {});
    r.ids(name, all.map((s) => s.id), got);
    r.newestFirst(name, got, "timestamp");
    for (const item of got) {
      const known = r.scores.get(item.id);
      if (known) r.one(`${name} item ${known.name}`, "scores v3", by, r.expect.scoreV3(known, fields ?? ["core"]), item);
    }
  }
  if (!filters) return;
  const made = [];
  for (const field of ["name", "environment", "dataType", "source"]) {
    for (const value of new Set(all.map((s) => s[field]))) made.push([{ [field]: value }, (s) => s[field] === value]);
  }
  for (const field of ["traceId", "sessionId"]) {
    for (const value of new Set(all.map((s) => s[field]))) {
      if (value !== null) made.push([{ [field]: value }, (s) => s[field] === value]);
    }
  }
  made.push([{ dataType: "NUMERIC", valueMin: 0.5 }, (s) => s.dataType === "NUMERIC" && s.number >= 0.5]);
  for (const [options, keep] of made) {
    const name = `scores v3 ${new URLSearchParams(options)}`;
    r.ids(name, all.filter(keep).map((s) => s.id), await cursor(name, 5, options));
  }
}

// Filters of the v1 and v2 lists: name, options, and which scores they select.
function picks(shown, traceOf, version) {
  const made = [];
  const equals = (field, value, keep) => made.push([`${field}=${value}`, { [field]: value }, keep]);
  for (const field of ["name", "environment", "dataType", "source"]) {
    for (const value of new Set(shown.map((s) => s[field]))) equals(field, value, (s) => s[field] === value);
  }
  for (const value of new Set(shown.map((s) => traceOf(s)?.userId ?? null))) {
    if (value !== null) equals("userId", value, (s) => traceOf(s)?.userId === value);
  }
  const ids = shown.slice(0, 2).map((s) => s.id);
  equals("scoreIds", ids.join(","), (s) => ids.includes(s.id));
  for (const field of version === 2 ? ["traceId", "sessionId"] : []) {
    const value = shown.map((s) => s[field]).find((v) => v !== null);
    if (value) equals(field, value, (s) => s[field] === value);
  }
  return made;
}

// Sessions: all of them in small pages, by environment and one by one.
export async function readSessions(r, filters) {
  const { sessionList: list, sessionGet: get } = r.reads;
  const named = [...r.traces.values()].filter((t) => t.sessionId !== null);
  const sessions = new Map(groupBy(named, (t) => t.sessionId));
  const environment = (traces) => r.expect.session("", traces).environment;
  if (list) {
    const got = await r.pages("sessions", list, 2);
    r.ids("sessions", sessions.keys(), got);
    r.newestFirst("sessions", got, "createdAt");
    for (const item of got.filter(({ id }) => sessions.has(id))) {
      r.one(`sessions item ${item.id}`, "sessions", list, r.expect.session(item.id, sessions.get(item.id)), item);
    }
    const environments = new Set([...sessions.values()].map(environment));
    for (const value of filters ? environments : []) {
      const name = `sessions environment=${value}`;
      const wanted = [...sessions].filter(([, traces]) => environment(traces) === value).map(([id]) => id);
      r.ids(name, wanted, await r.pages(name, list, 3, { environment: value }));
    }
  }
  for (const [id, traces] of get ? sessions : []) {
    const got = await r.attempt(`session ${id}`, () => get.call(id));
    if (!got) continue;
    const outline = { ...got, traces: got.traces.map((t) => t.id) };
    r.one(`session ${id}`, "sessions", get, r.expect.session(id, traces, { detail: true }), outline);
    for (const item of got.traces) {
      const trace = traces.find((t) => t.id === item.id);
      if (trace) r.one(`session ${id} trace ${trace.name}`, "traces", get, r.expect.sessionTrace(trace), item);
    }
  }
}
