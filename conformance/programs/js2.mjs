// Conformance of the published JavaScript client, version 2.
//
// Writes with the client's public API, reads everything back by HTTP, since the client
// itself reads neither traces nor scores, and compares the whole of it. Takes the server
// and the keys from LANGFUSE_*; prints one line per check and exits with 1 if any failed.

import { program } from "./batchprogram.mjs";

await program({
  name: "js2",
  load: () => import("langfuse"),
  knows: { dates: true, usageDetails: false, environment: false, typedScores: false },
});
