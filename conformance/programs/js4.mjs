// Conformance of the published JavaScript client, version 4.
//
// Writes with the client's public API, reads everything back with its typed API and by
// HTTP, and compares the whole of it. Takes the server and the keys from LANGFUSE_*;
// prints one line per check and exits with 1 if any failed.

import { wholeTrace } from "./scenarios.mjs";
import { program, typed } from "./spanprogram.mjs";

await program({
  release: "release-4.0",
  more: (w) => wholeTrace(w),
  callsOf: (api) => ({
    projects: typed(api, "projects.get"),
    health: typed(api, "health.health"),
    traceGet: typed(api, "trace.get"),
    traceList: typed(api, "trace.list"),
    v1Get: typed(api, "observations.get"),
    v1List: typed(api, "observations.getMany"),
    // Parameters of later versions, which this one leaves out of the request.
    v2List: typed(api, "observationsV2.getMany", { lacks: ["sessionId", "isRootObservation"] }),
    scoreV2Get: typed(api, "scoreV2.getById"),
    scoreV2List: typed(api, "scoreV2.get"),
    sessionGet: typed(api, "sessions.get"),
    sessionList: typed(api, "sessions.list"),
    modelList: typed(api, "models.list"),
  }),
  scoresOf: (api) => ({
    create: (body) => api.score.create(body),
    remove: (id) => api.score.delete(id),
  }),
});
