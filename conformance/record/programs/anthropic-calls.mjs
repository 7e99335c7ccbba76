// The calls of Anthropic's client that every instrumentation of it is recorded with.

import * as rec from "./recording.mjs";

const model = "claude-sonnet-4-5";
const tool = {
  ...rec.weather,
  input_schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};
const cached = { cache_control: { type: "ephemeral" } };

// The cases by name.
export function anthropicCases(client) {
  const create = (more = {}) =>
    client.messages.create({
      model,
      max_tokens: 256,
      temperature: 0.3,
      system: rec.system,
      messages: [{ role: "user", content: rec.question }],
      ...more,
    });

  return {
    messages: () => create(),
    stream: async () => rec.drain(await create({ stream: true })),
    // The client's helper, which gathers the events of a stream.
    "stream-helper": async () => {
      const stream = client.messages.stream({
        model,
        max_tokens: 256,
        messages: [{ role: "user", content: rec.question }],
      });
      await stream.finalMessage();
    },
    tools: async () => {
      const turns = [{ role: "user", content: rec.toolQuestion }];
      const answer = await create({ messages: turns, tools: [tool] });
      turns.push({ role: "assistant", content: answer.content });
      turns.push({
        role: "user",
        content: answer.content
          .filter((block) => block.type === "tool_use")
          .map((block) => ({
            type: "tool_result",
            tool_use_id: block.id,
            content: JSON.stringify(rec.report(block.input)),
          })),
      });
      await create({ messages: turns, tools: [tool] });
    },
    "tools-stream": async () =>
      rec.drain(await create({ messages: [{ role: "user", content: rec.toolQuestion }], tools: [tool], stream: true })),
    cache: () =>
      create({
        system: [{ type: "text", text: rec.system, ...cached }],
        messages: [{ role: "user", content: [{ type: "text", text: rec.question, ...cached }] }],
      }),
  };
}
