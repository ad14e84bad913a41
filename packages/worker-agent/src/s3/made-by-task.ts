import { appendFile, readFile } from "node:fs/promises";
import { madeByMetadata, passedOnMetadata } from "@muster/records";
import type { Downloaded } from "./download-object.ts";
import type { S3Environment } from "./env.ts";

interface Source extends Downloaded {
  readonly uri: string;
}

/** Notes what a task has read, for what it uploads later; outside of a task nobody wants to know. */
export async function noteSource({ downloadsFile, makerFile }: S3Environment, source: Source): Promise<void> {
  if (downloadsFile === undefined || makerFile === undefined || (await textOf(makerFile)) === undefined) return;
  await appendFile(downloadsFile, `${JSON.stringify(source)}\n`);
}

/** Metadata of an object, by its SHA-256 in hex. */
export type MadeByOfDigest = (sha256: string) => Readonly<Record<string, string>>;

/**
 * The metadata of what the task uploads now: what it is, and what it has read by now; of what it has read and passes on, what made that first. Nothing
 * outside of a task.
 */
export async function makerOfTask({ makerFile, downloadsFile }: S3Environment): Promise<MadeByOfDigest> {
  const maker = makerFile === undefined ? undefined : await textOf(makerFile);
  if (maker === undefined || downloadsFile === undefined) return () => ({});
  const lines = ((await textOf(downloadsFile)) ?? "").split("\n").filter((line) => line !== "");
  const sources = lines.map((line) => JSON.parse(line) as Source);
  const madeBy = madeByMetadata(maker, new Map(sources.map(({ uri, sha256 }) => [uri, sha256])));
  return (sha256) => {
    const first = sources.findLast((source) => source.sha256 === sha256)?.maker;
    return first === undefined ? madeBy : { ...madeBy, ...passedOnMetadata(maker, first) };
  };
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
