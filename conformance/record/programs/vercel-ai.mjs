// The AI SDK, versions 5 and 6, with its own telemetry: exported plainly, by the span
// processor of the Langfuse client, or by that of OpenInference.

import * as rec from "./recording.mjs";

import { createAnthropic } from "@ai-sdk/anthropic";
import { createGoogleGenerativeAI } from "@ai-sdk/google";
import { createOpenAI } from "@ai-sdk/openai";
import { propagateAttributes, startActiveObservation } from "@langfuse/tracing";
import * as ai from "ai";
import { z } from "zod";

import { exporter, tracing } from "./tracing.mjs";

async function processors() {
  if (rec.framework.endsWith("-langfuse")) {
    const { LangfuseSpanProcessor } = await import("@langfuse/otel");
    return [new LangfuseSpanProcessor()];
  }
  if (rec.framework === "openinference-vercel") {
    const { OpenInferenceBatchSpanProcessor } = await import("@arizeai/openinference-vercel");
    return [new OpenInferenceBatchSpanProcessor({ exporter: exporter() })];
  }
  return [];
}

const provider = tracing(...(await processors()));

const openai = createOpenAI({ baseURL: rec.openaiURL, apiKey: rec.key });
const anthropic = createAnthropic({ baseURL: `${rec.anthropicURL}/v1`, apiKey: rec.key });
const google = createGoogleGenerativeAI({ baseURL: `${rec.geminiURL}/v1beta`, apiKey: rec.key });

const chat = openai.chat("gpt-4o-mini");
const responses = openai.responses("gpt-4o-mini");
const claude = anthropic("claude-sonnet-4-5");
const gemini = google("gemini-2.5-flash");
// Version 5 has another name for the models that embed.
const embedder = (of, name) => (of.textEmbeddingModel ?? of.embeddingModel)(name);

const telemetry = (functionId, more = {}) => ({ experimental_telemetry: { isEnabled: true, functionId, ...more } });
const settings = { temperature: 0.3, maxOutputTokens: 256, maxRetries: 0 };

const tools = {
  [rec.weather.name]: ai.tool({
    description: rec.weather.description,
    inputSchema: z.object({ city: z.string() }),
    execute: async (args) => rec.report(args),
  }),
};
const city = z.object({ city: z.string(), country: z.string() });

const generate = (model, more = {}) =>
  ai.generateText({ model, system: rec.system, prompt: rec.question, ...settings, ...telemetry("generate"), ...more });

// streamText reports errors to a callback and starts when it is read.
const stream = (model, more = {}) =>
  rec.drain(
    ai.streamText({ model, system: rec.system, prompt: rec.question, ...settings, ...telemetry("stream"), ...more })
      .textStream,
  );

const withTools = { prompt: rec.toolQuestion, tools, stopWhen: ai.stepCountIs(3) };
const cached = { anthropic: { cacheControl: { type: "ephemeral" } } };

// Three turns, as a chat sends them.
const turns = [
  { role: "user", content: rec.question },
  { role: "assistant", content: rec.earlier },
  { role: "user", content: rec.followUp },
];

await rec.record(
  {
    "openai-chat": () => generate(chat),
    "openai-chat-stream": () => stream(chat),
    "openai-chat-tools": () => generate(chat, withTools),
    "openai-chat-messages": () => generate(chat, { prompt: undefined, messages: turns }),
    "openai-chat-image": () =>
      generate(chat, {
        prompt: undefined,
        messages: [
          {
            role: "user",
            content: [
              { type: "text", text: "What is in the picture?" },
              { type: "image", image: rec.pixel, mediaType: "image/png" },
            ],
          },
        ],
      }),
    "openai-responses": () => generate(responses),
    "openai-responses-stream": () => stream(responses),
    "openai-responses-tools": () => generate(responses, withTools),
    "openai-responses-tools-stream": () => stream(responses, withTools),
    anthropic: () => generate(claude),
    "anthropic-stream": () => stream(claude),
    "anthropic-tools": () => generate(claude, withTools),
    "anthropic-cache": () =>
      generate(claude, {
        prompt: undefined,
        system: undefined,
        messages: [
          { role: "system", content: rec.system, providerOptions: cached },
          { role: "user", content: [{ type: "text", text: rec.question, providerOptions: cached }] },
        ],
      }),
    google: () => generate(gemini),
    "google-stream": () => stream(gemini),
    "google-tools": () => generate(gemini, withTools),
    "google-object": () =>
      ai.generateObject({ model: gemini, schema: city, prompt: rec.question, ...settings, ...telemetry("object") }),
    object: () =>
      ai.generateObject({ model: responses, schema: city, prompt: rec.question, ...settings, ...telemetry("object") }),
    "object-stream": () =>
      rec.drain(
        ai.streamObject({ model: chat, schema: city, prompt: rec.question, ...settings, ...telemetry("object") })
          .partialObjectStream,
      ),
    output: () => generate(chat, { experimental_output: ai.Output.object({ schema: city }) }),
    embed: () =>
      ai.embed({
        model: embedder(openai, "text-embedding-3-small"),
        value: rec.question,
        ...telemetry("embed"),
      }),
    "embed-many": () =>
      ai.embedMany({
        model: embedder(openai, "text-embedding-3-small"),
        values: [rec.question, rec.followUp],
        ...telemetry("embed-many"),
      }),
    "google-embed": () =>
      ai.embed({
        model: embedder(google, "gemini-embedding-001"),
        value: rec.question,
        ...telemetry("embed"),
      }),
    agent: () =>
      new ai.ToolLoopAgent({
        model: responses,
        instructions: rec.system,
        tools,
        ...settings,
        ...telemetry("agent"),
      }).generate({ prompt: rec.toolQuestion }),
    metadata: () =>
      generate(
        chat,
        telemetry("capital", {
          metadata: { userId: "user-7", sessionId: "session-7", tags: ["blue", "green"], attempt: 3, beta: true },
        }),
      ),
    private: () => generate(chat, telemetry("private", { recordInputs: false, recordOutputs: false })),
    error: () => {
      const absent = createOpenAI({ baseURL: rec.missingURL, apiKey: rec.key });
      return rec.failing(() => generate(absent.chat("gpt-4o-mini")));
    },
    // Spans of the AI SDK below one of the client's, with what it propagates.
    nested: () =>
      startActiveObservation("answer", (outer) =>
        propagateAttributes({ userId: "user-8", sessionId: "session-8", tags: ["red"], version: "2.0" }, async () => {
          const { text } = await generate(chat);
          outer.update({ input: rec.question, output: text });
        }),
      ),
  },
  () => provider.forceFlush(),
);
