// Reads everything back and compares all of it.
//
// How it is read is told by an object of reads, one for our HTTP API and one for each
// client; httpread.mjs has all that there may be. What a client cannot read is left out.

import * as checks from "./checks.mjs";
import { REQUIRED } from "./expected.mjs";
import { readDefinitions, readDetails } from "./readaccounts.mjs";
import { readObservations } from "./readobservations.mjs";
import { readScores, readSessions } from "./readscores.mjs";
import { readTraces } from "./readtraces.mjs";

// One way to read. how is its name; call resolves to the API's answer. What else it can
// do is in more.
export const read = (how, call, more = {}) => ({ how, call, ...more });

export class Reader {
  // state has the traces and scores that must be there, each by id.
  constructor(report, reads, state, expect) {
    this.report = report;
    this.reads = reads;
    this.traces = state.traces;
    this.scores = state.scores;
    this.observations = [...this.traces.values()].flatMap((t) => t.observations);
    this.expect = expect;
  }

  // All checks; with filters, lists are read through every filter too.
  async everything({ filters = true } = {}) {
    if (this.reads.projects) await this.account();
    if (this.reads.modelList) await readDefinitions(this);
    await readTraces(this, filters);
    await readObservations(this, filters);
    if (this.reads.detail) await readDetails(this);
    await readScores(this, filters);
    await readSessions(this, filters);
    await this.missing();
  }

  // The name of a check.
  named(name) {
    return `${this.reads.name} ${name}`;
  }

  label(obs) {
    return `${this.traces.get(obs.traceId).name}/${obs.name}`;
  }

  // One whole object: what it is, and the read that it came by.
  one(name, what, by, expected, actual) {
    this.report.compare(this.named(name), ...checks.whole(expected, actual, REQUIRED[what]));
    this.report.compared(what, by.how);
  }

  compare(name, expected, actual) {
    this.report.compare(this.named(name), expected, actual);
  }

  true(name, holds, why) {
    this.report.true(this.named(name), holds, why);
  }

  // Awaits call; undefined where it failed, which is a failed check.
  attempt(name, call) {
    return this.report.attempt(this.named(`${name} answers`), call);
  }

  ids(name, expected, got) {
    this.compare(`${name} ids`, [...expected].sort(), got.map((item) => item.id).sort());
  }

  newestFirst(name, got, key = "startTime") {
    const stamps = got.map((item) => item[key]);
    const sorted = [...stamps].sort().reverse();
    this.true(`${name} order`, JSON.stringify(stamps) === JSON.stringify(sorted), "not newest first");
  }

  // All items of a list by pages, and the checks of its meta.
  async pages(name, by, limit, options = {}) {
    const items = [];
    for (let page = 1; ; page++) {
      const got = await this.attempt(`${name} page ${page}`, () => by.call({ page, limit, ...options }));
      if (!got) return items;
      items.push(...got.data);
      const total = got.meta.totalItems;
      const totalPages = Math.ceil(total / limit);
      this.compare(`${name} page ${page} meta`, { page, limit, totalItems: total, totalPages }, got.meta);
      const full = Math.min(limit, Math.max(0, total - (page - 1) * limit));
      this.true(`${name} page ${page} size`, got.data.length === full, `${got.data.length} items, not ${full}`);
      if (page >= totalPages) {
        this.true(`${name} total`, total === items.length, `${total}, read ${items.length}`);
        return items;
      }
    }
  }

  // All items of a list with a cursor, of which there can be at most most.
  async cursor(name, by, limit, options, most, meta = {}) {
    const items = [];
    let cursor;
    for (let page = 1; ; page++) {
      const call = () => by.call({ limit, ...(cursor ? { cursor } : {}), ...options });
      const got = await this.attempt(`${name} page ${page}`, call);
      if (!got) return items;
      items.push(...got.data);
      cursor = got.meta.cursor;
      if (!cursor) {
        this.compare(`${name} last meta`, meta, got.meta);
        return items;
      }
      this.true(`${name} page ${page} size`, got.data.length === limit, `${got.data.length} items`);
      if (page > most) {
        this.true(`${name} ends`, false, "the cursor never ends");
        return items;
      }
    }
  }

  async account() {
    const { id, name, organization } = this.expect.project;
    const answer = await this.attempt("projects", () => this.reads.projects.call());
    if (answer) {
      this.true("projects has one project", answer.data.length === 1, checks.brief(answer.data));
      this.compare("projects", ...checks.whole({ id, name, organization, metadata: {} }, answer.data[0] ?? {}));
    }
    const health = await this.attempt("health", () => this.reads.health.call());
    if (health) this.true("health", health.status === "OK" && typeof health.version === "string", checks.brief(health));
  }

  // What was never written is not found, in the way that the client tells it.
  async missing() {
    const { reads } = this;
    const calls = {
      "unknown trace": reads.traceGet && (() => reads.traceGet.call("0".repeat(31) + "1")),
      "unknown observation": reads.v1Get && (() => reads.v1Get.call("0".repeat(15) + "1")),
      "unknown score, v1": reads.scoreV1Get && (() => reads.scoreV1Get.call("no-such-score")),
      "unknown score, v2": reads.scoreV2Get && (() => reads.scoreV2Get.call("no-such-score")),
      "unknown session": reads.sessionGet && (() => reads.sessionGet.call("no-such-session")),
    };
    for (const [name, call] of Object.entries(calls)) {
      if (!call) continue;
      try {
        await call();
        this.true(name, false, "was found");
      } catch (err) {
        this.true(name, reads.notFound(err), String(err));
      }
    }
    if (!reads.traceList) return;
    const empty = await this.attempt("empty page", () => reads.traceList.call({ page: 1000, limit: 10 }));
    if (empty) this.compare("empty page", [], empty.data);
  }
}
