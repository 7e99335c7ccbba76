// Scores as the clients of versions 4 and 5 give them: by their score manager, which
// sends batch events, and by the call of the API.

import { call } from "./scorecalls.mjs";
import { apart } from "./writer.mjs";

// Everything that can be scored, by everything that can score it, on one trace of its
// own. calls are those of the API. Returns the scores that they gave, as events.
export async function scores(w, client, wire, report, calls) {
  const noted = [];
  const given = async (name, give, data) => {
    noted.push([name, data]);
    give({ name, ...data });
    await apart(); // of one time the later arrival counts, and requests overtake each other
  };
  let place;
  await w.propagate({ userId: "user-scored", sessionId: "session-scored", tags: ["scored"] }, () =>
    w.current("scored", "agent", { input: "judge me" }, async (root) => {
      const answer = root.start("an answer", "generation", { model: "conformance-small", output: "yes" });
      place = { traceId: root.traceId, observationId: answer.id };
      const manager = client.score;
      const active = { traceId: root.traceId, observationId: root.id };
      await given("of the active trace", (data) => manager.activeTrace(data), { id: "active-trace", value: 0.5, comment: "grüße ✓" });
      await given("of the active observation", (data) => manager.activeObservation(data), { id: "active-observation", value: -2 });
      await given("of the trace", (data) => manager.trace(answer.raw, data), { id: "of-trace", value: 1, dataType: "BOOLEAN" });
      await given("of the observation", (data) => manager.observation(answer.raw, data), { id: "of-observation", value: "good" });
      answer.end();
      const create = (data) => manager.create(data);
      for (const [name, data] of Object.entries(kinds(active))) await given(name, create, data);
      await given("given first", create, { id: "given-twice", value: 1, comment: "first", metadata: { a: 1 }, ...active });
      await given("given again", create, { id: "given-twice", value: "now a word", comment: null, metadata: { b: [2] }, ...active });
      await given("without an id", create, { value: 3, ...active });
    }),
  );
  await client.flush();
  for (const [name, data] of noted) wire.carried(report, `score ${name}`, "score-create", { name, ...data });
  return await call(report, calls, place, "session-scored");
}

// All data types and subjects.
function kinds({ traceId, observationId }) {
  const metadata = { why: { deep: [1, null] }, "ключ": "🔑", text: "42" };
  return {
    "a number": { id: "a-number", value: 1e-7, dataType: "NUMERIC", traceId },
    false: { id: "false", value: 0, dataType: "BOOLEAN", traceId, observationId },
    "a category": { id: "a-category", value: "so so ✓", dataType: "CATEGORICAL", traceId, environment: "Scored" },
    "a text": { id: "a-text", value: "t".repeat(500), dataType: "TEXT", traceId },
    "a correction": { id: "a-correction", value: '{"should": "be this"}', dataType: "CORRECTION", traceId, observationId },
    "of a session": { id: "of-session", value: 4, sessionId: "session-scored" },
    "a word on a session": { id: "word-of-session", value: "calm", sessionId: "session-scored" },
    "of a session without traces": { id: "of-no-session", value: 4, sessionId: "session-of-no-trace" },
    "of a run": { id: "of-run", value: 0.75, datasetRunId: "run-1", metadata },
    "of a queue": { id: "of-queue", value: 2, traceId, queueId: "queue-1" },
    "of no trace that is known": { id: "of-nothing", value: 5, traceId: "no-such-trace", observationId: "no-such-observation" },
  };
}
