// Genkit with models of Google and of OpenAI, and the spans that it makes itself.

import * as rec from "./recording.mjs";

import { openAI } from "@genkit-ai/compat-oai/openai";
import { googleAI } from "@genkit-ai/google-genai";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { Resource } from "@opentelemetry/resources";
import { BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { genkit, z } from "genkit";
import { enableTelemetry, flushTracing } from "genkit/tracing";

await enableTelemetry({
  resource: new Resource({ "service.name": "recording", "service.version": "1.0.0" }),
  autoDetectResources: false,
  instrumentations: [],
  spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
});

const ai = genkit({
  plugins: [
    googleAI({ apiKey: rec.key, baseUrl: rec.geminiURL }),
    openAI({ apiKey: rec.key, baseURL: rec.openaiURL, maxRetries: 0 }),
  ],
});

const gemini = googleAI.model("gemini-2.5-flash");
const gpt = openAI.model("gpt-4o-mini");
const config = { temperature: 0.3, maxOutputTokens: 256 };
const city = z.object({ city: z.string(), country: z.string() });

const getWeather = ai.defineTool(
  { ...rec.weather, inputSchema: z.object({ city: z.string() }), outputSchema: z.any() },
  async (args) => rec.report(args),
);

const generate = (model, more = {}) =>
  ai.generate({ model, system: rec.system, prompt: rec.question, config, ...more });
const withTools = { prompt: rec.toolQuestion, tools: [getWeather] };

async function stream(model) {
  const { stream: parts, response } = ai.generateStream({ model, system: rec.system, prompt: rec.question, config });
  await rec.drain(parts);
  await response;
}

// A flow with a step and a model.
const capital = ai.defineFlow(
  { name: "capital-flow", inputSchema: z.object({ country: z.string() }), outputSchema: z.string() },
  async () => {
    await ai.run("look-up", async () => rec.earlier);
    const { text } = await generate(gemini);
    return text;
  },
);
const refuse = ai.defineFlow({ name: "failing-flow" }, async () => {
  throw new Error("no weather today");
});

await rec.record(
  {
    google: () => generate(gemini),
    "google-stream": () => stream(gemini),
    "google-tools": () => generate(gemini, withTools),
    "google-structured": () => generate(gemini, { output: { schema: city } }),
    "google-embed": () => ai.embed({ embedder: googleAI.embedder("gemini-embedding-001"), content: rec.question }),
    openai: () => generate(gpt, { config: { temperature: 0.3 } }),
    "openai-tools": () => generate(gpt, { ...withTools, config: {} }),
    "openai-embed": () => ai.embed({ embedder: openAI.embedder("text-embedding-3-small"), content: rec.question }),
    flow: () => capital({ country: "France" }),
    failing: () => rec.failing(() => refuse()),
  },
  flushTracing,
);
process.exit(0);
