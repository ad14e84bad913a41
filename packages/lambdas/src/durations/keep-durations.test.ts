import { type BuildHistory, historyReader, type Step } from "@muster/history";
import { type BuildInput, DurationRecord } from "@muster/pipeline";
import { stateKey, stateRecords } from "@muster/records";
import { expect, test } from "vitest";
import { launchWorld } from "../../test/launch-world.ts";
import { addBuild, keepDurations } from "./keep-durations.ts";
import { durationsOf } from "./read-durations.ts";

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000);

interface Ran {
  readonly platform: string;
  readonly scheduled: number;
  readonly started: number;
  readonly ended: number;
  readonly state?: Step["state"];
}

const compiled = ({ platform, scheduled, started, ended, state = "succeeded" }: Ran): Step => ({
  kind: "activity",
  per: "platform",
  version: "1.2.3",
  platform,
  name: "Compile",
  key: `Compile-1.2.3-${platform}`,
  state,
  enteredAt: at(0),
  attempts: [{ scheduledAt: at(scheduled), startedAt: at(started), endedAt: at(ended), instance: `i-${platform}` }],
});

const built = (debug: BuildInput["debug"], ...ran: readonly Ran[]): BuildHistory => ({
  ...historyReader().build,
  input: { versions: ["1.2.3"], platforms: [], activities: [], debug },
  steps: ran.map(compiled),
});

const launches = new Map([
  ["i-x", at(5)],
  ["i-y", at(5)],
]);

test("successes are kept, and of boots those whose task waited for them", () => {
  const waited = { platform: "x", scheduled: 10, started: 185, ended: 485 };
  const found = { platform: "y", scheduled: 600, started: 601, ended: 701 };
  const failed = { platform: "z", scheduled: 10, started: 20, ended: 30, state: "failed" } as const;
  const build = built("", waited, found, failed);
  const record = addBuild({ builds: [], boots: [], tasks: {} }, { name: "build-1", build, launches });
  expect(record).toEqual({ builds: ["build-1"], boots: [180], tasks: { Compile: { x: [300], y: [100] } } });

  const durations = durationsOf(record);
  const expected = (platform: string) =>
    durations.of({ name: "Compile", estimatedDuration: 50 }, { per: "platform", version: "2.0.0", platform });
  expect([expected("x"), expected("y"), expected("other"), durations.boot]).toEqual([300, 100, 200, 180]);
  const unknown = durationsOf(undefined);
  expect(unknown.of({ name: "Compile", estimatedDuration: 50 }, { per: "build" })).toBe(50);
});

test("an end that is told twice counts once, builds that end together both count, and what is played tells nothing", async () => {
  await using world = await launchWorld();
  const records = stateRecords(world.clients.s3, "state");
  const ran = { platform: "x", scheduled: 10, started: 10, ended: 70 };
  const keep = (name: string, debug: BuildInput["debug"] = "") =>
    keepDurations({ name, build: built(debug, ran), launches }, records);
  await Promise.all([keep("build-1"), keep("build-2"), keep("build-3")]);
  await keep("build-2");
  await keep("build-4", "fake_ec2");
  const kept = await records.read(stateKey.durations, DurationRecord);
  expect(kept?.value.builds.toSorted()).toEqual(["build-1", "build-2", "build-3"]);
  expect(kept?.value.tasks).toEqual({ Compile: { x: [60, 60, 60] } });
});
