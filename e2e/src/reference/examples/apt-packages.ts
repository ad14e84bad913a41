import {
  activity,
  aptPackage,
  type Channel,
  channelOf,
  checkDebianOrder,
  debianVersion,
  definePipeline,
  downloads,
  forEachPlatform,
  forEachVersion,
  hours,
  listedPlatforms,
  minutes,
  parallel,
  parseLinuxPlatform,
  scratch,
  semver,
  sequence,
} from "@muster/pipeline";

const versions = semver({ nightlyOf: "1.3.0" });

const channels: Channel[] = [
  { name: "release", includes: versions.isRelease },
  { name: "nightly", includes: versions.isNightly, packageName: "tidy-nightly" },
];
checkDebianOrder(["1.2.3-1~bookworm", "1.3.0-1~bookworm"]); // upgrades, to users' dpkg

const suiteOf = (platform: string) => `debian/dists/${parseLinuxPlatform(platform)?.codename}`;

const MakeSourceTarball = activity({
  name: "MakeSourceTarball",
  per: "version",
  script: "scripts/make-source-tarball.sh",
  init: "scripts/init/signing-key.sh",
  timeout: minutes(30),
  worker: { instanceTypes: ["t3.micro"] },
  produces: ({ version }) => [scratch(`tidy-${version}.tar.gz`)],
  restoredFrom: ({ version }) => [downloads(`source/tidy-${version}.tar.gz`)],
  secrets: [{ kind: "kms-key", alias: "alias/tidy-signing" }],
  access: { reads: [{ bucket: "state", key: "signing/" }, downloads("source/")] },
});

const MakePackage = activity({
  name: "MakePackage",
  per: "platform",
  script: "scripts/make-package.sh",
  afterTask: "scripts/upload-build-log.sh",
  check: "scripts/has-compiler.sh", // command -v g++ >/dev/null || { echo "install g++"; exit 1; }
  timeout: hours(4),
  estimatedDuration: minutes(40),
  logIdleTimeout: minutes(20),
  worker: {
    instanceTypes: ["c7i.4xlarge", "c7a.4xlarge"],
    rootVolumeGb: 128,
    market: "spot-then-on-demand",
    pricePerHour: 0.42, // what its spot instances usually cost
  },
  produces: ({ version, platform }) => [scratch(`${version}/${platform}/SHA256SUMS`)],
  publishes: ({ version, platform }) => [
    aptPackage({
      suite: suiteOf(platform),
      package: channelOf(channels, version).packageName ?? "tidy",
      version: debianVersion(versions, version),
    }),
  ],
  testBuild: true,
  access: {
    reads: [scratch("tidy-")],
    writes: ({ version, platform }) => [scratch(`${version}/${platform}/`), scratch("build-logs/")],
  },
});

/** The repositories lie whole on one volume, in one zone. */
const PublishPackages = activity({
  name: "PublishPackages",
  per: "version",
  script: "scripts/publish-packages.sh",
  init: "scripts/init/repositories.sh",
  timeout: hours(2),
  worker: { instanceTypes: ["t3.micro"], availabilityZones: ["us-west-2a"] },
  exclusive: true,
  changesDownloads: true,
  shouldRun: async ({ platforms, status, daysValid }) => {
    const statuses = await Promise.all(platforms.map((platform) => status(MakePackage, platform)));
    const waiting = platforms.filter((_, index) => statuses[index] === "built_not_published");
    if (waiting.length > 0) return { run: true, reason: `built, not published: ${waiting.join(", ")}` };
    const days = await Promise.all(platforms.map((platform) => daysValid(suiteOf(platform))));
    const due = days.some((each) => each !== undefined && each < 10);
    return { run: due, reason: due ? "apt would soon take an index for too old" : "all is published" };
  },
  access: {
    reads: [scratch(""), downloads("debian/")],
    writes: [downloads("debian/")],
    volumes: ["tidy-repositories"],
  },
});

const PublishSource = activity({
  name: "PublishSource",
  per: "version",
  script: "scripts/publish-source.sh",
  timeout: minutes(30),
  worker: { instanceTypes: ["t3.micro"] },
  publishes: ({ version }) => [downloads(`source/tidy-${version}.tar.gz`)],
  changesDownloads: versions.isRelease,
  access: { reads: [scratch("tidy-")] },
});

export default definePipeline({
  name: "tidy",
  summary: "Source tarball, and Debian packages in apt repositories",
  versions,
  platforms: listedPlatforms({ url: (version) => `https://example.org/${version}/platforms.txt` }),
  channels,
  flow: forEachVersion(
    MakeSourceTarball,
    parallel(sequence("Debian", forEachPlatform(MakePackage), PublishPackages), PublishSource),
  ),
  source: (version) => scratch(`tidy-${version}.tar.gz`),
  env: ({ version }) => ({ PACKAGING_BRANCH: versions.isNightly(version) ? "main" : "stable" }),
  image: "/aws/service/debian/release/12/latest/amd64",
  dummyScript: "scripts/dummy.sh",
  buckets: { scratch: "tidy-scratch", downloads: "tidy-downloads" },
  invalidates: ["/debian/dists/*"],
  indexes: ["source/"],
});
