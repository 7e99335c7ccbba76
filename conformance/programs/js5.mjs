// Conformance of the published JavaScript client, version 5.
//
// Writes with the client's public API, reads everything back with its typed API and by
// HTTP, and compares the whole of it. Takes the server and the keys from LANGFUSE_*;
// prints one line per check and exits with 1 if any failed.

import { exportsOf, mapping } from "./cases.mjs";
import { program, typed } from "./spanprogram.mjs";

await program({
  release: "release-5.0",
  more: async (w, f) => {
    await mapping(f);
    await exportsOf(f);
  },
  callsOf: (api) => ({
    projects: typed(api, "projects.get"),
    health: typed(api, "health.health"),
    traceGet: typed(api, "trace.get", { fields: true }),
    traceList: typed(api, "trace.list"),
    v1Get: typed(api, "legacy.observationsV1.get"),
    v1List: typed(api, "legacy.observationsV1.getMany"),
    v2List: typed(api, "observations.getMany"),
    scoreV2Get: typed(api, "scores.getById"),
    scoreV2List: typed(api, "scores.getMany"),
    scoreV3List: typed(api, "scoresV3.getManyV3"),
    sessionGet: typed(api, "sessions.get"),
    sessionList: typed(api, "sessions.list"),
    modelList: typed(api, "models.list"),
  }),
  scoresOf: (api) => ({
    create: (body) => api.scores.create(body),
    remove: (id) => api.legacy.scoreV1.delete(id),
  }),
});
