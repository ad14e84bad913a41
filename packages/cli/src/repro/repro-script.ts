import { MASK, maskedVariables, quoteForShell } from "@muster/worker-agent";

export interface ScriptToWrite {
  /** What it is, line by line. */
  readonly head: readonly string[];
  /** Where it lies; scripts and commands lie below it. */
  readonly folder: string;
  /** Of the machine. */
  readonly variables: Readonly<Record<string, string>>;
  /** Of the task. */
  readonly env: Readonly<Record<string, string>>;
  /** Names of variables of which no value is known. */
  readonly missing: readonly string[];
  readonly script: string;
  readonly init: string | undefined;
}

/**
 * A script for bash that does by hand what the agent does: `init`, then the task's script, in an environment that holds nothing else. What is
 * secret is asked of the caller.
 */
export function reproScript({ head, folder, variables, env, missing, script, init }: ScriptToWrite): string {
  const own = (text: string) => text.split(folder).map(word).join('"$folder"');
  const ofMachine = assignments(variables, own);
  const ofTask = [...assignments(env, own), ...missing.map((name) => secret(name))];
  const call =
    init === undefined
      ? [...ofMachine, ...ofTask, own(script)]
      : [...ofMachine, `bash -c '. "$0" || exit; exec "$@"' ${own(init)} env`, ...ofTask, own(script)];
  return [
    "#!/bin/bash",
    ...head.map((line) => `# ${line}`.trimEnd()),
    "set -eu",
    `folder=${quoteForShell(folder)}`,
    'mkdir -p "$folder/work" "$folder/tmp" "$folder/home"',
    'cd "$folder/work"',
    "exec env -i \\",
    ...call.map((line, index) => `  ${line}${index === call.length - 1 ? "" : " \\"}`),
    "",
  ].join("\n");
}

function assignments(variables: Readonly<Record<string, string>>, own: (text: string) => string): string[] {
  const masked = maskedVariables(variables);
  return Object.entries(masked).map(([name, value]) => {
    if (value.includes(MASK)) return secret(name);
    return `${name}=${own(value)}`;
  });
}

const word = (value: string): string => (/^[\w@%+=:,./-]*$/.test(value) ? value : quoteForShell(value));

const secret = (name: string): string => `${name}="\${${name}?is secret, and not kept: export it first}"`;
