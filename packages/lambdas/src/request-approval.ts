import {
  type ApprovalAnswer,
  approvalNeeded,
  approvalsOf,
  type BuildInput,
  type BuildVersion,
  InvalidConfigurationError,
  Place,
  RequestApprovalEvent,
} from "@muster/pipeline";
import { decide } from "./deciding/decide.ts";
import { failedOf } from "./deciding/failed-of.ts";
import { guardedTasks } from "./deciding/guarded-tasks.ts";
import { lookout } from "./deciding/lookout.ts";
import { nothingToApprove } from "./deciding/nothing-to-approve.ts";
import { platformsOfVersion } from "./deciding/platforms-of-version.ts";
import { type HandlerContext, handler } from "./handler.ts";
import { answerToken } from "./wake-up/answer-token.ts";

/**
 * Answers for a person where nobody has to be asked; otherwise the state waits for `muster approve`, which finds the token in the history. It keeps nothing, so that
 * it can be killed or called again at any time: the state's retry has another token.
 */
export const requestApproval = handler(
  "RequestApproval",
  { input: RequestApprovalEvent, uses: ["s3", "sfn"] },
  async (event, context) => {
    const answer = whoNeedsNone(event, context) ?? (await whatNeedsNone(event, context));
    if (answer !== undefined) await answerToken(context.clients.sfn, event.token, answer);
    return { asks: answer === undefined };
  },
);

/** Builds that nobody has to approve. */
function whoNeedsNone(event: RequestApprovalEvent, { pipeline }: HandlerContext<"s3">): ApprovalAnswer | undefined {
  const { approval: name, buildInput: build } = event;
  const approval = approvalsOf(pipeline.flow).find((candidate) => candidate.name === name);
  if (approval === undefined) {
    throw new InvalidConfigurationError(`the pipeline ${pipeline.name} has no approval ${name}`, {
      hint: "deploy state machine and functions from the same pipeline",
    });
  }
  if (build.debug !== "") return { skip: true, reason: `${build.debug.replace("_", "-")} builds ask nobody` };
  if (build.withdraw !== undefined) return { skip: true, reason: "a withdrawal asks nobody" };
  return approvalNeeded(approval, build, Place.parse(event)) ? undefined : { skip: true, reason: "not needed" };
}

/** Where nothing would run, nothing is to be approved. */
async function whatNeedsNone(
  event: RequestApprovalEvent,
  { pipeline, stage, clients, now }: HandlerContext<"s3">,
): Promise<ApprovalAnswer | undefined> {
  const { approval, buildInput: build, versionResults, before } = event;
  const named = event.per === "build" ? build.versions : [event.version];
  const versions =
    versionResults === undefined
      ? await Promise.all(named.map((version) => withPlatforms(version, build, { pipeline, clients })))
      : named.map((version) => ({ version, platforms: [], buildPlatforms: [] }));
  const tasks = guardedTasks(pipeline, approval, {
    place: event,
    versions,
    failedVersions: failedOf(named, versionResults),
  });
  const looking = { ...lookout(clients.s3, stage.buckets), now, build, buckets: stage.buckets, before };
  const decisions = await Promise.all(tasks.map((task) => decide(task, looking)));
  if (decisions.some(({ run }) => run)) return undefined;
  return { skip: true, reason: nothingToApprove(decisions), endsHere: true };
}

async function withPlatforms(
  version: string,
  build: BuildInput,
  { pipeline, clients }: Pick<HandlerContext<"s3">, "pipeline" | "clients">,
): Promise<BuildVersion> {
  return { version, ...(await platformsOfVersion(pipeline, version, { build, s3: clients.s3 })) };
}
