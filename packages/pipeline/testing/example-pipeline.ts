import {
  type Activity,
  type ActivityDefinition,
  activity,
  definePipeline,
  downloads,
  type Flow,
  forEachPlatform,
  forEachVersion,
  hours,
  listedPlatforms,
  type Per,
  type PipelineDefinition,
  parallel,
  releasesAndNightlies,
  scratch,
  sequence,
} from "../src/index.ts";

/** An activity that is right, except where told otherwise. */
export function exampleActivity<P extends Per = "version">(
  name: string,
  rest: { readonly per?: P } & Partial<ActivityDefinition<P>> = {},
): Activity<P> {
  return activity<P>({
    name,
    per: "version",
    script: "scripts/make.sh",
    timeout: hours(1),
    worker: { instanceTypes: ["t3.micro"] },
    ...rest,
  } as ActivityDefinition<P>);
}

/** A pipeline of these steps. */
export function examplePipeline(flow: [Flow, ...Flow[]], rest: Partial<PipelineDefinition> = {}) {
  return definePipeline({
    name: "example",
    summary: "An example",
    platforms: listedPlatforms({ url: (version) => `https://example.org/${version}` }),
    flow: forEachVersion(...flow),
    image: "/image",
    dummyScript: "scripts/dummy.sh",
    invalidates: ["/debian/dists/*"],
    ...rest,
  });
}

const { isNightly } = releasesAndNightlies();

/** The shape of the reference pipeline. */
export const referencePipeline = examplePipeline(
  [
    exampleActivity("MakeSourceTarball"),
    parallel(
      sequence(
        "BuildAndPublishLinux",
        forEachPlatform(exampleActivity("MakeBinaryPackage", { per: "platform", testBuild: true })),
        exampleActivity("PublishBinaryPackages"),
        parallel(exampleActivity("PublishSourceTarball"), exampleActivity("PublishDockerImages")),
      ),
    ),
  ],
  {
    name: "hhvm",
    source: (version) =>
      isNightly(version)
        ? downloads(`source/nightlies/hhvm-nightly-${version}.tar.gz`)
        : scratch(`hhvm-${version}.tar.gz`),
    env: ({ version }) => ({ PACKAGING_BRANCH: isNightly(version) ? "master" : "HHVM-4.28" }),
  },
);
