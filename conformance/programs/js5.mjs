// Conformance of the published JavaScript client, version 5.
//
// Writes with the client's public API, reads everything back with its typed API, and
// compares the whole of it. Takes the server and the keys from LANGFUSE_*; prints one
// line per check and exits with 1 if any failed.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { LangfuseClient } from "@langfuse/client";
import { LangfuseSpanProcessor } from "@langfuse/otel";
import { defaultResource, resourceFromAttributes } from "@opentelemetry/resources";
import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";

import { exportsOf, mapping } from "./cases.mjs";
import { Report } from "./checks.mjs";
import { Expect } from "./expected.mjs";
import { Foreign, mixed, otelTrace } from "./foreign.mjs";
import { Reader } from "./readback.mjs";
import * as scenarios from "./scenarios.mjs";
import { Times, Writer } from "./writer.mjs";

const env = process.env;

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

async function main() {
  const started = Date.now();
  const resource = {
    "service.name": "conformance",
    "service.version": "service-5.0",
    "process.pid": 4242,
    "host.cpu.load": 0.5,
    "k8s.ready": true,
    "build.labels": ["blue", "green"],
  };
  const setup = { environment: "conformance-js", release: "release-5.0" };
  const w = writer(resource, { ...setup, flushAt: 9 }, setup.environment, setup.release);
  const report = new Report();

  await scenarios.tree(w);
  await scenarios.values(w);
  await scenarios.longValues(w);
  await scenarios.bare(w);
  await scenarios.seeded(w, report);
  await scenarios.usages(w);
  await scenarios.errors(w);
  await scenarios.observed(w);
  await scenarios.distributed(w, fileURLToPath(import.meta.url));
  await scenarios.traceLevel(w);
  await scenarios.promptsAndEnvironment(w);
  const f = new Foreign(w);
  otelTrace(f);
  await mixed(w, f);
  await mapping(f);
  await exportsOf(f);
  const records = await w.settle();

  const client = new LangfuseClient();
  const expect = new Expect(env.LANGFUSE_INIT_PROJECT_ID, started);
  const reader = new Reader(report, client.api, records, expect);
  await reader.everything(env.LANGFUSE_INIT_PROJECT_NAME, { id: env.LANGFUSE_INIT_ORG_ID, name: env.LANGFUSE_INIT_ORG_NAME });
  report.finish();
}

if (process.argv[2] === "--service-b") await serviceB();
else await main();
