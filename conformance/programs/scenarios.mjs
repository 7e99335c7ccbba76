// What the JavaScript clients of versions 4 and 5 write. Each function makes one or more
// traces through a Writer. Names of traces are unique, so that a failing check says where to look.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";

import {
  createTraceId,
  getActiveSpanId,
  getActiveTraceId,
  observe,
  updateActiveObservation,
} from "@langfuse/tracing";
import { context, propagation, ROOT_CONTEXT } from "@opentelemetry/api";

import * as samples from "./samples.mjs";
import { apart } from "./writer.mjs";

const NESTING = ["agent", "chain", "retriever", "embedding", "tool", "guardrail", "evaluator", "generation", "span"];
const LEVELS = ["DEBUG", "DEFAULT", "WARNING", "ERROR"];

// All ten types, each inside the one before it, with an event in every one.
export async function tree(w) {
  const attributes = {
    userId: "user-1",
    sessionId: "session-1",
    tags: ["beta", "alpha"],
    metadata: { plan: "pro", seats: "12", flags: '["x"]' },
    version: "app-1.2.3",
    traceName: "tree",
  };
  await w.propagate(attributes, () =>
    w.current("tree root", "span", { input: samples.MESSAGES, metadata: samples.METADATA, level: "DEFAULT" }, async (root) => {
      await nest(w, root, NESTING);
      await apart(); // the tool has a version of its own
      root.update({ output: samples.ANSWER, statusMessage: "all of it" });
      w.tellTrace(root, { input: { trace: "input" }, output: ["trace", "output"], public: true });
    }),
  );
}

async function nest(w, parent, [kind, ...rest]) {
  const level = LEVELS[rest.length % 4];
  const attributes = {
    input: { depth: rest.length, kind },
    metadata: { kind, depth: rest.length, path: ["tree", kind] },
    level,
    statusMessage: `${kind} says ${level}`,
    ...(kind === "tool" ? { version: "component-7" } : {}),
  };
  if (kind === "generation" || kind === "embedding") {
    Object.assign(attributes, {
      model: `conformance-${kind}`,
      modelParameters: { temperature: 0.25, top_k: 3, stop: ["END", "STOP"], stream: true, style: "terse" },
      usageDetails: samples.USAGES.plain,
      costDetails: samples.COSTS["both sides"],
      completionStartTime: new Date(),
    });
  }
  const inside = async (made) => {
    const event = { input: { at: kind }, output: "seen", metadata: { event: true }, level: "DEBUG" };
    made.start(`event in ${kind}`, "event", event);
    if (rest.length > 0) await nest(w, made, rest);
    made.update({ output: [kind, rest.length], metadata: { finished: true } });
  };
  // Every second one is made by its parent and is not current; the client is told the
  // span context of such a parent.
  if (rest.length % 2 === 1) {
    const made = parent.start(`a ${kind}`, kind, attributes);
    await inside(made);
    return made.end();
  }
  const options = parent.obs === w.active.at(-1) ? {} : { parentSpanContext: parent.raw.otelSpan.spanContext(), appRoot: false };
  await w.current(`a ${kind}`, kind, attributes, inside, options);
}

// Every kind of input, output and metadata value, one observation each.
export async function values(w) {
  await w.propagate({ userId: "user-values", sessionId: "session-values", tags: ["values"] }, () =>
    w.current("values", "span", { metadata: ["spread", { over: "indexes" }, 3] }, async (root) => {
      for (const [name, value] of Object.entries(samples.VALUES)) {
        root.start(`input ${name}`, "span", { input: value }).end();
        root.start(`output ${name}`, "generation", { output: value }).end();
      }
      root.start("no values").end();
      root.start("scope of mine", "span", { metadata: { scope: "mine", attributes: { own: 1 } } }).end();
      root.start("list metadata", "span", { metadata: [1, "two", { three: [3] }] }).end();
      const twice = root.start("written twice", "span", { input: "first", output: "first", metadata: { kept: 1, changed: "old" } });
      twice.update({ input: "second", output: { second: 2 }, metadata: { changed: "new", added: null, later: [2] } });
      twice.update({ level: "WARNING", statusMessage: "twice" });
      twice.end();
    }),
  );
}

