import { DescribeInstancesCommand, EC2Client, RunInstancesCommand } from "@aws-sdk/client-ec2";
import { createLocalAws, runUntil, virtualClock } from "@muster/local";
import { WorkerTag } from "@muster/records";
import { expect, test } from "vitest";
import { loadEc2, nameTag, type WorkerTags } from "./name-tag.ts";

const idle: WorkerTags = { state: "waiting", tasks: 0, subject: "Make", tagState: "idle", task: "" };

/** A machine whose tags EC2 refuses so many times. */
async function machine({ refusals }: { refusals: number }) {
  // Virtual time does not see that a module is loaded, and would pass meanwhile.
  await loadEc2();
  const clock = virtualClock();
  const aws = createLocalAws({ clock });
  const ec2 = new EC2Client({ ...aws.clientConfig(), maxAttempts: 1 });
  const launched = await ec2.send(new RunInstancesCommand({ ImageId: "ami-00000000", MinCount: 1, MaxCount: 1 }));
  const instanceId = launched.Instances?.[0]?.InstanceId ?? "";
  const refused = { code: "RequestLimitExceeded", status: 503 };
  if (refusals > 0) aws.failCalls({ service: "ec2", operation: "CreateTags", times: refusals }, refused);
  const warnings: string[] = [];
  const diagnostics = { warn: (line: string) => warnings.push(line), error() {}, info() {} } as never;
  const tag = nameTag({ clients: { ec2: async () => ec2 }, instanceId, clock, diagnostics });
  const shown = async () => {
    const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [instanceId] }));
    return Reservations?.[0]?.Instances?.[0]?.Tags?.find(({ Key }) => Key === WorkerTag.state)?.Value;
  };
  const until = (state: string) => runUntil(aws, clock, async () => (await shown()) === state);
  return { aws, clock, tag, shown, until, warnings, [Symbol.asyncDispose]: () => aws.close() };
}

test("a state that could not be written is written later, while nothing else happens", async () => {
  await using played = await machine({ refusals: 3 });
  const startMs = played.clock.now();
  played.tag.show(idle);
  await played.until("idle");
  expect(played.clock.now() - startMs).toBeLessThan(60_000);
  expect(played.warnings).toHaveLength(1);
});

test("a state that could not be written is not written over the next one", async () => {
  await using played = await machine({ refusals: 1 });
  played.tag.show(idle);
  await runUntil(played.aws, played.clock, () => played.warnings.length === 1);
  played.tag.show({ ...idle, state: "active", tasks: 1, tagState: "active", task: "Make-1.0.0" });
  await played.until("active");
  await played.aws.idle();
  expect(await played.shown()).toBe("active");
});

test("at the worker's end what waits is tried once more, and nothing waits any longer", async () => {
  await using played = await machine({ refusals: 1 });
  played.tag.show(idle);
  await runUntil(played.aws, played.clock, () => played.warnings.length === 1);
  const endedMs = played.clock.now();
  await played.tag.settled();
  expect(await played.shown()).toBe("idle");
  expect(played.clock.now()).toBe(endedMs);
});
