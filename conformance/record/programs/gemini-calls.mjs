// The calls of Google's client that every instrumentation of it is recorded with.

import * as rec from "./recording.mjs";

const model = "gemini-2.5-flash";
const functionDeclarations = [
  {
    ...rec.weather,
    parameters: { type: "OBJECT", properties: { city: { type: "STRING" } }, required: ["city"] },
  },
];

// The cases by name.
export function geminiCases(client) {
  const config = { systemInstruction: rec.system, temperature: 0.3, maxOutputTokens: 256, topP: 0.9 };

  return {
    generate: () => client.models.generateContent({ model, contents: rec.question, config }),
    stream: async () => rec.drain(await client.models.generateContentStream({ model, contents: rec.question, config })),
    tools: async () => {
      const withTools = { ...config, tools: [{ functionDeclarations }] };
      const contents = [{ role: "user", parts: [{ text: rec.toolQuestion }] }];
      const answer = await client.models.generateContent({ model, contents, config: withTools });
      contents.push(answer.candidates[0].content);
      contents.push({
        role: "user",
        parts: answer.functionCalls.map((call) => ({
          functionResponse: { name: call.name, response: rec.report(call.args) },
        })),
      });
      await client.models.generateContent({ model, contents, config: withTools });
    },
    structured: () =>
      client.models.generateContent({
        model,
        contents: rec.question,
        config: {
          responseMimeType: "application/json",
          responseSchema: { type: "OBJECT", properties: { city: { type: "STRING" }, country: { type: "STRING" } } },
        },
      }),
    embed: () => client.models.embedContent({ model: "gemini-embedding-001", contents: [rec.question, rec.followUp] }),
  };
}
