import {
  activity,
  definePipeline,
  downloads,
  fixedPlatforms,
  forEachPlatform,
  forEachVersion,
  hours,
  minutes,
  type Pipeline,
  scratch,
  sequence,
} from "@muster/pipeline";

const source = (version: string) => scratch(`soak-${version}.tar.gz`);

const Source = activity({
  name: "Source",
  per: "version",
  script: "source.sh",
  timeout: minutes(30),
  estimatedDuration: minutes(5),
  worker: { instanceTypes: ["t3.micro"] },
  produces: ({ version }) => [source(version)],
});

const Compile = activity({
  name: "Compile",
  per: "platform",
  script: "compile.sh",
  timeout: hours(2),
  estimatedDuration: minutes(15),
  maxWorkers: 6,
  worker: { instanceTypes: ["r6i.4xlarge", "r6a.4xlarge"], market: "spot-then-on-demand" },
  produces: ({ version, platform }) => [scratch(`${version}/${platform}/soak.deb`)],
});

/** One at a time, under a lease: it changes what users see. */
const Publish = activity({
  name: "Publish",
  per: "version",
  script: "publish.sh",
  timeout: hours(1),
  estimatedDuration: minutes(8),
  worker: { instanceTypes: ["t3.micro"] },
  exclusive: true,
  changesDownloads: true,
  publishes: ({ version }) => [downloads(`soak/${version}`)],
});

/** A release in the shape of the reference, as small as one can be that has every kind of step: 2 versions × 4 platforms are 12 tasks. */
export const soakPipeline: Pipeline = definePipeline({
  name: "soak",
  summary: "For ten thousand bad days",
  platforms: fixedPlatforms("debian-12-bookworm", "debian-13-trixie", "ubuntu-22.04-jammy", "ubuntu-24.04-noble"),
  flow: forEachVersion(sequence("Release", Source, forEachPlatform(Compile), Publish)),
  source,
  invalidates: ["/soak/*"],
  image: "/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id",
  dummyScript: "dummy.sh",
});
