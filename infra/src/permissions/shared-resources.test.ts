import { beforeAll, expect, test } from "vitest";
import { type DeployedStage, deployed } from "../../testing/iam-requests.ts";
import { stage, usual } from "../../testing/sample-stages.ts";
import { loadSample } from "../../testing/synth-stage.ts";
import { policies } from "../../testing/who-may.ts";

let at: DeployedStage;
beforeAll(async () => {
  const { pipeline, stack, made } = await loadSample(stage("hhvm", usual("hhvm")));
  at = deployed(made, pipeline, stack);
});

interface Sharing {
  readonly why: string;
  /** Actions on resources, as a policy has them. */
  readonly what: RegExp;
  /** Those who may share it. */
  readonly who: RegExp;
}

const WORKER = /_worker$/;
const LAUNCHER = /^(PrepareActivity|HealthCheck|Repair)$/;
const REPAIRER = /^(PrepareActivity|HealthCheck|Repair|Reap)$/;
const FUNCTION = /^[A-Z][A-Za-z]+$/;

/** Resources that several roles name by one pattern, and why no role has its own. */
const sharings: readonly Sharing[] = [
  { why: "a token names its task, and AWS knows no resource", what: /^states:SendTask\w+ \*$/, who: /^[A-Z]/ },
  { why: "X-Ray knows no resource", what: /^xray:\w+ \*$/, who: /^([A-Z]\w+|state_machine)$/ },
  {
    why: "listing log groups knows no resource",
    what: /^logs:DescribeLogGroups \*$/,
    who: /^(flow_log|state_machine)$/,
  },
  { why: "listing instances knows no resource", what: /^ec2:DescribeInstances \*$/, who: REPAIRER },
  { why: "a channel of Session Manager knows no resource", what: /^ssmmessages:\w+ \*$/, who: WORKER },
  { why: "AWS knows no key that tells who says it is alive", what: /^ssm:UpdateInstanceInformation /, who: WORKER },
  {
    why: "one agent for all, written by deployments",
    what: /^s3:GetObjectVersion \S+-assets-\d+\/agents\/\*$/,
    who: WORKER,
  },
  { why: "each machine tags itself: a condition says so", what: /^ec2:CreateTags \S+:instance\/\*$/, who: WORKER },
  {
    why: "a definition names what it reads",
    what: /^s3:GetObject \S+-scratch-\d+\/(hhvm-)?\*$/,
    who: /^(\w+_worker|BuildStatus|PrepareActivity|RequestApproval)$/,
  },
  {
    why: "two activities sign",
    what: /^s3:GetObject \S+\/signing\/key\.\*$/,
    who: /^(MakeSourceTarball|PublishBinaryPackages)_worker$/,
  },
  {
    why: "a key's id is AWS's choice: a condition names its alias",
    what: /^kms:Decrypt /,
    who: /^(MakeSourceTarball|PublishBinaryPackages)_worker$/,
  },
  {
    why: "what is published is told by what is there",
    what: /^s3:GetObject \S+-downloads-\d+\/\*$/,
    who: /^(BuildStatus|PrepareActivity|RequestApproval)$/,
  },
  { why: "histories tell what waits, and what failed", what: /^states:GetExecutionHistory /, who: FUNCTION },
  {
    why: "platforms of a large build have executions, whose histories tell the same",
    what: /^states:ListExecutions \S+:mapRun:[\w-]+\/\*$/,
    who: FUNCTION,
  },
  {
    why: "what platforms of a large build came to is written by Step Functions, and read by one function",
    what: /^s3:GetObject \S+\/map-runs\/\*$/,
    who: /^(NormalizeResults|state_machine)$/,
  },
  {
    why: "whether an execution runs is asked of any of the machine's",
    what: /^states:DescribeExecution \S+:execution:[\w-]+:\*$/,
    who: /^(ParseInput|state_machine)$/,
  },
  {
    why: "withdrawals are begun by one, and told by another",
    what: /^s3:GetObject \S+\/withdrawals\/\*$/,
    who: /^(BuildStatus|ParseInput)$/,
  },
  {
    why: "launching is one thing, done at three times",
    what: /^(ec2:(CreateFleet|RunInstances|CreateTags|GetConsoleOutput)|iam:PassRole|ssm:GetParameters|states:GetActivityTask) /,
    who: LAUNCHER,
  },
  {
    why: "what a build asked for goes once it is answered, and with the build",
    what: /^s3:DeleteObject \S+\/demands\/\*$/,
    who: /^(PrepareActivity|HealthCheck|Repair|Reap)$/,
  },
  {
    why: "counting is one thing, done at three times",
    what: /^s3:\w+ \S+\/(answered|attention|demands|launches|leases\/repair)\/\*$/,
    who: /^(PrepareActivity|HealthCheck|Repair|KeepPage)$/,
  },
  { why: "whoever finds a machine gone gives its task back", what: /^s3:\w+ \S+\/claims\/\*$/, who: REPAIRER },
  {
    why: "a build's wait is ended by one of two",
    what: /^s3:\w+ \S+\/executions\/\*\/[a-z-]+\.json$/,
    who: /^(HealthCheckWait|EndHealthCheck|HealthCheck)$/,
  },
  {
    why: "what a build has left is removed at its end, or later",
    what: /^s3:DeleteObject \S+\/executions\/\*$/,
    who: /^(Reap|Repair)$/,
  },
];

test("what several roles name by one pattern is shared for a reason, by those whom it is meant for", () => {
  const shared = new Map<string, Set<string>>();
  for (const [role, statements] of policies(at))
    for (const { Action, Resource } of statements)
      for (const resource of Resource.filter((each) => each.includes("*")))
        for (const action of Action) {
          const name = `${action} ${resource}`;
          shared.set(name, (shared.get(name) ?? new Set()).add(role));
        }
  const used = new Set<Sharing>();
  const wrong = [...shared].flatMap(([name, roles]) => {
    if (roles.size === 1) return [];
    const unmeant = [...roles].filter((role) => {
      const reason = sharings.find(({ what, who }) => what.test(name) && who.test(role));
      if (reason !== undefined) used.add(reason);
      return reason === undefined;
    });
    return unmeant.map((role) => `${role}: ${name}`);
  });
  expect(wrong).toEqual([]);
  expect(sharings.filter((each) => !used.has(each)).map(({ why }) => why)).toEqual([]);
});
