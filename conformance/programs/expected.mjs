// The objects of the public API that must come back for what a JavaScript program
// wrote. Every function returns an object with every key the API's has; values are
// fixed, or rules.

import * as checks from "./checks.mjs";
import { DEFINITIONS, priced, tools } from "./samples.mjs";
import * as written from "./written.mjs";

// The keys that the client's types say are always there, if only as null.
export const REQUIRED = {
  traces: ["name", "sessionId", "release", "version", "userId"],
  "observations v1": [
    ...["traceId", "name", "endTime", "completionStartTime", "model", "version", "statusMessage", "parentObservationId"],
    ...["promptId", "promptName", "promptVersion", "modelId", "inputPrice", "outputPrice", "totalPrice"],
    ...["calculatedInputCost", "calculatedOutputCost", "calculatedTotalCost", "latency", "timeToFirstToken"],
    ...["modelParameters", "input", "output", "metadata"],
  ],
  "observations v2": ["traceId", "endTime", "parentObservationId", "modelId", "inputPrice", "outputPrice", "totalPrice"],
  "scores v1": ["authorUserId", "comment", "configId", "queueId", "metadata"],
  "scores v2": ["authorUserId", "comment", "configId", "queueId", "metadata"],
  "scores v3": [],
  models: ["startDate", "inputPrice", "outputPrice", "totalPrice", "tokenizerId", "tokenizerConfig"],
  sessions: [],
};

export const SCORE_FIELDS = ["core", "details", "subject", "annotation"];

const { LANGFUSE_INIT_ORG_ID, LANGFUSE_INIT_ORG_NAME, LANGFUSE_INIT_PROJECT_ID, LANGFUSE_INIT_PROJECT_NAME } = process.env;

// Expectations for the one project. since is when the program started, in milliseconds.
export class Expect {
  // Those of models, by name, once they have been read: their ids are the server's choice.
  definitions = new Map();

  constructor(since) {
    const organization = { id: LANGFUSE_INIT_ORG_ID, name: LANGFUSE_INIT_ORG_NAME };
    this.project = { id: LANGFUSE_INIT_PROJECT_ID, name: LANGFUSE_INIT_PROJECT_NAME, organization };
    this.projectId = this.project.id;
    this.since = since;
  }

  // A trace of GET /traces or GET /traces/{id}. scores are all there are, by id; fields
  // are the groups asked for, null for all; a group that was not asked for reads as its
  // sentinel. Values of any size come whole from every read, lists included.
  trace(trace, scores, fields = null) {
    const has = (group) => fields === null || fields.includes(group);
    return {
      id: trace.id,
      externalId: null,
      timestamp: checks.at(written.milliseconds(trace.timestampNs)),
      name: trace.name,
      userId: trace.userId,
      sessionId: trace.sessionId,
      release: trace.release,
      version: trace.version,
      projectId: this.projectId,
      environment: trace.environment,
      public: trace.public,
      bookmarked: false,
      tags: checks.unordered(trace.tags),
      metadata: has("io") ? nested(trace.metadata) : {},
      input: has("io") ? written.parse(trace.input) : null,
      output: has("io") ? written.parse(trace.output) : null,
      createdAt: checks.recent(this.since),
      updatedAt: checks.recent(this.since),
      htmlPath: `/project/${this.projectId}/traces/${encodeURIComponent(trace.id)}`,
      // GET /traces/{id} has full objects, which are compared one by one; here are their ids.
      observations: checks.unordered(has("observations") ? trace.observations.map((o) => o.id) : []),
      scores: checks.unordered(has("scores") ? scoresOf(trace.id, [...scores.values()]).map((s) => s.id) : []),
      totalCost: has("metrics") ? trace.totalCost : -1,
      latency: has("metrics") ? (checks.seconds(trace.startNs, trace.endNs) ?? 0) : -1,
    };
  }

