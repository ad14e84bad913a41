import { appendFile, readFile } from "node:fs/promises";
import { madeByMetadata } from "@muster/records";
import type { S3Environment } from "./env.ts";

interface Source {
  readonly uri: string;
  readonly sha256: string;
}

/** Notes what a task has read, for what it uploads later; outside of a task nobody wants to know. */
export async function noteSource({ downloadsFile, makerFile }: S3Environment, source: Source): Promise<void> {
  if (downloadsFile === undefined || makerFile === undefined || (await textOf(makerFile)) === undefined) return;
  await appendFile(downloadsFile, `${JSON.stringify(source)}\n`);
}

/** The metadata of what the task uploads now: what it is, and what it has read by now. Nothing outside of a task. */
export async function madeByOfTask({ makerFile, downloadsFile }: S3Environment): Promise<Record<string, string>> {
  const maker = makerFile === undefined ? undefined : await textOf(makerFile);
  if (maker === undefined || downloadsFile === undefined) return {};
  const lines = ((await textOf(downloadsFile)) ?? "").split("\n").filter((line) => line !== "");
  const sources = lines.map((line) => JSON.parse(line) as Source);
  return madeByMetadata(maker, new Map(sources.map(({ uri, sha256 }) => [uri, sha256])));
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
