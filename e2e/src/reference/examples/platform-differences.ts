import {
  activity,
  definePipeline,
  fixedPlatforms,
  forEachPlatform,
  forEachVersion,
  hours,
  parallel,
  parseLinuxPlatform,
  type Question,
  scratch,
} from "@muster/pipeline";

const compilers: Readonly<Record<string, string>> = { bookworm: "gcc-12", trixie: "gcc-14" };

/** Leaves a step out where a platform is not of its kind, and the rule "run unless done" elsewhere. */
const onlyOn = (suffix: string) => async (question: Question<"platform">) =>
  question.platform.endsWith(suffix) ? undefined : { run: false, reason: `it is for ${suffix}` };

const compile = { per: "platform", script: "compile.sh", timeout: hours(2) } as const;

const Compile = activity({
  ...compile,
  name: "Compile",
  worker: { instanceTypes: ["c7i.4xlarge"] },
  produces: ({ version, platform }) => [scratch(`${version}/${platform}.tar.gz`)],
  env: ({ platform }) => ({ CC: compilers[parseLinuxPlatform(platform)?.codename ?? ""] ?? "gcc" }),
  shouldRun: onlyOn("bookworm"),
});

/** Another machine, and so another activity. */
const CompileLarge = activity({
  ...compile,
  name: "CompileLarge",
  worker: { instanceTypes: ["c7i.16xlarge"] },
  produces: ({ version, platform }) => [scratch(`${version}/${platform}-large.tar.gz`)],
  env: ({ platform }) => ({ CC: compilers[parseLinuxPlatform(platform)?.codename ?? ""] ?? "gcc" }),
  shouldRun: onlyOn("trixie"),
});

export default definePipeline({
  name: "tidy",
  summary: "Platforms that want other compilers, and other machines",
  platforms: fixedPlatforms("debian-12-bookworm", "debian-13-trixie"),
  flow: forEachVersion(forEachPlatform(parallel(Compile, CompileLarge))),
  image: "/aws/service/debian/release/12/latest/amd64",
  dummyScript: "dummy.sh",
  invalidates: [],
});