  // An observation of the v1 API; detail is the form inside GET /traces/{id}, where
  // missing prices read 0.
  v1(obs, trace, { detail = false } = {}) {
    const usage = written.usageDetails(obs);
    const cost = written.costDetails(obs);
    const account = this.account(obs);
    const price = (side) => account.prices[side] ?? (detail ? 0 : null);
    const total = usage.total ?? 0;
    return {
      id: obs.id,
      projectId: this.projectId,
      traceId: obs.traceId,
      parentObservationId: obs.parentId,
      type: obs.type,
      name: obs.name,
      environment: obs.environment ?? trace.environment,
      startTime: checks.at(written.milliseconds(obs.startNs)),
      endTime: checks.at(written.milliseconds(obs.endNs)),
      completionStartTime: checks.at(written.milliseconds(obs.completionNs)),
      version: obs.version ?? trace.version,
      createdAt: checks.recent(this.since),
      updatedAt: checks.recent(this.since),
      input: written.parse(obs.input),
      output: written.parse(obs.output),
      metadata: nested(obs.allMetadata),
      level: obs.level ?? "DEFAULT",
      statusMessage: obs.statusMessage,
      model: obs.model,
      modelParameters: parameters(obs),
      promptId: null,
      promptName: obs.promptName,
      promptVersion: obs.promptVersion,
      usageDetails: usage,
      costDetails: cost,
      usage: { unit: "TOKENS", input: containing(usage, "input") ?? 0, output: containing(usage, "output") ?? 0, total },
      unit: "TOKENS",
      promptTokens: containing(usage, "input") ?? 0,
      completionTokens: containing(usage, "output") ?? 0,
      totalTokens: total,
      usagePricingTierId: account.tierId,
      usagePricingTierName: account.tier,
      modelId: account.modelId,
      inputPrice: price("input"),
      outputPrice: price("output"),
      totalPrice: price("total"),
      calculatedInputCost: account.calculated.input,
      calculatedOutputCost: account.calculated.output,
      calculatedTotalCost: account.calculated.total,
      latency: checks.seconds(obs.startNs, obs.endNs),
      timeToFirstToken: checks.seconds(obs.startNs, obs.completionNs),
    };
  }

  // An observation of GET /v2/observations with the given field groups. expanded: a
  // metadata key was asked for in full.
  v2(obs, trace, fields, expanded = false) {
    const usage = written.usageDetails(obs);
    const cost = written.costDetails(obs);
    const account = this.account(obs);
    const groups = {
      core: {
        id: obs.id,
        traceId: obs.traceId,
        startTime: checks.at(written.milliseconds(obs.startNs)),
        endTime: checks.at(written.milliseconds(obs.endNs)),
        projectId: this.projectId,
        parentObservationId: obs.parentId,
        type: obs.type,
      },
      basic: {
        name: obs.name,
        level: obs.level ?? "DEFAULT",
        statusMessage: obs.statusMessage,
        version: obs.version ?? trace.version,
        environment: obs.environment ?? trace.environment,
        bookmarked: false,
        public: trace.public,
        userId: obs.userId ?? trace.userId,
        sessionId: obs.sessionId ?? trace.sessionId,
        isRootObservation: obs.parentId === null || obs.appRoot,
      },
      time: {
        completionStartTime: checks.at(written.milliseconds(obs.completionNs)),
        createdAt: checks.recent(this.since),
        updatedAt: checks.recent(this.since),
      },
      io: { input: raw(obs.input, obs.rebuilt.includes("input")), output: raw(obs.output, obs.rebuilt.includes("output")) },
      metadata: { metadata: flat(obs, !expanded && !fields.includes("io")) },
      model: {
        model: obs.model,
        providedModelName: obs.model,
        internalModelId: account.modelId,
        modelParameters: parameters(obs),
      },
      usage: {
        usageDetails: usage,
        costDetails: cost,
        totalCost: "total" in cost ? cost.total : checks.oneOf(null, 0),
        usagePricingTierId: account.tierId,
        usagePricingTierName: account.tier,
        inputCost: account.calculated.input,
        outputCost: account.calculated.output,
        inputUsage: containing(usage, "input") ?? 0,
        outputUsage: containing(usage, "output") ?? 0,
        totalUsage: usage.total ?? 0,
      },
      prompt: { promptId: null, promptName: obs.promptName, promptVersion: obs.promptVersion },
      metrics: {
        latency: checks.seconds(obs.startNs, obs.endNs),
        timeToFirstToken: checks.seconds(obs.startNs, obs.completionNs),
      },
      trace_context: { tags: checks.unordered(trace.tags), release: obs.release ?? trace.release, traceName: trace.name },
    };
    const asked = fields.includes("model");
    const price = (side) => (asked && account.prices[side] !== null ? checks.decimalText(account.prices[side]) : null);
    const made = {
      modelId: asked ? account.modelId : null,
      inputPrice: price("input"),
      outputPrice: price("output"),
      totalPrice: price("total"),
      // Both keys are always there; their values need not be.
      latency: checks.oneOf(null, groups.metrics.latency),
      timeToFirstToken: checks.oneOf(null, groups.metrics.timeToFirstToken),
    };
    return Object.assign(made, groups.core, ...fields.map((group) => groups[group] ?? {}));
  }

