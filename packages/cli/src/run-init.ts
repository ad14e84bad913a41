import { relative, resolve } from "node:path";
import {
  type AskedFor,
  type InitOptions,
  type InitReport,
  initRepository,
  settle,
  tellReport,
} from "@muster/create-muster";
import type { ExitCode } from "./command.ts";
import type { Context } from "./context.ts";
import { programVersion } from "./version.ts";

interface InitArguments extends AskedFor {
  readonly dir: string | undefined;
}

/** What `muster init --json` prints. */
export interface InitJson extends InitOptions, InitReport {}

/** Starts a repository with a pipeline, or adds what one lacks. */
export async function runInit(asked: InitArguments, { env, globals, print }: Context): Promise<ExitCode> {
  const folder = resolve(env.cwd, asked.dir ?? ".");
  const terminal = { input: process.stdin, output: process.stderr };
  const answers = await settle({ ...asked, yes: asked.yes || globals.json }, folder, terminal);
  const report = initRepository({ folder, ...answers }, { version: programVersion() });
  if (globals.json) print.json({ folder, ...answers, ...report } satisfies InitJson);
  else for (const line of tellReport(report, relative(env.cwd, folder))) print.sentence(line);
  return 0;
}
