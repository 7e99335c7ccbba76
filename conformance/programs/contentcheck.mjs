// What must have become of the content that a program wrote: announced and uploaded once by
// the client, or cut out by the server; its references where it stood, and behind each of
// them the same bytes.

import { createHash } from "node:crypto";

import * as checks from "./checks.mjs";
import { reference } from "./content.mjs";

const env = process.env;
const HOUR = 3_600_000;
const NOWHERE = "A".repeat(22); // an id that no content has
const sorted = (items) => items.map((item) => JSON.stringify(item, Object.keys(item).sort())).sort();
const sha256 = (data) => createHash("sha256").update(data).digest("hex");

// How the calls of a client are named, and what they do: get, trace, resolve and announce
// are reads (readback.mjs) that take an id, an object, or the body of the HTTP API.
export class ContentChecker {
  constructor(report, calls, wire, contents, since) {
    Object.assign(this, { report, calls, wire, contents, since });
  }

  async everything() {
    this.announced();
    this.uploaded();
    await this.listed();
    await this.again();
    await this.found();
    await this.readBack();
    await this.missing();
  }

  get announcements() {
    return this.wire.media.filter(({ method }) => method === "POST");
  }

  link() {
    const start = `${env.LANGFUSE_BASE_URL}/api/v1/media/content/`;
    return new checks.Rule(`a link that begins with ${start}`, (a) => a.startsWith(start));
  }

  // Every place of content that the client uploads is announced; with a link for the first
  // announcement of a content, and without one when it has been uploaded.
  announced() {
    const { report } = this;
    const wanted = this.contents.put("client").map(([text, piece]) => announcement(text, piece));
    const sent = this.announcements;
    const bodies = sent.map(({ body }) => Object.fromEntries(Object.entries(body).filter(([, v]) => v !== null)));
    report.compare("content is announced", sorted(wanted), sorted(bodies));
    report.compare("content is announced with success", sent.map(() => 201), sent.map(({ status }) => status));
    const pieces = new Map(this.contents.put("client").map(([, piece]) => [piece.hash, piece]));
    const linked = new Set();
    for (const { body, answer } of sent) {
      const piece = pieces.get(body.sha256Hash);
      if (!piece) continue;
      const first = !linked.has(piece.hash);
      const want = { mediaId: piece.id, uploadUrl: first ? this.link() : null };
      report.compare(`announcement of ${piece.name}${first ? "" : " again"}`, want, answer);
      linked.add(piece.hash);
    }
    report.true("content is announced again", linked.size > 0 && linked.size < sent.length);
  }

  // Each content is uploaded once, all of it, and reported.
  uploaded() {
    const { report } = this;
    const pieces = [...new Map(this.contents.put("client").map(([, piece]) => [piece.id, piece])).values()];
    const of = (method) => this.wire.media.filter((request) => request.method === method);
    const reports = of("PATCH");
    const ids = reports.map(({ path }) => path.split("/").at(-1));
    report.compare("uploads are reported", pieces.map(({ id }) => id).sort(), [...ids].sort());
    for (const [n, { status, body, answer }] of reports.entries()) {
      report.compare(`report of ${ids[n]}`, [200, 200, { message: "OK" }], [status, body.uploadHttpStatus, answer]);
    }
    const uploads = of("PUT");
    const sent = uploads.map(({ body }) => sha256(body)).sort();
    report.compare("content is uploaded once", pieces.map(({ data }) => sha256(data)).sort(), sent);
    report.compare("uploads succeed", pieces.map(() => 200), uploads.map(({ status }) => status));
  }

  // The traces know what content they have, where, and how it came.
  async listed() {
    const places = new Map();
    for (const [by, origin] of [["client", "CLIENT_UPLOAD"], ["server", "INGESTION_MEDIA_EXTRACTION"]]) {
      for (const [{ traceId, announced, field }, piece] of this.contents.put(by)) {
        const link = { mediaId: piece.id, observationId: announced, field, origin };
        places.set(traceId, (places.get(traceId) ?? new Map()).set(JSON.stringify(link), link));
      }
    }
    for (const [traceId, links] of places) {
      const name = `media of trace ${traceId}`;
      const got = await this.report.attempt(`${name} answers`, () => this.calls.list.call(traceId));
      if (got) this.report.compare(name, sorted([...links.values()]), sorted(got.data));
      this.report.compared("media", this.calls.list.how);
    }
  }

