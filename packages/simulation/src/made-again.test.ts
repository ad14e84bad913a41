import {
  activity,
  definePipeline,
  downloads,
  fixedPlatforms,
  forEachPlatform,
  forEachVersion,
  hours,
  scratch,
} from "@muster/pipeline";
import { expect, test } from "vitest";
import { simulate } from "./simulate.ts";

const common = { script: "make.sh", timeout: hours(1), worker: { instanceTypes: ["t3.micro"] } } as const;
const tarball = (version: string) => scratch(`source/${version}`);
const Source = activity({ ...common, name: "Source", per: "version", produces: ({ version }) => [tarball(version)] });
const Make = activity({
  ...common,
  name: "Make",
  per: "platform",
  produces: ({ version, platform }) => [scratch(`built/${version}/${platform}`)],
  access: { reads: [scratch("source/")] },
});
const Publish = activity({
  ...common,
  name: "Publish",
  per: "version",
  exclusive: true,
  publishes: ({ version }) => [downloads(`SHA256SUMS-${version}`)],
  access: { reads: [scratch("built/")] },
});
const Tell = activity({
  ...common,
  name: "Tell",
  per: "version",
  publishes: ({ version }) => [downloads(`told/${version}`)],
  access: { reads: [downloads("told/")] },
});
const pipeline = definePipeline({
  name: "again",
  summary: "What is made again",
  platforms: fixedPlatforms("debian-12-bookworm", "debian-13-trixie"),
  flow: forEachVersion(Source, forEachPlatform(Make), Publish, Tell),
  image: "/image",
  dummyScript: "dummy.sh",
  invalidates: [],
});

test("the state machine makes again what is named and what gets that, tells the scripts so, and the next build skips all", async () => {
  const told: string[] = [];
  await using world = await simulate(pipeline, {
    scripts: {
      Make: async (task) => {
        told.push(`${task.input.name} ${task.input.env.MADE_AGAIN}`);
        await task.leavesAll();
      },
    },
  });
  const all = ["Make-1.2.3-debian-12-bookworm", "Make-1.2.3-debian-13-trixie"];
  expect((await world.build("1.2.3")).done).toEqual(["Source-1.2.3", ...all, "Publish-1.2.3", "Tell-1.2.3"]);
  expect(told.splice(0).toSorted()).toEqual(all.map((name) => `${name} undefined`));

  const again = await world.build("1.2.3", "--rerun", "Make");
  expect(again.done).toEqual([...all, "Publish-1.2.3"]);
  expect(again.skipped).toEqual({
    "Source-1.2.3": expect.stringMatching(/source\/1\.2\.3 exists$/),
    "Tell-1.2.3": expect.stringMatching(/told\/1\.2\.3 exists$/),
  });
  expect(told.splice(0).toSorted()).toEqual(all.map((name) => `${name} true`));

  const one = await world.build("1.2.3", "debian-13-trixie", "Make", "--force");
  expect(one.done).toEqual(["Make-1.2.3-debian-13-trixie"]);
  expect((await world.build("1.2.3")).done).toEqual([]);
});

test("what fails while it is made again leaves what follows to the rules of any build", async () => {
  let isBroken = false;
  await using world = await simulate(pipeline, {
    scripts: {
      Source: async (task) => {
        if (isBroken) task.fails("no such tag");
        await task.leavesAll();
      },
    },
  });
  await world.build("1.2.3");
  isBroken = true;
  const again = await world.build("1.2.3", "--rerun", "Source");
  expect(again.failed).toEqual({ "Source-1.2.3": "Muster.ScriptFailed" });
  expect(again.done).toEqual([]);
});
