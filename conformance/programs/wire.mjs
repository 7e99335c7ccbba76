// What a client sends through fetch, as it goes out.
//
// The clients date their batch events themselves and make ids for some of them, and tell
// neither. Wire stands in front of fetch and notes the events; everything passes through
// unchanged.

const BATCH = "/api/public/ingestion";
const MEDIA = /\/api\/(public\/media|v1\/media\/content)/;

export class Wire {
  events = []; // { id, type, timestamp, body }, in the order of sending
  requests = []; // [url, options] of each batch
  media = []; // { method, path, body, status, answer }: announcements, uploads and reports of content
  #pass = globalThis.fetch;

  // From here on what goes through fetch is noted. A program calls it before it makes
  // its clients.
  static tap(report) {
    const wire = new Wire();
    wire.report = report;
    globalThis.fetch = (url, options) => wire.#fetch(url, options);
    return wire;
  }

  async #fetch(url, options) {
    if (options?.method && options.method !== "GET" && MEDIA.test(String(url))) return await this.#content(url, options);
    if (options?.method !== "POST" || !String(url).endsWith(BATCH)) return await this.#pass(url, options);
    const { batch } = JSON.parse(options.body);
    this.requests.push([url, options]);
    this.events.push(...batch);
    const answer = await this.#pass(url, options);
    await this.#answered(batch, answer.clone());
    return answer;
  }

  async #content(url, options) {
    const answer = await this.#pass(url, options);
    const { method } = options;
    const body = typeof options.body === "string" ? JSON.parse(options.body) : Buffer.from(options.body);
    this.media.push({ method, path: new URL(url).pathname, body, status: answer.status, answer: await answer.clone().json() });
    return answer;
  }

  // Every event of a batch must be answered with 201.
  async #answered(batch, answer) {
    const name = `batch ${this.requests.length} of ${batch.length}`;
    const got = await this.report.attempt(`${name} answers`, () => answer.json());
    if (!got) return;
    const byId = (a, b) => (a.id < b.id ? -1 : 1);
    const successes = batch.map(({ id }) => ({ id, status: 201 })).sort(byId);
    this.report.compare(name, { successes, errors: [] }, { ...got, successes: [...(got.successes ?? [])].sort(byId) });
    this.report.true(`${name} status`, answer.status === 207, `${answer.status}`);
  }

  // Sends every noted batch once more, as a client does that missed the answer.
  async again(report) {
    for (const [n, [url, { method, headers, body }]] of [...this.requests].entries()) {
      const answer = await this.#pass(url, { method, headers, body });
      const { errors } = await answer.json();
      report.compare(`batch ${n + 1} sent again`, [207, []], [answer.status, errors]);
    }
  }

  // Checks that what a call was given went out: given are the fields, by JSON.
  carried(report, name, type, given) {
    const wanted = JSON.parse(JSON.stringify(given));
    const known = this.events.filter((e) => e.type === type && (given.id === undefined || e.body.id === given.id));
    const holds = ({ body }) => Object.keys(wanted).every((key) => JSON.stringify(body[key]) === JSON.stringify(wanted[key]));
    report.true(`${name} was sent`, known.some(holds), `no ${type} with ${Object.keys(wanted)} among ${known.length}`);
  }
}
