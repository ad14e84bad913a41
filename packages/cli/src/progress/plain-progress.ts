import { type Attempt, describeStep, isBookkeeping, isVerdict, type Step } from "@muster/history";
import { type ApproveGlobals, approveCommand } from "../history/approve-command.ts";
import type { Print } from "../print.ts";
import type { Progress } from "./progress.ts";

/** One line for each thing that happens, for logs and pipes, with its time in UTC: `23:51:07Z MakeBinaryPackage-… succeeded in 12 s on i-…`. */
export function plainProgress(print: Print, globals: ApproveGlobals = {}): Progress {
  const said = new Map<string, string | undefined>();
  return {
    update(_build, changed) {
      const news = changed.flatMap((step) => {
        const { key, at, words } = newsOf(step, globals) ?? {};
        if (at === undefined || said.get(step.key) === key) return [];
        said.set(step.key, key);
        return [{ at, line: `${at.toISOString().slice(11, 19)}Z ${step.key} ${words}` }];
      });
      // Steps come in the order in which the build came to them; what was read of several at once happened in another.
      news.sort((one, other) => one.at.getTime() - other.at.getTime());
      for (const { line } of news) print.note(line);
    },
    close() {},
  };
}

interface News {
  readonly key: string;
  readonly at: Date;
  readonly words: string;
}

function newsOf(step: Step, globals: ApproveGlobals): News | undefined {
  const attempt = step.attempts.at(-1);
  const key = `${step.state} ${step.attempts.length}`;
  const { words } = describeStep(step, step.endedAt ?? attempt?.endedAt ?? step.enteredAt);
  switch (step.state) {
    case "preparing":
      return undefined;
    case "waiting":
      return attempt === undefined ? undefined : waits(step, attempt, approveCommand(step, globals));
    case "running": {
      if (step.kind === "function") return undefined;
      return { key, at: attempt?.startedAt ?? step.enteredAt, words: `started on ${attempt?.instance ?? "a worker"}` };
    }
    case "retrying":
      return isVerdict(step) ? undefined : { key, at: attempt?.endedAt ?? step.enteredAt, words };
    case "succeeded":
      return isBookkeeping(step)
        ? undefined
        : { key, at: step.endedAt ?? step.enteredAt, words: `succeeded in ${words}` };
    case "failed":
      return isVerdict(step) ? undefined : { key, at: step.endedAt ?? step.enteredAt, words };
    case "skipped":
      return { key, at: step.endedAt ?? step.enteredAt, words };
  }
}

/** Said again when the reason is another. */
function waits({ deferred, attempts }: Step, { scheduledAt }: Attempt, command: string | undefined): News {
  if (command !== undefined)
    return { key: `waiting ${attempts.length}`, at: scheduledAt, words: `waits for approval: ${command}` };
  const why = deferred === undefined ? "" : `: ${deferred.why}`;
  const at = deferred !== undefined && deferred.at > scheduledAt ? deferred.at : scheduledAt;
  return { key: `waiting ${attempts.length}${why}`, at, words: `waits for a worker${why}` };
}
