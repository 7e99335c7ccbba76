// Reads everything back through the JavaScript client's typed API and compares all of
// it.

import { NotFoundError } from "@langfuse/core";

import * as checks from "./checks.mjs";
import { REQUIRED } from "./expected.mjs";
import { milliseconds, traces } from "./written.mjs";

const ALL_FIELDS = ["basic", "time", "io", "metadata", "model", "usage", "prompt", "metrics", "trace_context"];

export class Reader {
  // records are all that was written, each export of a span one.
  constructor(report, api, records, expect) {
    this.report = report;
    this.api = api;
    this.traces = traces(records);
    this.observations = [...this.traces.values()].flatMap((t) => t.observations);
    this.expect = expect;
  }

  // All checks.
  async everything(projectName, organization) {
    await this.account(projectName, organization);
    await this.singleTraces();
    await this.traceLists();
    await this.v1Lists();
    await this.singleV1();
    await this.v2Lists();
    await this.v2Fields();
    await this.missing();
  }

  label(obs) {
    return `${this.traces.get(obs.traceId).name}/${obs.name}`;
  }

  one(name, kind, expected, actual) {
    this.report.compare(name, ...checks.whole(expected, actual, REQUIRED[kind]));
  }

  ids(name, expected, got) {
    this.report.compare(`${name} ids`, [...expected].sort(), got.map((item) => item.id).sort());
  }

  newestFirst(name, got, key = "startTime") {
    const stamps = got.map((item) => item[key]);
    const sorted = [...stamps].sort().reverse();
    this.report.true(`${name} order`, JSON.stringify(stamps) === JSON.stringify(sorted), "not newest first");
  }

  async account(projectName, organization) {
    const answer = await this.report.attempt("projects answers", () => this.api.projects.get());
    const want = { id: this.expect.projectId, name: projectName, organization, metadata: {} };
    if (answer) {
      this.report.true("projects has one project", answer.data.length === 1, checks.brief(answer.data));
      this.report.compare("projects", ...checks.whole(want, answer.data[0] ?? {}));
    }
    const health = await this.report.attempt("health answers", () => this.api.health.health());
    if (health) this.report.true("health", health.status === "OK" && typeof health.version === "string", checks.brief(health));
  }

  async singleTraces() {
    for (const trace of this.traces.values()) {
      for (const fields of [null, ["core"], ["io", "metrics"], ["observations", "scores"]]) {
        const name = `trace ${trace.name}${fields ? ` fields=${fields}` : ""}`;
        const options = fields ? { fields: fields.join(",") } : undefined;
        const got = await this.report.attempt(`${name} answers`, () => this.api.trace.get(trace.id, options));
        if (!got) continue;
        const inner = new Map(got.observations.map((o) => [o.id, o]));
        this.one(name, "trace", this.expect.trace(trace, fields), { ...got, observations: [...inner.keys()] });
        for (const obs of fields === null ? trace.observations : []) {
          if (!inner.has(obs.id)) continue;
          this.one(`${name} observation ${obs.name}`, "v1", this.expect.v1(obs, trace, { detail: true }), inner.get(obs.id));
        }
      }
    }
  }

  // All items of a page-style list, and the checks of its meta.
  async pages(name, call, limit, options = {}) {
    const items = [];
    for (let page = 1; ; page++) {
      const got = await this.report.attempt(`${name} page ${page} answers`, () => call({ page, limit, ...options }));
      if (!got) return items;
      items.push(...got.data);
      const total = got.meta.totalItems;
      const totalPages = Math.ceil(total / limit);
      this.report.compare(`${name} page ${page} meta`, { page, limit, totalItems: total, totalPages }, got.meta);
      const full = Math.min(limit, Math.max(0, total - (page - 1) * limit));
      this.report.true(`${name} page ${page} size`, got.data.length === full, `${got.data.length} items, not ${full}`);
      if (page >= totalPages) {
        this.report.true(`${name} total`, total === items.length, `${total}, read ${items.length}`);
        return items;
      }
    }
  }

