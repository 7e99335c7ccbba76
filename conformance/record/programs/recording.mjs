// What the JavaScript programs share: their arguments, the fake provider's addresses, and
// what is asked.

import "./repeatable.mjs";

export const [framework, caseName] = process.argv.slice(2);

// The base URLs of the fake provider, one per API.
const provider = process.env.RECORD_PROVIDER;
export const openaiURL = `${provider}/openai/v1`;
export const anthropicURL = `${provider}/anthropic`;
export const geminiURL = `${provider}/gemini`;
// The provider answers 404 to whatever is asked here.
export const missingURL = `${provider}/missing/v1`;
export const key = "record-key";

// The texts that are asked for. They are short, and the same in every program.
export const system = "You answer in one sentence.";
export const question = "What is the capital of France?";
export const toolQuestion = "What is the weather in Paris?";
export const followUp = "And of Italy?";
export const earlier = "The capital of France is Paris.";

// What the one tool says, whatever it is asked.
export const weather = { name: "get_weather", description: "The weather in a city" };
export const report = ({ city }) => ({ city, celsius: 21, sky: "clear" });

// A PNG of one pixel, for messages with an image.
export const pixel =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

// Runs the case of this process and then flush, which must export what is left.
export async function record(cases, flush) {
  const run = cases[caseName];
  if (!run) throw new Error(`no case ${caseName} in ${framework}`);
  await run();
  await flush();
}

// Makes a call that must fail.
export async function failing(call) {
  try {
    await call();
  } catch {
    return;
  }
  throw new Error("the call did not fail");
}

// Reads a stream to its end.
export async function drain(stream) {
  for await (const _ of stream);
}
