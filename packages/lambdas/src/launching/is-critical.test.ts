import { PutObjectCommand } from "@aws-sdk/client-s3";
import { stateKey } from "@muster/records";
import { expect, test } from "vitest";
import { launchWorld } from "../../test/launch-world.ts";
import { durationsOf } from "../durations/read-durations.ts";
import { isCritical } from "./is-critical.ts";

const Compile = { name: "Compile" };
const platform = (name: string) => ({ per: "platform", version: "1.2.3", platform: name }) as const;
const tasks = { Compile: { "debian-1-x": [100], "debian-2-y": [300], "debian-3-z": [200] } };

test("critical are steps of versions and builds, and of platforms the one that takes longest", () => {
  const known = { platforms: Object.keys(tasks.Compile), durations: durationsOf({ boots: [], tasks }) };
  const critical = known.platforms.filter((name) => isCritical(Compile, platform(name), known));
  expect(critical).toEqual(["debian-2-y"]);
  expect(isCritical(Compile, { per: "version", version: "1.2.3" }, known)).toBe(true);
  expect(isCritical(Compile, platform("debian-1-x"), { ...known, platforms: ["debian-1-x"] })).toBe(true);
  const unknown = { platforms: known.platforms, durations: durationsOf(undefined) };
  expect(known.platforms.some((name) => isCritical(Compile, platform(name), unknown))).toBe(false);
});

test("where the stage's policy says so, what is critical takes no spot instance, and the rest does as its definition prefers", async () => {
  await using world = await launchWorld({ stage: { policy: { criticalPath: "on-demand" } } });
  const platforms = ["debian-1-x", "debian-2-y"];
  const durations = { builds: [], boots: [], tasks: { MakeBinaryPackage: { "debian-1-x": [60], "debian-2-y": [90] } } };
  await world.clients.s3.send(
    new PutObjectCommand({ Bucket: "state", Key: stateKey.durations, Body: JSON.stringify(durations) }),
  );
  for (const platform of platforms) await world.prepare("MakeBinaryPackage", { platform, platforms });
  expect(world.instances().map(({ market }) => market)).toEqual(["spot", "on-demand"]);
});
