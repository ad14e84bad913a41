import type { Decision, Platform, Version } from "@muster/pipeline";

/** A program that is shipped: what its recipes name alike. */
export interface Program {
  /** Of its source tarball and source package: lower-case letters, digits, `+`, `-` and `.`. */
  readonly name: string;
  /** The binary packages that its source package makes, as far as users must get them. Default one, called as the program. */
  readonly packages?: readonly string[];
  /**
   * The number of times that its packages were packaged anew from the same source: `2` makes `1.2.3-2~bookworm` of 1.2.3.
   * Default 1 for all versions.
   */
  readonly revision?: (version: Version) => number;
  /** Versions that were published and shall no longer be had: nothing makes them, and repositories drop them. */
  readonly withdrawn?: readonly Version[];
}

/** As dpkg and rpm have it: to both `~` sorts before the end, so `1.0.0-rc1` comes before `1.0.0`. */
export const upstreamVersion = (version: Version): string => version.replace(/^v(?=\d)/, "").replaceAll("-", "~");

/** The revision of a version's packages. */
export const revisionOf = ({ revision }: Program, version: Version): number => revision?.(version) ?? 1;

export const packagesOf = ({ name, packages }: Program): readonly string[] => packages ?? [name];

export const isWithdrawn = ({ withdrawn = [] }: Program, version: Version): boolean => withdrawn.includes(version);

/** What a step that makes something answers to whether it shall run: nothing, so that its artifacts decide, or why not. */
export async function unlessLeftOut(
  program: Program,
  { version, platform, kind }: { version: Version; platform?: Platform; kind?: string },
  isFor: (platform: Platform) => boolean = () => true,
): Promise<Decision | undefined> {
  if (isWithdrawn(program, version)) return { run: false, reason: `${program.name} ${version} is withdrawn` };
  if (platform !== undefined && !isFor(platform))
    return { run: false, reason: `no ${kind ?? "package"} is made for ${platform}` };
  return undefined;
}
