import { existsSync } from "node:fs";
import { join } from "node:path";
import { type FunctionName, functionNames, InvalidConfigurationError, type Pipeline } from "@muster/pipeline";
import { ownCommand } from "./own-command.ts";

/** What is built before a stage can be synthesised. */
export interface BuiltParts {
  /** The folder of a function's bundle. */
  functionFolder(name: FunctionName): string;
  /** The archive of Node and the agent, by architecture. */
  agentArchive(architecture: Architecture): string;
}

export type Architecture = "x86_64" | "arm64";

export const architectureOf = ({ worker }: Pick<Pipeline["activities"][number], "worker">): Architecture =>
  worker.architecture ?? "x86_64";

/** Functions without a bundle in a pipeline's folder of them. */
export const missingFunctions = (functions: string): FunctionName[] =>
  functionNames.filter((name) => !existsSync(join(functions, name, "index.mjs")));

const ARCHITECTURES: readonly Architecture[] = ["x86_64", "arm64"];

const agentArchive = (agents: string, architecture: Architecture): string =>
  join(agents, `muster-agent-linux-${architecture}.tar.gz`);

/** Architectures whose archive is there. */
export const builtArchitectures = (agents: string): Architecture[] =>
  ARCHITECTURES.filter((architecture) => existsSync(agentArchive(agents, architecture)));

/**
 * Finds everything that the pipeline's stage needs.
 * @param folders of bundled functions, one a function, and of agent archives
 * @throws InvalidConfigurationError naming what has not been built, and the command that builds it
 */
export function findBuiltParts(
  pipeline: Pipeline,
  { functions, agents }: { functions: string; agents: string },
): BuiltParts {
  const parts: BuiltParts = {
    functionFolder: (name) => join(functions, name),
    agentArchive: (architecture) => agentArchive(agents, architecture),
  };
  const missing = missingFunctions(functions);
  const [first, ...more] = missing;
  if (first !== undefined) {
    const others = more.length > 0 ? ` and ${more.length} others` : "";
    throw new InvalidConfigurationError(
      `the functions of ${pipeline.name} are not bundled: there is no ${first}${others}`,
      { hint: ownCommand("bundle") },
    );
  }
  for (const architecture of new Set(pipeline.activities.map(architectureOf))) {
    if (!existsSync(parts.agentArchive(architecture))) {
      throw new InvalidConfigurationError(`the worker agent for ${architecture} is not built`, {
        hint: ownCommand("bundle"),
      });
    }
  }
  return parts;
}
