import { expect, test } from "vitest";
import { ref, resourcesOf } from "../../testing/references.ts";
import { stage, usual } from "../../testing/sample-stages.ts";
import { type SynthesisedStack, synthStage } from "../../testing/synth-stage.ts";

const withZones = (zones: string[], egress: "nat" | "public-addresses" = "nat"): Promise<SynthesisedStack> =>
  synthStage(stage("test", { ...usual("muster"), network: { kind: "own", zones, egress } }));

const ranges = (stack: SynthesisedStack): Record<string, string> =>
  Object.fromEntries(resourcesOf(stack, "aws_subnet").map(([name, { cidr_block }]) => [name, String(cidr_block)]));

test("a zone more moves no other zone's subnet", async () => {
  const before = ranges(await withZones(["us-west-2b", "us-west-2d"]));
  const after = ranges(await withZones(["us-west-2a", "us-west-2b", "us-west-2c", "us-west-2d"]));
  expect(after["workers_us-west-2b"]).toBe(before["workers_us-west-2b"]);
  expect(after["workers_us-west-2d"]).toBe(before["workers_us-west-2d"]);
  expect(new Set(Object.values(after)).size).toBe(5);
});

test("each plan says which zones of the region have no subnet", async () => {
  const { check, data } = (await withZones(["us-west-2a", "us-west-2b"])) as SynthesisedStack & {
    check: Record<string, { assert: { condition: string; error_message: string } }>;
  };
  expect(data?.aws_availability_zones).toHaveProperty("zones");
  expect(check.every_zone_has_a_subnet?.assert.condition).toBe(
    ref('length(setsubtract(data.aws_availability_zones.zones.names, ["us-west-2a","us-west-2b"])) == 0'),
  );
  expect(check.every_zone_has_a_subnet?.assert.error_message).toContain("The stage test has no subnet in");
});

test("a flow log is created after the permissions that EC2 tries", async () => {
  const stack = await withZones(["us-west-2a"]);
  expect(stack.resource.aws_flow_log?.flow_log?.depends_on).toEqual(["aws_iam_role_policy.flow_log_policy"]);
  const policy = JSON.parse(String(stack.resource.aws_iam_role_policy?.flow_log_policy?.policy));
  expect(policy.Statement.flatMap(({ Action }: { Action: string[] }) => Action).sort()).toEqual([
    "logs:CreateLogStream",
    "logs:DescribeLogGroups",
    "logs:DescribeLogStreams",
    "logs:PutLogEvents",
  ]);
});
