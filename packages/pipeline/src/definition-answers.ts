import type { Access, Activity, Decision } from "./activity.ts";
import * as check from "./answer-checks.ts";
import type { Approval } from "./approval.ts";
import type { AptPackage, Published } from "./artifacts.ts";
import type { Channel } from "./channel.ts";
import { type Answers, withCheckedAnswers } from "./checked-answers.ts";
import type { PipelineDefinition } from "./pipeline.ts";
import type { Platforms } from "./platform.ts";
import type { BucketRole, S3Object } from "./s3-object.ts";
import type { VersionParts, VersionScheme } from "./versions/version-scheme.ts";
import type { ScriptedWithdrawal } from "./withdrawal.ts";

/** What each function of a definition may answer, as strictly as its fields are looked at. */

const object = check.object<S3Object>("an object of a bucket", {
  bucket: check.word<BucketRole>("a bucket", { assets: true, scratch: true, downloads: true, state: true }),
  key: check.text,
});

const objects = check.list("a list of objects", object);

const aptPackage = check.object<AptPackage>("a package", {
  kind: check.word("a package", { "apt-package": true }),
  suite: object,
  package: check.filledText,
  version: check.filledText,
  architecture: check.orNothing(check.filledText),
});

const published: check.Check<Published> = (value) =>
  check.isObject(value) && "kind" in value ? aptPackage(value) : object(value);

const variables = check.texts("variables by their names");

const allPublished = check.list("a list of what is published", published);

const activityAnswers: Answers<Activity<"version">> = {
  produces: objects,
  publishes: allPublished,
  restoredFrom: objects,
  worksOn: check.list("a list of platforms", check.filledText),
  shouldRun: check.orNothing(
    check.object<Decision>("a decision: { run: …, reason: … }", {
      run: check.flag,
      reason: check.text,
      restore: check.orNothing(objects),
    }),
  ),
  env: variables,
  changesDownloads: check.flag,
};

const accessAnswers: Answers<Access<"version">> = { writes: objects };

const withdrawalAnswers: Answers<ScriptedWithdrawal<"version">> = { takes: allPublished };

const approvalAnswers: Answers<Approval> = { neededFor: check.flag };

const pipelineAnswers: Answers<PipelineDefinition> = { source: object, env: variables };

const channelAnswers: Answers<Channel> = { includes: check.flag, suite: check.filledText };

const platformsAnswers: Answers<Extract<Platforms, { kind: "listed" }>> = { url: check.filledText };

const schemeAnswers: Answers<VersionScheme> = {
  parse: check.orNothing(check.filledText),
  compare: check.number,
  isRelease: check.flag,
  isNightly: check.flag,
  nightlyOf: check.filledText,
  parts: check.object<VersionParts>("a version's parts", {
    epoch: check.orNothing(check.text),
    upstream: check.filledText,
    packaged: check.filledText,
    revision: check.text,
  }),
};

/** With functions whose answers are held to their types, as all these are. */
export function checkedActivity<A>(activity: A): A {
  const { name: place, access, withdraw } = activity as Activity<"version">;
  const own = withCheckedAnswers(activity as Activity<"version">, {
    answers: activityAnswers,
    place,
    later: ["shouldRun"],
  });
  const granted = access && withCheckedAnswers(access, { answers: accessAnswers, place: `${place}.access` });
  const taking =
    withdraw?.kind === "script"
      ? withCheckedAnswers(withdraw, { answers: withdrawalAnswers, place: `${place}.withdraw` })
      : withdraw;
  if (granted === access && taking === withdraw) return own as A;
  return { ...own, ...(granted && { access: granted }), ...(taking && { withdraw: taking }) } as A;
}

export const checkedApproval = (approval: Approval): Approval =>
  withCheckedAnswers(approval, { answers: approvalAnswers, place: approval.name });

/** Steps that a definition has made of others are held to their types, too. */
export function checkedStep(step: Activity | Approval): Activity | Approval {
  return step.kind === "activity" ? checkedActivity(step) : checkedApproval(step);
}

export function checkedDefinition<D extends PipelineDefinition>(definition: D): D {
  const { platforms, versions, channels } = definition;
  return {
    ...withCheckedAnswers<PipelineDefinition>(definition, { answers: pipelineAnswers, place: "" }),
    ...(platforms?.kind === "listed" && {
      platforms: withCheckedAnswers(platforms, { answers: platformsAnswers, place: "platforms" }),
    }),
    ...(versions !== undefined && {
      versions: withCheckedAnswers(versions, { answers: schemeAnswers, place: "versions" }),
    }),
    ...(Array.isArray(channels) && {
      channels: channels.map((channel: Channel, index) =>
        withCheckedAnswers(channel, { answers: channelAnswers, place: `channels[${index}]` }),
      ),
    }),
  } as D;
}
