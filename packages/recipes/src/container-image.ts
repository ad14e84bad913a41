import { type Activity, activity, downloads, hours, imageTag, scratch, type Version } from "@muster/pipeline";
import { checkOptions, checkProgram } from "./check-options.ts";
import { type Program, unlessLeftOut } from "./program.ts";
import { LARGE, type RecipeOptions, settled } from "./recipe-options.ts";
import { sourceOf } from "./source-tarball.ts";

export interface ContainerImageOptions extends RecipeOptions {
  /** Where it is pushed: `ghcr.io/example/hello`. */
  readonly repository: string;
  /** Default the version's number. The first is the one whose digest is published. */
  readonly tags?: (version: Version) => readonly [string, ...string[]];
  /** As `buildah build --platform` has them. Default `linux/amd64`; others need qemu-user-static where theirs is to run something. */
  readonly architectures?: readonly [string, ...string[]];
  /** The Containerfile's path in the source tarball, which is its context. Default `Containerfile`. It gets VERSION as an argument. */
  readonly containerfile?: string;
  /** A secret of AWS Secrets Manager: `user:password` for the registry. Default, and on one machine, what that is logged in with. */
  readonly login?: string;
}

/** Written once all tags are pushed: `{ "image", "tags", "digest" }`. */
const record = (program: Program, version: Version) => downloads(`images/${program.name}-${version}.json`);

/**
 * A version's container image, for several architectures under one tag, built by buildah from the source tarball and
 * pushed. Its tags and digest are published as `images/<name>-<version>.json`. What is withdrawn stays in the registry:
 * remove it there.
 */
export function containerImage(program: Program, options: ContainerImageOptions): Activity<"version"> {
  checkProgram(program);
  checkOptions<ContainerImageOptions>("containerImage", options, {
    repository: true,
    tags: true,
    architectures: true,
    containerfile: true,
    login: true,
  });
  const { repository, login, tags = (version) => [imageTag(version)] } = options;
  return activity({
    per: "version",
    ...settled(options, {
      name: "PublishContainerImage",
      script: "container-image.sh",
      timeout: hours(2),
      worker: LARGE,
    }),
    changesDownloads: true,
    publishes: ({ version }) => [record(program, version)],
    withdraw: { kind: "impossible", reason: `who knows its tags pulls it: delete them in ${repository}` },
    shouldRun: ({ version }) => unlessLeftOut(program, { version }),
    env: ({ version }) => ({
      IMAGE_REPOSITORY: repository,
      TAGS: tags(version).join(" "),
      ARCHITECTURES: (options.architectures ?? ["linux/amd64"]).join(" "),
      CONTAINERFILE: options.containerfile ?? "Containerfile",
      SOURCE_KEY: sourceOf(program, version).tarball.key,
      RECORD_KEY: record(program, version).key,
      LOGIN_SECRET: login ?? "",
    }),
    access: { reads: [scratch("source/")], writes: [downloads("images/")] },
    ...(login !== undefined && { secrets: [{ kind: "secrets-manager", name: login }] }),
  });
}
