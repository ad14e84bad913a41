import * as z from "zod";
import { versionMatrix } from "./deciding/version-matrix.ts";
import { handler } from "./handler.ts";

/** How far one version has come: what `muster matrix` prints. */
export const buildStatus = handler(
  "BuildStatus",
  { input: z.object({ version: z.string() }), uses: ["s3"] },
  ({ version }, { pipeline, stage, clients }) => versionMatrix(version, { pipeline, stage, s3: clients.s3 }),
);
