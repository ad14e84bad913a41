import {
  activity,
  definePipeline,
  downloads,
  fixedPlatforms,
  forEachPlatform,
  forEachVersion,
  hours,
  minutes,
  scratch,
} from "@muster/pipeline";

const MakeTarball = activity({
  name: "MakeTarball",
  per: "version",
  script: "make-tarball.sh", // with RESTORE_FROM it fetches that, and makes nothing
  timeout: minutes(10),
  worker: { instanceTypes: ["t3.micro"] },
  produces: ({ version }) => [scratch(`${version}.tar.gz`)],
  restoredFrom: ({ version }) => [downloads(`source/${version}.tar.gz`)],
  access: { reads: [downloads("source/")] },
});

const MakePackage = activity({
  name: "MakePackage",
  per: "platform",
  script: "make-package.sh",
  timeout: hours(1),
  worker: { instanceTypes: ["t3.large"] },
  publishes: ({ version, platform }) => [downloads(`${version}/${platform}.deb`)],
  changesDownloads: true,
  access: { reads: [scratch("")] },
});

const PublishTarball = activity({
  name: "PublishTarball",
  per: "version",
  script: "publish-tarball.sh",
  timeout: minutes(10),
  worker: { instanceTypes: ["t3.micro"] },
  publishes: ({ version }) => [downloads(`source/${version}.tar.gz`)],
  access: { reads: [scratch("")] },
});

export default definePipeline({
  name: "tidy",
  summary: "Packages of a version, also for a platform that came later",
  platforms: fixedPlatforms("debian-12-bookworm", "debian-13-trixie"), // trixie was added after 1.2.3
  flow: forEachVersion(MakeTarball, forEachPlatform(MakePackage), PublishTarball),
  image: "/aws/service/debian/release/12/latest/amd64",
  dummyScript: "dummy.sh",
  invalidates: [],
});
