// What the JavaScript clients of the batch API write. Each function makes one or more
// traces through Calls. knows says what the version of the client has: usageDetails and
// costDetails, environments, scores of all kinds. Names of traces and scores are unique,
// so that a failing check says where to look.

import { texts } from "./contenttexts.mjs";
import * as samples from "./samples.mjs";

const HOUR = 3_600_000;

// Everything that one trace can be told, and observations of all types in each other.
export async function tree(c) {
  const trace = await c.trace({
    name: "tree",
    userId: "user-1",
    sessionId: "session-1",
    release: "release-of-the-call",
    version: "app-1.2.3",
    tags: ["beta", "alpha", "beta"],
    public: true,
    input: samples.MESSAGES,
    output: { early: true },
    metadata: samples.METADATA,
  });
  const list = ["spread", { over: "nothing" }, 3];
  const root = await trace.span({ name: "a span", input: { depth: 0 }, metadata: list, level: "DEBUG" });
  const generation = await root.generation({
    name: "a generation",
    startTime: new Date(Date.now() + 20),
    completionStartTime: new Date(Date.now() + 250),
    model: "conformance-large",
    modelParameters: { temperature: 0.25, top_k: 3, stream: true, style: "terse", stop: ["END", "STOP"] },
    input: samples.MESSAGES,
    usage: { input: 12, output: 5, unit: "TOKENS" },
    prompt: { name: "folder/greeting ✓", version: 3, isFallback: false },
    metadata: { step: 1 },
    version: "component-7",
    statusMessage: "all of it",
    level: "WARNING",
  });
  const seen = { input: "at", output: "seen", level: "ERROR", statusMessage: "alas", metadata: { event: true } };
  await generation.event({ name: "an event", ...seen });
  const deep = await generation.span({ name: "below a generation" });
  await (await deep.generation({ name: "no model" })).end();
  await deep.end({ output: "done" });
  await generation.update({ metadata: { step: 2, more: { yes: null } }, output: samples.ANSWER });
  await generation.end({ usage: { input: 13, output: 6, total: 20 } });
  await root.update({ output: "of the span", statusMessage: "nearly" });
  await root.end();
  await trace.event({ name: "event of the trace" });
  await trace.update({ output: ["the", "end"], tags: ["gamma"], metadata: { late: true } });
  return { trace, root, generation };
}

// Every kind of input, output and metadata, one observation each, and some on traces.
export async function values(c, knows) {
  // This one has no JSON text at all; the client refuses it.
  const { "no json at all": _, ...json } = samples.VALUES;
  const all = { ...json, null: null, undefined };
  // Version 3 sends an empty object for a Date inside a value.
  if (!knows.dates) all["script values"] = { ...all["script values"], time: undefined };
  const trace = await c.trace({ name: "values", userId: "user-values", sessionId: "session-values", tags: ["values"] });
  for (const [name, value] of Object.entries(all)) {
    await trace.span({ name: `input ${name}`, input: value });
    await trace.generation({ name: `output ${name}`, output: value });
    await trace.event({ name: `metadata ${name}`, metadata: value });
  }
  const first = { input: "first", output: "first", metadata: { kept: 1, changed: "old" } };
  const twice = await trace.span({ name: "written twice", ...first });
  await twice.update({ input: "second", output: { second: 2 }, metadata: { changed: "new", added: null, later: [2] } });
  await twice.update({ level: "WARNING", statusMessage: "twice" });
  for (const name of ["text", "zero", "false", "empty text", "list", "odd text", "null"]) {
    await c.trace({ name: `trace with ${name}`, input: all[name], output: all[name], metadata: all[name] });
  }
}

// Values too large to keep inline, as text and inside JSON.
export async function longValues(c) {
  const trace = await c.trace({ name: "long values", input: samples.LONG_TEXT, metadata: { long: samples.LONG_TEXT } });
  await trace.generation({ name: "long json", input: { text: samples.LONG_TEXT }, output: samples.LONG_TEXT });
}

