import { gzipSync } from "node:zlib";
import { functionNames } from "@muster/pipeline";
import { beforeAll, describe, expect, test } from "vitest";
import { DEFAULT_QUOTAS } from "../testing/default-quotas.ts";
import { type DeployedStage, deployed } from "../testing/iam-requests.ts";
import { synthLarge } from "../testing/large-pipeline.ts";
import { evaluate, resourcesOf } from "../testing/references.ts";
import { roleRequests } from "../testing/role-requests.ts";
import { stage, usual } from "../testing/sample-stages.ts";
import { statementsOf } from "../testing/simulate.ts";
import { refusedRequests } from "../testing/unused-permissions.ts";

const large = stage("a-stage-name-of-thirty-letters", {
  ...usual("large"),
  network: { kind: "own", zones: [..."abcdef"].map((zone) => `us-west-2${zone}`), egress: "nat" },
});

describe("a stage of forty activities, six zones and a name of thirty letters", () => {
  let at: DeployedStage;
  beforeAll(async () => {
    const { pipeline, stack } = await synthLarge(large, 40);
    at = deployed(large, pipeline, stack);
  });
  const lengths = (type: string, attribute: string) =>
    resourcesOf(at.stack, type).map(([, body]) => evaluate(String(body[attribute]), at.stack).length);

  test("has policies that IAM takes", () => {
    expect(Math.max(...lengths("aws_iam_role_policy", "policy"))).toBeLessThan(10_240);
    expect(Math.max(...lengths("aws_iam_policy", "policy"))).toBeLessThan(6144);
  });

  test("is described in one parameter, and in a function's variables", () => {
    expect(Math.max(...lengths("aws_ssm_parameter", "value"))).toBeLessThan(8192);
    const description = evaluate(at.stack.locals.stage_description ?? "", at.stack);
    expect(gzipSync(description).toString("base64").length).toBeLessThan(4096 - "MUSTER_STAGE".length);
  });

  test("fits ten times into what an account may have of everything but networks", () => {
    const made = Object.entries(DEFAULT_QUOTAS).map(([type, { most }]) => {
      const count = resourcesOf(at.stack, type).length;
      expect(count, type).toBeGreaterThan(0);
      return [type, Math.floor(most / count)] as const;
    });
    expect(Object.fromEntries(made.filter(([, times]) => times < 10))).toEqual({
      aws_eip: 5,
      aws_internet_gateway: 5,
      aws_nat_gateway: 5,
      aws_vpc: 5,
    });
  });

  test("lets its functions work for every activity", async () => {
    for (const name of functionNames)
      expect(await refusedRequests(statementsOf(at.stack, name), roleRequests(name, at)), name).toEqual([]);
  });
});

test("a pipeline that AWS would refuse when it is applied is refused in one line that names what is too large", async () => {
  await expect(synthLarge(large, 300)).rejects.toThrow(
    /^a-stage-name-of-thirty-letters: the parameter that describes the stage has about \d+ characters, and AWS takes 8192$/,
  );
});
