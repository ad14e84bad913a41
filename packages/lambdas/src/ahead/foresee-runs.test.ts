import {
  activity,
  definePipeline,
  downloads,
  fixedPlatforms,
  forEachPlatform,
  forEachVersion,
  hours,
  scratch,
  sequence,
  taskName,
} from "@muster/pipeline";
import { expect, test } from "vitest";
import type { Lookout } from "../deciding/lookout.ts";
import { planNodes } from "../planning/plan-nodes.ts";
import { foreseeRuns } from "./foresee-runs.ts";

const usual = { script: "step.sh", timeout: hours(1), worker: { instanceTypes: ["t3.micro"] } } as const;
const built = scratch("built");
const published = downloads("published");
const Compile = activity({
  ...usual,
  name: "Compile",
  per: "platform",
  produces: () => [built],
  publishes: () => [published],
});
/** Says what it may write, which is not what it is published as. */
const CompileInRoom = activity({ ...Compile, access: { writes: () => [built] } });
/** Publishes what another step says that it publishes, and decides by what that one has made. */
const Publish = activity({
  ...usual,
  name: "Publish",
  per: "version",
  shouldRun: async ({ platforms: [platform = ""], status }) => ({
    run: (await status(Compile, platform)) === "built_not_published",
    reason: "",
  }),
});
const Announce = activity({ ...usual, name: "Announce", per: "version", publishes: () => [downloads("announced")] });

const platforms = ["debian-1-x"];
const pipelineOf = (compile: typeof Compile) =>
  definePipeline({
    name: "example",
    summary: "",
    platforms: fixedPlatforms("debian-1-x"),
    flow: forEachVersion(sequence("Release", forEachPlatform(compile), Publish, Announce)),
    image: "/image",
    dummyScript: "dummy.sh",
    invalidates: [],
  });

test.each([
  { there: [], runs: { "Publish-1.2.3": true, "Announce-1.2.3": true } },
  { there: [], compile: CompileInRoom, runs: { "Publish-1.2.3": true, "Announce-1.2.3": true } },
  { there: ["published"], runs: { "Publish-1.2.3": false, "Announce-1.2.3": true } },
  { there: ["announced"], runs: { "Publish-1.2.3": true, "Announce-1.2.3": false } },
])(
  "with $there there, and Compile running, it is foreseen who runs: what is published is left to whoever asks for it",
  async (of) => {
    const nodes = planNodes(pipelineOf(of.compile ?? Compile), [
      { version: "1.2.3", platforms, buildPlatforms: platforms },
    ]);
    const makers = nodes.filter((node) => node.kind === "task");
    const nameOf = ({ task, place }: (typeof makers)[number]) => taskName(task.activity.name, place);
    const looking = {
      isThere: async (evidence: { key: string }) => of.there.includes(evidence.key as never),
      validUntil: async () => undefined,
    } as unknown as Lookout;
    const open = makers.filter(({ task }) => task.activity.name !== "Compile");
    const runs = await foreseeRuns(open, {
      build: { versions: ["1.2.3"], platforms: [], activities: [], debug: "" },
      makers,
      buckets: { assets: "assets", scratch: "scratch", downloads: "downloads", state: "state" },
      looking,
      now: new Date(0),
    });
    expect(
      Object.fromEntries(makers.flatMap((node) => (runs.has(node) ? [[nameOf(node), runs.get(node)]] : []))),
    ).toEqual(of.runs);
  },
);
