import { TerminateInstancesCommand } from "@aws-sdk/client-ec2";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { expect, test } from "vitest";
import { base64, failure, ImageId, openEc2 } from "./testing/open-ec2.ts";

test("the same client token launches once, also after the instance has died; with other parameters it is an error", async () => {
  const { clock, ec2, run, describe, settle } = openEc2();
  const [first] = await run({ ClientToken: "t", MaxCount: 2 });
  const again = await run({ ClientToken: "t", MaxCount: 2 });
  expect(again.map(({ InstanceId }) => InstanceId)).toContain(first?.InstanceId);
  expect(await describe()).toHaveLength(2);
  expect(await failure(run({ ClientToken: "t", MaxCount: 3 }))).toBe("IdempotentParameterMismatch");
  await settle();
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: again.map(({ InstanceId = "" }) => InstanceId) }));
  await settle();
  clock.advance(7_200_000);
  const dead = await run({ ClientToken: "t", MaxCount: 2 });
  expect(dead.map(({ State }) => State?.Name)).toEqual(["terminated", "terminated"]);
});

test("what EC2 refuses before it looks for capacity is refused by the same names", async () => {
  const { run, describe } = openEc2();
  expect(await failure(run({ InstanceType: "r6i.huge" as never }))).toBe("InvalidParameterValue");
  expect(await failure(run({ SubnetId: "subnet-00000000" }))).toBe("InvalidSubnetID.NotFound");
  expect(await failure(run({ ImageId: "ubuntu" }))).toBe("InvalidAMIID.Malformed");
  expect(await failure(run({ ImageId: "resolve:ssm:/none" }))).toBe("InvalidAMIID.NotFound");
  expect(await failure(run({ UserData: base64("x".repeat(16_385)) }))).toBe("InvalidParameterValue");
  expect(await failure(run({ UserData: "%%%" }))).toBe("InvalidUserData.Malformed");
  expect(await failure(run({ MinCount: 2, MaxCount: 1 }))).toBe("InvalidParameterValue");
  expect(await failure(run({ DryRun: true }))).toBe("DryRunOperation");
  expect(await failure(describe({ InstanceIds: ["i-nope"] }))).toBe("InvalidInstanceID.Malformed");
  expect(await failure(describe({ Filters: [{ Name: "colour", Values: ["red"] }] }))).toBe("InvalidParameterValue");
  await run();
  expect(await failure(describe({ Filters: [{ Name: "colour", Values: ["red"] }] }))).toBe("InvalidParameterValue");
});

test("images are resolved from the parameter store", async () => {
  const { aws, run } = openEc2();
  await new SSMClient(aws.clientConfig()).send(
    new PutParameterCommand({ Name: "/images/worker", Value: ImageId, Type: "String" }),
  );
  expect((await run({ ImageId: "resolve:ssm:/images/worker" }))[0]?.ImageId).toBe(ImageId);
  const [ubuntu] = await run({
    ImageId: "resolve:ssm:/aws/service/canonical/ubuntu/server/22.04/stable/current/amd64/hvm/ebs-gp2/ami-id",
  });
  expect(ubuntu?.ImageId).toMatch(/^ami-[0-9a-f]{17}$/);
});

test("EC2's request buckets: five launches at once, then two a second, and fleets draw on the same bucket", async () => {
  const { clock, run, fleet } = openEc2({ ec2: { requestLimits: true } });
  const burst = await Promise.all(Array.from({ length: 8 }, () => failure(run())));
  expect(burst.filter((name) => name === "RequestLimitExceeded")).toHaveLength(3);
  clock.advance(1_000);
  expect([await failure(run()), await failure(fleet()), await failure(run())]).toEqual([
    "no failure",
    "no failure",
    "RequestLimitExceeded",
  ]);
  clock.advance(60_000);
  expect(await failure(run({ MinCount: 1001, MaxCount: 1001 }))).toBe("RequestLimitExceeded");
});

test("an unknown action and a call that a test breaks are errors by their names", async () => {
  const { aws, run, describe } = openEc2();
  const body = "Action=MakeCoffee&Version=2016-11-15";
  const { url } = await aws.listen();
  const answer = await fetch(url, {
    method: "POST",
    body,
    headers: { "content-type": "application/x-www-form-urlencoded" },
  });
  expect(await answer.text()).toContain("<Code>InvalidAction</Code>");
  aws.failCalls({ service: "ec2", operation: "RunInstances", times: 1 }, { code: "Unsupported" });
  expect(await failure(run())).toBe("Unsupported");
  aws.failCalls({ operation: "RunInstances", times: 1 }, { code: "InternalError", status: 500, afterwards: true });
  expect(await failure(run({ ClientToken: "t" }))).toBe("InternalError");
  expect(await run({ ClientToken: "t" })).toHaveLength(1);
  expect(await describe()).toHaveLength(1);
});
