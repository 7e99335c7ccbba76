// The program of the JavaScript clients of the batch API: what their versions share.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Calls } from "./batch.mjs";
import * as scenarios from "./batchscenarios.mjs";
import { Report } from "./checks.mjs";
import { Contents } from "./content.mjs";
import { ContentChecker } from "./contentcheck.mjs";
import { fold } from "./events.mjs";
import { Expect } from "./expected.mjs";
import { http, mediaOfTrace } from "./httpread.mjs";
import { Reader } from "./readback.mjs";
import { call } from "./scorecalls.mjs";
import { Wire } from "./wire.mjs";

const env = process.env;

// Writes, reads back and compares. load gives the client's classes and is called when
// fetch is being listened to; knows says what the version has; readsOf gives the reads
// of a client, scoresOf its calls that give and delete a score and contentOf those about
// content, where it has such.
export async function program({ name, load, knows, readsOf = () => [], scoresOf = null, contentOf = null }) {
  const started = Date.now();
  const report = new Report();
  const wire = Wire.tap(report);
  const { Langfuse, LangfuseWeb, LangfuseMedia } = await load();
  const keys = { publicKey: env.LANGFUSE_PUBLIC_KEY, secretKey: env.LANGFUSE_SECRET_KEY, baseUrl: env.LANGFUSE_BASE_URL };
  const patient = { requestTimeout: 60_000 };
  const setup = knows.environment ? { environment: "conformance-js" } : {};
  const id = (of) => `${name}-${of}`;

  const client = new Langfuse({ ...keys, ...patient, ...setup, release: "release-of-the-client", flushAt: 9 });
  const c = new Calls(client);
  const made = await scenarios.tree(c);
  await scenarios.values(c, knows);
  await scenarios.longValues(c);
  await scenarios.usages(c, knows);
  if (knows.usageDetails) await scenarios.priced(c);
  await scenarios.changes(c);
  await scenarios.order(c, id);
  if (knows.environment) await scenarios.environments(c);
  const folder = mkdtempSync(join(tmpdir(), "content-"));
  const contents = new Contents((piece) => new LangfuseMedia(source(piece, folder)));
  if (contentOf) await scenarios.content(c, id, contents);
  await scenarios.scores(c, id, made, knows);
  await c.settle(report, wire);
  const place = { traceId: made.trace.id, observationId: made.generation.id };
  const called = scoresOf ? await call(report, scoresOf(client), place, "session-1") : [];

  const together = new Calls(new Langfuse({ ...keys, ...patient, flushAt: 1000 }), { together: true });
  await scenarios.hurried(together, id);
  await together.settle(report, wire);

  // A browser has the public key only, and gives scores.
  const web = new LangfuseWeb({ publicKey: keys.publicKey, baseUrl: keys.baseUrl });
  const score = { id: id("browser"), name: "from a browser", value: 1, traceId: made.trace.id, comment: "thumbs up" };
  await web.score(score);
  wire.carried(report, "score from a browser", "score-create", score);

  const base = Date.now() - 3_600_000;
  await scenarios.fixed(c, id, base);
  await c.settle(report, wire);
  const before = await everything(report, "before");
  await scenarios.fixed(c, id, base);
  await c.settle(report, wire);
  report.compare("the same objects once more change nothing", before, await everything(report, "after"));
  await wire.again(report);
  report.compare("the same requests once more change nothing", before, await everything(report, "at last"));

  const state = fold([...wire.events, ...called]);
  contents.cutTraces(state.traces);
  rmSync(folder, { recursive: true });
  if (contentOf) await new ContentChecker(report, { ...contentOf(client), list: mediaOfTrace }, wire, contents, started).everything();
  const expect = new Expect(started);
  await new Reader(report, http, state, expect).everything();
  for (const reads of readsOf(client)) await new Reader(report, reads, state, expect).everything();
  report.finish();
}

// What the client's object of a content is made of.
function source({ name, type, data, given }, folder) {
  if (given === "bytes") return { contentBytes: data, contentType: type };
  const filePath = join(folder, name);
  writeFileSync(filePath, data);
  return { filePath, contentType: type };
}

// All that the project has, without the times of the last change.
async function everything(report, when) {
  const fields = "core,basic,time,io,metadata,model,usage,prompt,metrics,trace_context";
  const reader = new Reader(report, { ...http, name: `everything ${when}` }, { traces: new Map(), scores: new Map() }, null);
  const all = {
    traces: await reader.pages("traces", http.traceList, 100),
    observations: await reader.cursor("observations", http.v2List, 500, { fields }, 100),
    scores: await reader.cursor("scores", http.scoreV3List, 100, { fields: "core,details,subject,annotation" }, 100, { limit: 100 }),
    sessions: await reader.pages("sessions", http.sessionList, 100),
  };
  for (const items of Object.values(all)) items.forEach((item) => delete item.updatedAt);
  return all;
}
