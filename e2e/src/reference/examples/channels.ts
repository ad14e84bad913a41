import {
  activity,
  aptPackage,
  type Channel,
  channelOf,
  definePipeline,
  forEachPlatform,
  forEachVersion,
  hours,
  listedPlatforms,
  parseLinuxPlatform,
  releasesAndNightlies,
} from "@muster/pipeline";

const versions = releasesAndNightlies();

const channels: Channel[] = [
  { name: "release", includes: versions.isRelease },
  { name: "nightly", includes: versions.isNightly, suite: (codename) => `${codename}-nightly` },
];

const MakePackage = activity({
  name: "MakePackage",
  per: "platform",
  script: "make-package.sh", // gets CHANNEL
  timeout: hours(1),
  worker: { instanceTypes: ["t3.large"] },
  publishes: ({ version, platform }) => {
    const codename = parseLinuxPlatform(platform)?.codename ?? platform;
    const suite = channelOf(channels, version).suite?.(codename) ?? codename;
    return [
      aptPackage({ suite: `debian/dists/${suite}`, package: "tidy", version: `${version}-1`, architecture: "amd64" }),
    ];
  },
  access: { writes: [] },
});

export default definePipeline({
  name: "tidy",
  summary: "Packages in suites of their own for those who follow nightlies",
  versions: releasesAndNightlies(),
  platforms: listedPlatforms({
    pattern: /^debian-\d+-[a-z]+$/,
    url: (version) => `https://example.org/${version}/platforms.txt`,
  }),
  channels,
  flow: forEachVersion(forEachPlatform(MakePackage)),
  image: "/aws/service/debian/release/12/latest/amd64",
  dummyScript: "dummy.sh",
  invalidates: ["/debian/dists/*"],
});
