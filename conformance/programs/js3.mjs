// Conformance of the published JavaScript client, version 3.
//
// Writes with the client's public API, reads everything back by HTTP and by the client's
// own methods, and compares the whole of it. Takes the server and the keys from
// LANGFUSE_*; prints one line per check and exits with 1 if any failed.

import { program } from "./batchprogram.mjs";
import { read } from "./readback.mjs";

// The client cuts events of more than a megabyte, unless it is told before it is loaded.
process.env.LANGFUSE_MAX_EVENT_SIZE_BYTES = "20000000";
process.env.LANGFUSE_MAX_BATCH_SIZE_BYTES = "40000000";

// The fetch methods resolve to whatever the server answers, errors included.
const fetched = async (call) => {
  const { data } = await call;
  if (data.id === undefined) throw Object.assign(new Error(JSON.stringify(data)), { missing: /not found/i.test(data.message) });
  return data;
};

const mediaOf = async (call) => {
  const media = await call;
  if (media.mediaId === undefined) throw Object.assign(new Error(JSON.stringify(media)), { missing: /not found/i.test(media.message) });
  return media;
};

const readsOf = (client) => [
  {
    name: "fetch",
    notFound: (err) => err.missing,
    traceGet: read("fetchTrace", (id) => fetched(client.fetchTrace(encodeURIComponent(id)))),
    traceList: read("fetchTraces", (query) => client.fetchTraces(query), { joined: true }),
    v1Get: read("fetchObservation", (id) => fetched(client.fetchObservation(encodeURIComponent(id)))),
    v1List: read("fetchObservations", (query) => client.fetchObservations(query)),
    sessionList: read("fetchSessions", (query) => client.fetchSessions(query)),
  },
  {
    name: "api",
    notFound: (answer) => answer.status === 404,
    projects: read("api.projectsGet", () => client.api.projectsGet()),
    health: read("api.healthHealth", () => client.api.healthHealth()),
    traceGet: read("api.traceGet", (id) => client.api.traceGet(encodeURIComponent(id))),
    traceList: read("api.traceList", (query) => client.api.traceList(query)),
    v1Get: read("api.observationsGet", (id) => client.api.observationsGet(encodeURIComponent(id))),
    v1List: read("api.observationsGetMany", (query) => client.api.observationsGetMany(query)),
    scoreV2Get: read("api.scoreV2GetById", (id) => client.api.scoreV2GetById(encodeURIComponent(id))),
    scoreV2List: read("api.scoreV2Get", (query) => client.api.scoreV2Get(query)),
    sessionGet: read("api.sessionsGet", (id) => client.api.sessionsGet(encodeURIComponent(id))),
    sessionList: read("api.sessionsList", (query) => client.api.sessionsList(query)),
    modelList: read("api.modelsList", (query) => client.api.modelsList(query)),
  },
];

await program({
  name: "js3",
  load: () => import("langfuse"),
  knows: { dates: false, usageDetails: true, environment: true, typedScores: true },
  readsOf,
  contentOf: (client) => ({
    get: read("fetchMedia", (id) => mediaOf(client.fetchMedia(id))),
    trace: read("api.traceGet", (id) => client.api.traceGet(encodeURIComponent(id))),
    announce: read("api.mediaGetUploadUrl", (body) => client.api.mediaGetUploadUrl(body)),
    resolve: read("resolveMediaReferences", (obj) => client.resolveMediaReferences({ obj, resolveWith: "base64DataUri" })),
    notFound: (err) => err.missing,
  }),
  scoresOf: ({ api }) => ({ create: (body) => api.scoreCreate(body), remove: (id) => api.scoreDelete(id) }),
});
