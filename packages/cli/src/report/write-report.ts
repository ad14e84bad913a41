import { randomUUID } from "node:crypto";
import { rename, rm, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { buildPage } from "@muster/history";
import type { ExitCode } from "../command.ts";
import type { Context } from "../context.ts";
import { findBuild } from "../history/find-build.ts";
import { EnvironmentError } from "../usage-error.ts";
import { pageFactsReader } from "./page-facts.ts";

/** What `muster report --html --json` prints. */
export interface ReportJson {
  /** The build's name. */
  readonly name: string;
  readonly state: string;
  /** Absolute path of the page. */
  readonly file: string;
  readonly bytes: number;
}

/** Writes one self-contained page about a build into a file. */
export async function writeReport(
  { build: name, html: file }: { build: string | undefined; html: string },
  { openStage, print, globals, env }: Context,
): Promise<ExitCode> {
  const stage = await openStage({ to: "read" });
  const summary = await findBuild(stage, name);
  const facts = await pageFactsReader(summary, { globals, onUnread: print.note }).read(stage);
  const page = buildPage(facts);
  const path = resolve(env.cwd, file);
  await writeWhole(path, page);
  const bytes = Buffer.byteLength(page);
  if (globals.json)
    print.json({ name: summary.name, state: facts.build.state, file: path, bytes } satisfies ReportJson);
  else print.report(path);
  return 0;
}

/** All of it or what was there before. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const unfinished = `${path}.${randomUUID()}`;
  try {
    await writeFile(unfinished, text, { flag: "wx" });
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    const { code = "unknown error" } = error as NodeJS.ErrnoException;
    throw new EnvironmentError(`${path} cannot be written: ${code}`, {
      hint: "--html names a file in a folder that exists",
    });
  }
}
