// Texts with content in them, as programs write them. Each takes how to put its pieces.

import { document, largeSound, picture, sound } from "./content.mjs";

const server = { by: "server" };
const bare = { given: "base64", by: "server", source: "bytes" };

// What the clients find differs. Those that send spans look for data URIs in the text of
// the whole field, and make one of their own object before; those that send batches look
// at each value, and know audio in OpenAI's form.
export function texts({ batch }) {
  const own = (given) => ({ given, source: batch ? given : "base64_data_uri" });
  const SHOWN = picture("shown", own("bytes"));
  const LINKED = picture("linked");
  const SAID = batch ? largeSound("said", { given: "base64" }) : largeSound("said", own("bytes"));
  const ATTACHED = document("attached.pdf", own("file"));
  const DEEP = sound("deep");
  const TOLD = picture("told of the trace", own("bytes"));
  const ALONE = document("alone", own("bytes"));
  const ALONE_URI = picture("alone as a data URI");
  const LATE = picture("late", own("bytes"));
  const IN_TEXT = picture("in a text", batch ? server : {});
  const NAMED = document("named", { ...server, parameters: ";name=page.pdf;charset=utf-8" });
  const SOURCE = picture("source", bare);
  const INLINE = picture("inline", bare);
  const BLOB = picture("blob", bare);
  const ANSWERED = largeSound("answered", server);
  const VALUE = picture("value", server);
  const ATTRIBUTE = document("attribute", server);
  const KEPT = picture("kept", server);

  const attribute = (put) => `[${put(ATTRIBUTE)}]`;
  return {
    // Messages as OpenAI takes them, with the client's object in the place of a picture too.
    asked: (put) => [
      { role: "system", content: "Look closely" },
      {
        role: "user",
        content: [
          { type: "text", text: "What is this? ключ 🔑" },
          { type: "image_url", image_url: { url: put(LINKED), detail: "low" } },
          { type: "image", image: put(SHOWN) },
        ],
      },
    ],
    answered: (put) => ({ role: "assistant", content: null, audio: { id: "audio_1", data: put(SAID), transcript: "a pixel" } }),
    attached: (put) => ({ attached: put(ATTACHED), deep: { er: [put(DEEP), 1] }, note: "plain" }),
    told: (put) => ({ picture: put(TOLD) }),
    alone: (put) => put(ALONE),
    aloneUri: (put) => put(ALONE_URI),
    late: (put) => ["late", put(LATE)],
    inText: (put) => `Compare ${put(IN_TEXT)} and (${put(NAMED)}), please.`,
    // What Anthropic takes.
    source: (put) => {
      const source = { type: "base64", media_type: "image/png", data: put(SOURCE) };
      return { messages: [{ role: "user", content: [{ type: "image", source }] }] };
    },
    // What Gemini takes.
    inline: (put) => [
      { role: "user", parts: [{ inline_data: { mime_type: "image/png", data: put(INLINE) } }, { text: "a < b & c" }] },
    ],
    chat: (put) => ({ messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: put(VALUE) } }] }] }),
    attribute,
    noted: (put) => ({ pages: [attribute(put)], note: "plain" }),
    word: (put) => `look: ${put(VALUE)}`,
    // What the conventions of OpenTelemetry have for content.
    blob: (put) => [{ role: "user", parts: [{ type: "blob", mime_type: "image/png", modality: "image", content: put(BLOB) }] }],
    listen: (put) => [
      { role: "assistant", parts: [{ type: "text", content: `Listen: ${put(ANSWERED)}` }], finish_reason: "stop" },
    ],
    kept: (put) => ({ picture: put(KEPT) }),
  };
}