// Usage in its older forms, and in the newer one where the client has it.
export async function usages(c, knows) {
  const trace = await c.trace({ name: "usage and cost" });
  const model = "conformance-small";
  const older = {
    "input and output": { input: 3, output: 4 },
    "all three": { input: 3, output: 4, total: 70 },
    "only a total": { total: 9, unit: "CHARACTERS" },
    "only an output": { output: 5, unit: "SECONDS" },
    "zero and an output": { input: 0, output: 5 },
    nulls: { input: 2, output: null, total: null },
    costs: { input: 10, output: 2, unit: "TOKENS", inputCost: 0.001, outputCost: 0.0025 },
    "all costs": { input: 10, inputCost: 0.001, outputCost: 0.0025, totalCost: 0.5 },
    "only a cost": { totalCost: 0.25 },
    openai: { promptTokens: 8, completionTokens: 2, totalTokens: 10 },
    "openai without a total": { promptTokens: 8, completionTokens: 2 },
    "openai and costs": { promptTokens: null, input: 99, output: 1, totalTokens: 5, inputCost: 1 },
    empty: {},
  };
  for (const [name, usage] of Object.entries(older)) await trace.generation({ name: `usage ${name}`, model, usage });
  const late = await trace.generation({ name: "told at the end", model: "first", usage: { input: 1 } });
  await late.update({ model: "second", modelParameters: { max_tokens: 10, seed: 7, format: { type: "json" } }, usage: { output: 9 } });
  await late.update({ usage: {} });
  await late.end({ completionStartTime: new Date() });
  if (!knows.usageDetails) return;
  for (const [name, { given: usageDetails }] of Object.entries(samples.USAGES)) {
    await trace.generation({ name: `details ${name}`, model, usageDetails });
  }
  for (const [name, costDetails] of Object.entries(samples.COSTS)) {
    await trace.generation({ name: `cost ${name}`, model, costDetails });
  }
  const usage = { input: 100, output: 10, totalCost: 0.5 };
  const newer = { usageDetails: { output: 11, cached: 7 }, costDetails: { input: 0.125 } };
  await trace.generation({ name: "both forms", model, usage, ...newer });
  const early = { usageDetails: { input: 5, output: 7 }, costDetails: { input: 0.1, total: 0.1 } };
  const replaced = await trace.generation({ name: "replaced", ...early });
  await replaced.end({ usageDetails: { output: 9 }, costDetails: {} });
}

// Models that every server knows, with usage and without, and tools that are offered and
// called. The client makes no embeddings.
export async function priced(c) {
  const trace = await c.trace({ name: "priced" });
  for (const { name, type, ...said } of samples.PRICED) {
    if (!type) await trace.generation({ name, ...samples.spoken(said), endTime: new Date() });
  }
  for (const { name, spans, input, output } of samples.OFFERED) {
    if (!spans) await trace.generation({ name, model: "conformance-small", input, output });
  }
}

// Pictures, sounds and files, and once more when they have been uploaded. What the client
// does not look for goes out as it is.
export async function content(c, id, contents) {
  const t = texts({ batch: true });
  const made = {
    trace: { input: t.asked, output: t.answered, metadata: t.attached },
    generation: { input: t.source, output: t.blob, metadata: t.told },
    span: { input: t.inline, output: t.inText, metadata: t.noted },
    event: { input: t.word },
    again: { input: t.asked, output: t.answered },
  };
  const traceId = id("content");
  const said = (kind) => {
    const place = { traceId, observationId: kind === "trace" ? null : id(`content ${kind}`) };
    contents.note(`content of the ${kind}`, place, made[kind]);
    const fields = Object.entries(made[kind]).map(([field, build]) => [field, contents.sent(build)]);
    return { id: place.observationId ?? traceId, name: `content of the ${kind}`, ...Object.fromEntries(fields) };
  };
  const trace = await c.trace(said("trace"));
  await trace.generation(said("generation"));
  const span = await trace.span(said("span"));
  await span.event(said("event"));
  await c.flush();
  await trace.span(said("again"));
}

