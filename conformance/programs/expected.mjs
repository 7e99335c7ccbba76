// The objects of the public API that must come back for what the JavaScript program
// wrote. Every function returns an object with every key the API's has; values are
// fixed, or rules.

import * as checks from "./checks.mjs";
import * as written from "./written.mjs";

// The keys that the client's types say are always there, if only as null.
export const REQUIRED = {
  trace: ["name", "sessionId", "release", "version", "userId"],
  v1: [
    ...["traceId", "name", "endTime", "completionStartTime", "model", "version", "statusMessage", "parentObservationId"],
    ...["promptId", "promptName", "promptVersion", "modelId", "inputPrice", "outputPrice", "totalPrice"],
    ...["calculatedInputCost", "calculatedOutputCost", "calculatedTotalCost", "latency", "timeToFirstToken"],
    ...["modelParameters", "input", "output", "metadata"],
  ],
  v2: ["traceId", "endTime", "parentObservationId", "modelId", "inputPrice", "outputPrice", "totalPrice"],
};

// Expectations for one project. since is when the program started, in milliseconds.
export class Expect {
  constructor(projectId, since) {
    this.projectId = projectId;
    this.since = since;
  }

  // A trace of GET /traces or GET /traces/{id}. fields are the groups asked for, null
  // for all; a group that was not asked for reads as its sentinel. Values of any size
  // come whole from every read, lists included.
  trace(trace, fields = null) {
    const has = (group) => fields === null || fields.includes(group);
    return {
      id: trace.id,
      externalId: null,
      timestamp: checks.at(written.milliseconds(trace.startNs)),
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
      htmlPath: `/project/${this.projectId}/traces/${trace.id}`,
      // GET /traces/{id} has full objects, which are compared one by one; here are their ids.
      observations: checks.unordered(has("observations") ? trace.observations.map((o) => o.id) : []),
      scores: [],
      totalCost: has("metrics") ? trace.totalCost : -1,
      latency: has("metrics") ? checks.seconds(trace.startNs, trace.endNs) : -1,
    };
  }

  // An observation of the v1 API; detail is the form inside GET /traces/{id}, where
  // missing prices read 0.
  v1(obs, trace, { detail = false } = {}) {
    const usage = written.usageDetails(obs);
    const cost = written.costDetails(obs);
    const known = obs.prices !== null;
    const tiered = known && Object.keys(usage).length > 0;
    const price = (key) => obs.prices?.[key] ?? (detail ? 0 : null);
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
      modelParameters: parameters(obs.modelParameters),
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
      usagePricingTierId: tiered ? checks.textId() : null,
      usagePricingTierName: tiered ? "Standard" : null,
      modelId: known ? checks.textId() : null,
      inputPrice: price("input"),
      outputPrice: price("output"),
      totalPrice: price("total"),
      calculatedInputCost: containing(cost, "input"),
      calculatedOutputCost: containing(cost, "output"),
      calculatedTotalCost: cost.total ?? 0,
      latency: checks.seconds(obs.startNs, obs.endNs),
      timeToFirstToken: checks.seconds(obs.startNs, obs.completionNs),
    };
  }

  // An observation of GET /v2/observations with the given field groups. expanded: a
  // metadata key was asked for in full.
  v2(obs, trace, fields, expanded = false) {
    const usage = written.usageDetails(obs);
    const cost = written.costDetails(obs);
    const known = obs.prices !== null;
    const tiered = known && Object.keys(usage).length > 0;
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
        internalModelId: known ? checks.textId() : null,
        modelParameters: parameters(obs.modelParameters),
      },
      usage: {
        usageDetails: usage,
        costDetails: cost,
        totalCost: "total" in cost ? cost.total : checks.oneOf(null, 0),
        usagePricingTierId: tiered ? checks.textId() : null,
        usagePricingTierName: tiered ? "Standard" : null,
        inputCost: containing(cost, "input"),
        outputCost: containing(cost, "output"),
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
    const price = (key) => (known && fields.includes("model") && key in obs.prices ? checks.decimalText(obs.prices[key]) : null);
    const made = {
      modelId: known && fields.includes("model") ? checks.textId() : null,
      inputPrice: price("input"),
      outputPrice: price("output"),
      totalPrice: price("total"),
      // Both keys are always there; their values need not be.
      latency: checks.oneOf(null, groups.metrics.latency),
      timeToFirstToken: checks.oneOf(null, groups.metrics.timeToFirstToken),
    };
    return Object.assign(made, groups.core, ...fields.map((group) => groups[group] ?? {}));
  }
}

// An input or output of the v2 API: the text as stored, null where it is empty.
function raw(text, rebuilt) {
  if (text === null || text === "") return null;
  return rebuilt ? checks.jsonText(written.parse(text)) : text;
}

// Metadata of the v1 API: nested, each top-level text parsed where it is JSON. A scope
// without attributes may show them as an empty map.
function nested(metadata) {
  const parsed = Object.fromEntries(Object.entries(metadata).map(([k, v]) => [k, written.parseMetadata(v)]));
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
  return Object.fromEntries(texts.map(([k, v]) => [k, written.parseMetadata(cut ? v.slice(0, 200) : v)]));
}

// Model parameters: texts and numbers as they are, the rest as JSON text. Without any
// the object is null or empty.
function parameters(given) {
  if (Object.keys(given).length === 0) return checks.oneOf(null, {});
  const plain = (v) => typeof v === "string" || typeof v === "number";
  return Object.fromEntries(Object.entries(given).map(([k, v]) => [k, plain(v) ? v : checks.jsonText(v)]));
}

// The sum of the values whose keys contain word, null without any.
function containing(map, word) {
  const parts = Object.entries(map).filter(([key]) => key.includes(word));
  return parts.length > 0 ? parts.reduce((sum, [, n]) => sum + n, 0) : null;
}
