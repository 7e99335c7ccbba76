// Reads traces back: one by one, in lists, and through every filter of the lists.

import { milliseconds } from "./written.mjs";

export async function readTraces(r, filters) {
  if (r.reads.traceGet) await single(r);
  if (r.reads.traceList) await lists(r);
  if (r.reads.traceList && filters) await filtered(r);
}

// Each trace alone, whole and by field groups.
async function single(r) {
  const by = r.reads.traceGet;
  const groups = [["core"], ["io", "metrics"], ["observations", "scores"]];
  for (const trace of r.traces.values()) {
    for (const fields of by.fields ? [null, ...groups] : [null]) {
      const name = `trace ${trace.name}${fields ? ` fields=${fields}` : ""}`;
      const got = await r.attempt(name, () => by.call(trace.id, fields ? { fields: fields.join(",") } : undefined));
      if (!got) continue;
      const inner = new Map(got.observations.map((o) => [o.id, o]));
      const given = new Map(got.scores.map((s) => [s.id, s]));
      const outline = { ...got, observations: [...inner.keys()], scores: [...given.keys()] };
      r.one(name, "traces", by, r.expect.trace(trace, r.scores, fields), outline);
      if (fields !== null) continue;
      for (const obs of trace.observations.filter((o) => inner.has(o.id))) {
        const want = r.expect.v1(obs, trace, { detail: true });
        r.one(`${name} observation ${obs.name}`, "observations v1", by, want, inner.get(obs.id));
      }
      for (const score of [...r.scores.values()].filter((s) => given.has(s.id))) {
        r.one(`${name} score ${score.name}`, "scores v1", by, r.expect.score(score, 1), given.get(score.id));
      }
    }
  }
}

// All traces in small pages, then by field groups.
async function lists(r) {
  const by = r.reads.traceList;
  const all = await r.pages("traces", by, 3);
  r.ids("traces", r.traces.keys(), all);
  r.newestFirst("traces", all, "timestamp");
  const items = (name, got, fields) => {
    for (const item of got) {
      const known = r.traces.get(item.id);
      if (known) r.one(`${name} item ${known.name}`, "traces", by, r.expect.trace(known, r.scores, fields), item);
    }
  };
  items("traces", all, null);
  for (const group of ["core", "io", "metrics", "observations", "scores"]) {
    const name = `traces fields=${group}`;
    items(name, await r.pages(name, by, 50, { fields: group }), [group]);
  }
}

async function filtered(r) {
  const by = r.reads.traceList;
  const all = [...r.traces.values()];
  for (const [name, options, keep] of picks(all, by)) {
    const got = await r.pages(`traces ${name}`, by, 4, options);
    r.ids(`traces ${name}`, all.filter(keep).map((t) => t.id), got);
    r.newestFirst(`traces ${name}`, got, "timestamp");
  }
  const names = (await r.pages("traces by name", by, 4, { orderBy: "name.asc" })).map((t) => t.name);
  // Without a name comes before any name.
  const before = (a, b) => (a === b ? 0 : a === null || (b !== null && a < b) ? -1 : 1);
  r.compare("traces by name order", [...names].sort(before), names);
}

// Filters of the list: name, options, and which traces they select.
function picks(all, by) {
  const start = (t) => milliseconds(t.timestampNs);
  const newest = all.map(start).sort((a, b) => b - a);
  const middle = newest[Math.floor(newest.length / 2)];
  const split = new Date(middle).toISOString();
  const made = [
    ["all", {}, () => true],
    ["from", { fromTimestamp: split }, (t) => start(t) >= middle],
    ["to", { toTimestamp: split }, (t) => start(t) < middle],
  ];
  for (const field of ["name", "userId", "sessionId", "version", "release", "environment"]) {
    // An environment also restricts which observations of a trace count, but not its membership.
    for (const value of new Set(all.map((t) => t[field]))) {
      if (value !== null) made.push([`${field}=${value}`, { [field]: value }, (t) => t[field] === value]);
    }
  }
  for (const tags of new Set(all.map((t) => t.tags.slice(0, 2).join(",")))) {
    const wanted = tags.split(",");
    const given = by.joined ? tags : wanted;
    if (tags) made.push([`tags=${tags}`, { tags: given }, (t) => wanted.every((tag) => t.tags.includes(tag))]);
  }
  const user = all.map((t) => t.userId).find((u) => u !== null);
  const filter = JSON.stringify([{ type: "string", column: "userId", operator: "=", value: user }]);
  made.push(["filter userId", { filter }, (t) => t.userId === user]);
  return made;
}
