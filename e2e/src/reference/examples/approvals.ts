import {
  activity,
  approval,
  days,
  definePipeline,
  downloads,
  fixedPlatforms,
  forEachVersion,
  minutes,
  scratch,
} from "@muster/pipeline";

const worker = { instanceTypes: ["t3.micro"] } as const;
const Make = activity({
  name: "Make",
  per: "version",
  script: "make.sh",
  timeout: minutes(10),
  worker,
  produces: ({ version }) => [scratch(version)],
});
const Publish = activity({
  name: "Publish",
  per: "version",
  script: "publish.sh",
  timeout: minutes(10),
  worker,
  publishes: ({ version }) => [downloads(version)],
});

const ApproveRelease = approval({
  name: "ApproveRelease",
  summary: "Whether users get this version", // what whoever is asked decides
  timeout: days(7), // 3 days where absent, 14 at most
  neededFor: ({ version = "" }) => !version.startsWith("0."), // 0.x needs none; all do where absent
});

export default definePipeline({
  name: "example",
  summary: "A release that somebody has to approve",
  platforms: fixedPlatforms("any"),
  flow: forEachVersion(Make, ApproveRelease, Publish),
  image: "/aws/service/debian/release/12/latest/amd64",
  dummyScript: "dummy.sh",
  invalidates: [],
});
