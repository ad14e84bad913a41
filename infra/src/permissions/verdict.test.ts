import { beforeAll, describe, expect, test } from "vitest";
import { stageTemplate } from "../../testing/bootstrap-template.ts";
import { type DeployedStage, deployed } from "../../testing/iam-requests.ts";
import { type Context, conditionsHold, isAction, isResource } from "../../testing/reach/conditions.ts";
import { forbiddenToWorkers } from "../../testing/reach/forbidden-to-workers.ts";
import { neededCalls } from "../../testing/reach/needed-calls.ts";
import { type StageCaller, stageCallers } from "../../testing/reach/stage-callers.ts";
import { type Caller, type ResourcePolicy, verdict } from "../../testing/reach/verdict.ts";
import { stage, usual } from "../../testing/sample-stages.ts";
import { type AnyStatement, decide } from "../../testing/simulate.ts";
import { loadSample } from "../../testing/synth-stage.ts";
import type { Condition } from "../iam/policy.ts";

const ROLE = "arn:aws:iam::111122223333:role/muster/some";
const BUCKET = "arn:aws:s3:::some-bucket";
const OBJECT = `${BUCKET}/some/key`;
const allow = (more: Partial<AnyStatement> = {}): AnyStatement => ({
  Effect: "Allow",
  Action: ["s3:GetObject"],
  Resource: [`${BUCKET}/*`],
  ...more,
});
const deny = (more: Partial<AnyStatement> = {}): AnyStatement => ({ ...allow(more), Effect: "Deny" });
const denyBut = ({ NotAction, NotResource }: Pick<AnyStatement, "NotAction" | "NotResource">): AnyStatement => ({
  Effect: "Deny",
  ...(NotAction === undefined ? { Action: ["s3:*"] } : { NotAction }),
  ...(NotResource === undefined ? { Resource: ["*"] } : { NotResource }),
});
const by = (...principals: string[]) => ({ Principal: { AWS: principals } });
const ACCOUNT = "arn:aws:iam::111122223333:root";