  // Lists of traces: all of them in small pages, then through every filter.
  async traceLists() {
    const list = (options) => this.api.trace.list(options);
    const all = [...this.traces.values()];
    for (const item of await this.pages("traces", list, 3)) {
      const known = this.traces.get(item.id);
      if (known) this.one(`traces item ${known.name}`, "trace", this.expect.trace(known), item);
    }
    for (const group of ["core", "io", "metrics", "observations"]) {
      const name = `traces fields=${group}`;
      for (const item of await this.pages(name, list, 50, { fields: group })) {
        const known = this.traces.get(item.id);
        if (known) this.one(`${name} item ${known.name}`, "trace", this.expect.trace(known, [group]), item);
      }
    }

    const start = (t) => milliseconds(t.startNs);
    const newest = all.map(start).sort((a, b) => b - a);
    const middle = newest[Math.floor(newest.length / 2)];
    const split = new Date(middle).toISOString();
    const picks = [
      ["all", {}, () => true],
      ["from", { fromTimestamp: split }, (t) => start(t) >= middle],
      ["to", { toTimestamp: split }, (t) => start(t) < middle],
    ];
    for (const field of ["name", "userId", "sessionId", "version", "release", "environment"]) {
      // An environment also restricts which observations of a trace count, but not its membership.
      for (const value of new Set(all.map((t) => t[field]))) {
        if (value !== null) picks.push([`${field}=${value}`, { [field]: value }, (t) => t[field] === value]);
      }
    }
    for (const tags of new Set(all.map((t) => t.tags.slice(0, 2).join(",")))) {
      const wanted = tags.split(",");
      if (tags) picks.push([`tags=${tags}`, { tags: wanted }, (t) => wanted.every((tag) => t.tags.includes(tag))]);
    }
    const user = all.map((t) => t.userId).find((u) => u !== null);
    const filter = JSON.stringify([{ type: "string", column: "userId", operator: "=", value: user }]);
    picks.push(["filter userId", { filter }, (t) => t.userId === user]);
    for (const [name, options, keep] of picks) {
      const got = await this.pages(`traces ${name}`, list, 4, options);
      this.ids(`traces ${name}`, all.filter(keep).map((t) => t.id), got);
      this.newestFirst(`traces ${name}`, got, "timestamp");
    }
    const names = (await this.pages("traces by name", list, 4, { orderBy: "name.asc" })).map((t) => t.name);
    this.report.true("traces by name order", JSON.stringify(names) === JSON.stringify([...names].sort()), checks.brief(names));
  }

  // Lists of the v1 API: each trace in small pages, then through every filter.
  async v1Lists() {
    const list = (options) => this.api.legacy.observationsV1.getMany(options);
    for (const trace of this.traces.values()) {
      const name = `v1 list ${trace.name}`;
      const got = await this.pages(name, list, 4, { traceId: trace.id });
      this.ids(name, trace.observations.map((o) => o.id), got);
      for (const item of got) {
        const obs = trace.observations.find((o) => o.id === item.id);
        if (obs) this.one(`${name} item ${obs.name}`, "v1", this.expect.v1(obs, trace), item);
      }
      this.newestFirst(name, got);
    }
    for (const [name, options, keep] of this.observationPicks(false)) {
      const got = await this.pages(`v1 list ${name}`, list, 7, options);
      this.ids(`v1 list ${name}`, this.observations.filter(keep).map((o) => o.id), got);
    }
  }

  async singleV1() {
    for (const obs of this.observations) {
      const name = `v1 get ${this.label(obs)}`;
      const got = await this.report.attempt(`${name} answers`, () => this.api.legacy.observationsV1.get(obs.id));
      if (got) this.one(name, "v1", this.expect.v1(obs, this.traces.get(obs.traceId)), got);
    }
  }

  // All items of a v2 list, following its cursor.
  async cursor(name, limit, options) {
    const items = [];
    let cursor;
    for (let page = 1; ; page++) {
      const call = () => this.api.observations.getMany({ limit, ...(cursor ? { cursor } : {}), ...options });
      const got = await this.report.attempt(`${name} page ${page} answers`, call);
      if (!got) return items;
      items.push(...got.data);
      cursor = got.meta.cursor;
      if (!cursor) {
        this.report.compare(`${name} last meta`, {}, got.meta);
        return items;
      }
      this.report.true(`${name} page ${page} size`, got.data.length === limit, `${got.data.length} items`);
      if (page > this.observations.length) {
        this.report.true(`${name} ends`, false, "the cursor never ends");
        return items;
      }
    }
  }

  // The v2 list: everything in small pages with all groups, then every filter.
  async v2Lists() {
    const got = await this.cursor("v2 list", 5, { fields: ["core", ...ALL_FIELDS].join(",") });
    this.ids("v2 list", this.observations.map((o) => o.id), got);
    this.newestFirst("v2 list", got);
    this.compareV2("v2 list item", got, ALL_FIELDS);
    for (const [name, options, keep] of this.observationPicks(true)) {
      const some = await this.cursor(`v2 list ${name}`, 6, options);
      this.ids(`v2 list ${name}`, this.observations.filter(keep).map((o) => o.id), some);
    }
  }