// Times that are told, in the past; ends before starts; updates that clear.
export async function changes(c) {
  const base = Date.now() - HOUR;
  const at = (ms) => new Date(base + ms);
  const first = { userId: "first user", sessionId: "first session", public: true, version: "1", metadata: { a: { b: 1 } } };
  const trace = await c.trace({ name: "changes", ...first });
  await trace.span({ name: "in the past", startTime: at(0), endTime: at(1500) });
  const back = await trace.span({ name: "ends before it starts", startTime: at(500) });
  await back.update({ endTime: at(100) });
  const cleared = { name: "moved", model: "m", level: "ERROR" };
  const kept = { statusMessage: "kept", version: "kept", input: "kept", metadata: { kept: true } };
  const moved = await trace.generation({ startTime: at(0), ...cleared, ...kept });
  await moved.update({ startTime: at(700), endTime: at(900) });
  const nothing = Object.fromEntries(Object.keys({ ...cleared, ...kept, endTime: null }).map((key) => [key, null]));
  await moved.update(nothing);
  await moved.update({ input: "", output: 0, metadata: "" });
  const emptied = await trace.span({ name: "emptied", input: "", output: 0 });
  await emptied.update({ input: false, output: "" });
  const second = { userId: "second user", sessionId: null, tags: ["two", "one"], metadata: { a: { c: 2 }, "a.b": 3 } };
  await trace.update(second);
  await trace.update({ tags: ["three"], input: null, output: "the last", version: null });
  await trace.update({ name: "changed", output: "" });
  await c.trace({});
  await c.trace({ name: "by its own name", tags: [] });
}

// Updates that come first, name no trace, or change the type; observations of a trace
// that was never made, and of one that the client makes for them.
export async function order(c, id) {
  const traceId = id("order");
  await c.updateGeneration({ id: id("early"), traceId, output: "told early", statusMessage: "early" });
  await c.updateGeneration({ id: id("early"), output: "told early again", model: "early-model" });
  await c.flush();
  await c.generation({ id: id("early"), traceId, name: "created late", output: "told late", startTime: new Date(Date.now() - 60_000) });
  await c.trace({ id: traceId, name: "order", timestamp: new Date(Date.now() - 60_000) });
  await c.generation({ id: id("turns"), traceId, name: "turns into a span", model: "stays", usage: { input: 4 } });
  await c.updateSpan({ id: id("turns"), traceId, output: "a span" });
  await c.span({ id: id("orphan"), traceId: id("never made"), parentObservationId: "no-such-parent", name: "of no trace" });
  await (await c.span({ name: "span of its own" })).end();
  await c.event({ name: "event of its own", input: "alone" });
  await c.generation({ name: "generation of its own", model: "alone" });
  await c.trace({ id: id("ünï/code id ✓"), name: "odd id", userId: "üser ✓", sessionId: "session/ünï ✓" });
}

// Environments of traces and observations, as the client sends them for all of its
// objects and as a call does.
export async function environments(c) {
  const trace = await c.trace({ name: "environments", environment: "langfuse-Staging_EU" });
  await trace.span({ name: "of the client" });
  await trace.span({ name: "of the call", environment: "production" });
  await trace.event({ name: "of no such name", environment: "no environment" });
  await trace.update({ environment: "too-late" });
  await (await c.trace({ name: "long environment", environment: "e".repeat(60) })).event({ name: "inside" });
}

