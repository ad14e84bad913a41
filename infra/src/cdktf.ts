import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { MusterError } from "@muster/pipeline";
import { type Project, projectStages } from "./project.ts";
import { NO_BUNDLE } from "./synth-options.ts";
import { synthesiseStages } from "./synthesise-stages.ts";

/**
 * `diff|deploy|destroy <stage> [--no-bundle] [option of cdktf]…`: cdktf's command of that name. What can be wrong with a stage, its pipeline or its bundles is found here, and
 * said in one line; cdktf itself would print it twice, in a block, behind a spinner.
 * @returns the exit status
 */
export async function runCdktf(
  project: Project,
  command: string,
  [name, ...options]: readonly string[],
): Promise<number> {
  if (name === undefined || name.startsWith("-"))
    throw new MusterError(`${command} needs a stage`, {
      hint: `stages.ts has ${(await projectStages(project)).map((stage) => stage.name).join(", ")}`,
    });
  const stages = await projectStages(project, name);
  const program = cdktfProgram(project);
  await synthesiseStages(project, stages, { bundle: !options.includes(NO_BUNDLE) });
  const args = [program, command, name, "--skip-synth", ...options.filter((option) => option !== NO_BUNDLE)];
  return spawnSync(process.execPath, args, { cwd: project.folder, stdio: "inherit" }).status ?? 1;
}

function cdktfProgram({ folder }: Project): string {
  try {
    return createRequire(join(folder, "stages.ts")).resolve("cdktf-cli/bundle/bin/cdktf");
  } catch {
    throw new MusterError("cdktf's command is not installed", { hint: "npm install --save-dev cdktf-cli@0.21.0" });
  }
}
