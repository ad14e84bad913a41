import { SendTaskFailureCommand, SendTaskSuccessCommand, type SFNClient } from "@aws-sdk/client-sfn";
import { type ApprovalDecision, ErrorName, nearestWord, rejectionCause } from "@muster/pipeline";
import { taskIsOver } from "@muster/records";
import type { ExitCode } from "../command.ts";
import type { Context } from "../context.ts";
import type { BuildHistory } from "../history/build-history.ts";
import { findBuild } from "../history/find-build.ts";
import { loadBuild } from "../history/load-build.ts";
import { readHistory } from "../history/read-history.ts";
import type { Step } from "../history/step.ts";
import type { Stage } from "../stages/stage.ts";
import { UsageError } from "../usage-error.ts";
import { tokenOf } from "./approval-request.ts";

interface ApproveArguments {
  readonly build: string;
  readonly step: string | undefined;
  readonly reject: boolean;
  readonly reason: string | undefined;
}

/** Characters. */
const LONGEST_REASON = 200;

/**
 * Answers what waits for a person. Said twice, or by two at once, the first answer stands, and the second is told so.
 * @throws UsageError when nothing waits, or more than one step does and none is named
 */
export async function approveStep(
  { build: name, step: named, reject, reason }: ApproveArguments,
  { openStage, print, globals }: Context,
): Promise<ExitCode> {
  const said = checkReason(reason);
  const stage = await openStage({ to: "run" });
  const build = await findBuild(stage, name);
  if (!build.running) throw new UsageError(`the build ${build.name} has ended already (${build.status})`);
  const step = waitingStep(await loadBuild(stage, build.executionArn), build.name, named);
  const decision: ApprovalDecision = { by: await stage.caller(), at: new Date().toISOString(), ...said };
  await answer(stage, { executionArn: build.executionArn, key: step.key, decision, reject });
  const verdict = reject ? "rejected" : "approved";
  if (globals.json) print.json({ build: build.name, step: step.key, verdict, ...decision });
  else print.report(`${verdict} ${step.key} of ${build.name}, by ${decision.by}`);
  if (stage.movedBy === "here")
    print.note("no other process moves this build; muster build with the same words goes on with it");
  return 0;
}

function checkReason(reason: string | undefined): { reason?: string } {
  if (reason === undefined) return {};
  if (reason.length <= LONGEST_REASON && !/\p{Cc}/u.test(reason)) return { reason };
  throw new UsageError(`a reason is one line of at most ${LONGEST_REASON} characters`, {
    hint: "say the rest where it is discussed",
  });
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

/** How often a state that asks anew, because its function had failed, is followed to its new token. */
const MOST_TOKENS = 3;

async function answer(
  stage: Stage,
  {
    executionArn,
    key,
    decision,
    reject,
  }: { executionArn: string; key: string; decision: ApprovalDecision; reject: boolean },
): Promise<void> {
  for (let tried: string | undefined, tries = 0; tries < MOST_TOKENS; tries++) {
    const events = await readHistory(stage.sfn, executionArn);
    const token = tokenOf(events, key);
    if (token === undefined || token === tried) break;
    if (await send(stage.sfn, token, { decision, reject })) return;
    tried = token;
  }
  const build = await loadBuild(stage, executionArn);
  const step = build.steps.find((candidate) => candidate.key === key);
  // An answer whose own answer was lost has counted.
  if (step !== undefined && isOwn(step, { decision, reject })) return;
  throw step === undefined
    ? new UsageError(`${key} does not wait any more`)
    : answered(step, executionArn.slice(executionArn.lastIndexOf(":") + 1));
}

const isOwn = (step: Step, { decision, reject }: { decision: ApprovalDecision; reject: boolean }): boolean =>
  reject
    ? step.cause === rejectionCause(decision)
    : step.decision?.at === decision.at && step.decision.by === decision.by;

/** False when nobody waits for it any more. */
async function send(
  sfn: SFNClient,
  taskToken: string,
  { decision, reject }: { decision: ApprovalDecision; reject: boolean },
): Promise<boolean> {
  try {
    if (reject) {
      const cause = rejectionCause(decision);
      await sfn.send(new SendTaskFailureCommand({ taskToken, error: ErrorName.rejected, cause }));
    } else await sfn.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify({ success: decision }) }));
    return true;
  } catch (error) {
    if (taskIsOver(error)) return false;
    throw error;
  }
}
