import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { MusterError } from "@muster/pipeline";
import { infraFolder, repositoryStages, synthesiseStages } from "./repository-stages.ts";
import { runProgram } from "./run-program.ts";

/**
 * `pnpm --filter infra run diff|deploy|destroy <stage> [option of cdktf]…`: cdktf's command of that name. What can be wrong with a stage, its pipeline
 * or its bundles is found here, and said in one line; cdktf itself would print it twice, in a block, behind a spinner.
 */
const COMMANDS = ["diff", "deploy", "destroy"];

await runProgram(async () => {
  const [command = "", name, ...options] = process.argv.slice(2);
  if (!COMMANDS.includes(command))
    throw new MusterError(`there is no command "${command}"`, { hint: COMMANDS.join(", ") });
  if (name === undefined || name.startsWith("-"))
    throw new MusterError(`${command} needs a stage`, {
      hint: `infra/stages.ts has ${(await repositoryStages()).map((stage) => stage.name).join(", ")}`,
    });
  const stages = await repositoryStages(name);
  await synthesiseStages(stages);
  const program = join(infraFolder, "node_modules/.bin/cdktf");
  const { status } = spawnSync(program, [command, name, "--skip-synth", ...options], {
    cwd: infraFolder,
    stdio: "inherit",
  });
  process.exitCode = status ?? 1;
});
