import { setTimeout as sleep } from "node:timers/promises";
import { SendTaskFailureCommand, SendTaskSuccessCommand, type SFNClient } from "@aws-sdk/client-sfn";
import { type BuildHistory, type Step, tokenOf } from "@muster/history";
import { type ApprovalDecision, ErrorName, MusterError, nearestWord, rejectionCause } from "@muster/pipeline";
import { failureText, isUnanswered, taskIsOver } from "@muster/records";
import type { ExitCode } from "../command.ts";
import type { Context } from "../context.ts";
import { findBuild } from "../history/find-build.ts";
import { loadBuild } from "../history/load-build.ts";
import { readHistory } from "../history/read-history.ts";
import { oneLineReason } from "../one-line-reason.ts";
import type { Stage } from "../stages/stage.ts";
import { UsageError } from "../usage-error.ts";

interface ApproveArguments {
  readonly build: string;
  readonly step: string | undefined;
  readonly reject: boolean;
  readonly reason: string | undefined;
}

/** What `muster approve --json` prints. */
export interface ApproveJson extends ApprovalDecision {
  /** The build's name. */
  readonly build: string;
  /** The step that waited, as `muster status` calls it. */
  readonly step: string;
  readonly verdict: "approved" | "rejected";
}

/**
 * Answers what waits for a person. Said twice, or by two at once, the first answer stands, and the second is told so.
 * @throws UsageError when nothing waits, or more than one step does and none is named
 */
export async function approveStep(
  { build: name, step: named, reject, reason }: ApproveArguments,
  { openStage, print, globals }: Context,
): Promise<ExitCode> {
  const said = oneLineReason(reason);
  const stage = await openStage({ to: "run" });
  const build = await findBuild(stage, name);
  if (!build.running)
    throw new UsageError(`the build ${build.name} has ended already: ${build.status.toLowerCase().replace("_", " ")}`);
  const step = waitingStep(await loadBuild(stage, build.executionArn), build.name, named);
  const decision: ApprovalDecision = { by: await stage.caller(), at: new Date().toISOString(), ...said };
  await answer(stage, { executionArn: build.executionArn, key: step.key, decision, reject });
  const verdict = reject ? "rejected" : "approved";
  if (globals.json) print.json({ build: build.name, step: step.key, verdict, ...decision } satisfies ApproveJson);
  else print.sentence(`${verdict} ${step.key} of ${build.name}, by ${decision.by}`);
  if (stage.movedBy === "here")
    print.note("no other process moves this build; muster build with the same words goes on with it");
  return 0;
}

function waitingStep({ steps }: BuildHistory, build: string, named: string | undefined): Step {
  const waiting = steps.filter(({ kind, state }) => kind === "approval" && state === "waiting");
  const keys = waiting.map(({ key }) => key);
  const found = named === undefined ? waiting : waiting.filter(({ key, name }) => key === named || name === named);
  const [step] = found;
  if (step !== undefined && found.length === 1) return step;
  if (found.length > 1) {
    throw new UsageError(`${found.length} steps of the build ${build} wait for approval`, {
      hint: `name one of them: ${found.map(({ key }) => key).join(", ")}`,
    });
  }
  const known = steps.find(({ kind, key }) => kind === "approval" && key === named);
  if (known !== undefined) throw answered(known, build);
  if (named === undefined || keys.length === 0) {
    throw new UsageError(`nothing of the build ${build} waits for approval`, {
      hint: `muster status ${build} shows how far it is`,
    });
  }
  const nearest = nearestWord(named, keys);
  throw new UsageError(`no step "${named}" of the build ${build} waits for approval`, {
    hint: nearest === undefined ? `waiting are ${keys.join(", ")}` : `did you mean ${nearest}?`,
  });
}

function answered({ key, state, note, cause }: Step, build: string): UsageError {
  const said = note ?? (state === "failed" ? "it has failed" : `it was ${state}`);
  return new UsageError(`${key} of the build ${build} does not wait any more: ${rejectionText(cause) ?? said}`, {
    hint: `muster status ${build} shows it`,
  });
}

function rejectionText(cause: string | undefined): string | undefined {
  try {
    return cause === undefined ? undefined : `rejected ${(JSON.parse(cause) as { message: string }).message}`;
  } catch {
    return undefined;
  }
}

interface Said {
  readonly executionArn: string;
  readonly key: string;
  readonly decision: ApprovalDecision;
  readonly reject: boolean;
}

/** How often a state that asks anew, because its function had failed, is followed to its new token. */
const MOST_TOKENS = 3;

/**
 * Says it to what waits. Where Step Functions' own answer was lost, what the history tells has happened.
 * @throws UsageError when somebody else's answer counted, or the build has ended
 * @throws UnknownAnswerError when nobody can tell
 */
async function answer(stage: Stage, said: Said): Promise<void> {
  const { executionArn, key } = said;
  let tried: string | undefined;
  let lost: { readonly error: unknown } | undefined;
  for (let tries = 0; tries < MOST_TOKENS && lost === undefined; tries++) {
    const token = tokenOf(await readHistory(stage.sfn, executionArn), key);
    if (token === undefined || token === tried) break;
    const sent = await send(stage.sfn, token, said);
    if (sent === "taken") return;
    if (sent !== "over") lost = sent;
    tried = token;
  }
  const { build, step } = await afterAnswer(stage, said);
  const name = executionArn.slice(executionArn.lastIndexOf(":") + 1);
  if (step !== undefined && isOwn(step, said)) return;
  if (build.state !== "running") throw new UsageError(`the build ${name} has ended (${build.state})`);
  if (step === undefined) throw new UsageError(`${key} does not wait any more`);
  if (step.state !== "waiting") throw answered(step, name);
  throw new UnknownAnswerError(
    `it is not known whether ${key} was ${said.reject ? "rejected" : "approved"}${lost === undefined ? "" : `: ${failureText(lost.error)}`}`,
    { hint: `muster status ${name} shows it; where it still waits, say it again` },
  );
}

/** Whether what was said has counted is open. */
class UnknownAnswerError extends MusterError {
  override readonly name = "Muster.UnknownAnswer";
}

/** A history tells what has happened soon, not at once. @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetExecutionHistory.html */
const LOOKS = 5;

async function afterAnswer(stage: Stage, { executionArn, key }: Said): Promise<{ build: BuildHistory; step?: Step }> {
  for (let look = 1; ; look++) {
    const build = await loadBuild(stage, executionArn);
    const step = build.steps.find((candidate) => candidate.key === key);
    if (build.state !== "running" || step?.state !== "waiting" || look === LOOKS)
      return { build, ...(step !== undefined && { step }) };
    await sleep(stage.pollMs);
  }
}

const isOwn = (step: Step, { decision, reject }: Said): boolean =>
  reject
    ? step.cause === rejectionCause(decision)
    : step.decision?.at === decision.at && step.decision.by === decision.by;

/** `over`: nobody waits for it any more, or it has been answered; else that nobody could say whether it was taken. */
async function send(
  sfn: SFNClient,
  taskToken: string,
  { decision, reject }: Said,
): Promise<"taken" | "over" | { readonly error: unknown }> {
  try {
    if (reject) {
      const cause = rejectionCause(decision);
      await sfn.send(new SendTaskFailureCommand({ taskToken, error: ErrorName.rejected, cause }));
    } else await sfn.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify({ success: decision }) }));
    return "taken";
  } catch (error) {
    if (taskIsOver(error)) return "over";
    if (isUnanswered(error)) return { error };
    throw error;
  }
}
