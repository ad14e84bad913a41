import {
  activity,
  calendar,
  debianVersions,
  definePipeline,
  fixedPlatforms,
  forEachVersion,
  minutes,
  pattern,
  releasesAndNightlies,
  rpmVersion,
  scratch,
  semver,
  type VersionScheme,
  withRevisions,
} from "@muster/pipeline";

/** `r1204`, and `r20786-beta` every night, which is counted in days. */
const counted: VersionScheme = {
  form: "rN, or rN-beta",
  examples: ["r1204", "r1204-beta"],
  samples: ["r97531", "r97531-beta"],
  parse: (word) => (/^r\d+(-beta)?$/.test(word) ? word : undefined),
  compare: (a, b) => Number.parseInt(a.slice(1), 10) - Number.parseInt(b.slice(1), 10) || b.length - a.length,
  isRelease: (version) => !version.endsWith("-beta"),
  isNightly: (version) => version.endsWith("-beta"),
  nightlyOf: (date) => `r${Math.floor(date.getTime() / 86_400_000)}-beta`,
  parts: (version) => ({
    upstream: version,
    packaged: version.slice(1).replace("-", "~"),
    revision: "1",
    epoch: "1",
  }),
};

/** `build-7`, and `build-20261129` every night. */
const built = pattern(/^build-\d{1,4}$/, {
  examples: ["build-7"],
  compare: (a, b) => Number(a.slice(6)) - Number(b.slice(6)),
  nightlies: {
    pattern: /^build-\d{8}$/,
    of: (date) => `build-${date.toISOString().slice(0, 10).replaceAll("-", "")}`,
  },
});

const schemes = {
  counted: withRevisions(counted),
  built,
  npm: semver({ nightlyOf: "1.3.0" }),
  debian: debianVersions(),
  ubuntu: calendar({ releases: "YY.0M[.MICRO][-MODIFIER]", nightlies: "YYYY.0M.0D" }),
  other: releasesAndNightlies(),
};
const versions = schemes.counted;

const MakePackage = activity({
  name: "MakePackage",
  per: "version",
  script: "make-package.sh",
  timeout: minutes(30),
  worker: { instanceTypes: ["t3.medium"] },
  produces: ({ version }) => [scratch(`tidy-${rpmVersion(versions, version).version}.rpm`)],
});

export default definePipeline({
  name: "versions",
  summary: "Versions that are written in another way",
  versions,
  platforms: fixedPlatforms("any"),
  flow: forEachVersion(MakePackage),
  image: "/aws/service/debian/release/12/latest/amd64",
  dummyScript: "dummy.sh",
  invalidates: [],
});