  compareV2(name, got, fields, expanded = false) {
    for (const item of got) {
      const obs = this.observations.find((o) => o.id === item.id);
      if (!obs) continue;
      const want = this.expect.v2(obs, this.traces.get(obs.traceId), fields, expanded);
      this.one(`${name} ${this.label(obs)}`, "v2", want, item);
    }
  }

  // Field groups alone and together, with and without full metadata.
  async v2Fields() {
    const forms = [[null, {}], ...ALL_FIELDS.map((group) => [[group], {}])];
    forms.push([["metadata"], { expandMetadata: "long,no_such_key" }], [["basic", "usage", "model"], {}]);
    for (const [fields, options] of forms) {
      const expanded = "expandMetadata" in options;
      const name = `v2 fields=${fields ?? "default"}${expanded ? " expanded" : ""}`;
      const got = await this.cursor(name, 40, { ...(fields ? { fields: fields.join(",") } : {}), ...options });
      this.compareV2(name, got, fields ?? ["basic"], expanded);
    }
  }

  // Filters of both observation lists: name, options, and which observations they
  // select.
  observationPicks(v2) {
    const every = this.observations;
    const shown = (o, field) => o[field] ?? this.traces.get(o.traceId)[field];
    const values = (get) => [...new Set(every.map(get))].filter((v) => v !== null).sort();
    const start = (o) => milliseconds(o.startNs);
    const picks = [];
    for (const type of values((o) => o.type)) picks.push([`type=${type}`, { type }, (o) => o.type === type]);
    for (const level of ["DEBUG", "DEFAULT", "WARNING", "ERROR"]) {
      picks.push([`level=${level}`, { level }, (o) => (o.level ?? "DEFAULT") === level]);
    }
    for (const name of values((o) => o.name).slice(0, 3)) picks.push([`name=${name}`, { name }, (o) => o.name === name]);
    for (const field of ["userId", "version", "environment", ...(v2 ? ["sessionId"] : [])]) {
      for (const value of values((o) => shown(o, field))) {
        picks.push([`${field}=${value}`, { [field]: value }, (o) => shown(o, field) === value]);
      }
    }
    for (const parent of values((o) => o.parentId).slice(0, 3)) {
      picks.push([`parent=${parent}`, { parentObservationId: parent }, (o) => o.parentId === parent]);
    }
    const starts = every.map(start).sort((a, b) => a - b);
    const middle = starts[Math.floor(starts.length / 2)];
    const split = new Date(middle).toISOString();
    picks.push(["from", { fromStartTime: split }, (o) => start(o) >= middle]);
    picks.push(["to", { toStartTime: split }, (o) => start(o) < middle]);
    const window = { fromStartTime: "2000-01-01T00:00:00.000Z", toStartTime: split };
    picks.push(["window", window, (o) => start(o) < middle]);
    const kinds = ["TOOL", "EVENT"];
    const filter = JSON.stringify([{ type: "stringOptions", column: "type", operator: "any of", value: kinds }]);
    picks.push(["filter type", { filter }, (o) => kinds.includes(o.type)]);
    if (v2) {
      const isRoot = (o) => o.parentId === null || o.appRoot;
      picks.push(["no parent", { parentObservationId: "" }, (o) => o.parentId === null]);
      picks.push(["roots", { isRootObservation: true }, isRoot]);
      picks.push(["not roots", { isRootObservation: false }, (o) => !isRoot(o)]);
    }
    return picks;
  }

  // What was never written is a 404 of the client's own kind.
  async missing() {
    const calls = {
      "unknown trace": () => this.api.trace.get("0".repeat(31) + "1"),
      "unknown observation": () => this.api.legacy.observationsV1.get("0".repeat(15) + "1"),
    };
    for (const [name, call] of Object.entries(calls)) {
      try {
        await call();
        this.report.true(name, false, "was found");
      } catch (err) {
        this.report.true(name, err instanceof NotFoundError, String(err));
      }
    }
    const empty = await this.report.attempt("empty page answers", () => this.api.trace.list({ page: 1000, limit: 10 }));
    if (empty) this.report.compare("empty page", [], empty.data);
  }
}
