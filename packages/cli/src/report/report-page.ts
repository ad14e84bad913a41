import type { ExitCode } from "../command.ts";
import type { Context } from "../context.ts";
import { UsageError } from "../usage-error.ts";

/** A build's page: where it is kept, a link to it, or a file with it. */
export async function reportPage(
  { build, html, share }: Readonly<Record<"build" | "html" | "share", string | undefined>>,
  context: Context,
): Promise<ExitCode> {
  if (html !== undefined && share !== undefined) {
    throw new UsageError("--html writes a file, and --share names the page that is kept", {
      hint: "leave one of them out",
    });
  }
  if (html !== undefined) return (await import("./write-report.ts")).writeReport({ build, html }, context);
  if (share !== undefined) return (await import("./share-page.ts")).sharePage({ build, share }, context);
  return (await import("./show-kept-page.ts")).showKeptPage({ build }, context);
}