interface Case {
  readonly rule: string;
  readonly own?: AnyStatement[];
  readonly boundary?: AnyStatement[];
  readonly of?: AnyStatement[];
  readonly decidesAlone?: boolean;
  readonly context?: Context;
  readonly answer: string;
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html */
test.each<Case>([
  { rule: "nothing is allowed that no policy allows", answer: "not allowed" },
  { rule: "a role's own policy is enough within an account", own: [allow()], answer: "allowed" },
  { rule: "so is a resource's that names the role", of: [allow(by(ROLE))], answer: "allowed" },
  { rule: "and one that names everybody", of: [allow({ Principal: "*" })], answer: "allowed" },
  { rule: "one that names the account leaves it to the role's", of: [allow(by(ACCOUNT))], answer: "not allowed" },
  { rule: "one that names another role says nothing", of: [allow(by(`${ROLE}s`))], answer: "not allowed" },
  {
    rule: "one that names a service says nothing of roles",
    of: [allow({ Principal: { Service: "ec2.amazonaws.com" } })],
    answer: "not allowed",
  },
  { rule: "an explicit deny of the role's wins", own: [allow(), deny()], answer: "denied" },
  { rule: "so does one of the resource's", own: [allow()], of: [deny({ Principal: "*" })], answer: "denied" },
  { rule: "and one of the boundary's", own: [allow()], boundary: [allow(), deny()], answer: "denied" },
  { rule: "a boundary gives nothing", boundary: [allow()], answer: "not allowed" },
  { rule: "and takes what it does not allow", own: [allow()], boundary: [], answer: "not allowed" },
  { rule: "also from a resource's grant to the role", of: [allow(by(ROLE))], boundary: [], answer: "not allowed" },
  { rule: "a key's policy decides alone", own: [allow()], of: [], decidesAlone: true, answer: "not allowed" },
  {
    rule: "unless it lets the account's count",
    own: [allow()],
    of: [allow(by(ACCOUNT))],
    decidesAlone: true,
    answer: "allowed",
  },
  {
    rule: "which it may for some actions",
    own: [allow()],
    of: [allow({ ...by(ACCOUNT), Action: ["s3:PutObject"] })],
    decidesAlone: true,
    answer: "not allowed",
  },
  {
    rule: "NotAction is about all but these",
    own: [allow(), denyBut({ NotAction: ["s3:PutObject"] })],
    answer: "denied",
  },
  { rule: "and says nothing of these", own: [allow(), denyBut({ NotAction: ["s3:Get*"] })], answer: "allowed" },
  { rule: "NotResource likewise", own: [allow(), denyBut({ NotResource: [`${BUCKET}/some/*`] })], answer: "allowed" },
  {
    rule: "a condition that does not hold takes the statement away",
    own: [allow({ Condition: { StringEquals: { "aws:PrincipalArn": "x" } } })],
    answer: "not allowed",
  },
  {
    rule: "who asks is known to conditions",
    own: [allow({ Condition: { ArnEquals: { "aws:PrincipalArn": ROLE } } })],
    answer: "allowed",
  },
  {
    rule: "a variable stands for what the request carries",
    own: [allow({ Resource: [`${BUCKET}/\${aws:PrincipalTag/team}/*`] })],
    context: { "aws:PrincipalTag/team": "some" },
    answer: "allowed",
  },
  {
    rule: "and for nothing where it carries none",
    own: [allow({ Resource: [`${BUCKET}/\${aws:PrincipalTag/team}*`] })],
    answer: "not allowed",
  },
])("$rule", ({ own = [], boundary, of, decidesAlone = false, context = {}, answer }) => {
  const caller: Caller = { principal: ROLE, statements: own, boundary };
  const policy: ResourcePolicy | undefined = of && { statements: of, decidesAlone };
  expect(verdict(caller, { action: "s3:GetObject", resource: OBJECT, context }, policy)).toBe(answer);
});

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
test.each<[string, Condition, Context, boolean]>([
  ["values are alternatives", { StringEquals: { k: ["a", "b"] } }, { k: "b" }, true],
  ["keys are not", { StringEquals: { k: "a", l: "a" } }, { k: "a", l: "b" }, false],
  ["nor are operators", { StringEquals: { k: "a" }, Bool: { l: "true" } }, { k: "a", l: "false" }, false],
  ["a key's case means nothing", { StringEquals: { "AWS:SourceAccount": "1" } }, { "aws:sourceaccount": "1" }, true],
  ["a value's does", { StringEquals: { k: "A" } }, { k: "a" }, false],
  ["a missing key does not match", { StringEquals: { k: "a" } }, {}, false],
  ["so that what must not match holds", { StringNotEquals: { k: "a" } }, {}, true],
  [
    "what must not match matches none of its values",
    { ArnNotEquals: { k: ["arn:a:b:c:d:e", "arn:a:b:c:d:f"] } },
    { k: "arn:a:b:c:d:f" },
    false,
  ],
  ["IfExists lets a missing key pass", { BoolIfExists: { k: "true" } }, {}, true],
  ["and compares one that is there", { BoolIfExists: { k: "true" } }, { k: "false" }, false],
  ["Null asks whether a key is missing", { Null: { k: "true" } }, {}, true],
  ["or is there", { Null: { k: "false" } }, { k: "a" }, true],
  ["all values of none are as they should be", { "ForAllValues:StringEquals": { k: "a" } }, {}, true],
  ["all values have to be", { "ForAllValues:StringEquals": { k: ["a", "b"] } }, { k: ["a", "c"] }, false],
  ["any value of none is not", { "ForAnyValue:StringEquals": { k: "a" } }, {}, false],
  ["any value is enough", { "ForAnyValue:StringLike": { k: "a*" } }, { k: ["b", "ab"] }, true],
  ["numbers are compared as such", { NumericLessThan: { k: "1.2" } }, { k: "1.10" }, true],
  ["an ARN's parts are compared one by one", { ArnLike: { k: "arn:aws:s3:*:b" } }, { k: "arn:aws:s3:::b" }, false],
])("%s", (_, condition, context, holds) => {
  expect(conditionsHold(condition, context)).toBe(holds);
});

test("an operator that is none is refused, not taken for one that holds", () => {
  expect(() => conditionsHold({ StringEqual: { k: "a" } }, { k: "a" })).toThrow("StringEqual is no operator");
});

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html */
test.each([
  ["arn:aws:s3:::b/a*", "arn:aws:s3:::b/a/b/c", true],
  ["arn:aws:s3:::b/*/c", "arn:aws:s3:::b/a/b/c", true],
  ["arn:aws:s3:::b/a.c", "arn:aws:s3:::b/abc", false],
  ["arn:aws:secretsmanager:r:1:secret:s-??????", "arn:aws:secretsmanager:r:1:secret:s-AbCdEfG", false],
  ["arn:aws:lambda:r:1:function:f:*", "arn:aws:lambda:r:1:function:f", false],
  ["arn:aws:lambda:r:1:function:f*", "arn:aws:lambda:r:1:function:f:live", true],
  ["arn:aws:lambda:r:1:function:*f:live", "arn:aws:lambda:r:1:function:a:f:live", false],
])("%s means %s: %s", (pattern, arn, means) => {
  expect(isResource(pattern, arn)).toBe(means);
});

test("actions are told whatever their case, and by wildcards", () => {
  expect(isAction("S3:get*", "s3:GetObject")).toBe(true);
  expect(isAction("s3:Get", "s3:GetObject")).toBe(false);
});

describe("two evaluators, of which one is nobody's here, ", () => {
  let at: DeployedStage;
  let callers: ReadonlyMap<string, StageCaller>;
  beforeAll(async () => {
    const { pipeline, stack, made } = await loadSample(stage("hhvm", usual("hhvm")));
    at = deployed(made, pipeline, stack);
    callers = stageCallers(at, stageTemplate("hhvm"));
  });

  test("say the same of what workers' own policies allow", async () => {
    const workers = at.pipeline.activities.map(({ name }) => name);
    const apart: string[] = [];
    let asked = 0;
    for (const { who, calls } of [...neededCalls, ...forbiddenToWorkers]) {
      for (const name of who.filter((each) => workers.includes(each))) {
        for (const [action, resource, more = {}] of calls.filter(([each]) => !each.startsWith("kms:"))) {
          const caller = callers.get(name) as StageCaller;
          const context = { ...caller.context, ...more };
          const ours = verdict(caller, { action, resource, context }, undefined);
          const theirs = await decide({ statements: caller.statements, request: { action, resource, context } });
          asked++;
          if ((ours === "allowed") !== (theirs === "Allowed"))
            apart.push(`${name} ${action} ${resource}: ${ours}, ${theirs}`);
        }
      }
    }
    expect(asked).toBeGreaterThan(300);
    expect(apart).toEqual([]);
  });
});
