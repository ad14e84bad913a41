import { expect, test } from "vitest";
import { functionNames, StageDescription, stageParameter } from "./stage-description.ts";
import { fixedStateNames } from "./state-names.ts";

test("a description without one of its buckets is refused, by the bucket's name", () => {
  const { error } = StageDescription.safeParse({ buckets: { assets: "a", scratch: "b", downloads: "c" } });
  expect(error?.issues.map(({ path }) => path.join("."))).toContain("buckets.state");
});

test("a description that leaves out what all stages name alike is completed by those names", () => {
  const written = {
    stage: "staging",
    pipeline: "hhvm",
    region: "us-west-2",
    accountId: "111122223333",
    stateMachineArn: "arn:aws:states:us-west-2:111122223333:stateMachine:staging-hhvm-build",
    functions: {},
    buckets: { assets: "a", scratch: "b", downloads: "c", state: "d" },
    launchTemplateVersions: { MakeBinaryPackage: "3" },
    subnets: [],
    downloadsUrl: "https://dl.example.org",
  };
  expect(StageDescription.parse(written)).toEqual({
    ...written,
    activities: {
      MakeBinaryPackage: "arn:aws:states:us-west-2:111122223333:activity:staging-hhvm-make-binary-package",
    },
    logGroups: { MakeBinaryPackage: "/muster/staging/hhvm/make-binary-package" },
    launchTemplates: { MakeBinaryPackage: "staging-hhvm-make-binary-package" },
  });
});

test("a stage's description has one place", () => {
  expect(stageParameter("staging")).toBe("/muster/staging/description");
});

test("functions are named after the states that call them, those aside that no state calls by its own name", () => {
  const states = new Set<string>(fixedStateNames);
  expect(functionNames.filter((name) => !states.has(name))).toEqual([
    "PrepareActivity",
    "RequestApproval",
    "KeepPage",
    "Repair",
    "Reap",
    "BuildStatus",
    "Notify",
  ]);
});
