import {
  activity,
  definePipeline,
  downloads,
  forEachPlatform,
  forEachVersion,
  hours,
  listedPlatforms,
  minutes,
  parallel,
  parseLinuxPlatform,
  type S3Object,
  type Secret,
  scratch,
  sequence,
  type Version,
  type VersionSubject,
} from "@muster/pipeline";
import {
  binaryPackage,
  channels,
  DUE_DAYS,
  imagePlatform,
  isNightly,
  packageName,
  publishedSource,
  RENEWED_DAYS,
  seriesOf,
  seriesSuite,
  source,
  sourceSignature,
  sourceTarball,
  suitesOf,
  VALID_DAYS,
} from "./artifacts.ts";
import { readSources } from "./env.ts";

const sources = readSources();

/** The branch of the packaging repository that a version is packaged from: `HHVM-4.28`. */
const packagingBranch = (version: Version): string => (isNightly(version) ? "master" : `HHVM-${seriesOf(version)}`);

/** Decrypts the GPG key that signs tarballs and repositories. */
const signingKey: Secret = { kind: "kms-key", alias: "alias/hhvm-signing-key" };
/** With Muster's own records: what lies in scratch expires. */
const encryptedSigningKey: S3Object = { bucket: "state", key: "signing/key." };

/** Pushes tags and branches. */
const gitKey: Secret = { kind: "secrets-manager", name: "hhvm/git-ssh-key" };
const gitRepositories = { SOURCE_REPOSITORY: sources.sourceRepository, STAGING_REPOSITORY: sources.stagingRepository };

/** The apt repositories. */
const families = ["debian", "ubuntu"];
const repositories = families.map((family) => downloads(`${family}/`));

const small = { instanceTypes: ["t2.micro", "t3.micro"] } as const;

/** A tarball and its signature, where users have them. */
const publishedSources = (subject: VersionSubject) =>
  [source, sourceSignature].flatMap(({ publishes }) => publishes?.(subject) ?? []);

/** Source tarball of one version; everything else in a release starts from it. */
export const MakeSourceTarball = activity({
  name: "MakeSourceTarball",
  per: "version",
  script: "scripts/make-source-tarball.sh",
  init: "scripts/init/signing-key.sh",
  timeout: minutes(30),
  worker: { ...small, rootVolumeGb: 16 },
  produces: ({ version }) => (isNightly(version) ? [] : [sourceTarball(version)]),
  publishes: ({ version }) => (isNightly(version) ? [sourceTarball(version)] : []),
  restoredFrom: ({ version }) => (isNightly(version) ? [] : [publishedSource(version)]),
  withdraw: {
    kind: "script",
    script: "scripts/withdraw-nightly-tarball.sh",
    takes: (subject) => (isNightly(subject.version) ? publishedSources(subject) : []),
  },
  env: () => gitRepositories,
  changesDownloads: isNightly,
  secrets: [signingKey, gitKey],
  access: {
    reads: [encryptedSigningKey, downloads("source/hhvm-")],
    writes: [scratch("hhvm-"), downloads("source/nightlies/")],
  },
});

/** Debian packages of one platform, compiled in a container of that platform. */
export const MakeBinaryPackage = activity({
  name: "MakeBinaryPackage",
  per: "platform",
  script: "scripts/make-binary-package.sh",
  init: "scripts/init/docker.sh",
  afterTask: "scripts/after-task/make-binary-package.sh",
  timeout: hours(4),
  worker: { instanceTypes: ["r6i.4xlarge", "r6a.4xlarge"], rootVolumeGb: 256, market: "spot-then-on-demand" },
  ...binaryPackage,
  env: ({ build }) => (build.debug === "test_build" ? { SKIP_PUBLISH: "1" } : {}),
  testBuild: true,
  access: {
    reads: [scratch("hhvm-"), downloads("source/nightlies/")],
    writes: ({ version, platform }) => [
      scratch(`${version}/${platform}/${packageName(version)}`),
      scratch("build-logs/"),
    ],
    otherBuckets: ["hhvm-nodist"],
    imageRepositories: ["hhvm-successful-builds", "hhvm-failed-builds"],
  },
});