// Values too large to keep inline, as text and inside JSON.
export async function longValues(w) {
  await w.current("long values", "span", { input: samples.LONG_TEXT }, async (root) => {
    root.start("long json", "generation", { input: { text: samples.LONG_TEXT }, output: samples.LONG_TEXT }).end();
    root.update({ output: "short" });
  });
}

// A trace that says nothing of itself: name, input and output are the root's. Starts
// and ends are explicit, and the children end after their parents.
export async function bare(w) {
  const base = Date.now() - 60_000;
  const at = (ms) => new Date(base + ms);
  const root = w.start("bare", "span", { input: { question: "why" } }, { startTime: at(0) });
  const below = (parent) => ({ parentSpanContext: parent.raw.otelSpan.spanContext(), appRoot: false });
  const child = w.start("outlives its parent", "chain", {}, { startTime: at(10), ...below(root) });
  const grandchild = w.start("outlives them all", "tool", { input: "go" }, { startTime: at(25), ...below(child) });
  w.start("a moment", "event", { output: "now" }, { startTime: at(30), ...below(child) });
  root.update({ output: "because" });
  root.end(at(1000));
  child.end(at(2000));
  grandchild.update({ output: "gone" });
  grandchild.end(at(3500));
}

// Traces whose ids are digests of seeds. Their first spans name a parent that never
// arrives; they count as roots all the same.
export async function seeded(w, report) {
  const traceId = await createTraceId("an order number");
  const digest = createHash("sha256").update("an order number").digest("hex").slice(0, 32);
  report.compare("trace id from a seed", digest, traceId);
  const parent = (id) => ({ parentSpanContext: { traceId: id, spanId: "00000000000000aa", traceFlags: 1 }, appRoot: true });
  await w.current("seeded", "agent", { input: "seed", metadata: { seeded: true } }, async () => {
    w.start("in the seeded trace", "event", { metadata: { n: 1 } });
    w.start("below the seeded root", "generation", { model: "conformance-small", output: "x" }).end();
  }, parent(traceId));
  w.start("an event of its own", "event", {}, parent(await createTraceId("another")));
}

// Usage and cost in every shape, and first-token times.
export async function usages(w) {
  await w.current("usage and cost", "span", {}, async (root) => {
    const model = "conformance-small";
    for (const [name, usageDetails] of Object.entries(samples.USAGES)) {
      root.start(`usage ${name}`, "generation", { model, usageDetails }).end();
    }
    for (const [name, costDetails] of Object.entries(samples.COSTS)) {
      root.start(`cost ${name}`, "generation", { model, costDetails }).end();
    }
    const late = root.start("told at the end", "generation", { model: "first" });
    late.update({ model: "second", modelParameters: { max_tokens: 10, seed: 7, format: { type: "json" } } });
    late.update({ completionStartTime: new Date(Date.now() + 250), usageDetails: { output: 3 }, output: "done" });
    late.end(new Date(Date.now() + 1500));
  });
}

// Models that every server knows, with usage and without.
export async function priced(w) {
  await w.current("priced", "span", {}, async (root) => {
    for (const { name, type = "generation", ...said } of samples.PRICED) root.start(name, type, samples.spoken(said)).end();
  });
}

// Tools that are offered and called, as the makers of models write them.
export async function tools(w) {
  await w.current("tools", "span", {}, async (root) => {
    for (const { name, input, output, metadata, becomes } of samples.OFFERED) {
      const said = { model: "conformance-large", input, output, ...(metadata ? { metadata } : {}) };
      const made = root.start(name, "generation", said);
      if (becomes.input) {
        Object.assign(made.obs, { input: JSON.stringify(becomes.input), rebuilt: ["input"], metadata: becomes.metadata });
      }
      made.end();
    }
  });
}

