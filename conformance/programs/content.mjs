// Content: pictures, sounds and files, and the texts that mention them.
//
// A Piece is one content and how it comes. A text with pieces in it is told as a function
// of how to put them: as they are given to the client, as the reference that must be
// stored in their place, or as the data URI that a resolved reference gives.

import { createHash } from "node:crypto";

import { LARGE, Sent } from "./samples.mjs";

const sha256 = (data) => createHash("sha256").update(data).digest();

// One content. given says how the program writes it: as the client's object of "bytes" or
// of a "file", as a data "uri" with or without parameters, or as bare "base64". Either
// the client announces and uploads it, or the server cuts it out of what arrives; source
// is what the reference says of where it comes from.
export class Piece {
  constructor(name, type, data, { given = "uri", by = "client", parameters = "", source = "base64_data_uri" } = {}) {
    Object.assign(this, { name, type, data, given, by, parameters, source });
    this.base64 = data.toString("base64");
    this.uri = `data:${type};base64,${this.base64}`;
    // As it stands in a text that the client does not change.
    this.text = given === "base64" ? this.base64 : `data:${type}${parameters};base64,${this.base64}`;
    this.hash = sha256(data).toString("base64");
    // The first 22 characters of the hash, in the alphabet of URLs.
    this.id = sha256(data).toString("base64url").slice(0, 22);
    this.reference = `@@@langfuseMedia:type=${type}|id=${this.id}|source=${source}@@@`;
  }
}

// A picture of one pixel; what follows its end tells contents apart.
const PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==",
  "base64",
);
const EVERY_BYTE = Buffer.from(Array.from({ length: 256 }, (_, n) => n));

export const picture = (name, how) => new Piece(name, "image/png", Buffer.concat([PIXEL, Buffer.from(name), EVERY_BYTE]), how);

// Bytes of every value, in an order that does not repeat soon.
export function sound(name, how, size = 1000) {
  const blocks = [Buffer.from("RIFF\0\0\0\0WAVE"), Buffer.from(name)];
  for (let made = 0; made < size; made += 32) blocks.push(sha256(blocks.at(-1)));
  return new Piece(name, "audio/wav", Buffer.concat(blocks), how);
}

export const largeSound = (name, how) => sound(name, how, LARGE);

export function document(name, how) {
  return new Piece(name, "application/pdf", Buffer.concat([Buffer.from("%PDF-1.4\r\n"), EVERY_BYTE, Buffer.from(name)]), how);
}

export const reference = (piece) => piece.reference;

// The pieces of a text, in order.
function pieces(build) {
  const found = [];
  build((piece) => {
    found.push(piece);
    return piece.reference;
  });
  return found;
}

// The content that a program writes. wrap makes the client's object of a content.
export class Contents {
  written = []; // { traceId, observationId (null: the trace itself), announced, field, build, name }

  constructor(wrap) {
    this.wrap = wrap;
  }

  // A piece as the program hands it to the client.
  given = (piece) => (piece.given === "bytes" || piece.given === "file" ? this.wrap(piece) : piece.text);

  // A text for the client, and as it is stored. What is nothing but the client's object
  // goes out as JSON.
  value(build) {
    const [given, stored] = [build(this.given), build(reference)];
    return new Sent(given, typeof stored === "string" && typeof given !== "string" ? JSON.stringify(stored) : stored);
  }

  // A text for a client of the batch API, and as it goes out: with the content that the
  // client does not look for.
  sent(build) {
    return new Sent(build(this.given), build((piece) => (piece.by === "client" ? piece.reference : piece.text)));
  }

  // announced is the observation that the client announces content for.
  note(name, { traceId, observationId, announced = observationId }, fields) {
    for (const [field, build] of Object.entries(fields)) {
      this.written.push({ traceId, observationId, announced, field, build, name: `${name} ${field}` });
    }
  }

  // Every piece that comes in a way, with the text that has it.
  put(by) {
    const all = this.written.flatMap((text) => pieces(text.build).map((piece) => [text, piece]));
    return all.filter(([, piece]) => piece.by === by);
  }

  // What went out as it is stored: without the content that the server cuts out.
  cut(value) {
    const all = this.put("server");
    const walk = (v) => {
      if (typeof v === "string") return all.reduce((text, [, piece]) => text.replaceAll(piece.text, piece.reference), v);
      if (Array.isArray(v)) return v.map(walk);
      return v === null || typeof v !== "object" ? v : Object.fromEntries(Object.entries(v).map(([key, item]) => [key, walk(item)]));
    };
    return walk(value);
  }

  // The same of the inputs, outputs and metadata of traces and their observations.
  cutTraces(traces) {
    for (const trace of traces.values()) {
      for (const one of [trace, ...trace.observations]) {
        one.input = this.cut(one.input);
        one.output = this.cut(one.output);
      }
      trace.metadata = this.cut(trace.metadata);
      for (const obs of trace.observations) obs.allMetadata = this.cut(obs.allMetadata);
    }
  }
}
