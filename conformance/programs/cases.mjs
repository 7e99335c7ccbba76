// Spans of other instrumentations that are told as data, for all clients: mapping.json
// makes every rule of the mapping matter alone and before its neighbour, exports.json
// every rule of the fold.

import { SpanStatusCode } from "@opentelemetry/api";

import { Exporter, hrTime, newId } from "./exporter.mjs";
import { MAPPING, shown } from "./foreign.mjs";
import { data } from "./samples.mjs";

export const PLAIN = ["openinference.instrumentation.plain", "0.9"];

// The spans of mapping.json: through the client's provider, or by an exporter where the
// group says so.
export async function mapping(f) {
  const exporter = new Exporter(f.w.records);
  for (const group of MAPPING.groups) {
    const cases = [...Array(length(group)).keys()].map((n) => caseOf(group, n));
    if (group.exporter) {
      await exporter.send([...exported(f, exporter, group, cases)]);
      continue;
    }
    const { span: parent, start } = f.span(group.trace, {}, { scope: PLAIN });
    cases.forEach((c, n) => {
      const status = c.status ? { code: SpanStatusCode.ERROR, message: c.status } : undefined;
      const options = { scope: PLAIN, parent, events: c.events, status };
      f.span(`${group.trace} ${n + 1}`, c.attributes, options, becomes(c.becomes, f.clock));
    });
    parent.end(hrTime(start + 5_000_000_000n));
  }
}

// The cases of a group in one request: in a trace each, or below a root.
function* exported(f, exporter, group, cases) {
  const [traceId, rootId] = [newId(16), newId(8)];
  const scope = group.scope ?? PLAIN;
  // Everything of the scopes of the client has a place of its own.
  const own = scope[0].startsWith("langfuse-sdk");
  const times = () => ({ start: f.clock, end: f.clock + 2_000_000n });
  if (!group.alone) {
    const root = { traceId, id: rootId, name: group.trace, attributes: {}, shown: null };
    yield exporter.span({ ...root, resource: group.resource, scope, ...times() }, {});
  }
  for (const [n, c] of cases.entries()) {
    f.clock += 10_000_000n;
    const place = group.alone ? { traceId: newId(16) } : { traceId, parentId: rootId };
    const span = {
      ...{ ...place, id: newId(8), name: `${group.trace} ${n + 1}`, scope, ...times() },
      attributes: c.attributes,
      shown: own ? null : shown(c.attributes),
      resource: { ...group.resource, ...c.resource },
      events: c.events,
      status: c.status,
    };
    yield exporter.span(span, becomes(c.becomes, f.clock));
  }
}

const length = ({ choices = {}, ladders = {} }) =>
  Math.max(...[...Object.values(choices), ...Object.values(ladders)].map((entries) => entries.length));

// One span of a group. Of a choice it has the n-th entry; of a ladder all entries from
// the n-th on, of which the first must win.
function caseOf({ choices = {}, ladders = {} }, n) {
  const chosen = Object.values(choices).flatMap((entries) => entries.slice(n, n + 1));
  const entries = chosen.map((entry) => [entry, true]);
  for (const ladder of Object.values(ladders)) entries.push(...ladder.slice(n).map((entry, i) => [entry, i === 0]));

  const made = { attributes: {}, resource: {}, events: [], status: null, becomes: {} };
  if (entries.some(([entry]) => entry.status)) made.becomes.status_message = "failed";
  for (const [entry, wins] of entries) {
    Object.assign(made.attributes, entry.attributes, entry.dropped && dropped(entry.dropped));
    Object.assign(made.resource, entry.resource);
    made.events.push(...(entry.events ?? []));
    made.status ??= entry.status ?? null;
    for (const said of [entry.also ?? {}, wins ? entry.becomes : {}]) {
      for (const [field, value] of Object.entries(said)) {
        const maps = field === "metadata" || field === "trace_metadata";
        made.becomes[field] = maps ? { ...made.becomes[field], ...value } : value;
      }
    }
  }
  return made;
}

// One attribute for every name that is not shown among the attributes.
function dropped(value) {
  const names = [...MAPPING.dropped.keys, ...MAPPING.dropped.prefixes.map((prefix) => `${prefix}_more`)];
  return Object.fromEntries(names.map((name) => [name, value]));
}

// The fields of an observation as newObservation has them: input and output as text, the
// time of the first token in nanoseconds.
function becomes(told, start) {
  const made = { rebuilt: [] };
  for (const [field, value] of Object.entries(told)) {
    const name = camel(field);
    if (field === "completion_ns") made.completionNs = BigInt(value);
    else if (field === "completion_ms") made.completionNs = (start / 1000n) * 1000n + BigInt(value) * 1_000_000n;
    else if (field === "weak") made.weak = value.map(camel);
    else if ((field === "input" || field === "output") && typeof value !== "string") {
      made.rebuilt.push(name);
      made[name] = JSON.stringify(value);
    } else made[name] = value;
  }
  return made;
}

const camel = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());

// The traces of exports.json: requests of an exporter, one after the other.
export async function exportsOf(f) {
  const exporter = new Exporter(f.w.records);
  for (const trace of data("exports.json").traces) {
    const [traceId, ids] = [newId(16), new Map()];
    const idOf = (key) => ids.get(key) ?? ids.set(key, newId(8)).get(key);
    f.clock += 1_000_000_000n;
    const base = (f.clock / 1_000_000n) * 1_000_000n;
    for (const request of trace.requests) {
      const spans = request.map(({ span, parent, name, start, end, attributes = {}, status, becomes: told = {} }) => {
        const given = {
          ...{ traceId, id: idOf(span), parentId: parent ? idOf(parent) : null, name, attributes, status },
          shown: shown(attributes),
          start: base + BigInt(start) * 1_000_000n,
          end: base + BigInt(end) * 1_000_000n,
          scope: PLAIN,
          resource: { "service.name": "plain" },
        };
        return exporter.span(given, becomes(told, base));
      });
      await exporter.send(spans);
    }
  }
}