// Errors thrown in current observations and in wrapped functions, sync and async.
export async function errors(w) {
  const known = (asType, fields) => {
    const raw = { id: getActiveSpanId(), traceId: getActiveTraceId() };
    return w.note(raw, fields.name, asType, fields, { parentId: w.active.at(-1).id });
  };
  await w.current("errors", "span", {}, async (root) => {
    const cases = { raises: {}, "raises with a message of its own": { level: "WARNING", statusMessage: "known" } };
    for (const [name, attributes] of Object.entries(cases)) {
      await w.current(name, "chain", attributes, () => {
        throw new Error(`boom 💥 in ${name}`);
      }).catch(() => {});
    }
    const failure = { input: "bad luck", level: "ERROR", statusMessage: "bad luck", output: { error: "RangeError: bad luck" } };
    const fail = observe(
      (reason) => {
        known("tool", { name: "wrapped failure", ...failure });
        throw new RangeError(reason);
      },
      { name: "wrapped failure", asType: "tool" },
    );
    try {
      fail("bad luck");
    } catch {
      // Noted above.
    }
    const reject = observe(
      async function refuse() {
        known("guardrail", { name: "refuse", level: "ERROR", statusMessage: "plain", output: { error: "plain" } });
        throw "plain";
      },
      { asType: "guardrail" },
    );
    await reject().catch(() => {});
    root.start("said so", "evaluator", { level: "ERROR", statusMessage: "not good enough" }).end();
    root.start("said nothing", "evaluator", { level: "ERROR" }).end();
  });
}

// observe around plain and async functions.
export async function observed(w) {
  const here = async (name, asType, attributes, fn) => {
    const parentId = w.active.at(-1)?.id ?? null;
    const raw = { id: getActiveSpanId(), traceId: getActiveTraceId() };
    const handle = w.note(raw, name, asType, attributes, { parentId, appRoot: parentId === null });
    return await w.within(handle.obs, () => fn(handle));
  };
  const lookUp = observe(
    async (key, options) => await here("lookUp", "retriever", { input: [key, options], output: ["a", "b"] }, () => ["a", "b"]),
    { name: "lookUp", asType: "retriever" },
  );
  const silent = observe(
    async () =>
      await here("silent", "generation", {}, (made) => {
        const said = { model: "conformance-silent", usageDetails: { output: 2 }, metadata: { seen: 1 } };
        updateActiveObservation(said, { asType: "generation" });
        w.change(made.obs, said);
        return "not captured";
      }),
    { name: "silent", asType: "generation", captureInput: false, captureOutput: false },
  );
  const plain = observe(
    async (n) =>
      await here("plain", "span", { input: n, output: n + 1 }, (made) => {
        updateActiveObservation({ statusMessage: "updated", level: "DEBUG" });
        w.change(made.obs, { statusMessage: "updated", level: "DEBUG" });
        return n + 1;
      }),
    { name: "plain" },
  );
  const outer = observe(
    async (question) =>
      await here("observed", "span", { input: question, output: { found: ["a", "b"] } }, () =>
        w.propagate({ userId: "user-observed", metadata: { from: "inside" } }, async () => {
          const found = await lookUp("fox", { limit: 2 });
          await silent();
          await plain(1);
          return { found };
        }),
      ),
    { name: "observed" },
  );
  await outer("what?");
}

// The environment of the second process, on top of this one's.
const SERVICE_B = {
  OTEL_EXPORTER_OTLP_COMPRESSION: "gzip",
  LANGFUSE_FLUSH_AT: "2",
};

// What is propagated to it.
const FAR = {
  userId: "user-far",
  sessionId: "session-far",
  version: "far-1",
  traceName: "distributed",
  tags: ["far", "away"],
  metadata: { region: "eu", note: "with space & sign" },
};

