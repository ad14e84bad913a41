import { createHash } from "node:crypto";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { MusterError } from "@muster/pipeline";
import { failureText, isOwnMistake } from "@muster/records";
import type { AwsClients } from "../aws/aws-clients.ts";
import { backOff, type Clock, sleep } from "../clock.ts";
import type { Diagnostics } from "../diagnostics.ts";
import { MASK } from "../log/mask-secrets.ts";

/** A script on this machine. */
export interface FetchedScript {
  /** As records may show it. */
  readonly url: string;
  readonly file: string;
  /** Of its contents, in hex. */
  readonly sha256: string;
}

/** A script that cannot be had; tasks that need it fail under this name. */
export class ScriptUnavailableError extends MusterError {
  override readonly name = "Muster.ScriptUnavailable";
}

export interface FetchOptions {
  readonly clients: Pick<AwsClients, "s3">;
  /** Where scripts are kept. */
  readonly folder: string;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
}

/** An outage of minutes costs no attempt of a task; the task's own end does not wait for this. */
const TRIES = 25;
const PATIENCE_MS = 5 * 60_000;
/** What AWS calls the caller's own mistake is over at most when a role that was just made is known everywhere. */
const TRIES_WHEN_REFUSED = 5;

/**
 * Fetches a script from s3:// (with `?versionId=…` where that matters), https:// or file://, and makes it executable. A digest in the URL's fragment, `#sha256=…`, must hold.
 * @throws ScriptUnavailableError
 */
export async function fetchScript(url: string, options: FetchOptions): Promise<FetchedScript> {
  const address = new URL(url);
  const shown = shownUrl(address);
  const expected = /^#sha256=([0-9a-f]{64})$/.exec(address.hash)?.[1];
  if (address.hash !== "" && expected === undefined) {
    throw new ScriptUnavailableError(`${shown}: the fragment is not sha256= and 64 hexadecimal digits`);
  }
  address.hash = "";
  const contents = await readWithRetries(address, options);
  const sha256 = createHash("sha256").update(contents).digest("hex");
  if (expected !== undefined && sha256 !== expected) {
    throw new ScriptUnavailableError(`${shown} has the SHA-256 ${sha256}, not ${expected}`);
  }
  const folder = join(options.folder, sha256);
  const file = join(folder, basename(address.pathname) || "script");
  await mkdir(folder, { recursive: true, mode: 0o755 });
  await writeFile(file, contents);
  await chmod(file, 0o755);
  return { url: shown, file, sha256 };
}

/** Without what gives access to it: the query of a presigned URL, a user's name and password. A version is none of these. */
function shownUrl({ protocol, host, pathname, search, searchParams }: URL): string {
  const version = searchParams.get("versionId");
  const query = protocol === "s3:" && version !== null ? `?versionId=${version}` : search && `?${MASK}`;
  return `${protocol}//${host}${pathname}${query}`;
}

async function readWithRetries(address: URL, { clients, clock, diagnostics }: FetchOptions): Promise<Uint8Array> {
  const url = shownUrl(address);
  const untilMs = clock.now() + PATIENCE_MS;
  for (let tries = 1; ; tries++) {
    try {
      return await read(address, clients);
    } catch (error) {
      if (error instanceof ScriptUnavailableError) throw error;
      // Some errors name the URL as it was asked for.
      const reason = failureText(error).replaceAll(address.href, url);
      const isLast = tries >= (isOwnMistake(error) ? TRIES_WHEN_REFUSED : TRIES) || clock.now() >= untilMs;
      if (isLast || isFinal(error)) throw new ScriptUnavailableError(`${url}: ${reason}`, { cause: error });
      diagnostics.warn("a script could not be fetched yet", { url, tries, reason });
      await sleep(clock, backOff(tries, { firstMs: 500, mostMs: 10_000 }));
    }
  }
}

/** What another try would not change. */
function isFinal(error: unknown): boolean {
  const { name, code } = error as NodeJS.ErrnoException;
  return (
    ["NoSuchKey", "NoSuchVersion", "NoSuchBucket", "NotFound"].includes(name) ||
    code === "ENOENT" ||
    code === "EACCES" ||
    code === "EISDIR"
  );
}

async function read(address: URL, clients: FetchOptions["clients"]): Promise<Uint8Array> {
  switch (address.protocol) {
    case "s3:": {
      const { readBytes } = await import("../s3/objects.ts");
      const version = address.searchParams.get("versionId");
      return readBytes(await clients.s3(), {
        bucket: address.hostname,
        key: decodeURIComponent(address.pathname.slice(1)),
        // Workers on AWS may read that version and no other.
        ...(version !== null && { version }),
      });
    }
    case "file:":
      return readFile(fileURLToPath(address));
    case "https:": {
      const response = await fetch(address, { signal: AbortSignal.timeout(60_000) });
      if (!response.ok) {
        throw Object.assign(new Error(`HTTP ${response.status}`), response.status === 404 && { name: "NotFound" });
      }
      return new Uint8Array(await response.arrayBuffer());
    }
    default:
      throw new ScriptUnavailableError(`${shownUrl(address)}: scripts come from s3://, https:// or file://`);
  }
}
