// Reads through our HTTP API with nothing but fetch: every read there is.

import { read } from "./readback.mjs";

const env = process.env;

// What an HTTP status other than 200 becomes.
class Refused extends Error {
  constructor(status, body) {
    super(`${status} ${body}`);
    this.status = status;
  }
}

// The query of a request; a list repeats its parameter.
function query(options = {}) {
  const pairs = Object.entries(options).flatMap(([key, value]) => [value].flat().map((one) => [key, one]));
  return pairs.length > 0 ? `?${new URLSearchParams(pairs)}` : "";
}

async function get(path, options, base = "/api/public") {
  const keys = Buffer.from(`${env.LANGFUSE_PUBLIC_KEY}:${env.LANGFUSE_SECRET_KEY}`).toString("base64");
  const url = `${env.LANGFUSE_BASE_URL}${base}/${path}${query(options)}`;
  const answer = await fetch(url, { headers: { Authorization: `Basic ${keys}` } });
  const body = await answer.text();
  if (answer.status !== 200) throw new Refused(answer.status, body);
  return JSON.parse(body);
}

const list = (path) => read("HTTP", (options) => get(path, options));
const single = (path, more) => read("HTTP", (id, options) => get(`${path}/${encodeURIComponent(id)}`, options), more);

const own = (path) => get(path, {}, "/api/v1");

// The content that a trace refers to.
export const mediaOfTrace = read("HTTP", (traceId) => own(`traces/${encodeURIComponent(traceId)}/media`));

// All that a program may read, and the names of the reads.
export const http = {
  name: "HTTP",
  notFound: (err) => err.status === 404,
  projects: list("projects"),
  health: list("health"),
  traceGet: single("traces", { fields: true }),
  traceList: list("traces"),
  v1Get: single("observations"),
  v1List: list("observations"),
  v2List: list("v2/observations"),
  scoreV1Get: single("scores"),
  scoreV1List: list("scores"),
  scoreV2Get: single("v2/scores"),
  scoreV2List: list("v2/scores"),
  scoreV3List: list("v3/scores"),
  sessionGet: single("sessions"),
  sessionList: list("sessions"),
  modelList: list("models"),
  detail: read("HTTP", (traceId, id) => own(`traces/${encodeURIComponent(traceId)}/observations/${encodeURIComponent(id)}`)),
};