// A trace over two processes: the second gets the trace and what is propagated from
// headers, as an HTTP service would. Its reports come back on stdout. Then two late
// children that name their parent by its ids.
export async function distributed(w, program) {
  let place;
  await w.propagate({ ...FAR, asBaggage: true }, () =>
    w.current("service a", "agent", { input: "call b" }, async (root) => {
      const headers = {};
      propagation.inject(context.active(), headers);
      const options = { input: JSON.stringify(headers), encoding: "utf8", timeout: 120_000, env: { ...process.env, ...SERVICE_B } };
      const answer = spawnSync(process.execPath, [program, "--service-b"], options);
      if (answer.status !== 0) throw new Error(`service b failed: ${answer.stderr}`);
      w.load(answer.stdout);
      root.update({ output: "b answered" });
      place = { parentSpanContext: root.raw.otelSpan.spanContext() };
    }),
  );
  await w.provider.forceFlush();
  // Its parent has gone from this process, so the client takes each for a first span.
  await w.current("late child", "span", { input: "late" }, async (late) => {
    late.start("late event", "event");
  }, { ...place, appRoot: true });
  w.start("later event", "event", { output: "very late" }, { ...place, appRoot: true });
}

// The second process: goes on with the trace that the headers name.
export async function serviceB(w, headers) {
  const parentId = headers.traceparent.split("-")[2];
  w.contexts.push(FAR);
  await context.with(propagation.extract(ROOT_CONTEXT, headers), () =>
    w.within({ id: parentId }, async () => {
      await w.current("service b", "tool", { input: headers.traceparent.slice(0, 2) }, async (root) => {
        const made = root.start("inside b", "generation", { model: "conformance-b", usageDetails: { input: 1, output: 1 } });
        made.end();
        w.start("event in b", "event");
      });
      w.start("second call in b", "retriever").end();
    }),
  );
}

// What an observation can say of its trace: input, output, and that it is public.
export async function traceLevel(w) {
  await w.current("trace level root", "span", { input: "root input", output: "root output" }, async (root) => {
    w.tellTrace(root, { input: { said: "by the root" }, output: "root says" });
    await w.current("deep inside", "chain", {}, async () => {
      await w.current("deeper", "generation", { output: "x" }, async (deep) => {
        w.tellActiveTrace(deep.obs, { output: { said: "inside" }, public: true });
      });
    });
    await apart();
  });
}

// A prompt linked without fetching it, and an environment of one request.
export async function promptsAndEnvironment(w) {
  const prompt = { name: "folder/greeting ✓", version: 3, isFallback: false };
  await w.propagate({ environment: "staging_eu", prompt, metadata: { n: "5" } }, () =>
    w.current("linked prompt", "agent", {}, async () => {
      w.start("linked", "generation", { model: "conformance-small", output: "hello" }).end();
      w.start("not linked", "tool").end();
      const other = { name: "other", version: 9, isFallback: false };
      w.start("linked by hand", "generation", { prompt: other }).end();
      await apart();
      await w.propagate({ tags: ["inner"], metadata: { n: "6", more: "yes" }, userId: "inner user" }, async () => {
        w.start("linked inside", "generation").end();
        await apart();
        w.start("elsewhere", "span", { environment: "elsewhere" }).end();
      });
      await apart();
    }),
  );
}

// All that a span could say of its trace before version 5: everything that a trace has.
export async function wholeTrace(w) {
  await w.current("whole trace root", "span", { input: "root input" }, async (root) => {
    const child = root.start("says it all", "generation", { output: "x" });
    w.tellTrace(child, {
      name: "whole trace",
      userId: "user-whole",
      sessionId: "session-whole",
      version: "version-whole",
      release: "release-whole",
      environment: "whole",
      tags: ["whole", "all"],
      metadata: { plan: "pro", deep: { er: [1, null] }, none: null },
      input: ["of", "the", "trace"],
      public: true,
    });
    child.end();
    await apart();
    w.tellTrace(root, { output: { said: "at last" }, tags: ["more"], metadata: { plan: "free" } });
  });
}
