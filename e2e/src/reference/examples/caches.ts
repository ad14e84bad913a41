import {
  activity,
  definePipeline,
  fixedPlatforms,
  forEachPlatform,
  forEachVersion,
  hours,
  type Platform,
  scratch,
} from "@muster/pipeline";

/** The number is raised when what lies there must not be used any more. */
const cacheOf = (platform: Platform) => scratch(`cache/1/${platform}.tar.zst`);

const Compile = activity({
  name: "Compile",
  per: "platform",
  script: "compile.sh",
  timeout: hours(2),
  worker: { instanceTypes: ["c7i.4xlarge"], rootVolumeGb: 64 },
  produces: ({ version, platform }) => [scratch(`${version}/${platform}.tar.gz`)],
  env: ({ platform }) => ({ CACHE: cacheOf(platform).key }),
  access: {
    reads: [scratch("cache/")],
    writes: ({ version, platform }) => [scratch(`${version}/${platform}.tar.gz`), cacheOf(platform)],
  },
});

export default definePipeline({
  name: "tidy",
  summary: "A compiler that remembers what it has compiled",
  platforms: fixedPlatforms("debian-12-bookworm", "debian-13-trixie"),
  flow: forEachVersion(forEachPlatform(Compile)),
  image: "/aws/service/debian/release/12/latest/amd64",
  dummyScript: "dummy.sh",
  invalidates: [],
});
