import { InvalidConfigurationError, WorkerEnvironment } from "@muster/pipeline";
import { quoteForShell } from "./quote-for-shell.ts";

/** Half of what EC2 takes, so that a stage's own additions never make a launch fail. */
export const MAX_USER_DATA_BYTES = 8192;

export interface UserDataOptions {
  readonly environment: WorkerEnvironment;
  /** What turns the machine into a worker: see localBootstrap and ec2Bootstrap. */
  readonly bootstrap: string;
}

/**
 * A worker's user data: a shell script that exports the variables it is told by, and then starts the agent.
 * @throws InvalidConfigurationError when it is larger than 8 KiB
 */
export function renderUserData({ environment, bootstrap }: UserDataOptions): string {
  const variables = Object.entries(WorkerEnvironment.parse(environment)).flatMap(([name, value]) =>
    value === undefined ? [] : [`export ${name}=${quoteForShell(value)}`],
  );
  const userData = ["#!/bin/bash", ...variables, bootstrap.trimEnd(), ""].join("\n");
  const bytes = Buffer.byteLength(userData);
  if (bytes > MAX_USER_DATA_BYTES) {
    throw new InvalidConfigurationError(
      `the user data of ${environment.ACTIVITY_NAME} has ${bytes} bytes, more than ${MAX_USER_DATA_BYTES}`,
      { hint: "shorten the names and URLs in its environment" },
    );
  }
  return userData;
}

/** A flood of output makes garbage fast. These keep the process small, at little cost in time. */
export const NODE_FLAGS: readonly string[] = ["--max-semi-space-size=4", "--optimize-for-size"];

/**
 * Starts the agent on this machine, and turns the machine off when it has ended, however it has: as the unit of an EC2 worker does that gives up.
 * Whoever plays the machine says how (`MUSTER_SHUTDOWN`: a plain `shutdown` might be the computer's own), and where the agent sees its end
 * (`MUSTER_OWNER_FD`), and may say where the agent keeps its things (`MUSTER_WORKER_DIR`).
 * @param node the Node binary, 22 or later
 * @param agent the agent's program: its bundle, or main.ts
 */
export function localBootstrap(program: LocalProgram): string {
  return `${agentCommand(program)} \${MUSTER_WORKER_DIR:+--dir "$MUSTER_WORKER_DIR"} <&"\${MUSTER_OWNER_FD:-0}" || code=$?
"\${MUSTER_SHUTDOWN:-true}" -h now
exit "\${code:-0}"`;
}

interface LocalProgram {
  readonly node: string;
  readonly agent: string;
}

/** The agent as the local stage runs it, in a shell's words. */
export function agentCommand({ node, agent }: LocalProgram): string {
  // Type stripping is stable for what these sources use; its warning on every worker's console is noise.
  const flags = agent.endsWith(".ts") ? ["--disable-warning=ExperimentalWarning"] : [];
  return [node, ...NODE_FLAGS, ...flags, agent, "--owned"].map(quoteForShell).join(" ");
}
