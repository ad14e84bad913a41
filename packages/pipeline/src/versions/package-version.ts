import { fitName } from "../aws-names.ts";
import type { Version } from "../version.ts";
import type { VersionScheme } from "./version-scheme.ts";

/**
 * What a version's package is called by dpkg, in its order: `1.0.0~rc1-1` of 1.0.0-rc1. A distribution's name may follow: `1.0.0~rc1-1~bookworm`.
 * @see https://www.debian.org/doc/debian-policy/ch-controlfields.html#version
 */
export function debianVersion(scheme: VersionScheme, version: Version): string {
  const { epoch, packaged, revision } = scheme.parts(version);
  return `${epoch === undefined ? "" : `${epoch}:`}${packaged}${revision === "" ? "" : `-${revision}`}`;
}

/** Epoch, Version and Release of a version's package, in rpm's order: `1.0.0~rc1` and `1`. Neither holds a dash. */
export function rpmVersion(
  scheme: VersionScheme,
  version: Version,
): { readonly epoch?: string; readonly version: string; readonly release: string } {
  const { epoch, packaged, revision } = scheme.parts(version);
  return {
    ...(epoch !== undefined && { epoch }),
    version: packaged.replaceAll("-", "_"),
    release: revision === "" ? "1" : revision,
  };
}

/** A tag holds at most 128 letters, digits, `_`, `.` and `-`. @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests */
const LONGEST_TAG = 128;

/** A version as the tag of a container image, another for another version: `1.0.0_.5` of 1.0.0+5, `1__2.4_-rc1-1` of 1:2.4~rc1-1. */
export function imageTag(version: Version): string {
  return fitName(version.replaceAll(":", "__").replaceAll("+", "_.").replaceAll("~", "_-"), LONGEST_TAG);
}
