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
  type Platform,
  parallel,
  scratch,
  sequence,
} from "@muster/pipeline";

const MakeSourceTarball = activity({
  name: "MakeSourceTarball",
  per: "version",
  script: "make-source-tarball.sh",
  timeout: minutes(30),
  worker: { instanceTypes: ["t3.micro", "t3a.micro"] },
  produces: ({ version }) => [scratch(`${version}.tar.gz`)],
});

const MakeBinaryPackage = activity({
  name: "MakeBinaryPackage",
  per: "platform",
  script: "make-binary-package.sh",
  timeout: hours(4),
  worker: { instanceTypes: ["r6i.4xlarge", "r6a.4xlarge"], market: "spot-then-on-demand" },
  produces: ({ version, platform }) => [scratch(`${version}/${platform}.deb`)],
});

const PublishBinaryPackages = activity({
  name: "PublishBinaryPackages",
  per: "version",
  script: "publish-binary-packages.sh",
  timeout: hours(4),
  worker: { instanceTypes: ["t3.micro", "t3a.micro"] },
  exclusive: true,
  changesDownloads: true,
  publishes: ({ version }) => [downloads(`${version}/InRelease`)],
});

/** A release whose matrix is as large as a test wants it. */
export function fleetPipeline(platforms: readonly Platform[]): Pipeline {
  return definePipeline({
    name: "fleet",
    summary: "Many platforms",
    platforms: fixedPlatforms(...platforms),
    flow: forEachVersion(
      MakeSourceTarball,
      parallel(sequence("BuildAndPublish", forEachPlatform(MakeBinaryPackage), PublishBinaryPackages)),
    ),
    image: "/image",
    dummyScript: "dummy.sh",
    invalidates: [],
  });
}

export const manyPlatforms = (count: number): Platform[] =>
  Array.from({ length: count }, (_, index) => `debian-${index + 1}-x`);
