import {
  activity,
  definePipeline,
  downloads,
  fixedPlatforms,
  forEachVersion,
  minutes,
  slack,
  sns,
  webhook,
} from "@muster/pipeline";

const Publish = activity({
  name: "Publish",
  per: "version",
  script: "publish.sh",
  timeout: minutes(10),
  worker: { instanceTypes: ["t3.micro"] },
  publishes: ({ version }) => [downloads(`${version}.tar.gz`)],
});

export default definePipeline({
  name: "tidy",
  summary: "One tarball a version, and who hears of it",
  platforms: fixedPlatforms("any"),
  flow: forEachVersion(Publish),
  image: "/aws/service/debian/release/12/latest/amd64",
  dummyScript: "dummy.sh",
  invalidates: [],
  notifies: [
    webhook({ name: "website", url: "https://example.org/hooks/builds", secret: "tidy/website", when: ["succeeded"] }),
    slack({ name: "team-chat", webhook: "tidy/team-chat", when: ["failed", "timed-out", "recovered"] }),
    sns({ name: "builds" }), // a topic of the stage's own, for whoever subscribes
    sns({ name: "company", topic: "arn:aws:sns:eu-central-1:111122223333:releases" }),
  ],
});
