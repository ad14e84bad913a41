import { MusterError } from "@muster/pipeline";

/**
 * The file that npm links as a command: it starts the program, or says which Node that needs, in words that any Node understands. Node's warning that it reads
 * TypeScript is not for whoever runs a release.
 * @param program relative to the launcher
 * @param node as `engines` has it: `>=22.18`
 */
export function launcher({ command, program, node }: { command: string; program: string; node: string }): string {
  const [, major, minor = "0"] = /^>=(\d+)(?:\.(\d+))?/.exec(node) ?? [];
  if (major === undefined) throw new MusterError(`"${node}" is no least version of Node`, { hint: ">=22.18" });
  return `#!/usr/bin/env node
const [major, minor] = process.versions.node.split(".").map(Number);
if (major > ${major} || (major === ${major} && minor >= ${minor})) {
  const { emitWarning } = process;
  process.emitWarning = (warning, ...rest) => {
    if (rest[0] !== "ExperimentalWarning") emitWarning.call(process, warning, ...rest);
  };
  await import("${program.startsWith(".") ? program : `./${program}`}");
} else {
  process.stderr.write(\`${command}: needs Node ${major}.${minor} or later, and this is \${process.version}\\n  npx --package=node@${Number(major)} ${command} …\\n\`);
  process.exitCode = 2;
}
`;
}
