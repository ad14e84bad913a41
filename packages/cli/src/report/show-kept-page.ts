import type { ExitCode } from "../command.ts";
import type { Context } from "../context.ts";
import { findBuild } from "../history/find-build.ts";
import { nextCommand } from "../next-command.ts";
import { findKeptPage, uriOf } from "./kept-page.ts";

/** What `muster report --json` prints. */
export interface KeptPageJson {
  /** The build's name. */
  readonly name: string;
  /** S3 URI of its page. */
  readonly page: string;
  /** The same as a file, where objects are files of this machine; null on AWS. */
  readonly file: string | null;
  readonly bytes: number;
  /** When it was written: at the build's end, or the last of them. ISO 8601. */
  readonly keptAt: string;
}

/** Says where a build's page is kept. */
export async function showKeptPage(
  { build }: { build: string | undefined },
  { openStage, print, globals }: Context,
): Promise<ExitCode> {
  const stage = await openStage({ to: "read" });
  const summary = await findBuild(stage, build);
  const page = await findKeptPage(stage, summary, globals);
  const file = stage.pathOf?.(page) ?? null;
  const { name } = summary;
  if (globals.json) {
    const { bytes, keptAt } = page;
    print.json({ name, page: uriOf(page), file, bytes, keptAt: keptAt.toISOString() } satisfies KeptPageJson);
    return 0;
  }
  print.report(file ?? uriOf(page));
  if (file === null) print.note(`a link to it: ${nextCommand(globals, ["report", name, "--share", "24h"])}`);
  return 0;
}
