import {
  CheckForFailuresEvent,
  type FailedStep,
  failureMessage,
  fixedState,
  listFailures,
  MusterError,
  normalizeResults,
  type Pipeline,
  taskName,
} from "@muster/pipeline";
import { executionHistory } from "./builds/execution-history.ts";
import { type TaskOfBuild, tasksOfHistory } from "./builds/tasks-of-history.ts";
import { handler } from "./handler.ts";

/** A build in which at least one step failed. */
export class StepsFailedError extends MusterError {
  override readonly name = "StepsFailed";
}

/**
 * Lambda wraps the message as JSON, which doubles its line breaks and quotes, into a cause of at most 32,768 characters.
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskFailure.html
 */
const MAX_CAUSE = 32_768;
const ENVELOPE = 200;
const sizeInJson = (text: string): number => JSON.stringify(text).length - 2;

/** Fails the execution if any step failed; the only state that may. Answers the results of a build in which none did. */
export const checkForFailures = handler(
  fixedState.checkForFailures,
  { input: CheckForFailuresEvent, uses: ["sfn"] },
  async ({ results, execution }, { pipeline, clients }) => {
    const normalized = normalizeResults(results);
    const failures = listFailures(normalized);
    if (failures.length === 0) return normalized;
    const named = failures.some((failure) => lacksMachine(failure, pipeline))
      ? await nameMachines(failures, pipeline, await tasksOfHistory(executionHistory(clients.sfn, execution.id)))
      : failures;
    const moreWith = `muster results ${execution.name}`;
    throw new StepsFailedError(failureMessage(named, { moreWith, limit: MAX_CAUSE - ENVELOPE, sizeOf: sizeInJson }));
  },
);

function isActivity(step: string, { activities }: Pipeline): boolean {
  return activities.some(({ name }) => name === step);
}

/** Timeouts and lost heartbeats are Step Functions' own words: nobody has said which machine it was. */
function lacksMachine({ step, failure }: FailedStep, pipeline: Pipeline): boolean {
  return isActivity(step, pipeline) && !/"ec2"\s*:\s*"/.test(failure.Cause ?? "");
}

/** The history names the worker that took the task, also where the worker could not. */
async function nameMachines(
  failures: readonly FailedStep[],
  pipeline: Pipeline,
  { tasks }: { tasks: readonly TaskOfBuild[] },
): Promise<FailedStep[]> {
  return failures.map((failed) => {
    if (!lacksMachine(failed, pipeline)) return failed;
    const { step, failure } = failed;
    const task = tasks.find(({ name }) => name === taskName(step, failed));
    if (task?.instance === undefined) return failed;
    const message = messageOf(failure.Cause);
    const cause = { ec2: task.instance, ...(message === undefined ? {} : { message }) };
    return { ...failed, failure: { ...failure, Cause: JSON.stringify(cause) } };
  });
}

function messageOf(cause: string | undefined): string | undefined {
  if (!cause) return undefined;
  try {
    const parsed: unknown = JSON.parse(cause);
    if (typeof parsed === "object" && parsed !== null && "message" in parsed) return String(parsed.message);
  } catch {}
  return cause;
}
