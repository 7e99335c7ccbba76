// Spans sent past the client: by OpenTelemetry's own exporter, with the project's keys,
// as an application without the client sends them.
//
// It can say what the client's provider cannot: any resource, any scope, an exact end,
// and the same span a second time.

import { randomBytes } from "node:crypto";

import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import { ExportResultCode } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";

import { newObservation } from "./written.mjs";

const env = process.env;
export const hrTime = (ns) => [Number(ns / 1_000_000_000n), Number(ns % 1_000_000_000n)];
export const newId = (bytes) => randomBytes(bytes).toString("hex");

// Sends spans and notes in records what they must become.
export class Exporter {
  constructor(records) {
    this.records = records;
    const keys = Buffer.from(`${env.LANGFUSE_PUBLIC_KEY}:${env.LANGFUSE_SECRET_KEY}`).toString("base64");
    this.exporter = new OTLPTraceExporter({
      url: `${env.LANGFUSE_BASE_URL}/api/public/otel/v1/traces`,
      headers: { Authorization: `Basic ${keys}` },
      timeoutMillis: 60_000,
    });
  }

  // One request; it has been answered when send returns.
  async send(spans) {
    const result = await new Promise((resolve) => this.exporter.export(spans, resolve));
    if (result.code !== ExportResultCode.SUCCESS) throw result.error ?? new Error("the exporter could not send its spans");
  }

  // One span that is not sent yet. start and end are nanoseconds; shown are its attributes
  // in the metadata; becomes are the fields of its observation.
  span({ traceId, id, name, attributes, shown, parentId = null, start, end, scope, resource, events = [], status }, becomes) {
    const place = (spanId) => ({ traceId, spanId, traceFlags: 1 });
    this.records.push(
      newObservation({
        ...{ traceId, id, name, parentId, resource, startNs: start, endNs: end, attributes: shown },
        scope: { name: scope[0], version: scope[1] },
        order: this.records.length,
        ...becomes,
      }),
    );
    return {
      name,
      kind: SpanKind.INTERNAL,
      spanContext: () => place(id),
      parentSpanContext: parentId ? place(parentId) : undefined,
      startTime: hrTime(start),
      endTime: hrTime(end),
      duration: [0, 0], // not sent
      ended: true,
      attributes,
      links: [],
      events: events.map(([event, fields]) => ({ name: event, attributes: fields, time: hrTime(start) })),
      status: status ? { code: SpanStatusCode.ERROR, message: status } : { code: SpanStatusCode.UNSET },
      resource: resourceFromAttributes(resource),
      instrumentationScope: { name: scope[0], version: scope[1] },
      droppedAttributesCount: 0,
      droppedEventsCount: 0,
      droppedLinksCount: 0,
    };
  }
}
