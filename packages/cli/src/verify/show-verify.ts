import { resolve } from "node:path";
import { findArtifacts } from "../artifacts/find-artifacts.ts";
import type { ExitCode } from "../command.ts";
import type { Context } from "../context.ts";
import { formatBytes } from "../free-space.ts";
import { type Print, terminalColumns } from "../print.ts";
import { fitColumns } from "../text-columns.ts";
import { reportVerify } from "./report-verify.ts";
import { type VerifyProgress, verifyArtifacts } from "./verify-artifacts.ts";

/** Reads what a version's steps produced and published again, and says whether it is what it should be. */
export async function showVerify(
  { version, key }: { version: string; key: string | undefined },
  { openStage, print, globals, env, signal }: Context,
): Promise<ExitCode> {
  const stage = await openStage({ to: "read" });
  const found = await findArtifacts(stage, version);
  const progress = globals.quiet ? silent : progressOn(print);
  const report = await verifyArtifacts(stage, found, {
    key: key === undefined ? undefined : resolve(env.cwd, key),
    now: new Date(),
    signal,
    progress,
  }).finally(progress.end);
  if (globals.json) print.json(report);
  else
    for (const line of reportVerify(report, { columns: terminalColumns(print), style: print.style }))
      print.report(line);
  for (const what of report.unread) print.note(what);
  return report.good ? 0 : 1;
}

interface ShownProgress extends VerifyProgress {
  end(): void;
}

const silent: ShownProgress = { begin() {}, onBytes() {}, onObject() {}, end() {} };

const REDRAW_MS = 200;

/** One line on a terminal, redrawn in place; nothing elsewhere. */
function progressOn({ stderr }: Print): ShownProgress {
  if (stderr.isTTY !== true) return silent;
  let total = { objects: 0, bytes: 0 };
  let [objects, bytes, drawnAt] = [0, 0, 0];
  const draw = () => {
    if (Date.now() - drawnAt < REDRAW_MS) return;
    drawnAt = Date.now();
    const line = `verifying: ${objects} of ${total.objects} objects, ${formatBytes(bytes)} of ${formatBytes(total.bytes)}`;
    stderr.write(`\r${fitColumns(line, (stderr.columns ?? 80) - 1)}\u001B[K`);
  };
  return {
    begin(all) {
      total = all;
    },
    onBytes(more) {
      bytes += more;
      draw();
    },
    onObject() {
      objects++;
      draw();
    },
    end() {
      if (drawnAt > 0) stderr.write("\r\u001B[K");
    },
  };
}
