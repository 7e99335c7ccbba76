// Plain OpenTelemetry, as an application sets it up.

import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";

// OpenTelemetry's own exporter, which takes the collector from the environment.
export const exporter = () => new OTLPTraceExporter();

// A registered provider with these processors, or with the plain exporter.
export function tracing(...processors) {
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ "service.name": "recording", "service.version": "1.0.0" }),
    spanProcessors: processors.length > 0 ? processors : [new BatchSpanProcessor(exporter())],
  });
  provider.register();
  return provider;
}
