// OpenTelemetry's own instrumentation of OpenAI's client. It puts the messages into log
// records, not into spans.

import * as rec from "./recording.mjs";

import { createRequire } from "node:module";

import { registerInstrumentations } from "@opentelemetry/instrumentation";
import { OpenAIInstrumentation } from "@opentelemetry/instrumentation-openai";

import { openaiCases } from "./openai-calls.mjs";
import { tracing } from "./tracing.mjs";

const provider = tracing();
registerInstrumentations({
  tracerProvider: provider,
  instrumentations: [new OpenAIInstrumentation({ captureMessageContent: true })],
});

// It sees what is required, not what is imported.
const { OpenAI } = createRequire(import.meta.url)("openai");
const client = (baseURL) => new OpenAI({ baseURL, apiKey: rec.key, maxRetries: 0 });

await rec.record(openaiCases(client(rec.openaiURL), client(rec.missingURL)), () => provider.forceFlush());
