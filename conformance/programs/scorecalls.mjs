// Scores by the call of the API that gives one score, and the call that deletes one.

// create answers with the id of the score; one is removed again. place is a trace and an
// observation in it. Returns the scores that are left, as events.
export async function call(report, { create, remove }, place, sessionId) {
  const events = [];
  const bodies = [
    { id: "called", name: "by a call", value: 0.25, comment: "called", ...place },
    { name: "by a call without an id", value: "blue", dataType: "CATEGORICAL", traceId: place.traceId, metadata: { n: 1 } },
    { id: "called-for-session", name: "by a call for a session", value: 1, dataType: "BOOLEAN", sessionId, environment: "called" },
    { id: "deleted", name: "deleted", value: 9, ...place },
  ];
  for (const body of bodies) {
    const answer = await report.attempt(`score ${body.name} answers`, () => create(body));
    if (!answer) continue;
    report.true(`score ${body.name} has an id`, body.id ? answer.id === body.id : typeof answer.id === "string", JSON.stringify(answer));
    // The time of such a score is that of its arrival.
    if (body.id !== "deleted") events.push({ type: "score-create", timestamp: null, body: { ...body, id: answer.id } });
  }
  await report.attempt("score is deleted", () => remove("deleted"));
  return events;
}
