import {
  activity,
  definePipeline,
  downloads,
  fixedPlatforms,
  forEachPlatform,
  forEachVersion,
  hours,
  imageTag,
  minutes,
  type Secret,
  scratch,
} from "@muster/pipeline";

/** `username` and `password`, as JSON. */
const registry: Secret = { kind: "secrets-manager", name: "tidy/registry" };

const MakePackage = activity({
  name: "MakePackage",
  per: "platform",
  script: "make-package.sh",
  timeout: hours(1),
  worker: { instanceTypes: ["t3.medium"] },
  produces: ({ version, platform }) => [scratch(`${version}/${platform}.deb`)],
  access: { otherBuckets: ["tidy-compiler-cache"] },
});

const PushImage = activity({
  name: "PushImage",
  per: "version",
  script: "push-image.sh",
  init: "install-buildah.sh",
  timeout: minutes(30),
  worker: { instanceTypes: ["t3.medium"] },
  worksOn: ({ platforms }) => platforms.slice(-1),
  runsWhen: "predecessors-succeeded",
  env: ({ version }) => ({ IMAGE: `registry.example.org/tidy:${imageTag(version)}` }),
  publishes: ({ version }) => [downloads(`images/${version}.json`)],
  secrets: [registry],
  access: {
    reads: [scratch("")],
    deletes: [downloads("images/latest.json")],
    imageRepositories: ["tidy"],
  },
});

const Report = activity({
  name: "Report",
  per: "version",
  script: "report.sh",
  timeout: minutes(10),
  worker: { instanceTypes: ["t3.micro"] },
  runsWhen: "always",
  env: ({ buildPlatforms }) => ({ MADE_FOR: buildPlatforms.join(" ") }),
});

export default definePipeline({
  name: "images",
  summary: "A container image of the packages of one platform",
  platforms: fixedPlatforms("debian-12-bookworm", "debian-13-trixie"),
  flow: forEachVersion(forEachPlatform(MakePackage), PushImage, Report),
  image: "/aws/service/debian/release/12/latest/amd64",
  dummyScript: "dummy.sh",
  invalidates: [],
});
