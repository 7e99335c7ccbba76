// Google's Agent Development Kit with the spans that it makes and exports itself.

import * as rec from "./recording.mjs";

import { FunctionTool, InMemoryRunner, LlmAgent, StreamingMode, maybeSetOtelProviders } from "@google/adk";
import { trace } from "@opentelemetry/api";
import { z } from "zod";

process.env.GOOGLE_GEMINI_BASE_URL = rec.geminiURL;
maybeSetOtelProviders();

const getWeather = new FunctionTool({
  ...rec.weather,
  parameters: z.object({ city: z.string() }),
  execute: (args) => rec.report(args),
});
const settings = {
  model: "gemini-2.5-flash",
  instruction: rec.system,
  generateContentConfig: { temperature: 0.3, maxOutputTokens: 256 },
};
const answering = () => new LlmAgent({ name: "answering", description: "Answers", ...settings });
const weather = () =>
  new LlmAgent({ name: "weather", description: "Knows the weather", tools: [getWeather], ...settings });

async function ask(agent, text, runConfig) {
  const runner = new InMemoryRunner({ agent, appName: "recording" });
  const session = { appName: "recording", userId: "user-1", sessionId: "session-1" };
  await runner.sessionService.createSession(session);
  await rec.drain(runner.runAsync({ ...session, newMessage: { role: "user", parts: [{ text }] }, runConfig }));
}

await rec.record(
  {
    agent: () => ask(answering(), rec.question),
    tools: () => ask(weather(), rec.toolQuestion),
    stream: () => ask(answering(), rec.question, { streamingMode: StreamingMode.SSE }),
  },
  () => trace.getTracerProvider().getDelegate().forceFlush(),
);
process.exit(0);
