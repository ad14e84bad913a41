import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { evaluate } from "../../testing/references.ts";
import { stage, usual } from "../../testing/sample-stages.ts";
import { isAllowed } from "../../testing/simulate.ts";
import { synthStage } from "../../testing/synth-stage.ts";
import type { Statement } from "./policy.ts";

const region = "us-west-2:111122223333";
const execution = `arn:aws:states:${region}:execution:hhvm-build:some-build`;
const stateMachine = `arn:aws:states:${region}:stateMachine:hhvm-build`;
const group = `arn:aws:logs:${region}:log-group:/muster/hhvm/hhvm/make-binary-package`;
/** What CloudWatch Logs asks of IAM for a group as a whole: its refusals name this resource. */
const wholeGroup = `${group}:log-stream:`;

type Context = Readonly<Record<string, string>>;

/** What the operations of the `muster` command ask of IAM, and on what. */
const CALLS: Readonly<Record<string, readonly (readonly [action: string, resource: string, context?: Context])[]>> = {
  DescribeExecution: [["states:DescribeExecution", execution]],
  DescribeInstances: [["ec2:DescribeInstances", "*"]],
  DescribeStateMachine: [["states:DescribeStateMachine", stateMachine]],
  DescribeStateMachineForExecution: [["states:DescribeStateMachineForExecution", execution]],
  DescribeLogStreams: [["logs:DescribeLogStreams", wholeGroup]],
  // `repro` takes what an attempt had: objects as they were, scripts by their version.
  "versions of objects": [
    ["s3:GetObjectVersion", "arn:aws:s3:::hhvm-downloads-111122223333/some/key"],
    ["s3:GetObjectVersion", "arn:aws:s3:::hhvm-assets-111122223333/scripts/make.sh"],
  ],
  // `withdraw` asks whether a bucket keeps what it takes back; `build` and `matrix`, whether a version was withdrawn.
  GetBucketVersioning: [["s3:GetBucketVersioning", "arn:aws:s3:::hhvm-downloads-111122223333"]],
  "records of withdrawals": [
    ["s3:GetObject", "arn:aws:s3:::hhvm-state-111122223333/withdrawals/1.2.3.json"],
    ["s3:ListBucket", "arn:aws:s3:::hhvm-state-111122223333", { "s3:prefix": "withdrawals/1.2.3.json" }],
  ],
  ListObjectVersions: [["s3:ListBucketVersions", "arn:aws:s3:::hhvm-downloads-111122223333"]],
  GetExecutionHistory: [
    ["states:GetExecutionHistory", execution],
    ["states:GetExecutionHistory", `arn:aws:states:${region}:execution:hhvm-build/ForEachPlatform:some-platform`],
  ],
  GetLogEvents: [["logs:GetLogEvents", `${group}:log-stream:w_i-0123456789abcdef0`]],
  GetParameter: [["ssm:GetParameter", `arn:aws:ssm:${region}:parameter/muster/hhvm/description`]],
  // After a build: which apt repositories there are.
  ListObjectsV2: [["s3:ListBucket", "arn:aws:s3:::hhvm-downloads-111122223333"]],
  ListExecutions: [
    ["states:ListExecutions", stateMachine],
    ["states:ListExecutions", `arn:aws:states:${region}:mapRun:hhvm-build/ForEachPlatform:some-run`],
  ],
  StartExecution: [["states:StartExecution", stateMachine]],
  StopExecution: [["states:StopExecution", execution]],
  // Last words of an attempt whose stream has expired.
  "an attempt's record and log": [
    [
      "s3:ListBucket",
      "arn:aws:s3:::hhvm-state-111122223333",
      { "s3:prefix": "attempts/MakeBinaryPackage/some-build/some-task/" },
    ],
    ["s3:GetObject", "arn:aws:s3:::hhvm-state-111122223333/attempts/MakeBinaryPackage/some-build/some-task/1.log.gz"],
  ],
  // `report` finds the page that is kept of a build, and signs a link to it.
  "a build's page": [
    ["s3:ListBucket", "arn:aws:s3:::hhvm-state-111122223333", { "s3:prefix": "pages/some-build.html" }],
    ["s3:GetObject", "arn:aws:s3:::hhvm-state-111122223333/pages/some-build.html"],
  ],
  // `artifacts` and `verify`, beside the records of attempts. A look at an object is asked as its reading is.
  ...Object.fromEntries(
    ["HeadObject", "GetObject"].map((name) => [
      name,
      ["scratch", "downloads"].map(
        (role) => ["s3:GetObject", `arn:aws:s3:::hhvm-${role}-111122223333/some/key`] as const,
      ),
    ]),
  ),
  "the folders of attempts": [["s3:ListBucket", "arn:aws:s3:::hhvm-state-111122223333", { "s3:prefix": "attempts/" }]],
  // What a plan compares with: sent by what functions use too.
  "EC2's quotas": [["servicequotas:GetServiceQuota", `arn:aws:servicequotas:${region}:ec2/L-1216C47A`]],
  // Who was told of a build's end.
  "records of notifications": [
    ["s3:ListBucket", "arn:aws:s3:::hhvm-state-111122223333", { "s3:prefix": "notifications/some-build/" }],
    ["s3:GetObject", "arn:aws:s3:::hhvm-state-111122223333/notifications/some-build/some-end_chat.json"],
  ],
  // `build --plan` and `matrix` look for artifacts, also for those that are not there.
  "the plan's and the matrix's lookups": ["scratch", "downloads"].flatMap((role) => [
    ["s3:GetObject", `arn:aws:s3:::hhvm-${role}-111122223333/some/key`] as const,
    ["s3:ListBucket", `arn:aws:s3:::hhvm-${role}-111122223333`] as const,
  ]),
  // `why` and `workers`, by what functions use too.
  "launches, leases and machines": [
    ["ec2:DescribeInstances", "*"],
    ["s3:ListBucket", "arn:aws:s3:::hhvm-state-111122223333", { "s3:prefix": "launches/MakeBinaryPackage/" }],
    [
      "s3:ListBucket",
      "arn:aws:s3:::hhvm-state-111122223333",
      { "s3:prefix": "leases/exclusive/PublishBinaryPackages.json" },
    ],
    [
      "s3:GetObject",
      "arn:aws:s3:::hhvm-state-111122223333/launches/MakeBinaryPackage/2026-11-24T12:00:00.000Z_token.json",
    ],
    ["s3:GetObject", "arn:aws:s3:::hhvm-state-111122223333/leases/exclusive/PublishBinaryPackages.json"],
  ],
};

