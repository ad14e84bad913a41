import { relative, resolve } from "node:path";
import { type AskedFor, initRepository, settle, tellReport } from "@muster/create-muster";
import type { ExitCode } from "./command.ts";
import type { Context } from "./context.ts";
import { programVersion } from "./version.ts";

interface InitArguments extends AskedFor {
  readonly dir: string | undefined;
}

/** Starts a repository with a pipeline, or adds what one lacks. */
export async function runInit(asked: InitArguments, { env, globals, print }: Context): Promise<ExitCode> {
  const folder = resolve(env.cwd, asked.dir ?? ".");
  const terminal = { input: process.stdin, output: process.stderr };
  const answers = await settle({ ...asked, yes: asked.yes || globals.json }, folder, terminal);
  const report = initRepository({ folder, ...answers }, { version: programVersion() });
  if (globals.json) print.json({ folder, ...answers, ...report });
  else for (const line of tellReport(report, relative(env.cwd, folder))) print.report(line);
  return 0;
}
