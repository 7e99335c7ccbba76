// Comparing what was read back with what was written, for the JavaScript programs.
//
// Report counts and prints checks; diff compares an expected value with one that was
// read, down to the last key. An expected value may be a Rule instead of a value.

const MAX_DIFFS = 12;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

// An expected value that is not one fixed value. holds(actual) decides.
export class Rule {
  constructor(text, holds) {
    this.text = text;
    this.holds = holds;
  }
  toString() {
    return `<${this.text}>`;
  }
}

// Prints one line per check and counts them.
export class Report {
  passed = 0;
  failed = 0;
  #comparisons = new Set();

  // One check: actual must equal expected in every part.
  compare(name, expected, actual) {
    const problems = [];
    diff("", expected, actual, problems);
    this.record(name, problems);
  }

  // One check of a plain condition.
  true(name, holds, why = "is not so") {
    this.record(name, holds ? [] : [why]);
  }

  // One check whose problems are already known.
  record(name, problems) {
    if (problems.length === 0) {
      this.passed++;
      console.log(`ok ${name}`);
      return;
    }
    this.failed++;
    const more = problems.length > MAX_DIFFS ? `; and ${problems.length - MAX_DIFFS} more` : "";
    console.log(`FAIL ${name}: ${problems.slice(0, MAX_DIFFS).join("; ")}${more}`);
  }

  // Awaits call and returns its result; a failing call is a failing check and gives
  // undefined.
  async attempt(name, call) {
    try {
      return await call();
    } catch (err) {
      this.record(name, [brief(String(err))]);
      return undefined;
    }
  }

  // Notes that whole objects of one kind were compared, and how they were read: "HTTP"
  // or the name of a client's method.
  compared(what, how) {
    this.#comparisons.add(`compared: ${what} through ${how}`);
  }

  // Prints what was compared, each once, and the totals, and sets the exit code.
  finish() {
    for (const line of this.#comparisons) console.log(line);
    console.log(`${this.passed} passed, ${this.failed} failed`);
    process.exitCode = this.failed > 0 ? 1 : 0;
  }
}

const isMap = (v) => v !== null && typeof v === "object" && !Array.isArray(v) && !(v instanceof Rule);

// Appends to out one line for every difference.
export function diff(path, expected, actual, out) {
  const where = path || "value";
  if (expected instanceof Rule) {
    let held = false;
    try {
      held = expected.holds(actual);
    } catch {
      // A rule that cannot even be applied does not hold.
    }
    if (!held) out.push(`${where}: want ${expected}, got ${brief(actual)}`);
  } else if (isMap(expected) && isMap(actual)) {
    for (const key of Object.keys(expected)) {
      if (!(key in actual)) out.push(`${where}.${key}: want ${brief(expected[key])}, is missing`);
      else diff(`${path}.${key}`, expected[key], actual[key], out);
    }
    for (const key of Object.keys(actual)) {
      if (!(key in expected)) out.push(`${where}.${key}: not expected, got ${brief(actual[key])}`);
    }
  } else if (Array.isArray(expected) && Array.isArray(actual)) {
    if (expected.length !== actual.length) {
      out.push(`${where}: want ${expected.length} items, got ${actual.length}: ${brief(actual)}`);
      return;
    }
    expected.forEach((want, index) => diff(`${path}[${index}]`, want, actual[index], out));
  } else if (!same(expected, actual)) {
    out.push(`${where}: want ${brief(expected)}, got ${brief(actual)}`);
  }
}

// Equality of two plain values; numbers with a fraction may differ in the last digit.
export function same(expected, actual) {
  if (typeof expected === "number" && typeof actual === "number") {
    if (Number.isInteger(expected) && Number.isInteger(actual)) return expected === actual;
    return Math.abs(expected - actual) <= Math.max(1e-15, 1e-9 * Math.abs(expected));
  }
  if (isMap(expected) || Array.isArray(expected)) return JSON.stringify(expected) === JSON.stringify(actual);
  return expected === actual;
}

// value for a message, cut to a readable length.
export function brief(value) {
  const text = value instanceof Rule ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length <= 160 ? text : `${text.slice(0, 120)}… (${text.length} characters)`;
}

// Both sides of the comparison of one object. Keys in required must be there, even
// as null: the client's types promise them and nothing checks. Any other key that
// neither side gives a value may be null, empty or absent.
export function whole(expected, actual, required = []) {
  const kept = {};
  for (const [key, value] of Object.entries(actual)) {
    if (key in expected || !blank(value)) kept[key] = value;
  }
  for (const key of Object.keys(expected)) {
    const open = expected[key] === null || expected[key] instanceof Rule;
    if (!(key in kept) && open && !required.includes(key)) kept[key] = null;
  }
  return [expected, kept];
}

function blank(value) {
  if (value === null || value === undefined || value === false || value === 0 || value === "") return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

// A time, by its milliseconds since 1970, as text with exactly three decimals and a Z.
export function at(ms) {
  if (ms === null) return null;
  const want = new Date(ms).toISOString();
  return new Rule(want, (actual) => typeof actual === "string" && TIME.test(actual) && actual === want);
}

// A time the server took between since (milliseconds) and now, with a little room.
export function recent(since) {
  return new Rule("a time since the program started", (actual) => {
    const ms = TIME.test(actual) ? Date.parse(actual) : NaN;
    return since - 2000 <= ms && ms <= Date.now() + 2000;
  });
}

// A duration in seconds between two times in nanoseconds. Times are kept finer than
// the milliseconds shown, so where they are not whole milliseconds the last digit is open.
export function seconds(startNs, endNs) {
  if (startNs === null || endNs === null) return null;
  const want = Number(endNs - startNs) / 1e9;
  const exact = startNs % 1_000_000n === 0n && endNs % 1_000_000n === 0n;
  const room = exact ? 1e-9 : 0.0011;
  return new Rule(`${want.toFixed(6)} s`, (a) => typeof a === "number" && Math.abs(a - want) <= room);
}

// Any of the values, which may be rules.
export function oneOf(...wanted) {
  const text = wanted.map((w) => (w instanceof Rule ? String(w) : brief(w))).join(" or ");
  return new Rule(text, (actual) =>
    wanted.some((want) => {
      const problems = [];
      diff("", want, actual, problems);
      return problems.length === 0;
    }),
  );
}

// A decimal number as text.
export function decimalText(number) {
  return new Rule(`the text of ${number}`, (a) => typeof a === "string" && /^\d+(\.\d+)?$/.test(a) && Number(a) === number);
}

// A text that is the JSON of value; white space is free.
export function jsonText(value) {
  return new Rule(`JSON text of ${brief(value)}`, (actual) => {
    const problems = [];
    diff("", value, JSON.parse(actual), problems);
    return typeof actual === "string" && problems.length === 0;
  });
}

// A list with exactly these values, in any order.
export function unordered(values) {
  const want = JSON.stringify([...values].sort());
  return new Rule(`in any order ${brief(values)}`, (a) => Array.isArray(a) && JSON.stringify([...a].sort()) === want);
}

// Some non-empty id that the server chose.
export function textId() {
  return new Rule("a non-empty id", (a) => typeof a === "string" && a !== "");
}
