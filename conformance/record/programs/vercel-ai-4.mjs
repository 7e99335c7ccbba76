// The AI SDK, version 4, with its own telemetry. Its calls and its token counts have other
// names than those of later versions.

import * as rec from "./recording.mjs";

import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAI } from "@ai-sdk/openai";
import * as ai from "ai";
import { z } from "zod";

import { tracing } from "./tracing.mjs";

const provider = tracing();

const openai = createOpenAI({ baseURL: rec.openaiURL, apiKey: rec.key, compatibility: "strict" });
const anthropic = createAnthropic({ baseURL: `${rec.anthropicURL}/v1`, apiKey: rec.key });
const chat = openai.chat("gpt-4o-mini");
const claude = anthropic("claude-sonnet-4-5");

const telemetry = (functionId, more = {}) => ({ experimental_telemetry: { isEnabled: true, functionId, ...more } });
const settings = { temperature: 0.3, maxTokens: 256, maxRetries: 0 };
const tools = {
  [rec.weather.name]: ai.tool({
    description: rec.weather.description,
    parameters: z.object({ city: z.string() }),
    execute: async (args) => rec.report(args),
  }),
};
const asked = { system: rec.system, prompt: rec.question };

const generate = (model, more = {}) =>
  ai.generateText({ model, ...asked, ...settings, ...telemetry("generate"), ...more });
const stream = (model) =>
  rec.drain(ai.streamText({ model, ...asked, ...settings, ...telemetry("stream") }).textStream);
const withTools = { prompt: rec.toolQuestion, tools, maxSteps: 3 };

await rec.record(
  {
    "openai-chat": () => generate(chat),
    "openai-chat-stream": () => stream(chat),
    "openai-chat-tools": () => generate(chat, withTools),
    "openai-responses": () => generate(openai.responses("gpt-4o-mini")),
    anthropic: () => generate(claude),
    "anthropic-stream": () => stream(claude),
    "anthropic-tools": () => generate(claude, withTools),
    object: () =>
      ai.generateObject({
        model: chat,
        schema: z.object({ city: z.string(), country: z.string() }),
        ...asked,
        ...settings,
        ...telemetry("object"),
      }),
    embed: () =>
      ai.embed({
        model: openai.textEmbeddingModel("text-embedding-3-small"),
        value: rec.question,
        ...telemetry("embed"),
      }),
    metadata: () =>
      generate(chat, telemetry("capital", { metadata: { userId: "user-7", sessionId: "session-7", tags: ["blue"] } })),
  },
  () => provider.forceFlush(),
);