/** The version's packages in the apt repositories, which lie whole on one shared volume. */
export const PublishBinaryPackages = activity({
  name: "PublishBinaryPackages",
  per: "version",
  script: "scripts/publish-binary-packages.sh",
  init: "scripts/init/repositories.sh",
  timeout: hours(4),
  worker: { ...small, rootVolumeGb: 100, availabilityZones: ["us-west-2a"] },
  exclusive: true,
  env: ({ version }) => ({
    REPOS_ONLY: "1",
    SERIES_SUITE: seriesSuite(version),
    VALID_DAYS: String(VALID_DAYS),
    RENEWED_DAYS: String(RENEWED_DAYS),
  }),
  changesDownloads: true,
  shouldRun: async ({ version, platforms, status, daysValid }) => {
    const linux = platforms.filter((platform) => parseLinuxPlatform(platform) !== undefined);
    const statuses = await Promise.all(linux.map((platform) => status(MakeBinaryPackage, platform)));
    const waiting = linux.filter((_, index) => statuses[index] === "built_not_published");
    if (waiting.length > 0) return { run: true, reason: `built, not published: ${waiting.join(", ")}` };
    const suites = linux
      .filter((_, index) => statuses[index] === "succeeded")
      .flatMap((platform) => suitesOf(version, platform));
    const days = await Promise.all(suites.map(daysValid));
    const due = suites.filter((_, index) => (days[index] ?? VALID_DAYS) < DUE_DAYS);
    if (due.length > 0)
      return { run: true, reason: `to be signed anew, with ${DUE_DAYS} days left: ${due.join(", ")}` };
    const each = linux.map((platform, index) => `${platform} ${statuses[index]}`);
    return { run: false, reason: each.length > 0 ? each.join(", ") : `${version} has no Linux platform` };
  },
  withdraw: {
    kind: "script",
    // The same: what it takes out of a suite is signed and uploaded as what it puts there.
    script: "scripts/publish-binary-packages.sh",
    takes: ({ version, platforms, buildPlatforms }) =>
      platforms.flatMap((platform) =>
        binaryPackage.publishes({ per: "platform", version, platform, platforms, buildPlatforms }),
      ),
    deletes: families.map((family) => downloads(`${family}/pool/`)),
  },
  secrets: [signingKey],
  access: {
    reads: [encryptedSigningKey, scratch(""), ...repositories],
    writes: repositories,
    volumes: ["hhvm-package-repositories"],
  },
});

/** A release's tag and branch in the public repository, its tarball and signature where users download; nightlies are there from the start. */
export const PublishSourceTarball = activity({
  name: "PublishSourceTarball",
  per: "version",
  script: "scripts/publish-source-tarball.sh",
  init: "scripts/init/git.sh",
  timeout: minutes(30),
  worker: small,
  changesDownloads: true,
  produces: (subject) => [source, sourceSignature].flatMap(({ produces }) => produces?.(subject) ?? []),
  publishes: publishedSources,
  shouldRun: async ({ version, status }) => {
    if (isNightly(version)) return { run: false, reason: "the tarball of a nightly is published as it is made" };
    const statuses = { tarball: await status(source), signature: await status(sourceSignature) };
    return {
      run: Object.values(statuses).includes("built_not_published"),
      reason: `tarball ${statuses.tarball}, signature ${statuses.signature}`,
    };
  },
  withdraw: {
    kind: "script",
    script: "scripts/withdraw-source-tarball.sh",
    takes: (subject) => (isNightly(subject.version) ? [] : publishedSources(subject)),
  },
  env: () => gitRepositories,
  secrets: [gitKey],
  access: { reads: [scratch("hhvm-")], writes: [downloads("source/hhvm-")] },
});

/** Container images with the version's package, of one distribution whatever others it is built for. */
export const PublishDockerImages = activity({
  name: "PublishDockerImages",
  per: "version",
  script: "scripts/publish-docker-images.sh",
  init: "scripts/init/docker.sh",
  timeout: hours(4),
  worker: small,
  shouldRun: async ({ version, platforms }) =>
    imagePlatform(platforms) === undefined
      ? { run: false, reason: `${version} is built for no platform that images are made of` }
      : { run: true, reason: "it runs in every build" },
  worksOn: ({ platforms }) => [imagePlatform(platforms)].filter((platform) => platform !== undefined),
  env: ({ version, platforms }) => ({
    DOCKER_ONLY: "1",
    DOCKER_REPOSITORY: sources.dockerRepository,
    SERIES_SUITE: seriesSuite(version),
    IMAGE_PLATFORM: imagePlatform(platforms) ?? "",
  }),
  withdraw: {
    kind: "impossible",
    reason:
      "an image that was pulled is copied: remove the version's tags at Docker Hub, and give latest to the version before",
  },
  secrets: [{ kind: "secrets-manager", name: "hhvm/docker-hub" }],
  access: { reads: [downloads("ubuntu/dists/")] },
});

/** HHVM: source tarball, Debian packages in apt repositories, container images; the seed's pipeline. */
export default definePipeline({
  name: "hhvm",
  summary: "HHVM: source tarball, Debian packages with apt repositories, container images",
  platforms: listedPlatforms({
    url: (version) => sources.currentTargets.replaceAll("{branch}", packagingBranch(version)),
  }),
  channels,
  flow: forEachVersion(
    MakeSourceTarball,
    parallel(
      sequence(
        "BuildAndPublishLinux",
        forEachPlatform(MakeBinaryPackage),
        PublishBinaryPackages,
        parallel(PublishSourceTarball, PublishDockerImages),
      ),
    ),
  ),
  source: sourceTarball,
  env: ({ version }) => ({
    PACKAGING_BRANCH: packagingBranch(version),
    PACKAGING_REPOSITORY: sources.packagingRepository,
  }),
  image: "/aws/service/canonical/ubuntu/server/20.04/stable/current/amd64/hvm/ebs-gp2/ami-id",
  dummyScript: "scripts/dummy-task.sh",
  buckets: { scratch: "hhvm-scratch", downloads: "hhvm-downloads" },
  // Never pool/: a package does not change once it is there.
  invalidates: families.flatMap((family) => ["conf", "db", "dists"].map((folder) => `/${family}/${folder}/*`)),
});
