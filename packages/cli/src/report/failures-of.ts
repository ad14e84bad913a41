import type { BuildHistory } from "../history/build-history.ts";
import { describeStep, isVerdict } from "../history/describe-step.ts";
import { nextCommand } from "../next-command.ts";
import type { PageFailure } from "./page.ts";

/** The steps that failed, each with the command for its log where it has one. */
export function failuresOf(build: BuildHistory, globals: Parameters<typeof nextCommand>[0]): PageFailure[] {
  return build.steps
    .filter((step) => step.state === "failed" && !isVerdict(step))
    .map((step) => ({
      task: step.key,
      line: describeStep(step, step.endedAt ?? step.enteredAt).words,
      lastLines: [],
      ...(step.attempts.some(({ instance }) => instance !== undefined) && {
        command: nextCommand(globals, ["logs", step.key]),
      }),
    }));
}
