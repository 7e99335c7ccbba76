// Writes with the JavaScript clients of the batch API, versions 2 and 3, and notes each
// call.
//
// The clients date every event to the millisecond and send their batches side by side.
// Of two events of one object in the same millisecond the one that arrives later counts,
// so after every call Calls waits until the next millisecond has come.

import { Sent } from "./samples.mjs";

const apart = () => new Promise((resolve) => setTimeout(resolve, 2));

// A body as the client gets it, and as it goes out.
const each = (body, of) => body && Object.fromEntries(Object.entries(body).map(([k, v]) => [k, v instanceof Sent ? of(v) : v]));
const given = (body) => each(body, (sent) => sent.given);
const plain = (body) => each(body, (sent) => sent.plain);

// An object of the client: a trace or an observation.
class Node {
  constructor(calls, raw, kind) {
    Object.assign(this, { calls, raw, kind });
  }
  get id() {
    return this.raw.id;
  }
  span(body) {
    return this.calls.made("span", body, (said) => this.raw.span(said));
  }
  generation(body) {
    return this.calls.made("generation", body, (said) => this.raw.generation(said));
  }
  event(body) {
    return this.calls.made("event", body, (said) => this.raw.event(said));
  }
  score(body) {
    return this.calls.scored(body, (said) => this.raw.score(said));
  }
  // Of a trace, an update is one more trace-create.
  async update(body) {
    await this.calls.changed(this, body, (said) => this.raw.update(said));
    return this;
  }
  async end(body) {
    await this.calls.changed(this, body ?? {}, (said) => this.raw.end(said));
    return this;
  }
}

// The calls of one client.
export class Calls {
  noted = []; // [name, type, fields given]

  // together: nothing is waited for, and everything goes in one request.
  constructor(client, { together = false } = {}) {
    Object.assign(this, { client, together });
  }

  trace(body) {
    return this.made("trace", body, (said) => this.client.trace(said));
  }
  span(body) {
    return this.made("span", body, (said) => this.client.span(said));
  }
  generation(body) {
    return this.made("generation", body, (said) => this.client.generation(said));
  }
  event(body) {
    return this.made("event", body, (said) => this.client.event(said));
  }
  score(body) {
    return this.scored(body, (said) => this.client.score(said));
  }
  // An update by id, of an observation that this process need not know.
  updateSpan(body) {
    return this.changed({ id: body.id, kind: "span" }, body, (said) => this.client.updateSpanStateless(said));
  }
  updateGeneration(body) {
    return this.changed({ id: body.id, kind: "generation" }, body, (said) => this.client.updateGenerationStateless(said));
  }

  async made(kind, body, call) {
    const raw = call(given(body));
    await this.#note(`${kind} ${body?.name}`, `${kind}-create`, { ...plain(body), id: raw.id });
    return new Node(this, raw, kind);
  }
  async changed({ id, kind }, body, call) {
    call(given(body));
    await this.#note(`change of ${kind} ${id}`, kind === "trace" ? "trace-create" : `${kind}-update`, { ...plain(body), id });
  }
  async scored(body, call) {
    call(body);
    await this.#note(`score ${body.name}`, "score-create", body);
  }

  // A linked prompt goes out as its name and version.
  async #note(name, type, { prompt, ...fields }) {
    const link = prompt ? { promptName: prompt.name, promptVersion: prompt.version } : {};
    this.noted.push([name, type, { ...fields, ...link }]);
    if (!this.together) await apart();
  }

  // Sends everything.
  async flush() {
    await this.client.shutdownAsync();
  }

  // Sends everything, and checks that what was called went out.
  async settle(report, wire) {
    await this.flush();
    for (const [name, type, fields] of this.noted.splice(0)) wire.carried(report, name, type, fields);
  }
}

