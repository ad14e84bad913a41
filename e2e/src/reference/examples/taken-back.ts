import {
  activity,
  type Decision,
  definePipeline,
  downloads,
  fixedPlatforms,
  forEachVersion,
  minutes,
  type S3Object,
  type Version,
} from "@muster/pipeline";

/** What nobody shall get any more: it stays here, so that no later build makes it again. */
const takenBack: readonly Version[] = ["1.2.4"];

const packageOf = (version: Version): S3Object => downloads(`${version}/tidy.deb`);

const worker = { instanceTypes: ["t3.micro"] } as const;

const Publish = activity({
  name: "Publish",
  per: "version",
  script: "publish.sh",
  timeout: minutes(10),
  worker,
  publishes: ({ version }) => [packageOf(version)],
  shouldRun: async ({ version }): Promise<Decision | undefined> =>
    takenBack.includes(version) ? { run: false, reason: `${version} was taken back` } : undefined,
  changesDownloads: true,
});

const TakeBack = activity({
  name: "TakeBack",
  per: "version",
  script: "take-back.sh", // muster-s3 rm "s3://$DOWNLOADS_BUCKET/$PACKAGE"
  timeout: minutes(10),
  worker,
  env: ({ version }) => ({ PACKAGE: packageOf(version).key }),
  shouldRun: async ({ version, status }): Promise<Decision> => {
    if (!takenBack.includes(version)) return { run: false, reason: `${version} is not taken back` };
    const isOut = (await status(Publish)) === "succeeded";
    return { run: isOut, reason: isOut ? `${version} is still out` : `${version} is gone` };
  },
  changesDownloads: true, // index pages and CDN follow
  access: { writes: [], deletes: [downloads("")] },
});

export default definePipeline({
  name: "tidy",
  summary: "A package, which can be taken back",
  platforms: fixedPlatforms("any"),
  flow: forEachVersion(Publish, TakeBack),
  image: "/aws/service/debian/release/12/latest/amd64",
  dummyScript: "dummy.sh",
  invalidates: ["/*"],
});
