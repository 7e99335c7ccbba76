// The program of the JavaScript clients that send spans: what versions 4 and 5 share.

import { readFileSync } from "node:fs";

import { LangfuseClient } from "@langfuse/client";
import { LangfuseMedia, NotFoundError } from "@langfuse/core";
import { LangfuseSpanProcessor } from "@langfuse/otel";
import { defaultResource, resourceFromAttributes } from "@opentelemetry/resources";
import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";

import { Report } from "./checks.mjs";
import { Contents } from "./content.mjs";
import { ContentChecker } from "./contentcheck.mjs";
import * as contentwriter from "./contentwriter.mjs";
import { fold } from "./events.mjs";
import { Expect } from "./expected.mjs";
import { Foreign, mixed, otelTrace } from "./foreign.mjs";
import { http, mediaOfTrace } from "./httpread.mjs";
import { Reader, read } from "./readback.mjs";
import * as scenarios from "./scenarios.mjs";
import { scores } from "./scorescenarios.mjs";
import { Wire } from "./wire.mjs";
import { Times, Writer } from "./writer.mjs";
import { traces } from "./written.mjs";

// A provider with the client's processor, registered globally.
function writer(resourceAttributes, options, environment, release) {
  const times = new Times();
  const resource = defaultResource().merge(resourceFromAttributes(resourceAttributes));
  const provider = new NodeTracerProvider({
    resource,
    spanProcessors: [new LangfuseSpanProcessor({ timeout: 60, ...options }), times],
  });
  provider.register();
  return new Writer({ provider, times, resource: resource.attributes, environment, release });
}

// The second process of the distributed trace. Its environment comes from the
// resource, in capitals that the server lowers.
async function serviceB() {
  const resource = { "service.name": "service-b", "service.version": "b-9.1", "deployment.environment.name": "Service-B" };
  const w = writer(resource, {}, "service-b", null);
  await scenarios.serviceB(w, JSON.parse(readFileSync(0, "utf8")));
  console.log(await w.dump());
}

// Writes, reads back and compares. release is that of what is written, more writes what
// only this version can; callsOf gives the typed calls of the client's API, as the names
// in httpread.mjs, and scoresOf its calls that give and delete a score.
export async function program({ release, more, callsOf, scoresOf }) {
  if (process.argv[2] === "--service-b") return await serviceB();
  const started = Date.now();
  const resource = {
    "service.name": "conformance",
    "service.version": "service-5.0",
    "process.pid": 4242,
    "host.cpu.load": 0.5,
    "k8s.ready": true,
    "build.labels": ["blue", "green"],
  };
  const setup = { environment: "conformance-js", release };
  const report = new Report();
  const wire = Wire.tap(report);
  const w = writer(resource, { ...setup, flushAt: 9 }, setup.environment, setup.release);
  const client = new LangfuseClient();

  await scenarios.tree(w);
  await scenarios.values(w);
  await scenarios.longValues(w);
  await scenarios.bare(w);
  await scenarios.seeded(w, report);
  await scenarios.usages(w);
  await scenarios.priced(w);
  await scenarios.tools(w);
  await scenarios.errors(w);
  await scenarios.observed(w);
  await scenarios.distributed(w, process.argv[1]);
  await scenarios.traceLevel(w);
  await scenarios.promptsAndEnvironment(w);
  const called = await scores(w, client, wire, report, scoresOf(client.api));
  const f = new Foreign(w);
  otelTrace(f);
  await mixed(w, f);
  await more(w, f);
  const contents = new Contents(({ data, type }) => new LangfuseMedia({ source: "bytes", contentBytes: data, contentType: type }));
  await contentwriter.write(w, contents);
  await contentwriter.send(f, contents);
  const records = await w.settle();

  const state = { traces: traces(records), scores: fold([...wire.events, ...called]).scores };
  const expect = new Expect(started);
  const reads = { name: "client", notFound: (err) => err instanceof NotFoundError, ...callsOf(client.api) };
  await new ContentChecker(report, contentCalls(client), wire, contents, started).everything();
  await new Reader(report, reads, state, expect).everything();
  await new Reader(report, http, state, expect).everything({ filters: false });
  report.finish();
}

const contentCalls = (client) => ({
  get: typed(client.api, "media.get"),
  trace: typed(client.api, "trace.get"),
  announce: typed(client.api, "media.getUploadUrl"),
  resolve: read("media.resolveReferences", (obj) => client.media.resolveReferences({ obj, resolveWith: "base64DataUri" })),
  list: mediaOfTrace,
  notFound: (err) => err instanceof NotFoundError,
});

// The read by a method of a typed API, by its path in it.
export function typed(api, path, more) {
  const names = path.split(".");
  const method = names.pop();
  const owner = names.reduce((object, name) => object[name], api);
  return read(`api.${path}`, (...args) => owner[method](...args), more);
}
