import {
  activity,
  definePipeline,
  downloads,
  fixedPlatforms,
  forEachVersion,
  minutes,
  sequence,
} from "@muster/pipeline";

const worker = { instanceTypes: ["t3.micro"] } as const;

const MakeTarball = activity({
  name: "MakeTarball",
  per: "version",
  script: "make-tarball.sh",
  timeout: minutes(30),
  worker,
  publishes: ({ version }) => [downloads(`${version}/example.tar.gz`)],
});

const Announce = activity({
  name: "Announce",
  per: "build",
  script: "announce.sh", // gets VERSIONS and FAILED_VERSIONS
  timeout: minutes(10),
  worker,
  publishes: ({ versions }) => versions.map((version) => downloads(`announced/${version}.txt`)),
  changesDownloads: true, // index pages and CDN follow after it
});

export default definePipeline({
  name: "example",
  summary: "Tarballs, and one announcement of all that a build made",
  platforms: fixedPlatforms("any"),
  flow: sequence(forEachVersion(MakeTarball), Announce),
  image: "/aws/service/debian/release/12/latest/amd64",
  dummyScript: "dummy.sh",
  invalidates: ["/*"],
});
