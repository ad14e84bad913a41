import { activity, definePipeline, downloads, fixedPlatforms, forEachVersion, minutes } from "@muster/pipeline";

const common = { per: "version", timeout: minutes(10), worker: { instanceTypes: ["t3.micro"] } } as const;

const Publish = activity({
  ...common,
  name: "Publish",
  script: "publish.sh",
  publishes: ({ version }) => [downloads(`${version}/tidy.deb`), downloads(`${version}/SHA256SUMS`)],
  changesDownloads: true,
  withdraw: { kind: "script", script: "withdraw.sh" }, // for object in $TAKE_BACK; do muster-s3 rm "$object"; done
});

const AddToIndex = activity({
  ...common,
  name: "AddToIndex",
  script: "add-to-index.sh",
  exclusive: true, // a withdrawal waits for whoever writes the index, and the other way round
  withdraw: {
    kind: "script",
    script: "remove-from-index.sh",
    takes: ({ version }) => [downloads(`index/${version}`)],
    deletes: [downloads("cache/")], // beside that
  },
});

const Announce = activity({
  ...common,
  name: "Announce",
  script: "announce.sh",
  publishes: ({ version }) => [downloads(`announced/${version}`)],
  withdraw: { kind: "impossible", reason: "it was read: say in the same place that the version is withdrawn" },
});

export default definePipeline({
  name: "tidy",
  summary: "A package, which can be taken back",
  platforms: fixedPlatforms("any"),
  flow: forEachVersion(Publish, AddToIndex, Announce),
  image: "/aws/service/debian/release/12/latest/amd64",
  dummyScript: "dummy.sh",
  invalidates: ["/*"],
});
