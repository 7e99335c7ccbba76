// Mastra with its own traces, which its exporter turns into spans.

import * as rec from "./recording.mjs";

import { setTimeout } from "node:timers/promises";

import { createOpenAI } from "@ai-sdk/openai";
import { Mastra } from "@mastra/core";
import { Agent } from "@mastra/core/agent";
import { shutdownAITracingRegistry } from "@mastra/core/ai-tracing";
import { createTool } from "@mastra/core/tools";
import { createStep, createWorkflow } from "@mastra/core/workflows";
import { OtelExporter } from "@mastra/otel-exporter";
import { z } from "zod";

const openai = createOpenAI({ baseURL: rec.openaiURL, apiKey: rec.key });
const getWeather = createTool({
  id: rec.weather.name,
  description: rec.weather.description,
  inputSchema: z.object({ city: z.string() }),
  execute: async ({ context }) => rec.report(context),
});
const agent = (name, model, tools) => new Agent({ name, instructions: rec.system, model, tools });

const ask = createStep({
  id: "ask",
  inputSchema: z.object({ question: z.string() }),
  outputSchema: z.object({ answer: z.string() }),
  execute: async ({ inputData, mastra, tracingContext }) => {
    const { text } = await mastra.getAgent("answering").generate(inputData.question, { tracingContext });
    return { answer: text };
  },
});
const workflow = createWorkflow({
  id: "capital-workflow",
  inputSchema: z.object({ question: z.string() }),
  outputSchema: z.object({ answer: z.string() }),
})
  .then(ask)
  .commit();

const endpoint = process.env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT;
const mastra = new Mastra({
  agents: {
    answering: agent("answering", openai.chat("gpt-4o-mini")),
    responding: agent("responding", openai.responses("gpt-4o-mini")),
    weather: agent("weather", openai.chat("gpt-4o-mini"), { [rec.weather.name]: getWeather }),
  },
  workflows: { workflow },
  logger: false,
  observability: {
    configs: {
      otel: {
        serviceName: "recording",
        exporters: [new OtelExporter({ provider: { custom: { endpoint, protocol: "http/protobuf" } } })],
      },
    },
  },
});

const options = { modelSettings: { temperature: 0.3, maxOutputTokens: 256, maxRetries: 0 } };

await rec.record(
  {
    generate: () => mastra.getAgent("answering").generate(rec.question, options),
    responses: () => mastra.getAgent("responding").generate(rec.question, options),
    tools: () => mastra.getAgent("weather").generate(rec.toolQuestion, options),
    stream: async () => rec.drain((await mastra.getAgent("answering").stream(rec.question, options)).textStream),
    workflow: async () => {
      const run = await mastra.getWorkflow("workflow").createRunAsync();
      await run.start({ inputData: { question: rec.question } });
    },
  },
  async () => {
    // The exporter loads what it needs when the first span ends, and does not wait for it.
    await setTimeout(1000);
    await shutdownAITracingRegistry();
  },
);
process.exit(0);
