import {
  activity,
  definePipeline,
  downloads,
  fixedPlatforms,
  forEachPlatform,
  forEachVersion,
  hours,
  inputsOf,
  minutes,
  parallel,
  scratch,
  sequence,
  sns,
  textInput,
} from "@muster/pipeline";
import {
  binaryPackage,
  channels,
  DUE_DAYS,
  privateKey,
  publicKey,
  publishedSource,
  sourceTarball,
  suitesOf,
} from "./artifacts.ts";

/**
 * What workers on AWS clone; a fork names its own URL here. On one machine the checkout itself is released, and this is not asked.
 */
const sourceRepository = "";

/** Where container images are pushed: `registry/name`. With none they stay on the machine that built them. */
const imageRepository = "";

const inputs = {
  builder: textInput({
    summary: "What builds the container image; any: the first that works here, if one does",
    oneOf: ["any", "docker", "podman", "buildah", "none"],
    default: "any",
  }),
};

const init = "scripts/init.sh";

/** Source tarball of one version; everything else in a release starts from it. */
export const MakeSourceTarball = activity({
  name: "MakeSourceTarball",
  per: "version",
  script: "scripts/make-source-tarball.sh",
  init,
  timeout: minutes(30),
  worker: { instanceTypes: ["t3.small", "t3a.small"], rootVolumeGb: 16 },
  produces: ({ version }) => Object.values(sourceTarball(version)),
  restoredFrom: ({ version }) => [publishedSource(version).tarball, publishedSource(version).checksum],
  access: { reads: [downloads("source/")] },
});

/** Debian package of one platform: the command with a Node of its own. */
export const MakeBinaryPackage = activity({
  name: "MakeBinaryPackage",
  per: "platform",
  script: "scripts/make-binary-package.sh",
  init,
  timeout: hours(1),
  worker: { instanceTypes: ["t3.medium", "t3a.medium"], rootVolumeGb: 32, market: "spot-then-on-demand" },
  produces: ({ version, platform }) => [binaryPackage({ version, platform }).builtChecksum],
  publishes: ({ version, platform }) => [binaryPackage({ version, platform }).published],
  env: ({ version, platform, build }) => ({
    BUILT_PREFIX: binaryPackage({ version, platform }).built.key,
    ...(build.debug === "test_build" ? { SKIP_PUBLISH: "1" } : {}),
  }),
  testBuild: true,
  access: { reads: [scratch("muster-")], writes: [scratch("packages/")] },
});

/** The version's packages in the apt repositories of their families. */
export const PublishBinaryPackages = activity({
  name: "PublishBinaryPackages",
  per: "version",
  script: "scripts/publish-binary-packages.sh",
  init,
  timeout: hours(1),
  worker: { instanceTypes: ["t3.small", "t3a.small"], rootVolumeGb: 32 },
  exclusive: true,
  changesDownloads: true,
  shouldRun: async ({ version, platforms, status, daysValid }) => {
    const found = await Promise.all(
      platforms.map(async (platform) => ({ platform, status: await status(MakeBinaryPackage, platform) })),
    );
    const waiting = found.filter((each) => each.status === "built_not_published");
    if (waiting.length > 0) {
      return { run: true, reason: `${waiting.map(({ platform }) => platform).join(", ")}: built, not published` };
    }
    const suites = platforms.flatMap(suitesOf).map(({ folder }) => folder);
    const days = await Promise.all(suites.map(daysValid));
    const due = suites.filter((_, index) => (days[index] ?? Number.POSITIVE_INFINITY) < DUE_DAYS);
    if (due.length > 0) {
      return {
        run: true,
        reason: `${due.join(", ")}: to be signed anew, for apt takes it for less than ${DUE_DAYS} days`,
      };
    }
    const reasons = found.map((each) => `${each.platform}: ${each.status === "succeeded" ? "published" : "not built"}`);
    return { run: false, reason: reasons.length > 0 ? reasons.join(", ") : `${version} has no platform in this build` };
  },
  withdraw: {
    kind: "script",
    script: "scripts/withdraw-binary-packages.sh",
    takes: ({ version, platforms }) => platforms.map((platform) => binaryPackage({ version, platform }).published),
    deletes: [downloads("debian/pool/"), downloads("ubuntu/pool/")],
  },
  access: {
    reads: [
      scratch("muster-"),
      downloads("source/"),
      scratch("packages/"),
      privateKey,
      downloads("debian/"),
      downloads("ubuntu/"),
      publicKey,
    ],
    writes: [privateKey, downloads("debian/"), downloads("ubuntu/"), publicKey],
  },
});

/** Source tarball, checksum and signature where users download. */
export const PublishSourceTarball = activity({
  name: "PublishSourceTarball",
  per: "version",
  script: "scripts/publish-source-tarball.sh",
  init,
  timeout: minutes(30),
  worker: { instanceTypes: ["t3.small", "t3a.small"], rootVolumeGb: 16 },
  changesDownloads: true,
  publishes: ({ version }) => Object.values(publishedSource(version)),
  withdraw: { kind: "script", script: "scripts/withdraw-source-tarball.sh" },
  access: {
    reads: [scratch("muster-"), privateKey, publicKey, downloads("source/")],
    writes: [privateKey, publicKey, downloads("source/")],
  },
});

/** Container image with the version's package for its first platform, where the machine has something that builds images. */
export const PublishDockerImages = activity({
  name: "PublishDockerImages",
  per: "version",
  script: "scripts/publish-docker-images.sh",
  init,
  timeout: hours(1),
  worker: { instanceTypes: ["t3.small", "t3a.small"], rootVolumeGb: 32 },
  // An image that stays where it was built is tried again by whoever wants it; what did not reach a registry may reach it later.
  ...(imageRepository === "" && { retries: [] }),
  worksOn: ({ platforms }) => platforms.slice(0, 1),
  shouldRun: async ({ build }) =>
    inputsOf(inputs, build).builder === "none" ? { run: false, reason: "no image is asked for" } : undefined,
  env: () => (imageRepository === "" ? {} : { IMAGE_REPOSITORY: imageRepository }),
  withdraw: {
    kind: "impossible",
    reason:
      imageRepository === ""
        ? "an image stays on the machine that built it, which removes it by docker rmi"
        : `remove its tag in the registry of ${imageRepository}`,
  },
  access: { reads: [scratch("muster-"), scratch("packages/"), downloads("debian/"), publicKey] },
});

/** Muster releases itself: source tarball, Debian packages in apt repositories, container image. */
export default definePipeline({
  name: "muster",
  summary: "Muster itself: source tarball, Debian packages with an apt repository, container image",
  inputs,
  platforms: fixedPlatforms("debian-12-bookworm", "debian-13-trixie", "ubuntu-24.04-noble"),
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
  source: (version) => sourceTarball(version).tarball,
  channels,
  env: () => ({ SOURCE_REPOSITORY: sourceRepository }),
  // Ubuntu and not Debian: its image brings the agent of Session Manager, the only way for people onto a worker.
  image: "/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id",
  dummyScript: "scripts/dummy-task.sh",
  invalidates: ["/debian/dists/*", "/ubuntu/dists/*"],
  notifies: [sns({ name: "build-ends" })],
});
