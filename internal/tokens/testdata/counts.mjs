// Writes the counts into counts.json, by OpenAI's own tokenizer built for JavaScript:
//
//   npm install tiktoken@1.0.22 && node counts.mjs
//
// Texts and messages are in counts.json; this fills in the numbers. The rule for
// messages is written down here a second time, apart from the one under test.
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";

const require = createRequire(process.cwd() + "/");
const { get_encoding } = require("tiktoken");
const { version } = JSON.parse(fs.readFileSync(path.join(path.dirname(require.resolve("tiktoken")), "package.json")));
const file = new URL("counts.json", import.meta.url);
const data = JSON.parse(fs.readFileSync(file, "utf8"));

const names = ["o200k_base", "cl100k_base", "p50k_base", "p50k_edit", "r50k_base"];
const encodings = Object.fromEntries(names.map((name) => [name, get_encoding(name)]));
const count = (name, text) => encodings[name].encode(text, "all").length;

data.source = `npm tiktoken ${version}, special tokens allowed`;
for (const c of data.texts) {
  c.counts = names.map((name) => count(name, c.text.repeat(c.times ?? 1)));
}
const text = (value) => (typeof value === "string" ? value : JSON.stringify(value));
for (const c of data.stored) {
  let n = 0;
  const value = JSON.parse(c.text);
  const messages = Array.isArray(value) && value.every((m) => typeof m?.role === "string" && typeof m?.content === "string" && ["undefined", "string"].includes(typeof (m.name ?? undefined)));
  if (c.chat && messages) {
    for (const m of value) {
      n += c.chat[0] + (m.name != null ? c.chat[1] : 0);
      for (const key of ["content", "role", "name", "tool_calls", "function_call", "toolCalls", "functionCall"]) {
        if (m[key]) n += count(c.encoding, text(m[key]));
      }
    }
    n += 3;
  } else {
    n = count(c.encoding, text(value));
  }
  c.count = n;
}
const lines = (list) => "[\n" + list.map((x) => "  " + JSON.stringify(x)).join(",\n") + "\n ]";
fs.writeFileSync(file, `{\n "source": ${JSON.stringify(data.source)},\n "texts": ${lines(data.texts)},\n "stored": ${lines(data.stored)}\n}\n`);
