import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { scripts } from "./worlds.ts";

/** The folder of the transcripts' pipeline, with its scripts; it is removed in the end. */
export async function pipelineFolder() {
  const folder = await mkdtemp(join(tmpdir(), "muster-transcripts-"));
  for (const name of scripts) await writeFile(join(folder, name), "#!/bin/bash\n", { mode: 0o755 });
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}
