import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { StageDescription } from "@muster/pipeline";
import { isMissingObject, readBytes } from "@muster/records";
import type { Stage } from "../stages/stage.ts";
import { UsageError } from "../usage-error.ts";
import type { PinnedScript } from "./attempt-record.ts";

/** A pinned script on this machine. */
export interface PinnedFile extends PinnedScript {
  readonly file: string;
  /** Whether the pipeline's own is another by now; undefined where it names none any more. */
  readonly changedSince: boolean | undefined;
}

export interface PinnedPlace {
  readonly stage: Pick<Stage, "s3" | "description">;
  /** Where it is to lie: a folder of its own. */
  readonly folder: string;
  /** The file that the pipeline names for it now. */
  readonly now: string | undefined;
  readonly task: string;
}

/**
 * Puts a script as an attempt had it on this machine, executable: from the pipeline's folder where it is the same still, else from where the worker had it.
 * @throws UsageError where it is gone, is another now, or was never the stage's
 */
export async function fetchPinned(script: PinnedScript, place: PinnedPlace): Promise<PinnedFile> {
  const { folder, now } = place;
  const here = now !== undefined && existsSync(now) ? await readFile(now) : undefined;
  const isSame = here !== undefined && digestOf(here) === script.sha256;
  const contents = isSame ? here : await readPinned(script, place);
  const file = join(folder, basename(new URL(script.url).pathname) || "script");
  await mkdir(folder, { recursive: true });
  await writeFile(file, contents);
  await chmod(file, 0o755);
  return { ...script, file, changedSince: here === undefined ? undefined : !isSame };
}

/** As the agent is told of it. */
export const pinnedUrl = ({ file, sha256 }: PinnedFile): string => `${pathToFileURL(file).href}#sha256=${sha256}`;

const digestOf = (contents: Uint8Array): string => createHash("sha256").update(contents).digest("hex");

async function readPinned({ url, sha256 }: PinnedScript, { stage, task }: PinnedPlace): Promise<Uint8Array> {
  const hint = `muster task ${task} runs the script as it is now`;
  const short = sha256.slice(0, 12);
  if (!isOfStage(new URL(url), stage.description)) {
    throw new UsageError(`${url} is none of the stage's scripts: the record that names it may be forged`, { hint });
  }
  let contents: Uint8Array;
  try {
    contents = await read(new URL(url), stage);
  } catch (error) {
    if (!isGone(error)) throw error;
    throw new UsageError(`${url}, SHA-256 ${short}…, is not there any more, nor in the pipeline's folder`, { hint });
  }
  const digest = digestOf(contents);
  if (digest === sha256) return contents;
  throw new UsageError(
    `${url} is another by now: its SHA-256 is ${digest.slice(0, 12)}…, the attempt's was ${short}…`,
    {
      hint,
    },
  );
}

/** Who writes a record cannot write the stage's assets, and could name anything else. On this machine, workers are its user's own processes. */
const isOfStage = ({ protocol, hostname }: URL, { stage, buckets }: StageDescription): boolean =>
  stage === "local" || (protocol === "s3:" && hostname === buckets.assets);

const isGone = (error: unknown): boolean =>
  isMissingObject(error) ||
  (error instanceof Error &&
    (["NoSuchVersion", "NoSuchBucket"].includes(error.name) || ("code" in error && error.code === "ENOENT")));

async function read(address: URL, { s3 }: PinnedPlace["stage"]): Promise<Uint8Array> {
  switch (address.protocol) {
    case "s3:": {
      const version = address.searchParams.get("versionId");
      const key = decodeURIComponent(address.pathname.slice(1));
      return readBytes(await s3(), { bucket: address.hostname, key, ...(version !== null && { version }) });
    }
    case "file:":
      return readFile(fileURLToPath(new URL(address.pathname, "file:")));
    default: {
      const response = await fetch(address, { signal: AbortSignal.timeout(FETCH_MS) });
      if (response.ok) return new Uint8Array(await response.arrayBuffer());
      throw new UsageError(`${address.href} answers ${response.status}`, {
        hint: "the script has to be readable from here, or lie in the pipeline's folder as it was",
      });
    }
  }
}

const FETCH_MS = 60_000;
