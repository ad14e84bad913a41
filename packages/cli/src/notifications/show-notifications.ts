import { type NotificationOutcome, whyUntold } from "@muster/pipeline";
import type { ExitCode } from "../command.ts";
import type { Context } from "../context.ts";
import { type BuildSummary, findBuild } from "../history/find-build.ts";
import { nextCommand } from "../next-command.ts";
import { terminalColumns } from "../print.ts";
import { outliveOwner } from "../stages/outlive-owner.ts";
import type { Stage } from "../stages/stage.ts";
import { UsageError } from "../usage-error.ts";
import { type NotificationJson, readNotifications } from "./read-notifications.ts";
import { reportNotifications } from "./report-notifications.ts";
import { tellAgainWords } from "./untold-words.ts";

/** What `notifications --json` prints. */
export interface NotificationsJson {
  readonly stage: string;
  readonly pipeline: string;
  /** null of a trial. */
  readonly build: string | null;
  /** In the order of the definition. */
  readonly notifications: readonly NotificationJson[];
}

export interface NotificationsOptions {
  readonly build: string | undefined;
  readonly send: boolean;
  readonly test: boolean;
  readonly to: readonly string[];
}

/** Says who was told of a build's end; with `send` tells it again, with `test` tries out. The exit code is 1 where somebody was not told. */
export async function showNotifications(
  options: NotificationsOptions,
  context: Context,
  now = new Date(),
): Promise<ExitCode> {
  const { build: name, send, test, to } = options;
  refuseWhatContradicts(options);
  return outliveOwner(
    () => context.openStage({ to: "read" }),
    async (opened): Promise<ExitCode> => {
      refuseWithoutAny(opened);
      const targets = to.length > 0 ? { targets: [...to] } : {};
      if (test) return print(outcomesOf(await opened.notify(targets)), { subject: "a trial", stage: opened, context });
      const build = await findBuild(opened, name);
      if (!send) {
        const notifications = await readNotifications(opened, build, now);
        return print(notifications, { subject: subjectOf(build), stage: opened, build, context });
      }
      const stage = await writable(opened, context);
      const told = outcomesOf(await stage.notify({ executionArn: build.executionArn, ...targets }));
      return print(told, { subject: subjectOf(build), stage, build, context });
    },
  );
}

function refuseWhatContradicts({ build, send, test, to }: NotificationsOptions): void {
  if (send && test) {
    throw new UsageError("--send tells a build's end, and --test tries out", { hint: "leave one of them out" });
  }
  if (test && build !== undefined) throw new UsageError("a trial is of no build", { hint: `leave ${build} out` });
  if (to.length > 0 && !send && !test) {
    throw new UsageError("--to says whom to tell", { hint: "say --send or --test too" });
  }
}

function refuseWithoutAny({ pipeline }: Stage): void {
  if ((pipeline.notifies ?? []).length > 0) return;
  throw new UsageError(`the pipeline ${pipeline.name} notifies nobody`, {
    hint: "name whom in its definition: notifies",
  });
}

/** Where nobody moves this machine's builds the folder is taken, so that what became of it is written down; no build moves by that. */
async function writable(stage: Stage, { openStage }: Context): Promise<Stage> {
  if (stage.movedBy !== "nobody" || stage.isBilled) return stage;
  await stage.close();
  return openStage({ to: "serve", serves: "of telling a build's end" });
}

interface Shown {
  readonly subject: string;
  readonly stage: Stage;
  readonly build?: BuildSummary;
  readonly context: Context;
}

function print(notifications: readonly NotificationJson[], { subject, stage, build, context }: Shown): ExitCode {
  const { print, globals } = context;
  const { description, pipeline } = stage;
  const untold = notifications.filter(({ state }) => state === "not told");
  if (globals.json) {
    const json: NotificationsJson = {
      stage: description.stage,
      pipeline: pipeline.name,
      build: build?.name ?? null,
      notifications,
    };
    print.json(json);
  } else {
    const columns = terminalColumns(print);
    for (const line of reportNotifications(subject, notifications, { columns, style: print.style })) print.report(line);
    if (build !== undefined && untold.length > 0) {
      print.report(`  ${nextCommand(globals, tellAgainWords(build.name, untold))}`);
    }
  }
  return untold.length > 0 ? 1 : 0;
}

function outcomesOf(answer: { outcomes: readonly NotificationOutcome[] } | { ignored: string }): NotificationJson[] {
  if ("ignored" in answer) throw new UsageError(`nobody is told: ${answer.ignored}`);
  return answer.outcomes.map(({ target, kind, told, requests, problem }) => ({
    target,
    kind,
    state: told ? "told" : "not told",
    at: null,
    requests,
    problem: whyUntold({ state: told ? "told" : "failed", requests, problem }) ?? null,
  }));
}

function subjectOf({ name, status }: BuildSummary): string {
  switch (status) {
    case "SUCCEEDED":
      return `${name} succeeded`;
    case "ABORTED":
      return `${name} was stopped`;
    case "TIMED_OUT":
      return `${name} timed out`;
    case "RUNNING":
      return `${name} runs`;
    default:
      return `${name} failed`;
  }
}
