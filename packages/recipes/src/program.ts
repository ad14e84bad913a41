import {
  type BuildInput,
  type Decision,
  debianVersion,
  type Platform,
  rpmVersion,
  type Version,
  type VersionScheme,
} from "@muster/pipeline";

/** A program that is shipped: what its recipes name alike. */
export interface Program {
  /** Of its source tarball and source package: lower-case letters, digits, `+`, `-` and `.`. */
  readonly name: string;
  /** The binary packages that its source package makes, as far as users must get them. Default one, called as the program. */
  readonly packages?: readonly string[];
  /** The pipeline's `versions`, where it names a scheme: what packages are called follows from it. */
  readonly versions?: VersionScheme;
  /** Versions that were published and shall no longer be had: nothing makes them, and repositories drop them. */
  readonly withdrawn?: readonly Version[];
}

/** What a version is called by tarballs and packages. */
export interface Packaged {
  /** What was released, which the tag names: `1.0.0-rc1`. */
  readonly upstream: string;
  /** The same in the order of dpkg and rpm: `1.0.0~rc1`. */
  readonly ordered: string;
  /** Debian's version without a distribution's name: `1:1.0.0~rc1-2`. */
  readonly debian: string;
  /** rpm's Epoch, if there is one, its Version, and the number in Release. */
  readonly rpm: { readonly epoch?: string; readonly version: string; readonly release: string };
}

/** Without a scheme a version is three numbers or a date, and its package the first. */
export function packaged({ versions }: Program, version: Version): Packaged {
  if (versions === undefined) {
    return { upstream: version, ordered: version, debian: `${version}-1`, rpm: { version, release: "1" } };
  }
  const { upstream, packaged: ordered, revision } = versions.parts(version);
  // A native version, 2.10, is packaged like any other: what changes in its packaging needs a number.
  const debian = `${debianVersion(versions, version)}${revision === "" ? "-1" : ""}`;
  return { upstream, ordered, debian, rpm: rpmVersion(versions, version) };
}

export const packagesOf = ({ name, packages }: Program): readonly string[] => packages ?? [name];

export const isWithdrawn = ({ withdrawn = [] }: Program, version: Version): boolean => withdrawn.includes(version);

/** The programs as they are in a build: one that takes its versions back adds these to those that are withdrawn. */
export const withdrawnBy = ({ withdraw, versions }: BuildInput, programs: readonly Program[]): readonly Program[] =>
  withdraw === undefined
    ? programs
    : programs.map((program) => ({ ...program, withdrawn: [...(program.withdrawn ?? []), ...versions] }));

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
