import { type Activity, activity, downloads, minutes, type S3Object, type Version } from "@muster/pipeline";
import { checkOptions, checkProgram } from "./check-options.ts";
import { type Program, unlessLeftOut } from "./program.ts";
import { type RecipeOptions, SMALL, settled } from "./recipe-options.ts";
import { script } from "./script.ts";

export interface GithubReleaseOptions extends RecipeOptions {
  /** `owner/name`; `host/owner/name` for a GitHub Enterprise Server. */
  readonly repository: string;
  /** The tag of a version, which must be there. Default `v1.2.3`. */
  readonly tag?: (version: Version) => string;
  /** What is attached, from where users download. */
  readonly files?: (version: Version) => readonly S3Object[];
  /** The text. Default what GitHub makes of the pull requests since the release before. */
  readonly notes?: (version: Version) => string;
  /** Whether it is no release for everybody yet. Default for versions with a `-` in them. */
  readonly prerelease?: (version: Version) => boolean;
  /**
   * A secret of AWS Secrets Manager that holds a token which may write contents. Default, and on one machine, what `gh`
   * is logged in with.
   */
  readonly token?: string;
}

const record = (program: Program, version: Version) => downloads(`releases/${program.name}-${version}.url`);

/** A version's release on GitHub, by gh, with files of the release attached; its URL is published. */
export function githubRelease(program: Program, options: GithubReleaseOptions): Activity<"version"> {
  checkProgram(program);
  checkOptions<GithubReleaseOptions>("githubRelease", options, {
    repository: true,
    tag: true,
    files: true,
    notes: true,
    prerelease: true,
    token: true,
  });
  const { token, tag = (version) => `v${version}`, files = () => [], notes, prerelease } = options;
  return activity({
    per: "version",
    ...settled(options, {
      name: "PublishGithubRelease",
      script: "github-release.sh",
      timeout: minutes(30),
      worker: SMALL,
    }),
    publishes: ({ version }) => [record(program, version)],
    withdraw: { kind: "script", script: script("withdraw-github-release.sh") },
    shouldRun: ({ version }) => unlessLeftOut(program, { version }),
    env: ({ version }) => ({
      GH_REPO: options.repository,
      TITLE: `${program.name} ${version}`,
      TAG: tag(version),
      NOTES: notes?.(version) ?? "",
      PRERELEASE: String(prerelease?.(version) ?? version.includes("-")),
      ATTACHED: files(version)
        .map(({ key }) => key)
        .join("\n"),
      RECORD_KEY: record(program, version).key,
      TOKEN_SECRET: token ?? "",
    }),
    access: { reads: [downloads("")], writes: [downloads("releases/")] },
    ...(token !== undefined && { secrets: [{ kind: "secrets-manager", name: token }] }),
  });
}