  // What is known of an observation's model and cost: the definition's id, the tier, the
  // default tier's prices, and the cost of each side.
  account(obs) {
    const cost = written.costDetails(obs);
    const known = priced(obs);
    if (!known) {
      const calculated = { input: containing(cost, "input"), output: containing(cost, "output"), total: cost.total ?? 0 };
      return { modelId: null, tier: null, tierId: null, prices: { input: null, output: null, total: null }, calculated };
    }
    const { inputPrice: input, outputPrice: output, totalPrice: total } = DEFINITIONS[known.definition];
    const found = this.definitions.get(known.definition);
    // A tier that asks for an attribute is not listed.
    const tier = found?.pricingTiers.find(({ name }) => name === known.tier);
    return {
      modelId: found?.id ?? checks.textId(),
      tier: known.tier,
      tierId: known.tier && (tier?.id ?? checks.textId()),
      prices: { input, output, total },
      calculated: known.calculated,
    };
  }

  // A built-in definition as GET /models lists it.
  definition(name) {
    const { tiers, ...fields } = DEFINITIONS[name];
    return {
      ...fields,
      id: checks.textId(),
      modelName: name,
      matchPattern: new checks.Rule("a pattern that has the name", (a) => a.replaceAll("\\", "").includes(name)),
      startDate: null,
      unit: "TOKENS",
      isLangfuseManaged: true,
      createdAt: new checks.Rule("a time", (a) => new Date(a).toISOString() === a),
      prices: Object.fromEntries(Object.entries(tiers[0].prices).map(([key, price]) => [key, { price }])),
      pricingTiers: tiers.map((tier) => ({ ...tier, id: checks.textId() })),
    };
  }

  // Of GET /api/v1/traces/{trace}/observations/{observation} what no other read has: tools,
  // and for a known model the account.
  detail(obs) {
    const { definitions, calls } = tools(obs);
    const text = (value) => (value === null ? "" : checks.jsonText(value));
    const offered = ([name, { description, parameters }]) => [name, { description, parameters: text(parameters) }];
    return {
      toolDefinitions: definitions && Object.fromEntries(Object.entries(definitions).map(offered)),
      toolCalls: calls && calls.map(called),
      ...(priced(obs) ? { accounting: this.accounting(obs) } : {}),
    };
  }

  // Where the usage and cost of an observation with a known model come from.
  accounting(obs) {
    const { definition, tokenizer = null, usage, unitPrices, cost, usageSource, costSource, note } = priced(obs);
    const { modelId, tier } = this.account(obs);
    const names = Object.keys({ ...usage, ...cost });
    const ordered = [...names.filter((name) => name !== "total").sort(), ...names.filter((name) => name === "total")];
    const entry = (name) => ({ name, units: usage[name] ?? null, unitPrice: unitPrices[name] ?? null, cost: cost[name] ?? null });
    return {
      ...{ usageSource, tokenizer, costSource, note, modelId, modelName: definition, pricingTierName: tier, recalculated: false },
      entries: ordered.map(entry),
    };
  }

  // A score of the v1 or v2 API. With a trace, which is null where there is no such, the
  // form of lists, which show some of the score's trace.
  score(score, version, trace = undefined) {
    const made = {
      id: score.id,
      projectId: this.projectId,
      environment: score.environment,
      name: score.name,
      dataType: score.dataType,
      value: score.number,
      stringValue: score.text,
      source: score.source,
      traceId: score.traceId,
      observationId: score.observationId,
      ...(version === 2 ? { sessionId: score.sessionId, datasetRunId: score.runId } : {}),
      timestamp: this.scored(score),
      createdAt: checks.recent(this.since),
      updatedAt: checks.recent(this.since),
      authorUserId: null,
      comment: score.comment,
      configId: score.configId,
      queueId: score.queueId,
      executionTraceId: null,
      metadata: score.metadata,
    };
    if (score.dataType === "TEXT") delete made.value;
    if (trace !== undefined) made.trace = scoredTrace(trace, version);
    return made;
  }

  // A score of GET /v3/scores with the given field groups.
  scoreV3(score, fields) {
    const value = { NUMERIC: score.number, BOOLEAN: score.number === 1 };
    const groups = {
      core: {
        id: score.id,
        projectId: this.projectId,
        name: score.name,
        dataType: score.dataType,
        value: score.dataType in value ? value[score.dataType] : score.text,
        source: score.source,
        timestamp: this.scored(score),
        environment: score.environment,
        createdAt: checks.recent(this.since),
        updatedAt: checks.recent(this.since),
      },
      details: { comment: score.comment, configId: score.configId, metadata: score.metadata },
      annotation: { authorUserId: null, queueId: score.queueId },
      subject: { subject: subject(score) },
    };
    return Object.assign({}, groups.core, ...fields.map((group) => groups[group]));
  }

