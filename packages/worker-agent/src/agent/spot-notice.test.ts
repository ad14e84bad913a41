import { type RunningInstance, runUntil, virtualClock } from "@muster/local";
import { expect, test, vi } from "vitest";
import { testStage } from "../../testing/test-stage.ts";
import { recordedDiagnostics } from "../../testing/worker-in-process.ts";
import { readIdentity } from "../machine/instance-identity.ts";
import { instanceMetadata } from "../machine/instance-metadata.ts";
import { watchForSpotNotice } from "./spot-notice.ts";
import { stopSwitch } from "./stop-worker.ts";

test("an instance knows who it is, and stops when it is about to be taken away", async () => {
  let running: RunningInstance | undefined;
  await using stage = await testStage({
    runInstance: async (instance) => {
      running = instance;
      await new Promise<void>((resolve) => instance.signal.addEventListener("abort", () => resolve(), { once: true }));
    },
  });
  await stage.launch({
    InstanceMarketOptions: { MarketType: "spot" },
    TagSpecifications: [{ ResourceType: "instance", Tags: [{ Key: "muster:launched-by-debug", Value: "fake_ec2" }] }],
  });
  await expect.poll(() => running !== undefined).toBe(true);
  const metadata = instanceMetadata(running?.metadataUrl ?? "");
  const diagnostics = recordedDiagnostics();
  const clock = virtualClock();
  const identity = await readIdentity(metadata, { clock, diagnostics });
  expect(identity).toEqual({
    instanceId: running?.instanceId,
    instance: { imageId: "ami-00000000000000001", instanceType: "t3.small", spot: true, launchedBy: "fake_ec2" },
  });

  const stop = stopSwitch();
  watchForSpotNotice({ metadata, stop, clock, diagnostics });
  const world = { idle: () => stage.aws.idle() };
  const looked = clock.now() + 30_000;
  await runUntil(world, clock, () => clock.now() >= looked);
  expect(stop.signal.aborted).toBe(false);
  stage.aws.ec2.interruptSpot(identity.instanceId);
  await runUntil(world, clock, () => stop.signal.aborted);
  expect(stop.signal.reason).toEqual({ why: expect.stringMatching(/^spot interruption: action : terminate/) });
  expect(diagnostics.messages).toEqual([]);
});

test("a metadata service that does not answer is asked again", async () => {
  const clock = virtualClock();
  const diagnostics = recordedDiagnostics();
  const identity = readIdentity(instanceMetadata("http://127.0.0.1:1"), { clock, diagnostics });
  let isOver = false;
  identity.catch(() => {
    isOver = true;
  });
  let asked = 0;
  const idle = () => vi.waitFor(() => expect(isOver || diagnostics.messages.length > asked).toBe(true), 30_000);
  const world = {
    idle: async () => {
      await idle();
      asked = diagnostics.messages.length;
    },
  };
  await expect(runUntil(world, clock, identity)).rejects.toThrow("ECONNREFUSED");
  expect(diagnostics.messages).toHaveLength(9);
});
