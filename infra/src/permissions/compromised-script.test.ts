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

let at: DeployedStage;
let ask: ReturnType<typeof asking>;
beforeAll(async () => {
  const definition = { ...usual("hhvm"), permissionsBoundary: boundaryArn("hhvm") };
  const { pipeline, stack, made } = await loadSample(stage("hhvm", definition));
  at = deployed(made, pipeline, stack);
  const bootstrap = stageTemplate("hhvm", { Buckets: ["hhvm-nodist"], Keys: ["hhvm-signing-key"] });
  ask = asking(at, stageCallers(at, bootstrap));
});

const rowsOf = (groups: readonly CallGroup[]) =>
  groups.flatMap(({ why, who, calls }) => who.flatMap((caller) => calls.map((call) => ({ why, caller, call }))));

const tables = { needed: neededCalls, forbidden: [...forbiddenToWorkers, ...forbiddenToOthers] };

test.each([
  ["needed", "allowed"],
  ["forbidden", "refused"],
] as const)("each call that is %s is %s, for the reason that its table says", (table, answer) => {
  const wrong = rowsOf(tables[table]).flatMap(({ why, caller, call: [action, resource, context = {}] }) => {
    const verdict = ask(caller, { action, resource, context });
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
    expect(roles(at).filter((role) => !callers.has(role.replace(/_worker$/, "")))).toEqual([]);
  },
);

/** What a role may do though its own work does not ask for it, and another's does. */
const beyondTheirWork = [
  {
    why: "what is built is told by what is there, whatever it is",
    who: ["BuildStatus", "PrepareActivity", "RequestApproval"],
    what: /^s3:GetObject arn:aws:s3:::hhvm-(scratch|downloads)-\d+\//,
  },
  {
    why: "publishers read what was made, and its definition says all of it",
    who: ["PublishBinaryPackages_worker"],
    what: /^s3:GetObject arn:aws:s3:::hhvm-(scratch-\d+\/|downloads-\d+\/(debian|ubuntu)\/)/,
  },
  {
    why: "an index lies beside what it lists",
    who: ["PublishDockerImages_worker"],
    what: /^s3:GetObject arn:aws:s3:::hhvm-downloads-\d+\/ubuntu\/dists\//,
  },
  {
    why: "a signature lies beside what it signs",
    who: ["MakeBinaryPackage_worker"],
    what: /^s3:GetObject arn:aws:s3:::hhvm-scratch-\d+\/hhvm-4\.28\.2\.tar\.gz\.sig$/,
  },
  {
    why: "repair removes what a build has left, whatever that is",
    who: ["Repair"],
    what: /^s3:DeleteObject arn:aws:s3:::hhvm-state-\d+\/executions\//,
  },
];

test("no role of the stage may do another's work, but for what is read or removed for a reason", () => {
  const work = new Map(roles(at).map((role) => [role, roleRequests(role, at)]));
  const used = new Set<(typeof beyondTheirWork)[number]>();
  const wrong: string[] = [];
  const nameOf = ({ action, resource }: IamRequest) => `${action} ${resource}`;
  const all = new Map([...work.values()].flat().map((request) => [nameOf(request), request]));
  expect(all.size).toBeGreaterThan(300);
  for (const [role, own] of work) {
    const asked = new Set(own.map(nameOf));
    for (const [name, request] of all) {
      if (asked.has(name) || ask(role.replace(/_worker$/, ""), request) !== "allowed") continue;
      const reason = beyondTheirWork.find(({ who, what }) => who.includes(role) && what.test(name));
      if (reason === undefined) wrong.push(`${role}: ${name}`);
      else used.add(reason);
    }
  }
  expect(wrong).toEqual([]);
  expect(beyondTheirWork.filter((each) => !used.has(each))).toEqual([]);
});