  // When a score was given; one sent by a call of its own has the time of arrival.
  scored(score) {
    return score.timestampNs === null ? checks.recent(this.since) : checks.at(written.milliseconds(score.timestampNs));
  }

  // A session, of traces there are; detail is the form of GET /sessions/{id}, whose
  // traces are compared one by one: here are their ids.
  session(id, traces, { detail = false } = {}) {
    const before = (a, b) => (a.timestampNs === b.timestampNs ? a.id < b.id : a.timestampNs < b.timestampNs);
    const earliest = traces.reduce((best, t) => (before(t, best) ? t : best));
    return {
      id,
      createdAt: checks.recent(this.since),
      projectId: this.projectId,
      environment: earliest.environment,
      ...(detail ? { traces: checks.unordered(traces.map((t) => t.id)) } : {}),
    };
  }

  // A trace as GET /sessions/{id} shows it.
  sessionTrace(trace) {
    const { observations, scores, totalCost, latency, htmlPath, ...made } = this.trace(trace, new Map());
    return made;
  }
}

// A call of a tool; arguments that were no text are the JSON of them.
function called(call) {
  return { ...call, arguments: typeof call.arguments === "string" ? call.arguments : checks.jsonText(call.arguments) };
}

// The scores that are shown with a trace: those about it or one of its observations,
// without corrections.
export function scoresOf(traceId, scores) {
  return scores.filter((s) => s.traceId === traceId && s.dataType !== "CORRECTION");
}

// What a list of scores shows of a trace; v1 has an object always.
function scoredTrace(trace, version) {
  if (trace === null) return version === 2 ? null : { userId: null, tags: [], environment: null };
  const { userId, tags, environment, sessionId } = trace;
  return { userId, tags: checks.unordered(tags), environment, ...(version === 2 ? { sessionId } : {}) };
}

// What a score is about, as the v3 API tells it.
function subject({ traceId, observationId, sessionId, runId }) {
  if (observationId) return { kind: "observation", id: observationId, traceId };
  if (traceId) return { kind: "trace", id: traceId };
  return sessionId ? { kind: "session", id: sessionId } : { kind: "experiment", id: runId };
}

// An input or output of the v2 API: the text as stored, null where it is empty.
function raw(text, rebuilt) {
  if (text === null || text === "") return null;
  return rebuilt ? checks.jsonText(written.parse(text)) : text;
}

// Metadata of the v1 API: nested, each top-level text parsed where it is JSON. A text
// has U+FFFD for half a character. A scope without attributes may show them as an empty
// map.
function nested(metadata) {
  const parsed = Object.fromEntries(Object.entries(metadata).map(([k, v]) => [k, written.parseMetadata(wellFormed(v))]));
  const scope = parsed.scope;
  if (scope && typeof scope === "object" && !("attributes" in scope)) {
    parsed.scope = checks.oneOf(scope, { ...scope, attributes: {} });
  }
  return parsed;
}

// Metadata of the v2 API: flat, texts cut to 200 characters unless asked for, then
// parsed where what is left is JSON.
function flat(obs, cut) {
  const texts = Object.entries(written.flatten(obs.allMetadata));
  const first = (text) => [...text].slice(0, 200).join(""); // code points, not UTF-16 units
  return Object.fromEntries(texts.map(([k, v]) => [k, written.parseMetadata(wellFormed(cut ? first(v) : v))]));
}

const wellFormed = (value) => (typeof value === "string" ? value.toWellFormed() : value);

// Model parameters of a span: texts and numbers as they are, the rest as JSON text; of
// batch events as they were sent. Without any the object is null or empty.
function parameters({ modelParameters: given, batch }) {
  if (Object.keys(given).length === 0) return checks.oneOf(null, {});
  if (batch) return given;
  const plain = (v) => typeof v === "string" || typeof v === "number";
  return Object.fromEntries(Object.entries(given).map(([k, v]) => [k, plain(v) ? v : checks.jsonText(v)]));
}

// The sum of the values whose keys contain word, null without any.
function containing(map, word) {
  const parts = Object.entries(map).filter(([key]) => key.includes(word));
  return parts.length > 0 ? parts.reduce((sum, [, n]) => sum + n, 0) : null;
}
