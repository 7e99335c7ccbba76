// Traceloop's SDK with OpenAI's client and with the AI SDK, whose spans it changes.

import * as rec from "./recording.mjs";

import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAI } from "@ai-sdk/openai";
import * as traceloop from "@traceloop/node-server-sdk";
import * as ai from "ai";
import OpenAI from "openai";
import { z } from "zod";

traceloop.initialize({
  appName: "recording",
  baseUrl: process.env.OTEL_EXPORTER_OTLP_ENDPOINT,
  apiKey: rec.key,
  instrumentModules: { openAI: OpenAI },
  silenceInitializationMessage: true,
});

const client = new OpenAI({ baseURL: rec.openaiURL, apiKey: rec.key, maxRetries: 0 });
const ask = () =>
  client.chat.completions.create({ model: "gpt-4o-mini", messages: [{ role: "user", content: rec.question }] });

const openai = createOpenAI({ baseURL: rec.openaiURL, apiKey: rec.key });
const chat = openai.chat("gpt-4o-mini");
const anthropic = createAnthropic({ baseURL: `${rec.anthropicURL}/v1`, apiKey: rec.key });
const settings = {
  system: rec.system,
  prompt: rec.question,
  temperature: 0.3,
  maxRetries: 0,
  experimental_telemetry: {
    isEnabled: true,
    functionId: "generate",
    metadata: { userId: "user-7", sessionId: "session-7" },
  },
};
const tools = {
  [rec.weather.name]: ai.tool({
    description: rec.weather.description,
    inputSchema: z.object({ city: z.string() }),
    execute: async (args) => rec.report(args),
  }),
};

await rec.record(
  {
    workflow: () =>
      traceloop.withAssociationProperties({ user_id: "user-7", session_id: "session-7" }, () =>
        traceloop.withWorkflow({ name: "weather-workflow", version: 2 }, async () => {
          const found = await traceloop.withTool(rec.weather, async (args) => rec.report(args), { city: "Paris" });
          await traceloop.withTask({ name: "ask" }, ask);
          return found;
        }),
      ),
    agent: () => traceloop.withAgent({ name: "weather-agent" }, ask),
    "ai-openai": () => ai.generateText({ model: chat, ...settings }),
    "ai-openai-tools": () =>
      ai.generateText({ model: chat, ...settings, prompt: rec.toolQuestion, tools, stopWhen: ai.stepCountIs(3) }),
    "ai-openai-stream": () => rec.drain(ai.streamText({ model: chat, ...settings }).textStream),
    "ai-anthropic": () => ai.generateText({ model: anthropic("claude-sonnet-4-5"), ...settings }),
  },
  () => traceloop.forceFlush(),
);
process.exit(0);
