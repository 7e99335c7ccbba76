// The values the JavaScript program writes.

import { readFileSync } from "node:fs";

export const data = (name) => JSON.parse(readFileSync(new URL(name, import.meta.url), "utf8"));

// What is written about models that every server knows, and about tools, with what must
// become of it, by the names of the observations; see the README.
export const { definitions: DEFINITIONS, cases: PRICED } = data("priced.json");
const { cases: OFFERED, elsewhere } = data("tools.json");
export { OFFERED };
const becomes = (cases) => cases.map((c) => [c.name, c.becomes]);
const PRICED_BY_NAME = new Map(becomes(PRICED));
const TOOLS_BY_NAME = new Map([...becomes(OFFERED), ...Object.entries(elsewhere)]);

// What must become of an observation of priced.json; undefined for any other.
export const priced = ({ name }) => PRICED_BY_NAME.get(name);

// What a case of priced.json says, in the words of the clients.
export function spoken({ model, parameters, usage, cost, input, output, level }) {
  const words = { model, modelParameters: parameters, usageDetails: usage, costDetails: cost, input, output, level };
  return Object.fromEntries(Object.entries(words).filter(([, value]) => value !== undefined));
}

// The tools that were offered and called, as tools.json says them.
export const tools = ({ name }) => TOOLS_BY_NAME.get(name) ?? { definitions: null, calls: null };

const small = process.env.FUSEBOX_CONFORMANCE_SMALL === "1";

// The size of the largest content, in bytes.
export const LARGE = small ? 5000 : 3_000_000;

// A value handed to the client that reaches the server as another one: usage after the
// server's normalisation, texts with references in the place of content.
export class Sent {
  constructor(given, plain) {
    this.given = given;
    this.plain = plain;
  }
}

export const ODD_TEXT =
  "line one\nline two\ttabbed \x1b[31mred\x1b[0m 'single' \"double\" \\back\\slash </script> & < > " +
  "Grüße, Ελλάδα, 日本語, עברית, e\u0301 combining, \u200bzero width, \u202eturned\u202c, \u2028separator, " +
  "👩‍👧‍👦 family, 🏳️‍🌈 flag, 𝒳 astral, \ufeffmark, \u0085next";

// Two MiB in the middle of which stands text of more than one byte, so that a cut in
// the wrong place shows. Goes to blob storage; four KiB when a recording is made.
export const LONG_TEXT = ("0123456789abcdef".repeat(64) + "äöü€😀".repeat(4)).repeat(small ? 4 : 1950);

export const MESSAGES = [
  { role: "system", content: "Be brief." },
  { role: "user", content: [{ type: "text", text: "How warm is it in Oslo? 🌡️" }] },
];

export const ANSWER = { role: "assistant", content: null, refusal: null, score: 0.25, parts: [1, 2.5, true, "x"] };

export const NESTED = {
  a: { b: { c: [1, { d: "e" }], empty: {} } },
  list: [],
  null: null,
  unicode: "ключ 🔑",
};

// JavaScript values that are not JSON, which JSON.stringify turns into what it can.
const SCRIPT_VALUES = {
  time: new Date("2026-03-01T12:30:15.123Z"),
  left: undefined,
  nan: NaN,
  infinity: Infinity,
  holes: [1, undefined, () => 1],
  map: new Map([["a", 1]]),
  half: "\ud83d alone",
  json: { toJSON: () => "by itself" },
};

// Every kind of metadata value. Texts that happen to be JSON come back parsed.
export const METADATA = {
  text: "plain",
  empty: "",
  unicode: "naïve 🎈",
  integer: 42,
  negative: -7,
  float: 0.125,
  yes: true,
  no: false,
  null: null,
  list: [1, "two", null, { three: 3 }],
  nested: NESTED,
  "dotted.key": "kept",
  number_text: "123",
  bool_text: "true",
  null_text: "null",
  quoted_text: '"quoted"',
  json_text: '{"inner": [1, 2]}',
  zero_text: "007",
  wide_text: "9007199254740993",
  long: "long value ".repeat(40),
  long_list: [...Array(100).keys()],
};

// Inputs and outputs of one observation each; texts that are JSON come back parsed
// from the v1 API and as they were sent from the v2 API.
export const VALUES = {
  text: "plain text",
  "odd text": ODD_TEXT,
  "empty text": "",
  "blank text": "   ",
  "json text": ' [1, 2, {"three": "3"}] ',
  "broken json": '{"open": [1, 2',
  "number text": "1e3",
  "leading zeros": "007",
  "nan text": "NaN",
  integer: 7,
  float: 42.5,
  zero: 0,
  true: true,
  false: false,
  list: [1, "two", null, 3.5, { four: [4] }],
  "empty list": [],
  "empty object": {},
  object: NESTED,
  messages: MESSAGES,
  "script values": SCRIPT_VALUES,
  "no json at all": { big: 1n },
};

// Usage as sent and as normalised.
export const USAGES = {
  plain: new Sent({ input: 12, output: 5 }, { input: 12, output: 5 }),
  "with total": new Sent({ input: 3, output: 4, total: 70 }, { input: 3, output: 4, total: 70 }),
  "openai chat": new Sent(
    {
      prompt_tokens: 9,
      completion_tokens: 4,
      total_tokens: 13,
      prompt_tokens_details: { cached_tokens: 5, audio_tokens: null },
      completion_tokens_details: { reasoning_tokens: 3 },
    },
    { input: 4, output: 1, total: 13, input_cached_tokens: 5, output_reasoning_tokens: 3 },
  ),
  "openai responses": new Sent(
    {
      input_tokens: 20,
      output_tokens: 6,
      total_tokens: 26,
      input_tokens_details: { cached_tokens: 8 },
      output_tokens_details: { reasoning_tokens: 0 },
    },
    { input: 12, output: 6, total: 26, input_cached_tokens: 8, output_reasoning_tokens: 0 },
  ),
  anthropic: new Sent(
    { input_tokens: 10, output_tokens: 2, cache_read_input_tokens: 7 },
    { input_tokens: 10, output_tokens: 2, cache_read_input_tokens: 7 },
  ),
  // Not a count of anything: floats and negative numbers are dropped, texts read as numbers.
  unfit: new Sent({ input: 3, half: 1.5, minus: -2, text: "8", none: null }, { input: 3, text: 8 }),
};

export const COSTS = {
  "both sides": { input: 0.001, output: 0.0025 },
  "only total": { total: 0.5 },
  "no total": { input: 0.1, audio: 0.2 },
  "one side": { input: 0.000000123456 },
};
