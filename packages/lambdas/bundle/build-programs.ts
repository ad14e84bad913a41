import { basename } from "node:path";
import { type FunctionName, functionNames } from "@muster/pipeline";
import { build } from "esbuild";
import type { BuiltPrograms } from "./built-programs.ts";
import { BUILD, filesOf, texts } from "./esbuild-options.ts";
import { functionProgram } from "./function-program.ts";
import { leaveOut } from "./leave-out.ts";
import { slimAwsSdk } from "./slim-aws-sdk.ts";

const PROGRAM = "muster-program:";

/**
 * Bundles each function with its part of the SDK, whose files this knows by name. What a pipeline shares with them stays outside: `@muster/pipeline`, and
 * `zod`, of which a bundle has one copy.
 */
export async function buildPrograms(): Promise<BuiltPrograms> {
  const sources = functionNames.map(async (name) => [name, await functionProgram(name)] as const);
  const { outputFiles, metafile } = await build({
    ...BUILD,
    entryPoints: functionNames.map((name) => ({ in: `${PROGRAM}${name}`, out: name })),
    external: ["@muster/pipeline", "zod"],
    plugins: [texts(PROGRAM, new Map(await Promise.all(sources))), slimAwsSdk, leaveOut],
  });
  const nameOf = (path: string) => basename(path, ".mjs") as FunctionName;
  return {
    programs: new Map(outputFiles.map(({ path, text }) => [nameOf(path), text])),
    inputs: filesOf(metafile.inputs),
  };
}
