import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import { LangfuseSpanProcessor } from "@langfuse/otel";
import { propagateAttributes, startActiveObservation } from "@langfuse/tracing";
import { LangfuseClient } from "@langfuse/client";

const provider = new NodeTracerProvider({ spanProcessors: [new LangfuseSpanProcessor()] });
provider.register();
const traceId = await startActiveObservation("answer-question", async (root) => {
  root.update({ input: "How tall is the Eiffel tower?", output: "330 m" });
  await propagateAttributes({ userId: "ada", sessionId: "s-1", tags: ["demo"] }, () =>
    startActiveObservation("llm", async (call) => call.update({ model: "gpt-4.1-mini", output: "330 m", usageDetails: { input: 12, output: 4 } }), { asType: "generation" }));
  return root.traceId;
});
await provider.shutdown();
const trace = await new LangfuseClient().api.trace.get(traceId);
console.log(trace.name, trace.userId, trace.tags, trace.output, trace.observations.map((o) => [o.name, o.usageDetails]));
