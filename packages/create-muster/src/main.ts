import { readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { MusterError } from "@muster/pipeline";
import { initRepository } from "./init-repository.ts";
import { settle } from "./settle.ts";
import { tellReport } from "./tell-report.ts";

const USAGE =
  "usage: npm create muster [folder] -- [--name NAME] [--what deb|apt|tarball] [--for PLATFORMS] [--aws] [--yes]";

/** `npm create muster`. */
async function main(words: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: {
      name: { type: "string" },
      what: { type: "string" },
      for: { type: "string" },
      aws: { type: "boolean", default: false },
      yes: { type: "boolean", default: false, short: "y" },
      help: { type: "boolean", default: false, short: "h" },
    },
  });
  if (values.help) return console.log(USAGE);
  const [named = ".", more] = positionals;
  if (more !== undefined) throw new MusterError(`"${more}" is one word too many`, { hint: USAGE });
  const folder = resolve(named);
  const asked = { name: values.name, what: values.what, for: values.for, aws: values.aws, yes: values.yes };
  const answers = await settle(asked, folder, { input: process.stdin, output: process.stdout });
  const report = initRepository({ folder, ...answers }, { version: ownVersion() });
  const shown = relative(process.cwd(), folder);
  for (const line of tellReport(report, shown)) console.log(line);
}

function ownVersion(): string {
  const manifest = readFileSync(join(import.meta.dirname, "../package.json"), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  const { message, hint } = error as MusterError;
  console.error(`muster: ${message}${hint === undefined ? "" : ` (${hint})`}`);
  process.exitCode = 2;
}
