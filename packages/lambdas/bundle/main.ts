import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { MusterError } from "@muster/pipeline";
import { bundleFunctions } from "./bundle-functions.ts";

/** `pnpm --filter lambdas bundle [pipeline file] [--out <folder>]`: by default the default pipeline, into `dist/functions`. */
const { values, positionals } = parseArgs({ allowPositionals: true, options: { out: { type: "string" } } });
const repository = join(import.meta.dirname, "../../..");
try {
  const { bundles } = await bundleFunctions({
    pipelineFile: positionals[0] ?? join(repository, "pipelines/muster/pipeline.ts"),
    outDir: values.out ?? join(import.meta.dirname, "../dist/functions"),
  });
  for (const { file, bytes } of bundles) {
    process.stdout.write(`${(bytes / 1024).toFixed(1).padStart(7)} KiB  ${relative(process.cwd(), file)}\n`);
  }
} catch (error) {
  process.stderr.write(`bundle: ${error instanceof MusterError ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
