// OpenAI's Agents SDK, whose own traces OpenInference turns into spans.

import * as rec from "./recording.mjs";

import { OpenAIAgentsInstrumentation } from "@arizeai/openinference-instrumentation-openai-agents";
import * as agents from "@openai/agents";
import { z } from "zod";

import { tracing } from "./tracing.mjs";

const provider = tracing();
new OpenAIAgentsInstrumentation({ tracerProvider: provider }).manuallyInstrument(agents);

const models = (useResponses) =>
  new agents.OpenAIProvider({ apiKey: rec.key, baseURL: rec.openaiURL, useResponses });
const runner = (useResponses = true) =>
  new agents.Runner({ modelProvider: models(useResponses), workflowName: "weather", groupId: "session-1" });

const getWeather = agents.tool({
  ...rec.weather,
  parameters: z.object({ city: z.string() }),
  execute: async (args) => rec.report(args),
});
const city = z.object({ city: z.string(), country: z.string() });
const settings = { model: "gpt-4o-mini", instructions: rec.system, modelSettings: { temperature: 0.3 } };
const answering = (more = {}) => new agents.Agent({ name: "answering", ...settings, ...more });
const weather = () => answering({ name: "weather", tools: [getWeather] });

await rec.record(
  {
    responses: () => runner().run(answering(), rec.question),
    "responses-tools": () => runner().run(weather(), rec.toolQuestion),
    "responses-stream": async () => {
      const result = await runner().run(weather(), rec.toolQuestion, { stream: true });
      await rec.drain(result);
      await result.completed;
    },
    structured: () => runner().run(answering({ outputType: city }), rec.question),
    handoff: () => {
      const front = agents.Agent.create({ name: "front", ...settings, handoffs: [answering()] });
      return runner().run(front, rec.question);
    },
    chat: () => runner(false).run(answering(), rec.question),
    "chat-tools": () => runner(false).run(weather(), rec.toolQuestion),
  },
  async () => {
    await agents.getGlobalTraceProvider().forceFlush();
    await provider.forceFlush();
  },
);