// The same objects every time, with ids and times of their own.
export async function fixed(c, id, base) {
  const at = (ms) => new Date(base + ms);
  const whose = { userId: "fixed user", sessionId: "fixed session", tags: ["a", "b"], metadata: { n: { m: 1 } } };
  const trace = await c.trace({ id: id("fixed"), name: "fixed", timestamp: at(0), ...whose });
  const told = { startTime: at(1), input: { i: 1 }, metadata: { s: [1] } };
  const span = await trace.span({ id: id("fixed span"), name: "fixed span", ...told });
  const made = { id: id("fixed generation"), name: "fixed generation", startTime: at(2), model: "fixed", usage: { input: 2, output: 3 } };
  const generation = await span.generation(made);
  await generation.update({ endTime: at(30), output: "fixed output", level: "WARNING" });
  await span.update({ endTime: at(40), output: [1] });
  await trace.update({ timestamp: at(0), output: "done", public: true });
  await generation.score({ id: id("fixed score"), name: "fixed score", value: 0.5, comment: "fixed" });
}

// Create, change and end in as little time as it takes: most in one millisecond, so the
// place in the request decides.
export async function hurried(c, id) {
  const trace = await c.trace({ id: id("hurried"), name: "hurried", output: 1, userId: "a" });
  for (const n of [1, 2, 3, 4, 5]) {
    const made = await trace.generation({ id: id(`hurried ${n}`), name: `hurried ${n}`, output: "create", model: "create" });
    await made.update({ output: "first update", model: "update" });
    await made.update({ output: "second update", metadata: { n } });
    await made.end({ statusMessage: "ended" });
    await trace.update({ output: n, metadata: { n, [`only ${n}`]: n } });
  }
}

// Scores of traces and observations; scores that are given again.
export async function scores(c, id, { trace, root, generation }, knows) {
  await trace.score({ id: id("s1"), name: "of the trace", value: 0.75, comment: "grüße ✓" });
  await root.score({ id: id("s2"), name: "of the span", value: -3 });
  await generation.score({ id: id("s3"), name: "of the generation", value: 0 });
  await c.score({ id: id("s4"), name: "by ids", value: 1e21, traceId: trace.id, observationId: root.id, comment: "" });
  await c.score({ name: "without an id", value: 1, traceId: trace.id });
  await c.score({ id: id("s5"), name: "of no trace that is known", value: 5, traceId: id("nowhere"), observationId: id("nothing") });
  await c.score({ id: id("s6"), name: "given twice", value: 1, traceId: trace.id, comment: "first" });
  await c.score({ id: id("s6"), name: "given again", value: 2, traceId: id("elsewhere") });
  await c.score({ id: id("s6"), name: "given a third time", value: 3, traceId: trace.id, comment: null });
  if (knows.typedScores) await typedScores(c, id, trace, root);
}

// All data types and subjects.
async function typedScores(c, id, trace, root) {
  const onTrace = { traceId: trace.id };
  const kinds = [
    ["a number", { value: 0.25, dataType: "NUMERIC", ...onTrace }],
    ["true", { value: 1, dataType: "BOOLEAN", ...onTrace }],
    ["false", { value: 0, dataType: "BOOLEAN", observationId: root.id, ...onTrace }],
    ["a category", { value: "good ✓", dataType: "CATEGORICAL", ...onTrace }],
    ["a label", { value: "no type", ...onTrace }],
    ["a text", { value: "t".repeat(500), dataType: "TEXT", ...onTrace }],
    ["a correction", { value: "what it should have said", dataType: "CORRECTION", ...onTrace }],
    ["of a session", { value: 4, sessionId: "session-1" }],
    ["true of a session", { value: 1, dataType: "BOOLEAN", sessionId: "session-1" }],
    ["of a run", { value: "passed", datasetRunId: id("run") }],
    ["with metadata", { value: 1, metadata: { why: { deep: [1, null] }, "ключ": "🔑" }, environment: "Scored", ...onTrace }],
  ];
  for (const [name, fields] of kinds) await c.score({ id: id(name), name, ...fields });
  await c.score({ id: id("turns"), name: "turns", value: 1, dataType: "BOOLEAN", metadata: { a: 1 }, ...onTrace });
  await c.score({ id: id("turns"), name: "turned", value: "a word", metadata: { b: 2 }, ...onTrace });
}