  // Content that the server has cut out, the client need not upload any more; and what the
  // client has announced, it may announce again.
  async again() {
    const { announce } = this.calls;
    for (const by of ["server", "client"]) {
      for (const [text, piece] of this.contents.put(by)) {
        const name = `announcement of ${piece.name} ${by === "server" ? "that was cut out" : "once more"}`;
        const got = await this.report.attempt(`${name} answers`, () => announce.call(announcement(text, piece)));
        if (got) this.report.compare(name, { mediaId: piece.id, uploadUrl: null }, got);
        this.report.compared("media", announce.how);
      }
    }
  }

  // Every content has a link, which opens it without a key.
  async found() {
    const { report, calls } = this;
    const all = ["client", "server"].flatMap((by) => this.contents.put(by).map(([, piece]) => [piece.id, piece]));
    for (const piece of new Map(all).values()) {
      const name = `media ${piece.name}`;
      const got = await report.attempt(`${name} answers`, () => calls.get.call(piece.id));
      if (!got) continue;
      const want = {
        mediaId: piece.id,
        contentType: piece.type,
        contentLength: piece.data.length,
        uploadedAt: checks.recent(this.since),
        url: this.link(),
        urlExpiry: new checks.Rule("a time in an hour", (a) => Math.abs(Date.parse(a) - Date.now() - HOUR) < 60_000),
      };
      report.compare(name, want, got);
      report.compared("media", calls.get.how);
      const answer = await fetch(got.url);
      report.true(`${name} is the same bytes`, Buffer.from(await answer.arrayBuffer()).equals(piece.data));
      report.compare(`${name} has its type`, piece.type, answer.headers.get("content-type"));
    }
  }

  // The references stand where the content stood, and resolve to it.
  async readBack() {
    const { report, calls } = this;
    for (const { traceId, observationId, field, build, name } of this.contents.written) {
      const trace = await report.attempt(`trace of ${name} answers`, () => calls.trace.call(traceId));
      const shown = observationId === null ? trace : trace?.observations.find(({ id }) => id === observationId);
      if (!shown) {
        report.true(`${name} is there`, false);
        continue;
      }
      const stored = build(reference);
      // Metadata has more than was written.
      const got = field === "metadata" ? part(stored, shown[field]) : shown[field];
      report.compare(`${name} has references`, stored, got);
      const resolved = await report.attempt(`${name} is resolved`, () => calls.resolve.call(got));
      report.compare(`${name} resolves to what it was`, build((piece) => piece.uri), resolved);
      report.compared("media", calls.resolve.how);
    }
  }

  // Content that is not there is not found, and links do no more than they say.
  async missing() {
    const { report, calls } = this;
    const refused = await calls.get.call(NOWHERE).then(() => null, (err) => err);
    report.true("unknown media", refused !== null && calls.notFound(refused), String(refused));
    const text = `before @@@langfuseMedia:type=image/png|id=${NOWHERE}|source=bytes@@@ after`;
    report.compare("a reference to nothing stays", text, await calls.resolve.call(text));
    const link = this.announcements.find(({ answer }) => answer.uploadUrl)?.answer.uploadUrl;
    report.compare("an upload link does not open content", 403, (await fetch(link)).status);
    report.compare("a forged link opens nothing", 403, (await fetch(`${link.slice(0, -1)}_`)).status);
  }
}

// What announces a piece.
function announcement({ traceId, announced, field }, { type, data, hash }) {
  const made = { contentType: type, contentLength: data.length, sha256Hash: hash, field, traceId };
  return announced === null ? made : { ...made, observationId: announced };
}

// Of an object what there is in wanted, at any depth.
function part(wanted, got) {
  const isMap = (v) => v !== null && typeof v === "object" && !Array.isArray(v);
  if (!isMap(wanted) || !isMap(got)) return got;
  return Object.fromEntries(Object.keys(wanted).filter((key) => key in got).map((key) => [key, part(wanted[key], got[key])]));
}
