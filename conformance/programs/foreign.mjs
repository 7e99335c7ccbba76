// Spans of other instrumentations in the same tracer provider as the JavaScript
// client's. They carry plain OpenTelemetry attributes, so the server's general rules
// make observations of them.

import { context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";

import { hrTime } from "./exporter.mjs";
import { data } from "./samples.mjs";
import { newObservation } from "./written.mjs";

const GENAI = ["conformance.genai", "0.3.1"];
const OPENINFERENCE = ["openinference.instrumentation.conformance", "1.2.3"];

// What the tables of the mapping say, as data; see the README.
export const MAPPING = data("mapping.json");

// Attributes that the server shows as input, output or metadata, and not a second time.
const DROPPED = [...MAPPING.dropped.keys, "gen_ai.tool.definitions"]; // the latter moves into the input

const QUESTION = [{ role: "user", parts: [{ type: "text", content: "How warm is it? 🌡️" }] }];
const REPLY = [{ role: "assistant", parts: [{ type: "text", content: "4 °C" }], finish_reason: "stop" }];
const TOOL = { type: "function", name: "get_weather", description: "the weather", parameters: { type: "object" } };
const TOOL_CALL = { type: "tool_call", id: "call_1", name: "get_weather", arguments: { city: "Oslo" } };
const CALL = [{ role: "assistant", parts: [TOOL_CALL], finish_reason: "tool_call" }];
const json = JSON.stringify;

// Makes spans through the provider and notes what they must become.
export class Foreign {
  constructor(w) {
    this.w = w;
    // Two hours ago, in odd nanoseconds.
    this.clock = BigInt(Date.now() - 7_200_000) * 1_000_000n + 123_999n;
  }

  // One span, two seconds long and ended at once unless it is a root. becomes are the
  // fields of the observation that follow from its attributes.
  span(name, attributes, { scope = GENAI, parent, events = [], links = [], status, current = false } = {}, becomes = {}) {
    const start = this.clock;
    this.clock += 10_000_001n;
    const base = current ? context.active() : ROOT_CONTEXT;
    const tracer = this.w.provider.getTracer(...scope);
    const options = { attributes, kind: SpanKind.CLIENT, links, ...(current ? {} : { startTime: hrTime(start) }) };
    const span = tracer.startSpan(name, options, parent ? trace.setSpan(base, parent) : base);
    for (const [event, fields] of events) span.addEvent(event, fields);
    if (status) span.setStatus(status);

    const parentId = parent?.spanContext().spanId ?? (current ? this.w.active.at(-1).id : null);
    const obs = newObservation({
      traceId: span.spanContext().traceId,
      id: span.spanContext().spanId,
      name,
      parentId,
      resource: this.w.resource,
      scope: { name: scope[0], version: scope[1] },
      environment: this.w.environment,
      release: this.w.release,
      version: this.w.resource["service.version"] ?? null,
      appRoot: this.w.marked(parentId === null),
      ...becomes,
    });
    // The client's processor puts these on every span that starts.
    const carried = { ...attributes, "langfuse.environment": this.w.environment, "langfuse.release": this.w.release };
    for (const propagated of current ? this.w.contexts : []) {
      this.w.carry(obs, propagated);
      Object.assign(carried, propagatedAttributes(propagated));
    }
    if (obs.appRoot) carried["langfuse.internal.is_app_root"] = true;
    obs.attributes = shown(carried);
    this.w.records.push(obs);
    if (current) span.end();
    else if (parent) span.end(hrTime(start + 2_000_000_000n));
    return { span, start };
  }
}


// metadata.attributes: what is not dropped, all as text; null without any.
export function shown(attributes) {
  const keep = ([key]) => !DROPPED.includes(key) && !MAPPING.dropped.prefixes.some((prefix) => key.startsWith(prefix));
  const kept = Object.entries(attributes).filter(keep);
  if (kept.length === 0) return null;
  return Object.fromEntries(kept.map(([k, v]) => [k, typeof v === "string" ? v : json(v)]));
}

// What propagateAttributes puts on every span of its context.
function propagatedAttributes({ userId, sessionId, tags, metadata = {} }) {
  const made = { "user.id": userId, "session.id": sessionId, "langfuse.trace.tags": tags };
  for (const [key, value] of Object.entries(metadata)) made[`langfuse.trace.metadata.${key}`] = value;
  return Object.fromEntries(Object.entries(made).filter(([, v]) => v !== undefined));
}

// A trace without any Langfuse span, written two hours ago.
export function otelTrace(f) {
  const { span: root, start } = f.span(
    "otel",
    {
      "gen_ai.operation.name": "invoke_agent",
      "gen_ai.agent.name": "planner",
      "gen_ai.request.model": "suppressed-model",
      "gen_ai.request.temperature": 0.5,
      "gen_ai.usage.input_tokens": 999,
      "gen_ai.input.messages": json(QUESTION),
      "gen_ai.output.messages": json(REPLY),
    },
    {},
    // Its totals repeat those of the calls inside, so model, usage and cost are left out.
    { type: "AGENT", modelParameters: { temperature: 0.5 }, input: json(QUESTION), output: json(REPLY) },
  );
  chat(f, root);
  tools(f, root);
  conventions(f, root);
  plain(f, root);
  root.end(hrTime(start + 5_000_000_000n));
}

// Model calls by the GenAI conventions.
function chat(f, parent) {
  const instructions = [
    { type: "text", content: "Be brief" },
    { type: "text", content: "Be kind" },
  ];
  f.span(
    "chat conformance-large",
    {
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "conformance",
      "gen_ai.request.model": "conformance-large",
      "gen_ai.response.model": "conformance-large-2026-01",
      "gen_ai.request.temperature": 0.2,
      "gen_ai.request.max_tokens": 256,
      "gen_ai.request.stop_sequences": ["END", "STOP"],
      "gen_ai.usage.input_tokens": 100,
      "gen_ai.usage.cache_read.input_tokens": 40,
      "gen_ai.usage.output_tokens": 20,
      "gen_ai.conversation.id": "conversation-9",
      "gen_ai.system_instructions": json(instructions),
      "gen_ai.input.messages": json(QUESTION),
      "gen_ai.output.messages": json(CALL),
      "server.address": "models.example",
      "server.port": 443,
    },
    { parent },
    {
      type: "GENERATION",
      model: "conformance-large-2026-01",
      modelParameters: { temperature: 0.2, max_tokens: 256, stop_sequences: ["END", "STOP"] },
      usage: { input: 60, input_cached_tokens: 40, output: 20 },
      sessionId: "conversation-9",
      input: json([{ role: "system", content: "Be brief\nBe kind" }, ...QUESTION]),
      rebuilt: ["input"],
      output: json(CALL),
    },
  );
  f.span(
    "embeddings conformance-embed",
    {
      "gen_ai.operation.name": "embeddings",
      "gen_ai.request.model": "conformance-embed",
      "gen_ai.usage.input_tokens": 8,
      "gen_ai.usage.cost": 0.00016,
    },
    { parent },
    { type: "EMBEDDING", model: "conformance-embed", usage: { input: 8 }, cost: { total: 0.00016 } },
  );
}

// A tool call, and a model call that was offered tools.
function tools(f, parent) {
  const call = { input: '{"city": "Oslo"}', output: '{"celsius": 4}' };
  f.span(
    "execute_tool",
    {
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": "get_weather",
      "gen_ai.tool.call.id": "call_1",
      "gen_ai.tool.call.arguments": call.input,
      "gen_ai.tool.call.result": call.output,
    },
    { parent },
    { name: "get_weather", type: "TOOL", ...call },
  );
  f.span(
    "chat with tools",
    {
      "gen_ai.operation.name": "chat",
      "gen_ai.request.model": "conformance-large",
      "gen_ai.tool.definitions": json([TOOL]),
      "gen_ai.input.messages": json(QUESTION),
      "gen_ai.output.messages": json(CALL),
    },
    { parent },
    {
      type: "GENERATION",
      model: "conformance-large",
      input: json({ messages: QUESTION, tools: [TOOL] }),
      rebuilt: ["input"],
      output: json(CALL),
    },
  );
}

// OpenInference, indexed prompts, and messages in span events.
function conventions(f, parent) {
  f.span(
    "openinference",
    {
      "openinference.span.kind": "LLM",
      "input.value": '{"messages": ["hi"]}',
      "output.value": "hello",
      "llm.model_name": "conformance-open",
      "llm.invocation_parameters": '{"temperature": 0.75, "seed": 5}',
      "llm.token_count.prompt": 8,
      "llm.token_count.completion": 2,
      "llm.token_count.prompt_details.cache_read": 6,
      "llm.input_messages.0.message.role": "user",
    },
    { scope: OPENINFERENCE, parent },
    {
      type: "GENERATION",
      model: "conformance-open",
      modelParameters: { temperature: 0.75, seed: 5 },
      usage: { input: 2, input_cached_tokens: 6, output: 2 },
      input: '{"messages": ["hi"]}',
      output: "hello",
    },
  );
  const prompt = [
    { role: "system", content: "Be brief" },
    { role: "user", content: "hi" },
  ];
  f.span(
    "indexed prompts",
    {
      "gen_ai.request.model": "conformance-indexed",
      "gen_ai.prompt.0.role": "system",
      "gen_ai.prompt.0.content": "Be brief",
      "gen_ai.prompt.1.role": "user",
      "gen_ai.prompt.1.content": "hi",
      "gen_ai.completion.0.role": "assistant",
      "gen_ai.completion.0.content": "hello",
    },
    { parent },
    {
      type: "GENERATION",
      model: "conformance-indexed",
      input: json(prompt),
      output: json([{ role: "assistant", content: "hello" }]),
      rebuilt: ["input", "output"],
    },
  );
  const choice = { index: 0, finish_reason: "stop", message: "hello" };
  f.span(
    "message events",
    { "gen_ai.operation.name": "text_completion", "gen_ai.response.model": "conformance-events" },
    { parent, events: [["gen_ai.user.message", { content: "hi" }], ["gen_ai.choice", choice]] },
    {
      type: "GENERATION",
      model: "conformance-events",
      input: json([{ role: "user", content: "hi" }]),
      output: json(choice),
      rebuilt: ["input", "output"],
    },
  );
}

// Attributes of every type that no rule knows, and a failed span with events and
// links, which the public API does not show.
function plain(f, parent) {
  f.span(
    "unknown attributes",
    {
      "my.text": "text",
      "my.empty": "",
      "my.unicode": "ключ 🔑",
      "my.int": 5,
      "my.negative": -5,
      "my.widest": Number.MAX_SAFE_INTEGER,
      "my.wider": 2 ** 60,
      "my.float": 0.25,
      "my.true": true,
      "my.false": false,
      "my.texts": ["a", "b"],
      "my.ints": [1, 2],
      "my.floats": [0.5, 1.5],
      "my.bools": [true, false],
      "my.none": [],
      "my.json": '{"a": [1]}',
      "enduser.id": "not a user",
      "traceloop.span.kind": "workflow",
    },
    { scope: OPENINFERENCE, parent },
  );
  const elsewhere = { traceId: "ab".repeat(16), spanId: "cd".repeat(8), traceFlags: 1, isRemote: true };
  f.span(
    "failed",
    { "langfuse.observation.input": "given", "langfuse.user.id": "user-failed" },
    {
      scope: OPENINFERENCE,
      parent,
      events: [
        ["exception", { "exception.type": "IOError", "exception.message": "disk" }],
        ["note", { n: 1 }],
      ],
      links: [{ context: elsewhere, attributes: { why: "related" } }],
      status: { code: SpanStatusCode.ERROR, message: "the disk is full" },
    },
    { level: "ERROR", statusMessage: "the disk is full", input: "given", userId: "user-failed" },
  );
  f.span(
    "level beats status",
    { "langfuse.observation.level": " Notice ", "langfuse.observation.type": "guardrail" },
    { scope: OPENINFERENCE, parent, status: { code: SpanStatusCode.ERROR, message: "only a message" } },
    { level: "DEFAULT", statusMessage: "only a message", type: "GUARDRAIL" },
  );
}

// Foreign spans below a Langfuse root, inside its propagated attributes.
export async function mixed(w, f) {
  const attributes = { userId: "user-mixed", sessionId: "session-mixed", tags: ["one", "two"], metadata: { shared: "yes" } };
  await w.propagate(attributes, () =>
    w.current("mixed", "chain", { input: "start" }, async () => {
      f.span(
        "chat inside",
        {
          "gen_ai.operation.name": "chat",
          "gen_ai.request.model": "conformance-large",
          "gen_ai.input.messages": json(QUESTION),
          "gen_ai.output.messages": json(REPLY),
        },
        { current: true },
        { type: "GENERATION", model: "conformance-large", input: json(QUESTION), output: json(REPLY) },
      );
      w.start("beside it", "tool", { input: 1, output: 2 }).end();
    }),
  );
}
