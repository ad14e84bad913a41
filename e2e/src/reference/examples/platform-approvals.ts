import {
  activity,
  approval,
  definePipeline,
  downloads,
  fixedPlatforms,
  forEachPlatform,
  forEachVersion,
  hours,
} from "@muster/pipeline";

const ApprovePlatform = approval({
  name: "ApprovePlatform",
  summary: "Whether users of a platform get this version",
  timeout: hours(12),
  neededFor: ({ build, platform }) => platform === "ubuntu-24.04-noble" && build.versions.length === 1,
});

const Publish = activity({
  name: "Publish",
  per: "platform",
  script: "publish.sh",
  timeout: hours(1),
  worker: { instanceTypes: ["t3.micro"] },
  publishes: ({ version, platform }) => [downloads(`${version}/${platform}.deb`)],
});

export default definePipeline({
  name: "tidy",
  summary: "Packages, of which those of one platform wait for a person",
  platforms: fixedPlatforms("debian-12-bookworm", "ubuntu-24.04-noble"),
  flow: forEachVersion(forEachPlatform(ApprovePlatform, Publish)),
  image: "/aws/service/debian/release/12/latest/amd64",
  dummyScript: "dummy.sh",
  invalidates: [],
});
