import type { End, Verdict } from "./compare-ends.ts";
import type { ChangedObject } from "./object-copies.ts";

/** A script that an attempt ran, as it lies in the folder. */
export interface ReproScriptFile {
  readonly file: string;
  /** Of its contents, in hex: as the attempt's record has it. */
  readonly sha256: string;
  /** Where the worker had it from. */
  readonly url: string;
  /** Whether the pipeline's own is another by now; null where it names none any more. */
  readonly changedSince: boolean | null;
}

/** What came of doing it again. */
export interface ReproRun {
  readonly verdict: Verdict;
  /** The script's own. */
  readonly exitCode: number;
  readonly end: End;
  readonly seconds: number;
  /** Objects that it wrote and removed, in copies that lie in the folder: `s3://…`. */
  readonly wrote: readonly string[];
  readonly removed: readonly string[];
  /** Objects that it asked for and that are not what the attempt had. */
  readonly changedObjects: readonly ChangedObject[];
  /** What the stage did not give. */
  readonly refused: readonly string[];
}

/** What `repro --json` prints. Times are ISO 8601, null is what nobody knows. */
export interface ReproJson {
  readonly task: string;
  readonly build: string;
  /** From 1. */
  readonly attempt: number;
  readonly attempts: number;
  readonly instance: string;
  readonly instanceType: string | null;
  readonly startedAt: string;
  readonly seconds: number;
  /** How it ended there. */
  readonly end: End;
  /** Where all of it lies, absolute. */
  readonly folder: string;
  /** The script for bash that does it by hand. */
  readonly reproScript: string;
  readonly script: ReproScriptFile;
  readonly init: ReproScriptFile | null;
  /** Of the task, secrets masked. */
  readonly environment: { readonly [name: string]: string };
  /** What it had and does not have here, in words. */
  readonly missing: readonly string[];
  /** null without `--run`. */
  readonly run: ReproRun | null;
}
