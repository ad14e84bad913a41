import { type Activity, activity, downloads, minutes, type S3Object, scratch, type Version } from "@muster/pipeline";
import { checkOptions, checkProgram } from "./check-options.ts";
import { type Program, packaged, unlessLeftOut } from "./program.ts";
import { type RecipeOptions, SMALL, settled } from "./recipe-options.ts";
import { script } from "./script.ts";
import { keyAccess, keySecrets, keyVariables, type SigningKey } from "./signing-key.ts";

export interface SourceTarballOptions extends RecipeOptions {
  /** What workers on AWS clone; a public URL. On one machine it is the checkout that the pipeline lies in, where absent. */
  readonly repository?: string;
  /** The tag of a version. Default `v1.2.3`. A nightly is made of the newest commit, before a first one of the files as they are. */
  readonly tag?: (version: Version) => string;
  /** Signs it: a detached signature lies beside it. */
  readonly key?: SigningKey;
  /** A folder where users download, for example `source`. It is not published where absent. */
  readonly publish?: string;
}

/** A version's source tarball before it is published, and its checksum, which is written last. */
export function sourceOf(
  program: Program,
  version: Version,
): { readonly tarball: S3Object; readonly checksum: S3Object } {
  const tarball = scratch(`source/${program.name}-${packaged(program, version).ordered}.tar.gz`);
  return { tarball, checksum: { ...tarball, key: `${tarball.key}.sha256` } };
}

const inFolder = (folder: string, { key }: S3Object): S3Object => downloads(key.replace(/^source/, folder));

/**
 * A version's tracked files, by `git archive`: sorted, owned by root, dated as their commit, so that the same commit gives
 * the same bytes. Beside it lie its checksum, as `sha256sum --check` takes it, and where a key is named a signature as
 * `gpgv` does.
 */
export function sourceTarball(program: Program, options: SourceTarballOptions = {}): Activity<"version"> {
  checkProgram(program);
  checkOptions<SourceTarballOptions>("sourceTarball", options, {
    repository: true,
    tag: true,
    key: true,
    publish: true,
  });
  const { key, publish, repository, tag = (version) => `v${version}` } = options;
  const made = (version: Version): S3Object[] => {
    const { tarball, checksum } = sourceOf(program, version);
    return [tarball, ...(key ? [{ ...tarball, key: `${tarball.key}.sig` }] : []), checksum];
  };
  const published = (version: Version) =>
    publish === undefined ? [] : made(version).map((object) => inFolder(publish, object));
  return activity({
    per: "version",
    ...settled(options, {
      name: "MakeSourceTarball",
      script: "source-tarball.sh",
      timeout: minutes(30),
      worker: SMALL,
    }),
    produces: ({ version }) => made(version),
    ...(publish !== undefined && {
      restoredFrom: ({ version }) => published(version),
      changesDownloads: true,
      withdraw: {
        kind: "script",
        script: script("withdraw-objects.sh"),
        takes: ({ version }: { version: Version }) => published(version),
      },
    }),
    shouldRun: ({ version }) => unlessLeftOut(program, { version }),
    env: ({ version }) => ({
      ROOT_FOLDER: `${program.name}-${packaged(program, version).ordered}`,
      TAG: tag(packaged(program, version).upstream),
      REPOSITORY: repository ?? "",
      SOURCE_KEY: sourceOf(program, version).tarball.key,
      PUBLISH_KEY: published(version)[0]?.key ?? "",
      ...(key && keyVariables(key)),
    }),
    access: {
      reads: [...(publish === undefined ? [] : [downloads(`${publish}/`)]), ...(key ? keyAccess(key).reads : [])],
      writes: [
        scratch("source/"),
        ...(publish === undefined ? [] : [downloads(`${publish}/`)]),
        ...(key ? keyAccess(key).writes : []),
      ],
    },
    ...(key && { secrets: keySecrets(key) }),
  });
}
