// The clients of OpenAI, Anthropic and Google, each seen by one instrumentation, which the
// framework's name says.

import * as rec from "./recording.mjs";

import Anthropic, * as anthropic from "@anthropic-ai/sdk";
import * as genai from "@google/genai";
import OpenAI from "openai";

import { anthropicCases } from "./anthropic-calls.mjs";
import { geminiCases } from "./gemini-calls.mjs";
import { openaiCases } from "./openai-calls.mjs";
import { tracing } from "./tracing.mjs";

const openaiOptions = { baseURL: rec.openaiURL, apiKey: rec.key, maxRetries: 0 };
const missing = { ...openaiOptions, baseURL: rec.missingURL };
const anthropicOptions = { baseURL: rec.anthropicURL, apiKey: rec.key, maxRetries: 0 };
const geminiOptions = { apiKey: rec.key, httpOptions: { baseUrl: rec.geminiURL } };

const ofOpenAI = () => openaiCases(new OpenAI(openaiOptions), new OpenAI(missing));
const ofAnthropic = () => anthropicCases(new Anthropic(anthropicOptions));

const frameworks = {
  "langfuse-openai-js": async () => {
    const { LangfuseSpanProcessor } = await import("@langfuse/otel");
    const { observeOpenAI } = await import("@langfuse/openai");
    const { propagateAttributes, startActiveObservation } = await import("@langfuse/tracing");
    const provider = tracing(new LangfuseSpanProcessor());
    const observed = (options) => observeOpenAI(new OpenAI(openaiOptions), options);
    const cases = openaiCases(observed(), observeOpenAI(new OpenAI(missing)));
    // What the wrapper is told of the trace, the generation and its prompt.
    cases.named = () =>
      openaiCases(
        observed({
          traceName: "weather-trace",
          generationName: "weather-generation",
          generationMetadata: { attempt: 3, region: "north" },
          sessionId: "session-1",
          userId: "user-1",
          tags: ["blue", "green"],
          langfusePrompt: { name: "weather-prompt", version: 4, isFallback: false },
        }),
      ).chat();
    cases.nested = () =>
      startActiveObservation("answer", () =>
        propagateAttributes(
          { userId: "user-1", sessionId: "session-1", tags: ["red"], metadata: { region: "south" } },
          () => cases.chat(),
        ),
      );
    return { cases, provider };
  },
  "openinference-openai-js": async () => {
    const { OpenAIInstrumentation } = await import("@arizeai/openinference-instrumentation-openai");
    const provider = tracing();
    new OpenAIInstrumentation().manuallyInstrument(OpenAI);
    return { cases: ofOpenAI(), provider };
  },
  "openinference-anthropic-js": async () => {
    const { AnthropicInstrumentation } = await import("@arizeai/openinference-instrumentation-anthropic");
    const provider = tracing();
    new AnthropicInstrumentation().manuallyInstrument(Anthropic);
    return { cases: ofAnthropic(), provider };
  },
  "openllmetry-openai-js": async () => {
    const { OpenAIInstrumentation } = await import("@traceloop/instrumentation-openai");
    const provider = tracing();
    new OpenAIInstrumentation({ traceContent: true }).manuallyInstrument(OpenAI);
    return { cases: ofOpenAI(), provider };
  },
  "openllmetry-anthropic-js": async () => {
    const { AnthropicInstrumentation } = await import("@traceloop/instrumentation-anthropic");
    const provider = tracing();
    new AnthropicInstrumentation({ traceContent: true }).manuallyInstrument(anthropic);
    return { cases: ofAnthropic(), provider };
  },
  "openllmetry-google-js": async () => {
    const { GenAIInstrumentation } = await import("@traceloop/instrumentation-google-generativeai");
    const provider = tracing();
    const module = { ...genai };
    new GenAIInstrumentation({ traceContent: true }).manuallyInstrument(module);
    return { cases: geminiCases(new module.GoogleGenAI(geminiOptions)), provider };
  },
};

const { cases, provider } = await frameworks[rec.framework]();
await rec.record(cases, () => provider.forceFlush());