/** What `notifications` asks besides, on a stage that tells anybody: see notifications.test.ts. */
const NOTIFYING: typeof CALLS = { Invoke: [] };

/** What `audit` lists, and reads where no token is in it. */
const state = "arn:aws:s3:::hhvm-state-111122223333";
const AUDITED: (typeof CALLS)[string] = [
  ...[
    "demands/",
    "launches/",
    "leases/exclusive/",
    "leases/repair/",
    "executions/",
    "attention/",
    "reaper/marks.json",
  ].map((prefix) => ["s3:ListBucket", state, { "s3:prefix": prefix }] as const),
  ...["demands/Make/1_2.json", "leases/repair/all.json", "reaper/marks.json"].map(
    (key) => ["s3:GetObject", `${state}/${key}`] as const,
  ),
];

/** Records by which a task is answered: who reads one could end it. */
const SECRET_RECORDS = [
  "claims/MakeBinaryPackage/i-0123456789abcdef0.json",
  "executions/some-build/health-check-token.json",
];

/** What `muster approve` asks of IAM besides: nobody who only builds may answer. STS tells everybody who they are. */
const APPROVING: typeof CALLS = {
  GetCallerIdentity: [],
  SendTaskFailure: [["states:SendTaskFailure", "*"]],
  SendTaskSuccess: [["states:SendTaskSuccess", "*"]],
};

let approver: readonly Statement[];
let statements: readonly Statement[];
beforeAll(async () => {
  const stack = await synthStage(stage("hhvm", usual("hhvm")));
  const statementsOf = (name: string) =>
    JSON.parse(evaluate(String(stack.resource.aws_iam_policy?.[name]?.policy), stack)).Statement;
  statements = statementsOf("operator_policy");
  approver = statementsOf("approver_policy");
});

test("the table names every operation that the command's sources send to a deployed stage", () => {
  const sources = join(import.meta.dirname, "../../../packages/cli/src");
  const files = readdirSync(sources, { recursive: true, encoding: "utf8" }).filter(
    (path) =>
      path.endsWith(".ts") &&
      !path.endsWith(".test.ts") &&
      !path.startsWith("stages/local") &&
      !path.startsWith("testing/"),
  );
  const sent = files.flatMap((path) =>
    [...readFileSync(join(sources, path), "utf8").matchAll(/new (\w+)Command\(/g)].map(([, name = ""]) => name),
  );
  const all = { ...CALLS, ...APPROVING, ...NOTIFYING };
  expect(sent.filter((name) => !Object.hasOwn(all, name))).toEqual([]);
  expect(Object.keys(all).filter((name) => /^\w+$/.test(name) && !sent.includes(name))).toEqual([]);
});

test("whoever builds may make each of them", async () => {
  for (const [action, resource, context = {}] of [...Object.values(CALLS).flat(), ...AUDITED])
    expect(await isAllowed({ statements, request: { action, resource, context } }), action).toBe(true);
});

test("but no record that holds a task's token", async () => {
  const asked = [
    { action: "s3:GetObject", resource: `${state}/claims/Make/i-1.json` },
    { action: "s3:GetObject", resource: `${state}/executions/some-build/health-check-token.json` },
    { action: "s3:ListBucket", resource: state, context: { "s3:prefix": "claims/" } },
    { action: "s3:ListBucket", resource: state },
  ];
  for (const request of asked) expect(await isAllowed({ statements, request }), request.resource).toBe(false);
});

test("and nothing else", () => {
  const allowed = statements.flatMap(({ Action }) => Action).sort();
  expect([...new Set(allowed)]).toEqual(
    [
      ...new Set(
        Object.values(CALLS)
          .flat()
          .map(([action]) => action),
      ),
    ].sort(),
  );
});

test("nor does it see what answers a task", async () => {
  for (const key of SECRET_RECORDS) {
    const request = { action: "s3:GetObject", resource: `arn:aws:s3:::hhvm-state-111122223333/${key}` };
    expect(await isAllowed({ statements, request }), key).toBe(false);
  }
});

test("whoever approves may answer, and nothing else", async () => {
  const calls = Object.values(APPROVING).flat();
  for (const [action, resource] of calls)
    expect(await isAllowed({ statements: approver, request: { action, resource } }), action).toBe(true);
  expect(approver.flatMap(({ Action }) => Action).sort()).toEqual(calls.map(([action]) => action).sort());
});
