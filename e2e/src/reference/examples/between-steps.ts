import {
  activity,
  definePipeline,
  downloads,
  fixedPlatforms,
  forEachPlatform,
  forEachVersion,
  minutes,
  type Platform,
  scratch,
  type Version,
} from "@muster/pipeline";

const worker = { instanceTypes: ["t3.medium"] } as const;

/** The one place that says where it lies: who writes it and who reads it cannot disagree. */
const packageOf = (version: Version, platform: Platform) => scratch(`${version}/${platform}/tidy.deb`);

const MakePackage = activity({
  name: "MakePackage",
  per: "platform",
  script: "make-package.sh", // … muster-s3 cp tidy.deb "s3://$SCRATCH_BUCKET/$PACKAGE"
  timeout: minutes(30),
  worker,
  produces: ({ version, platform }) => [packageOf(version, platform)],
  env: ({ version, platform }) => ({ PACKAGE: packageOf(version, platform).key }),
});

const PublishSums = activity({
  name: "PublishSums",
  per: "version",
  script: "publish-sums.sh", // for package in $PACKAGES; do muster-s3 cp "s3://$SCRATCH_BUCKET/$package" …
  timeout: minutes(10),
  worker,
  publishes: ({ version }) => [downloads(`${version}/SHA256SUMS`)],
  env: ({ version, platforms }) => ({
    PACKAGES: platforms.map((platform) => packageOf(version, platform).key).join(" "),
  }),
  runsWhen: "predecessors-succeeded", // all packages are there
  access: { reads: [scratch("")] },
});

export default definePipeline({
  name: "tidy",
  summary: "Checksums of all packages of a version",
  platforms: fixedPlatforms("debian-12-bookworm", "debian-13-trixie"),
  flow: forEachVersion(forEachPlatform(MakePackage), PublishSums),
  image: "/aws/service/debian/release/12/latest/amd64",
  dummyScript: "dummy.sh",
  invalidates: [],
});
