import {
  activity,
  definePipeline,
  fixedPlatforms,
  forEachPlatform,
  forEachVersion,
  hours,
  minutes,
  scratch,
  seconds,
} from "@muster/pipeline";

/** One more compiler for the other architecture, with retries that know what is worth a second try. */
const Compile = activity({
  name: "Compile",
  per: "platform",
  script: "compile.sh",
  timeout: hours(6),
  heartbeat: seconds(120),
  startTimeout: hours(1),
  worker: {
    instanceTypes: ["c7g.4xlarge"],
    architecture: "arm64",
    image: "/aws/service/debian/release/12/latest/arm64",
  },
  maxWorkers: 4,
  retries: [
    { errors: ["Muster.ScriptFailed"], maxAttempts: 0 },
    { errors: ["States.Timeout", "Muster.LogIdle"], maxAttempts: 1, interval: minutes(30) },
    { maxAttempts: 4, interval: seconds(30), backoffRate: 2, maxDelay: minutes(2) },
  ],
  produces: ({ version, platform }) => [scratch(`${version}/${platform}.tar.gz`)],
});

const Benchmark = activity({
  name: "Benchmark",
  per: "platform",
  script: "benchmark.sh",
  timeout: hours(1),
  worker: { instanceTypes: ["c7g.metal"], architecture: "arm64", market: "spot" },
  retries: [],
  access: { reads: [scratch("")] },
});

export default definePipeline({
  name: "machines",
  summary: "What a step runs on, and how often it is tried",
  platforms: fixedPlatforms("debian-12-bookworm", "ubuntu-24.04-noble"),
  flow: forEachVersion(forEachPlatform(Compile, Benchmark)),
  image: "/aws/service/debian/release/12/latest/amd64",
  dummyScript: "dummy.sh",
  invalidates: [],
});
