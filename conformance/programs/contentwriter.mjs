// Traces with content, as the JavaScript clients of versions 4 and 5 write them, and as
// OpenTelemetry's own exporter sends them past the client.

import { PLAIN } from "./cases.mjs";
import { reference } from "./content.mjs";
import { texts } from "./contenttexts.mjs";
import { Exporter, newId } from "./exporter.mjs";
import { shown } from "./foreign.mjs";

const t = texts({ batch: false });

// Through the client.
export async function write(w, contents) {
  const every = { input: t.asked, output: t.answered, metadata: t.attached };
  await w.current("content", "agent", { input: "look" }, async (root) => {
    w.tellTrace(root, { input: contents.value(t.told) });
    contents.note("content of the trace", { traceId: root.traceId, observationId: null, announced: root.id }, { input: t.told });
    observe(root, contents, "of every kind", every).end();
    observe(root, contents, "alone", { input: t.alone, output: t.aloneUri }).end();
    observe(root, contents, "in a text", { input: t.inText }).end();
    observe(root, contents, "as Anthropic takes it", { input: t.source }).end();
    const late = observe(root, contents, "late", {});
    late.update({ output: contents.value(t.late) }).end();
    contents.note("content late", { traceId: root.traceId, observationId: late.id }, { output: t.late });
  });
  // Content that has been uploaded is announced again, and not uploaded again.
  await w.provider.forceFlush();
  await w.current("content again", "agent", {}, async (root) => {
    observe(root, contents, "of every kind again", every).end();
  });
}

function observe(parent, contents, name, fields) {
  const said = Object.entries(fields).map(([field, build]) => [field, contents.value(build)]);
  const made = parent.start(`content ${name}`, "generation", Object.fromEntries(said));
  contents.note(`content ${name}`, { traceId: parent.traceId, observationId: made.id }, fields);
  return made;
}

// Spans past the client: what says their type, attributes with content, and what becomes of
// these.
const OUTSIDE = {
  "content in a value": [
    { "openinference.span.kind": "LLM" },
    { "input.value": t.chat, "my.attachment": t.attribute },
    { input: t.chat, metadata: (put) => ({ attributes: { "my.attachment": t.attribute(put) } }) },
  ],
  "content in a blob": [
    { "gen_ai.operation.name": "chat" },
    { "gen_ai.input.messages": t.blob, "gen_ai.output.messages": t.listen },
    { input: t.blob, output: t.listen },
  ],
  "content in inline data": [
    { "langfuse.observation.type": "generation" },
    { "langfuse.observation.input": t.inline, "langfuse.observation.metadata": t.kept },
    { input: t.inline, metadata: t.kept },
  ],
};

const text = (value) => (typeof value === "string" ? value : JSON.stringify(value));

// Past the client, by requests of their own: what arrives has the content itself in it.
export async function send(f, contents) {
  const exporter = new Exporter(f.w.records);
  for (const [name, [kind, said, becomes]] of Object.entries(OUTSIDE)) {
    f.clock += 10_000_000n;
    const place = { traceId: newId(16), id: newId(8) };
    const put = (how) => Object.fromEntries(Object.entries(said).map(([key, build]) => [key, text(build(how))]));
    const io = Object.entries(becomes).filter(([field]) => field !== "metadata");
    const fields = Object.fromEntries(io.map(([field, build]) => [field, text(build(reference))]));
    if ("langfuse.observation.metadata" in said) fields.metadata = becomes.metadata(reference);
    const span = {
      ...{ ...place, name, scope: PLAIN, resource: { "service.name": "plain" }, start: f.clock, end: f.clock + 2_000_000n },
      attributes: { ...kind, ...put((piece) => piece.text) },
      shown: shown({ ...kind, ...put(reference) }),
    };
    await exporter.send([exporter.span(span, { ...fields, type: "GENERATION" })]);
    contents.note(name, { traceId: place.traceId, observationId: place.id }, becomes);
  }
}
