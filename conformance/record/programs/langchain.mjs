// LangChain and LangGraph, seen by OpenInference, by OpenLLMetry and by the callback of
// the Langfuse client: the framework's name says which, the case what is run.

import * as rec from "./recording.mjs";

import { ChatAnthropic } from "@langchain/anthropic";
import * as callbackManagerModule from "@langchain/core/callbacks/manager";
import { awaitAllCallbacks } from "@langchain/core/callbacks/promises";
import { Document } from "@langchain/core/documents";
import { HumanMessage, SystemMessage } from "@langchain/core/messages";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { BaseRetriever } from "@langchain/core/retrievers";
import { RunnableLambda, RunnablePassthrough } from "@langchain/core/runnables";
import { tool } from "@langchain/core/tools";
import { END, MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { ToolNode, toolsCondition } from "@langchain/langgraph/prebuilt";
import { ChatOpenAI } from "@langchain/openai";
import { createAgent } from "langchain";
import { z } from "zod";

import { tracing } from "./tracing.mjs";

// Starts the instrumentation: its provider, and the callbacks that a run is given.
async function instrumented() {
  if (rec.framework.startsWith("langfuse-")) {
    const { CallbackHandler } = await import("@langfuse/langchain");
    const { LangfuseSpanProcessor } = await import("@langfuse/otel");
    const provider = tracing(new LangfuseSpanProcessor());
    const handler = new CallbackHandler({
      userId: "user-1",
      sessionId: "session-1",
      tags: ["recorded"],
      version: "2.0",
      traceMetadata: { region: "north" },
    });
    return { provider, callbacks: [handler] };
  }
  const provider = tracing();
  if (rec.framework.startsWith("openinference-")) {
    const { LangChainInstrumentation } = await import("@arizeai/openinference-instrumentation-langchain");
    new LangChainInstrumentation().manuallyInstrument(callbackManagerModule);
  } else {
    const { LangChainInstrumentation } = await import("@traceloop/instrumentation-langchain");
    new LangChainInstrumentation({ traceContent: true }).manuallyInstrument({ callbackManagerModule });
  }
  return { provider, callbacks: [] };
}

const { provider, callbacks } = await instrumented();
const config = {
  callbacks,
  tags: ["run"],
  metadata: { session_id: "session-1", user_id: "user-1", attempt: 3 },
};

const settings = { temperature: 0.2, maxTokens: 200, maxRetries: 0, apiKey: rec.key };
const openai = (more = {}) =>
  new ChatOpenAI({ model: "gpt-4o-mini", ...settings, configuration: { baseURL: rec.openaiURL }, ...more });
const claude = (more = {}) =>
  new ChatAnthropic({ model: "claude-sonnet-4-5", ...settings, anthropicApiUrl: rec.anthropicURL, ...more });

const getWeather = tool(async (args) => JSON.stringify(rec.report(args)), {
  ...rec.weather,
  schema: z.object({ city: z.string() }),
});
const prompt = ChatPromptTemplate.fromMessages([
  ["system", rec.system],
  ["user", "{question}"],
]);
const asked = { messages: [new HumanMessage(rec.toolQuestion)] };
const messages = [new SystemMessage(rec.system), new HumanMessage(rec.question)];
const named = { ...config, runName: "capital-chain" };
const chain = (model) => prompt.pipe(model).pipe(new StringOutputParser());
const city = z.object({ city: z.string(), country: z.string() });

// Asks a model with a tool, and again with what the tool said.
async function tools(model) {
  const withTools = model.bindTools([getWeather]);
  const turns = [new HumanMessage(rec.toolQuestion)];
  const answer = await withTools.invoke(turns, config);
  turns.push(answer);
  for (const call of answer.tool_calls) turns.push(await getWeather.invoke(call, config));
  await withTools.invoke(turns, config);
}

// Two documents, whatever is asked.
class Almanac extends BaseRetriever {
  lc_namespace = ["recording"];
  async _getRelevantDocuments() {
    return [
      new Document({ pageContent: rec.earlier, metadata: { source: "almanac", page: 7 } }),
      new Document({ pageContent: "The capital of Italy is Rome.", metadata: { source: "almanac", page: 9 } }),
    ];
  }
}

function graph() {
  const model = openai().bindTools([getWeather]);
  const built = new StateGraph(MessagesAnnotation)
    .addNode("answer", async (state, given) => ({ messages: [await model.invoke(state.messages, given)] }))
    .addNode("tools", new ToolNode([getWeather]))
    .addEdge(START, "answer")
    .addConditionalEdges("answer", toolsCondition, { tools: "tools", [END]: END })
    .addEdge("tools", "answer");
  return built.compile({ name: "weather-graph" });
}

function failing() {
  const refuse = () => {
    throw new Error("no weather today");
  };
  return new StateGraph(MessagesAnnotation)
    .addNode("refuse", refuse)
    .addEdge(START, "refuse")
    .compile({ name: "failing-graph" });
}

await rec.record(
  {
    chat: () => chain(openai()).invoke({ question: rec.question }, named),
    stream: async () =>
      rec.drain(await chain(openai()).stream({ question: rec.question }, named)),
    responses: () => openai({ useResponsesApi: true }).invoke(messages, config),
    structured: () =>
      openai({ model: "gpt-4o" })
        .withStructuredOutput(city, { name: "city", method: "jsonSchema" })
        .invoke(rec.question, config),
    tools: () => tools(openai()),
    anthropic: () => claude().invoke(messages, config),
    "anthropic-stream": async () => rec.drain(await claude().stream(messages, config)),
    "anthropic-tools": () => tools(claude()),
    agent: () =>
      createAgent({ model: openai(), tools: [getWeather], systemPrompt: rec.system, name: "weather-agent" }).invoke(
        asked,
        config,
      ),
    rag: () => {
      const asking = new RunnableLambda({ func: (given) => given.question });
      const joined = new RunnableLambda({ func: (found) => found.map((d) => d.pageContent).join("\n") });
      return RunnablePassthrough.assign({ context: asking.pipe(new Almanac()).pipe(joined) })
        .pipe(ChatPromptTemplate.fromTemplate("Use this: {context}\nQuestion: {question}"))
        .pipe(openai())
        .pipe(new StringOutputParser())
        .invoke({ question: rec.question }, config);
    },
    error: () => {
      const absent = openai({ configuration: { baseURL: rec.missingURL } });
      return rec.failing(() => chain(absent).invoke({ question: rec.question }, named));
    },
    graph: () => graph().invoke(asked, config),
    "graph-stream": async () => rec.drain(await graph().stream(asked, { ...config, streamMode: "messages" })),
    failing: () => rec.failing(() => failing().invoke(asked, config)),
  },
  async () => {
    await awaitAllCallbacks();
    await provider.forceFlush();
  },
);
