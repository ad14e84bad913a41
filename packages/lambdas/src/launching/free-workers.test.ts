import { CreateTagsCommand } from "@aws-sdk/client-ec2";
import type { LaunchRecord } from "@muster/pipeline";
import { expect, test } from "vitest";
import { launchWorld } from "../../test/launch-world.ts";
import { chooseFree } from "./free-workers.ts";

const now = new Date("2026-01-01T12:00:00Z");
const secondsAgo = (seconds: number) => new Date(now.getTime() - seconds * 1000).toISOString();

const launch = (seconds: number, rest: Partial<LaunchRecord>): LaunchRecord => ({
  activity: "MakeBinaryPackage",
  clientToken: String(seconds),
  requestedAt: secondsAgo(seconds),
  wanted: 1,
  market: "on-demand",
  launchedBy: "",
  demands: [],
  finished: true,
  instances: [],
  errors: [],
  ...rest,
});

const free = (workers: Record<string, "idle" | "booting" | "active">, launches: readonly LaunchRecord[]) =>
  chooseFree({
    workers: Object.entries(workers).map(([instanceId, state]) => ({ instanceId, state })),
    claimants: new Set(["i-claims"]),
    launches,
    now,
  });

test("a worker is free while it is idle, has claimed nothing, and nobody was left it a moment ago", () => {
  expect(free({ "i-1": "idle", "i-2": "active", "i-claims": "idle", "i-3": "booting" }, [])).toEqual(["i-1"]);
  expect(free({ "i-1": "idle" }, [launch(119, { reused: ["i-1"] })])).toEqual([]);
  expect(free({ "i-1": "idle" }, [launch(121, { reused: ["i-1"] })])).toEqual(["i-1"]);
});

test("a worker that boots is free where it was launched ahead, visible or not, and one task is left it", () => {
  const ahead = launch(60, { instances: ["i-1", "i-2"], demands: ["t_a-ahead", "t_b"] });
  expect(free({ "i-1": "booting", "i-2": "booting" }, [ahead])).toEqual(["i-1"]);
  expect(free({}, [ahead])).toEqual(["i-1"]);
  expect(free({}, [ahead, launch(30, { reused: ["i-1"] })])).toEqual([]);
  expect(free({ "i-1": "booting" }, [launch(60, { instances: ["i-1"], demands: ["t_b"] })])).toEqual([]);
  expect(free({ "i-1": "booting" }, [{ ...ahead, requestedAt: secondsAgo(241) }])).toEqual([]);
});

test.each([
  { idleWorkers: "left", instances: [1, 2, 3] },
  { idleWorkers: "reused", instances: [1, 1, 2] },
] as const)("of a stage whose idle workers are $idleWorkers, tasks have $instances workers", async (of) => {
  await using world = await launchWorld({ stage: { policy: { idleWorkers: of.idleWorkers } } });
  const prepare = (platform: string) => world.prepare("MakeBinaryPackage", { platform });
  const counts: number[] = [];
  const count = () => counts.push(world.instances().length);
  await prepare("debian-1-x");
  count();
  const Resources = world.instances().map(({ instanceId }) => instanceId);
  await world.advance(30);
  await world.clients.ec2.send(new CreateTagsCommand({ Resources, Tags: [{ Key: "muster:state", Value: "idle" }] }));
  expect(await prepare("debian-2-x")).not.toHaveProperty("deferred");
  count();
  // The idle worker is another's now, whatever its tags say yet.
  await prepare("debian-3-x");
  count();
  expect(counts).toEqual(of.instances);
});
