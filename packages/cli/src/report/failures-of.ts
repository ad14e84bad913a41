import { type BuildHistory, describeStep, isVerdict, type PageFailure } from "@muster/history";
import { attemptOption } from "../failures/attempt-option.ts";
import type { CauseLog, FailureReport } from "../failures/failure-report.ts";
import { nextCommand } from "../next-command.ts";

/** The steps that failed, each with the command for its log where it has one; of each cause the first has the end of its log. */
export function failuresOf(
  build: BuildHistory,
  { causes }: Pick<FailureReport, "causes">,
  globals: Parameters<typeof nextCommand>[0],
): PageFailure[] {
  const members = new Map(causes.flatMap(({ group }) => group.members.map((member) => [member.key, member] as const)));
  const logs = new Map(causes.map(({ group, log }) => [group.first.key, log]));
  return build.steps
    .filter((step) => step.state === "failed" && !isVerdict(step))
    .map((step): PageFailure => {
      const attempt = members.get(step.key)?.attempt;
      return {
        task: step.key,
        line: describeStep(step, step.endedAt ?? step.enteredAt).words,
        lastLines: linesOf(logs.get(step.key)),
        ...(attempt !== undefined && {
          command: nextCommand(globals, ["logs", step.key, ...attemptOption(attempt.number)]),
        }),
      };
    });
}

function linesOf(log: CauseLog | undefined): readonly string[] {
  switch (log?.kind) {
    case undefined:
    case "none":
      return [];
    case "lines":
      return log.lines;
    case "unreadable":
      return [`its log cannot be read: ${log.why}`];
  }
}
