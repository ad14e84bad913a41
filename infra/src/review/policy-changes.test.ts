import { expect, test } from "vitest";
import { ref } from "../../testing/references.ts";
import { policyChanges } from "./policy-changes.ts";

const policy = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const allow = (Action: string | string[], Resource: string | string[] = "arn:aws:s3:::a/*", more: object = {}) => ({
  Effect: "Allow",
  Action,
  Resource,
  ...more,
});

test("actions that come and go are named, whichever statement they stand in", () => {
  const before = policy(allow(["s3:GetObject", "s3:PutObject"]), allow("s3:ListBucket"));
  const after = policy(allow(["s3:ListBucket", "s3:GetObject"]), allow("s3:DeleteObject"));
  expect(policyChanges(before, after)).toEqual(["added: Allow `s3:DeleteObject`", "removed: Allow `s3:PutObject`"]);
});

test("an action for other resources or under other conditions is named, without either", () => {
  const condition = { Condition: { StringEquals: { "aws:SourceAccount": "111122223333" } } };
  const before = policy(allow("s3:GetObject"), allow("sns:Publish", "arn:t", condition), allow("kms:Decrypt"));
  const after = policy(
    allow("s3:GetObject", "arn:aws:s3:::b/*"),
    allow("sns:Publish", "arn:t"),
    allow("kms:Decrypt", "*"),
  );
  expect(policyChanges(before, after)).toEqual([
    "changed: Allow `kms:Decrypt`: **now on every resource**",
    "changed: Allow `s3:GetObject`: other resources",
    "changed: Allow `sns:Publish`: other conditions",
  ]);
});

test("a policy that says the same in another order changes nothing", () => {
  const two = [allow("a:One", ["arn:1"]), allow(["a:Two"], "arn:2")];
  expect(policyChanges(policy(...two), policy(...two.toReversed()))).toEqual([]);
});

test("a new policy shows all that it allows, and what it allows everywhere", () => {
  expect(policyChanges(undefined, policy(allow("ec2:DescribeInstances", "*"), allow("s3:GetObject")))).toEqual([
    "added: Allow `ec2:DescribeInstances` **on every resource**",
    "added: Allow `s3:GetObject`",
  ]);
});

test("who may take a role is named", () => {
  const trust = (Principal: object | string) => policy({ Effect: "Allow", Action: "sts:AssumeRole", Principal });
  expect(policyChanges(trust({ Service: "lambda.amazonaws.com" }), trust("*"))).toEqual([
    "added: Allow `sts:AssumeRole` to `*`",
    "removed: Allow `sts:AssumeRole` to `lambda.amazonaws.com`",
  ]);
});

test("on every resource is not said of a resource's own policy, where it means that resource", () => {
  const key = { Effect: "Allow", Action: "kms:Encrypt", Principal: { AWS: "arn:root" }, Resource: "*" };
  expect(policyChanges(undefined, policy(key))).toEqual(["added: Allow `kms:Encrypt` to `arn:root`"]);
});

test("of a policy that still has references, actions are compared, and resources are not", () => {
  const before = policy(allow(["lambda:InvokeFunction", "s3:GetObject"], "arn:aws:lambda:::function:a:12"));
  const after = policy(allow(["lambda:InvokeFunction", "s3:PutObject"], ref("aws_lambda_function.a.qualified_arn")));
  expect(policyChanges(before, after, { complete: false })).toEqual([
    "removed: Allow `s3:GetObject`",
    "added: Allow `s3:PutObject`",
  ]);
});

test("everything but some actions is not taken for those actions", () => {
  expect(policyChanges(policy(), policy({ Effect: "Allow", NotAction: "iam:*", Resource: "*" }))).toEqual([
    "added: Allow everything but `iam:*` **on every resource**",
  ]);
});

test("a long policy is cut, and what cannot be read is called that", () => {
  const many = Array.from({ length: 60 }, (_, index) => allow(`a:Action${String(index).padStart(2, "0")}`));
  const lines = policyChanges(policy(), policy(...many));
  expect(lines).toHaveLength(26);
  expect(lines.at(-1)).toBe("… and 35 more: see the plan itself");
  expect(policyChanges(policy(), "{")).toEqual(["a policy that is no JSON of IAM's: look at the plan itself"]);
});
