import {
  activity,
  definePipeline,
  downloads,
  fixedPlatforms,
  forEachPlatform,
  forEachVersion,
  hours,
  minutes,
  type Pipeline,
  type PipelineDefinition,
  parallel,
  scratch,
  sequence,
} from "@muster/pipeline";

const tarball = (version: string) => scratch(`example-${version}.tar.gz`);

export const MakeSourceTarball = activity({
  name: "MakeSourceTarball",
  per: "version",
  script: "scripts/make-source-tarball.sh",
  timeout: minutes(30),
  worker: { instanceTypes: ["t3.micro"] },
  produces: ({ version }) => [tarball(version)],
});

export const MakeBinaryPackage = activity({
  name: "MakeBinaryPackage",
  per: "platform",
  script: "scripts/make-binary-package.sh",
  timeout: hours(4),
  worker: { instanceTypes: ["r6i.4xlarge", "r6a.4xlarge"], market: "spot-then-on-demand" },
  produces: ({ version, platform }) => [scratch(`${version}/${platform}/example.deb`)],
  publishes: ({ version, platform }) => [downloads(`pool/${platform}/example_${version}.deb`)],
  testBuild: true,
});

export const PublishBinaryPackages = activity({
  name: "PublishBinaryPackages",
  per: "version",
  script: "scripts/publish-binary-packages.sh",
  timeout: hours(4),
  worker: { instanceTypes: ["t3.micro"], availabilityZones: ["us-west-2a"] },
  exclusive: true,
  changesDownloads: true,
  shouldRun: async ({ platforms, status }) => {
    const states = await Promise.all(platforms.map((platform) => status(MakeBinaryPackage, platform)));
    const waiting = platforms.filter((_, index) => states[index] === "built_not_published");
    return { run: waiting.length > 0, reason: `to publish: ${waiting.join(", ") || "nothing"}` };
  },
});

export const PublishDockerImages = activity({
  name: "PublishDockerImages",
  per: "version",
  script: "scripts/publish-docker-images.sh",
  timeout: hours(4),
  worker: { instanceTypes: ["t3.micro"] },
});

/** Tells the world of a build's versions. */
export const Announce = activity({
  name: "Announce",
  per: "build",
  script: "scripts/announce.sh",
  timeout: minutes(10),
  worker: { instanceTypes: ["t3.micro"] },
  changesDownloads: true,
  publishes: ({ versions }) => versions.map((version) => downloads(`announced/${version}`)),
});

/** The example, with a step of the build's own. */
export function announcingPipeline(): Pipeline {
  const pipeline = examplePipeline();
  return definePipeline({ ...pipeline, flow: sequence(pipeline.flow, Announce) });
}

/** A release in the shape of the reference pipeline, small. */
export function examplePipeline(overrides: Partial<PipelineDefinition> = {}): Pipeline {
  return definePipeline({
    name: "example",
    summary: "For tests",
    platforms: fixedPlatforms("debian-12-bookworm", "debian-13-trixie", "ubuntu-24.04-noble"),
    flow: forEachVersion(
      MakeSourceTarball,
      parallel(
        sequence(
          "BuildAndPublishLinux",
          forEachPlatform(MakeBinaryPackage),
          PublishBinaryPackages,
          parallel(PublishDockerImages),
        ),
      ),
    ),
    source: tarball,
    image: "/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id",
    dummyScript: "scripts/dummy.sh",
    invalidates: ["/debian/dists/*", "/ubuntu/dists/*"],
    ...overrides,
  });
}
