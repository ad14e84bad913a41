import {
  activity,
  days,
  definePipeline,
  downloads,
  fixedPlatforms,
  flagInput,
  forEachPlatform,
  forEachVersion,
  hours,
  minutes,
  scratch,
  sequence,
} from "@muster/pipeline";

const worker = { instanceTypes: ["t3.medium"] } as const;

const Fetch = activity({
  name: "Fetch",
  per: "version",
  script: "fetch.sh",
  timeout: minutes(10),
  worker,
  produces: ({ version }) => [scratch(`${version}.tar.gz`)],
  shouldRun: async ({ version, status }) => {
    const published = downloads(`${version}.tar.gz`);
    const isOut = (await status({ publishes: () => [published] })) === "succeeded";
    return isOut ? { run: true, reason: "it is out: taken from there", restore: [published] } : undefined;
  },
  env: ({ per }) => ({ SUBJECT: per }),
  access: { reads: [downloads("")] },
});

const Compile = activity({
  name: "Compile",
  per: "platform",
  script: "compile.sh",
  timeout: hours(2),
  worker,
  produces: ({ version, platform, platforms }) => [
    scratch(`${version}/${platforms.length === 1 ? "only" : platform}.deb`),
  ],
  shouldRun: async ({ build, platform }) => {
    const named = build.platforms.includes(platform);
    return named ? { run: true, reason: `${platform} was asked for by name` } : undefined;
  },
  env: ({ per, build }) => ({
    SUBJECT: per,
    QUICK: String(build.debug === "test_build"),
    KEEPS_TREE: String(build.keepFailed === true),
    IS_ALONE: String(build.allowOverlap !== true),
    IS_ANEW: String(build.force === true || build.rerun?.Compile !== undefined),
    IS_RETRY: String(build.retry !== undefined),
    IS_OUT_AGAIN: String(build.republish === true),
    TAKES_BACK: String(build.withdraw !== undefined),
    TOLD: JSON.stringify(build.inputs ?? {}),
  }),
});

/** Before all versions: it is told all that the build was asked for. */
const Prepare = activity({
  name: "Prepare",
  per: "build",
  script: "prepare.sh",
  timeout: minutes(10),
  worker,
  shouldRun: async ({ build }) => {
    const whole = build.activities.length === 0 && build.versions.length > 1;
    return { run: whole, reason: whole ? "a build of several versions" : "there is nothing to prepare" };
  },
});

const Announce = activity({
  name: "Announce",
  per: "build",
  script: "announce.sh",
  timeout: minutes(10),
  worker,
  startTimeout: days(1),
  shouldRun: async ({ versions, status }) => {
    const found = await Promise.all(versions.map((version) => status(Fetch, version)));
    const run = found.includes("succeeded");
    return { run, reason: `sources: ${found.join(", ")}` };
  },
  env: ({ per, failedVersions }) => ({ SUBJECT: per, TONE: failedVersions.length > 0 ? "sober" : "glad" }),
});

export default definePipeline({
  name: "questions",
  summary: "Steps that decide for themselves whether they run",
  inputs: { quick: flagInput({ summary: "Whether checks are left out", default: true }) },
  platforms: fixedPlatforms("debian-12-bookworm", "debian-13-trixie"),
  flow: sequence(Prepare, forEachVersion(Fetch, forEachPlatform(Compile)), Announce),
  image: "/aws/service/debian/release/12/latest/amd64",
  dummyScript: "dummy.sh",
  invalidates: [],
});
