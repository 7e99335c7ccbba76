// The calls of OpenAI's client that every instrumentation of it is recorded with.

import * as rec from "./recording.mjs";

const model = "gpt-4o-mini";
const parameters = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false,
};
const schema = {
  type: "object",
  properties: { city: { type: "string" }, country: { type: "string" } },
  required: ["city", "country"],
  additionalProperties: false,
};
const counted = { stream: true, stream_options: { include_usage: true } };
const messages = [
  { role: "system", content: rec.system },
  { role: "user", content: rec.question },
];

// The cases by name; absent is a client that the provider refuses.
export function openaiCases(client, absent) {
  const chat = (more = {}, of = client) => of.chat.completions.create({ model, messages, ...more });
  const responses = (more = {}) =>
    client.responses.create({ model, instructions: rec.system, input: rec.question, ...more });

  return {
    chat: () => chat({ temperature: 0.3, max_tokens: 77, top_p: 0.9, seed: 5 }),
    stream: async () => rec.drain(await chat({ temperature: 0.3, ...counted })),
    // The provider says nothing of tokens unless asked.
    "stream-uncounted": async () => rec.drain(await chat({ stream: true })),
    tools: async () => {
      const tools = [{ type: "function", function: { ...rec.weather, parameters } }];
      const turns = [{ role: "user", content: rec.toolQuestion }];
      const { message } = (await chat({ messages: turns, tools, tool_choice: "auto" })).choices[0];
      turns.push(message);
      for (const call of message.tool_calls) {
        const content = JSON.stringify(rec.report(JSON.parse(call.function.arguments)));
        turns.push({ role: "tool", tool_call_id: call.id, content });
      }
      await chat({ messages: turns, tools });
    },
    "tools-stream": async () => {
      const tools = [{ type: "function", function: { ...rec.weather, parameters } }];
      const turns = [{ role: "user", content: rec.toolQuestion }];
      await rec.drain(await chat({ messages: turns, tools, ...counted }));
    },
    structured: () =>
      chat({ response_format: { type: "json_schema", json_schema: { name: "city", schema, strict: true } } }),
    image: () =>
      chat({
        messages: [
          {
            role: "user",
            content: [
              { type: "text", text: "What is in the picture?" },
              { type: "image_url", image_url: { url: `data:image/png;base64,${rec.pixel}` } },
            ],
          },
        ],
      }),
    responses: () => responses({ temperature: 0.3, max_output_tokens: 77 }),
    "responses-stream": async () => rec.drain(await responses({ stream: true })),
    "responses-tools": async () => {
      const tools = [{ type: "function", ...rec.weather, parameters, strict: true }];
      const input = [{ role: "user", content: rec.toolQuestion }];
      const answer = await responses({ input, tools, reasoning: { effort: "low" } });
      for (const item of answer.output) {
        input.push(item);
        if (item.type !== "function_call") continue;
        const output = JSON.stringify(rec.report(JSON.parse(item.arguments)));
        input.push({ type: "function_call_output", call_id: item.call_id, output });
      }
      await responses({ input, tools });
    },
    embeddings: () =>
      client.embeddings.create({ model: "text-embedding-3-small", input: [rec.question, rec.followUp] }),
    error: () => rec.failing(() => chat({}, absent)),
  };
}
