import type { Platform } from "./platform.ts";
import type { Version } from "./version.ts";

/** What a task is about. `platform` is there in tasks of activities that run per platform. */
export interface Subject {
  readonly version: Version;
  readonly platform?: Platform;
}

/** A subject, with the platforms of its version in this build (empty where they are not known yet). */
export interface VersionSubject extends Subject {
  readonly platforms: readonly Platform[];
}
