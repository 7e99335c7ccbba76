// Writes through the published JavaScript clients of versions 4 and 5 and notes what was
// written.
//
// Writer mirrors the client's calls one to one: every method makes the call and
// records what the resulting span must carry.

import { LANGFUSE_SDK_VERSION } from "@langfuse/core";
import * as tracing from "@langfuse/tracing";

import { Sent } from "./samples.mjs";
import { newObservation } from "./written.mjs";

// What came with version 5: marks of first spans, environments and prompts that are
// propagated, and of what a span says of its trace only input, output and public.
const FIVE = Number.parseInt(LANGFUSE_SDK_VERSION, 10) >= 5;

const nanoseconds = ([seconds, nanos]) => BigInt(seconds) * 1_000_000_000n + BigInt(nanos);

// Waits so long that what ends afterwards has a later end than what ended before. Spans
// begin at whole milliseconds and end as much later as they took, so the ends of two in
// one millisecond can be equal or change places. Between equal ends the order of arrival
// decides, and the client exports its batches side by side.
export const apart = () => new Promise((resolve) => setTimeout(resolve, 5));

// Notes when each span began and ended, who its parent is and in which order spans
// ended: known only to the tracer that made them. A span processor.
export class Times {
  spans = new Map();

  onStart() {}
  onEnd(span) {
    this.spans.set(span.spanContext().spanId, {
      startNs: nanoseconds(span.startTime),
      endNs: nanoseconds(span.endTime),
      order: this.spans.size,
    });
  }
  async forceFlush() {}
  async shutdown() {}
}

// An observation under way: the client's object and what is known of it.
class Handle {
  constructor(writer, raw, obs) {
    Object.assign(this, { writer, raw, obs });
  }
  get id() {
    return this.obs.id;
  }
  get traceId() {
    return this.obs.traceId;
  }
  update(attributes) {
    this.raw.update(given(attributes));
    this.writer.change(this.obs, attributes);
    return this;
  }
  end(time) {
    this.raw.end(time);
  }
  // startObservation of the parent; an event has ended when it returns.
  start(name, asType = "span", attributes = {}) {
    const raw = this.raw.startObservation(name, given(attributes), { asType });
    return this.writer.note(raw, name, asType, attributes, { parentId: this.id });
  }
}

export class Writer {
  records = []; // one for each export of each span
  contexts = []; // what propagateAttributes carries, innermost last
  active = []; // observations in the current context, innermost last

  constructor({ provider, times, resource, environment = null, release = null }) {
    Object.assign(this, { provider, times, resource, environment, release });
    this.scope = { name: "langfuse-sdk", version: LANGFUSE_SDK_VERSION };
  }

  // startObservation, which leaves the current context as it is.
  start(name, asType = "span", attributes = {}, options = {}) {
    const { appRoot, ...passed } = options;
    const raw = tracing.startObservation(name, given(attributes), { asType, ...passed });
    return this.note(raw, name, asType, attributes, this.place(options));
  }

  // startActiveObservation; fn gets the handle. An error it throws is thrown on.
  async current(name, asType, attributes, fn, options = {}) {
    const { appRoot, ...passed } = options;
    const place = this.place(options);
    let handle;
    const inside = async (raw) => {
      handle = this.note(raw, name, asType, {}, place);
      handle.update(attributes);
      return await this.within(handle.obs, () => fn(handle));
    };
    try {
      return await tracing.startActiveObservation(name, inside, { asType, ...passed });
    } catch (err) {
      this.failed(handle.obs, err);
      throw err;
    }
  }

  // propagateAttributes: reaches the current observation and all that start inside.
  async propagate(attributes, fn) {
    const { asBaggage, ...carried } = attributes;
    return await tracing.propagateAttributes(attributes, async () => {
      this.contexts.push(carried);
      if (this.active.length > 0) this.carry(this.active.at(-1), carried);
      try {
        return await fn();
      } finally {
        this.contexts.pop();
      }
    });
  }

  // Runs fn with obs as the innermost current observation.
  async within(obs, fn) {
    this.active.push(obs);
    try {
      return await fn();
    } finally {
      this.active.splice(this.active.indexOf(obs), 1);
    }
  }

  // Where a span goes: its parent, and whether it is the first of its service, which
  // the client marks since version 5.
  place({ parentSpanContext, appRoot }) {
    const parentId = parentSpanContext?.spanId ?? this.active.at(-1)?.id ?? null;
    return { parentId, appRoot: this.marked(appRoot ?? parentId === null) };
  }

  marked(appRoot) {
    return FIVE && appRoot;
  }

  note(raw, name, asType, attributes, { parentId, appRoot = false }) {
    const obs = newObservation({
      traceId: raw.traceId,
      id: raw.id,
      name,
      type: asType.toUpperCase(),
      parentId,
      appRoot,
      resource: this.resource,
      scope: this.scope,
      environment: this.environment,
      release: this.release,
      version: this.resource["service.version"] ?? null,
    });
    for (const carried of this.contexts) this.carry(obs, carried);
    this.change(obs, attributes);
    this.records.push(obs);
    return new Handle(this, raw, obs);
  }

