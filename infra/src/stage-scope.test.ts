import { beforeAll, describe, expect, test } from "vitest";
import { resourcesOf } from "../testing/references.ts";
import { ACCOUNT_NAMES, namesIn } from "../testing/resource-names.ts";
import { stage, usual } from "../testing/sample-stages.ts";
import { statementsOf } from "../testing/simulate.ts";
import { type SynthesisedStack, synthStage } from "../testing/synth-stage.ts";

const namesOf = (stack: SynthesisedStack): string[] =>
  ACCOUNT_NAMES.flatMap((named) => namesIn(stack, named).map((name) => `${named[0]} ${name}`));

/** Some of the names that hhvm's definition chooses, as they are on a stage. */
const definedNames = (prefix: string): string[] => [
  `aws_ecr_repository ${prefix}hhvm-failed-builds`,
  `aws_kms_alias alias/${prefix}hhvm-signing-key`,
  `aws_secretsmanager_secret ${prefix}hhvm/docker-hub`,
];

const definition = { ...usual("hhvm"), budget: { monthlyUsd: 100, emails: ["releases@example.org"] } };

describe("two stages of one pipeline in one account and region", () => {
  let hhvm: SynthesisedStack;
  let canary: SynthesisedStack;
  beforeAll(async () => {
    hhvm = await synthStage(stage("hhvm", definition));
    canary = await synthStage(stage("canary", definition));
  });

  test("share no name", () => {
    for (const [type] of ACCOUNT_NAMES) expect(resourcesOf(hhvm, type).length, type).toBeGreaterThan(0);
    const taken = new Set(namesOf(hhvm));
    expect(namesOf(canary).filter((name) => taken.has(name))).toEqual([]);
  });

  test("leave the definition's names to the stage that bears the pipeline's own", () => {
    expect(namesOf(hhvm)).toEqual(expect.arrayContaining(definedNames("")));
    expect(hhvm.locals.PublishDockerImages_user_data).not.toContain("_PREFIX=");
  });

  test("tell their scripts what comes before the definition's names", () => {
    expect(namesOf(canary)).toEqual(expect.arrayContaining(definedNames("canary-")));
    for (const name of ["SECRET_PREFIX", "IMAGE_PREFIX", "VOLUME_PREFIX"])
      expect(canary.locals.PublishDockerImages_user_data).toMatch(new RegExp(`^export ${name}='?canary-'?$`, "m"));
  });
});

test("two stages of a pipeline attach no volume of each other", async () => {
  const [own, behind] = [
    ["hhvm", "hhvm-package-repositories"],
    ["canary", "canary-hhvm-package-repositories"],
  ] as const;
  for (const [name, volume] of [own, behind]) {
    const stack = await synthStage(stage(name, definition));
    const [attach] = statementsOf(stack, "PublishBinaryPackages_worker").filter(({ Sid }) => Sid === "AttachVolumes");
    expect(attach?.Condition).toEqual({ StringEquals: { "aws:ResourceTag/Name": [volume] } });
  }
});

test("a stage whose secrets are managed elsewhere takes them as the definition names them", async () => {
  const stack = await synthStage(stage("canary", { ...definition, secrets: "existing" }));
  const policy = String(stack.resource.aws_iam_role_policy?.PublishDockerImages_worker_policy?.policy);
  expect(policy).toContain(":secret:hhvm/docker-hub-??????");
  expect(stack.locals.PublishDockerImages_user_data).not.toContain("SECRET_PREFIX");
  expect(stack.locals.PublishDockerImages_user_data).toContain("IMAGE_PREFIX");
});
