import {
  activity,
  definePipeline,
  downloads,
  fixedPlatforms,
  forEachPlatform,
  forEachVersion,
  minutes,
} from "@muster/pipeline";

const common = {
  timeout: minutes(30),
  worker: { instanceTypes: ["t3.micro"] },
  retries: [{ maxAttempts: 0 }],
} as const;
/** What users have of one platform. */
export const pack = (version: string, platform: string) => downloads(`${version}/${platform}.deb`);
const Pack = activity({
  ...common,
  name: "Pack",
  per: "platform",
  script: "s.sh",
  publishes: ({ version, platform }) => [pack(version, platform)],
});
const Publish = activity({
  ...common,
  name: "Publish",
  per: "version",
  script: "s.sh",
  withdraw: {
    kind: "script",
    script: "w.sh",
    takes: ({ version, platforms }) => platforms.map((platform) => pack(version, platform)),
  },
});
const Tarball = activity({
  ...common,
  name: "Tarball",
  per: "version",
  script: "s.sh",
  publishes: ({ version }) => [downloads(`${version}.tar`)],
  withdraw: { kind: "script", script: "w.sh" },
});
const Tell = activity({
  ...common,
  name: "Tell",
  per: "version",
  script: "s.sh",
  publishes: ({ version }) => [downloads(`told/${version}`)],
  withdraw: { kind: "impossible", reason: "it was read: say that it is withdrawn" },
});
const Mirror = activity({
  ...common,
  name: "Mirror",
  per: "version",
  script: "s.sh",
  publishes: ({ version }) => [downloads(`mirror/${version}`)],
});
export const platforms = ["debian-12-bookworm", "debian-13-trixie"];
/** One step of each kind: taken back by a script, with another's objects too; what cannot be, and what says nothing of it. */
export const pipeline = definePipeline({
  name: "example",
  summary: "An example",
  platforms: fixedPlatforms(...platforms),
  flow: forEachVersion(forEachPlatform(Pack), Publish, Tarball, Tell, Mirror),
  image: "/image",
  dummyScript: "s.sh",
  invalidates: [],
});
