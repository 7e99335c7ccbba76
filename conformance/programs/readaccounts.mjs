// Reads what is known of models and their prices, and what only the read of one
// observation of a trace shows: its account and its tools.

import { priced } from "./samples.mjs";

// The definitions of the models that every server knows and the program used.
export async function readDefinitions(r) {
  const wanted = [...new Set(r.observations.map((o) => priced(o)?.definition))].filter((name) => name);
  if (wanted.length === 0) return;
  const by = r.reads.modelList;
  const models = await r.pages("models", by, 60);
  const found = new Map(models.filter((m) => m.isLangfuseManaged).map((m) => [m.modelName, m]));
  for (const name of wanted) {
    r.true(`model ${name} is there`, found.has(name));
    if (found.has(name)) r.one(`model ${name}`, "models", by, r.expect.definition(name), found.get(name));
  }
  r.expect.definitions = found;
}

export async function readDetails(r) {
  const by = r.reads.detail;
  for (const obs of r.observations) {
    const name = `detail ${r.label(obs)}`;
    const got = await r.attempt(name, () => by.call(obs.traceId, obs.id));
    if (!got) continue;
    for (const entry of got.accounting.entries) delete entry.rule; // of the mapping; not all that is written has one
    const want = r.expect.detail(obs);
    r.compare(name, want, Object.fromEntries(Object.keys(want).map((key) => [key, got[key]])));
    r.report.compared("accounts and tools of observations", by.how);
  }
}
