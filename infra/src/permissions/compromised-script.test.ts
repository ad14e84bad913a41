import { beforeAll, expect, test } from "vitest";
import { boundaryArn, stageTemplate } from "../../testing/bootstrap-template.ts";
import { type DeployedStage, deployed, type IamRequest } from "../../testing/iam-requests.ts";
import type { CallGroup } from "../../testing/reach/call-tables.ts";
import { forbiddenToOthers } from "../../testing/reach/forbidden-to-others.ts";
import { forbiddenToWorkers } from "../../testing/reach/forbidden-to-workers.ts";
import { neededCalls } from "../../testing/reach/needed-calls.ts";
import { asking, stageCallers } from "../../testing/reach/stage-callers.ts";
import { roleRequests, roles } from "../../testing/role-requests.ts";
import { stage, usual } from "../../testing/sample-stages.ts";
import { loadSample } from "../../testing/synth-stage.ts";

interface Reach {
  readonly at: DeployedStage;
  readonly ask: ReturnType<typeof asking>;
}

/** A stage that bears its pipeline's name, within its boundary. */
async function reachOf(name: string, parameters: Parameters<typeof stageTemplate>[1]): Promise<Reach> {
  const definition = { ...usual(name), permissionsBoundary: boundaryArn(name) };
  const { pipeline, stack, made } = await loadSample(stage(name, definition));
  const at = deployed(made, pipeline, stack);
  return { at, ask: asking(at, stageCallers(at, stageTemplate(name, parameters))) };
}

let hhvm: Reach;
let muster: Reach;
beforeAll(async () => {
  hhvm = await reachOf("hhvm", { Buckets: ["hhvm-nodist"], Keys: ["hhvm-signing-key"] });
  muster = await reachOf("muster", {});
});

const rowsOf = (groups: readonly CallGroup[]) =>
  groups.flatMap(({ why, who, calls }) => who.flatMap((caller) => calls.map((call) => ({ why, caller, call }))));

const tables = { needed: neededCalls, forbidden: [...forbiddenToWorkers, ...forbiddenToOthers] };

test.each([
  ["needed", "allowed"],
  ["forbidden", "refused"],
] as const)("each call that is %s is %s, for the reason that its table says", (table, answer) => {
  const wrong = rowsOf(tables[table]).flatMap(({ why, caller, call: [action, resource, context = {}] }) => {
    const verdict = hhvm.ask(caller, { action, resource, context });
    const isRight = (verdict === "allowed") === (answer === "allowed");
    return isRight ? [] : [`${caller}: ${action} ${resource} is ${verdict}: ${why}`];
  });
  expect(wrong).toEqual([]);
});

test.each(["needed", "forbidden"] as const)(
  "the calls that are %s are many, and every role of the stage is among who makes them",
  (table) => {
    const calls = new Set(tables[table].flatMap((each) => each.calls.map((call) => JSON.stringify(call))));
    expect(calls.size).toBeGreaterThanOrEqual(60);
    const callers = new Set(tables[table].flatMap(({ who }) => who));
    expect(roles(hhvm.at).filter((role) => !callers.has(role.replace(/_worker$/, "")))).toEqual([]);
  },
);

/** What a role may do though its own work does not ask for it, and another's does. */
const beyondTheirWork = [
  {
    why: "what was made and published is read by patterns, and no secret",
    who: /^(\w+_worker|BuildStatus|PrepareActivity|RequestApproval)$/,
    what: /^s3:GetObject \S+-(scratch|downloads)-\d+\//,
  },
  {
    why: "pages that list a folder lie in it, and who publishes there may write there",
    who: /^Publish\w+_worker$/,
    what: /^s3:PutObject \S+-downloads-\d+\/\S*index\.html$/,
  },
  {
    why: "repair removes what a build has left, whatever that is",
    who: /^Repair$/,
    what: /^s3:DeleteObject \S+-state-\d+\/executions\//,
  },
  {
    why: "what the executions of a large build came to is told by all that they left",
    who: /^(NormalizeResults|state_machine)$/,
    what: /^s3:GetObject \S+-state-\d+\/map-runs\//,
  },
  {
    why: "whether an execution runs is asked of any of the machine's",
    who: /^(Notify|ParseInput|state_machine)$/,
    what: /^states:DescribeExecution /,
  },
];

test("no role of a stage may do another's work, but for what is read or removed for a reason", () => {
  const used = new Set<(typeof beyondTheirWork)[number]>();
  const nameOf = ({ action, resource }: IamRequest) => `${action} ${resource}`;
  for (const { at, ask } of [hhvm, muster]) {
    const work = new Map(roles(at).map((role) => [role, roleRequests(role, at)]));
    const all = new Map([...work.values()].flat().map((request) => [nameOf(request), request]));
    expect(all.size).toBeGreaterThan(300);
    const wrong: string[] = [];
    for (const [role, own] of work) {
      const asked = new Set(own.map(nameOf));
      for (const [name, request] of all) {
        if (asked.has(name) || ask(role.replace(/_worker$/, ""), request) !== "allowed") continue;
        const reason = beyondTheirWork.find(({ who, what }) => who.test(role) && what.test(name));
        if (reason === undefined) wrong.push(`${role}: ${name}`);
        else used.add(reason);
      }
    }
    expect(wrong).toEqual([]);
  }
  expect(beyondTheirWork.filter((each) => !used.has(each))).toEqual([]);
});

test("whom a pipeline tells of a build's end believes Notify alone, whatever lets others publish", () => {
  const { at, ask } = muster;
  const [topic] = Object.entries(at.stack.resource.aws_sns_topic ?? {}).filter(([id]) => id.startsWith("told_"));
  const question = { action: "sns:Publish", resource: at.names.arn("sns", String(topic?.[1].name)) };
  const callers = [...roles(at).map((role) => role.replace(/_worker$/, "")), "operator", "administrator", "anyone"];
  expect(callers.filter((caller) => ask(caller, question) === "allowed")).toEqual(["Notify"]);
  expect(ask("administrator", question)).toBe("denied");
});