  // Puts propagated attributes on an observation. A prompt links generations only.
  carry(obs, { tags = [], metadata = {}, prompt, environment, ...fields }) {
    Object.assign(obs, fields);
    if (FIVE && environment) obs.environment = environment;
    obs.tags = [...new Set([...obs.tags, ...tags])];
    obs.traceMetadata = { ...obs.traceMetadata, ...metadata };
    if (FIVE && prompt && obs.type === "GENERATION") this.link(obs, prompt);
  }

  link(obs, prompt) {
    obs.promptName = prompt.name;
    obs.promptVersion = prompt.version;
  }

  // Applies the attributes of a start or an update.
  change(obs, { prompt, ...attributes }) {
    const fields = ["level", "statusMessage", "version", "model", "modelParameters"];
    for (const field of FIVE ? [...fields, "environment"] : fields) {
      if (attributes[field] !== undefined) obs[field] = attributes[field];
    }
    for (const field of ["input", "output"]) {
      obs[field] = text(plain(attributes[field])) ?? obs[field];
    }
    if (attributes.metadata !== undefined) obs.metadata = { ...obs.metadata, ...metadata(plain(attributes.metadata)) };
    if (attributes.usageDetails !== undefined) obs.usage = plain(attributes.usageDetails);
    if (attributes.costDetails !== undefined) obs.cost = attributes.costDetails;
    if (attributes.completionStartTime) obs.completionNs = BigInt(attributes.completionStartTime.getTime()) * 1_000_000n;
    if (prompt && obs.type === "GENERATION") this.link(obs, prompt);
  }

  // What a span says of its trace: setTraceIO and setTraceAsPublic, before version 5
  // updateTrace, which takes everything else of a trace too.
  tellTrace({ raw, obs }, { input, output, public: isPublic, ...more }) {
    const io = Object.fromEntries(Object.entries({ input, output }).filter(([, v]) => v !== undefined));
    if (FIVE) {
      raw.setTraceIO(given(io));
      if (isPublic) raw.setTraceAsPublic();
    } else raw.updateTrace({ ...given(io), ...more, ...(isPublic ? { public: true } : {}) });
    this.changeTrace(obs, { ...io, public: isPublic, ...(FIVE ? {} : more) });
  }

  // The same of the current span.
  tellActiveTrace(obs, { input, output, public: isPublic }) {
    const io = Object.fromEntries(Object.entries({ input, output }).filter(([, v]) => v !== undefined));
    if (FIVE) {
      tracing.setActiveTraceIO(io);
      if (isPublic) tracing.setActiveTraceAsPublic();
    } else tracing.updateActiveTrace({ ...io, ...(isPublic ? { public: true } : {}) });
    this.changeTrace(obs, { ...io, public: isPublic });
  }

  changeTrace(obs, { name, input, output, public: isPublic, tags, metadata: told = {}, ...fields }) {
    obs.traceName = name ?? obs.traceName;
    obs.traceInput = text(plain(input)) ?? obs.traceInput;
    obs.traceOutput = text(plain(output)) ?? obs.traceOutput;
    if (isPublic) obs.public = true;
    obs.tags = tags ?? obs.tags;
    obs.traceMetadata = { ...obs.traceMetadata, ...metadata(told) };
    Object.assign(obs, fields);
  }

  // An error left the observation's function: its span has status ERROR. What was said
  // explicitly wins.
  failed(obs, err) {
    obs.level ??= "ERROR";
    obs.statusMessage ??= err instanceof Error ? err.message : "Unknown error";
  }

  // Sends everything and takes over the times.
  async settle() {
    await this.provider.forceFlush();
    for (const obs of this.records) Object.assign(obs, this.times.spans.get(obs.id) ?? {});
    return this.records;
  }

  // Everything written, as text for another process.
  async dump() {
    return JSON.stringify(await this.settle(), (_, v) => (typeof v === "bigint" ? { ns: String(v) } : v));
  }

  // Takes over what another process wrote.
  load(dumped) {
    const revive = (_, v) => (typeof v?.ns === "string" ? BigInt(v.ns) : v);
    this.records.push(...JSON.parse(dumped, revive));
  }
}

const plain = (value) => (value instanceof Sent ? value.plain : value);

// The attributes as the client gets them.
function given(attributes) {
  return Object.fromEntries(Object.entries(attributes).map(([k, v]) => [k, v instanceof Sent ? v.given : v]));
}

// An input or output as it is sent: texts as they are, the rest as JSON text.
export function text(value) {
  if (value === undefined || value === null) return null;
  if (typeof value === "string") return value;
  try {
    return JSON.stringify(value);
  } catch {
    return "<failed to serialize>";
  }
}

// Metadata as it is stored. An object has one attribute per key, all of them text;
// null and the empty text are not sent. A list is one JSON text, whose items the server
// spreads over the keys 0, 1, …
export function metadata(value) {
  if (Array.isArray(value)) return { ...JSON.parse(JSON.stringify(value)) };
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, text(v)]).filter(([, v]) => v));
}
