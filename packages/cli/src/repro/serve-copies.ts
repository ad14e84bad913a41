import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { type ObjectPlace, stateFolder } from "@muster/records";
import { openSandbox } from "../stages/local/open-sandbox.ts";
import type { Stage } from "../stages/stage.ts";
import { type ChangedObject, type ObjectCopies, objectCopies, urlOf } from "./object-copies.ts";
import { keysToDelete, readS3Request, type S3Request } from "./s3-request.ts";

export interface CopiesOptions {
  readonly stage: Pick<Stage, "s3" | "description">;
  /** Where copies, and what is written over them, lie. */
  readonly folder: string;
  /** When the attempt began. */
  readonly at: Date;
  /** Whether the attempt itself may have written it. */
  isOwn(place: ObjectPlace): boolean;
  onChanged(changed: ChangedObject): void;
  /** Told of what the stage did not give. */
  onRefused(url: string, error: unknown): void;
}

/** An endpoint for AWS's clients. What it is asked for comes from the stage, as it was; nothing that is written there ever reaches the stage. */
export interface ServedCopies {
  readonly url: string;
  /** URLs of what was written and not removed again. */
  wrote(): string[];
  removed(): string[];
  close(): Promise<void>;
}

export async function serveCopies(options: CopiesOptions): Promise<ServedCopies> {
  const { description } = options.stage;
  const { buckets } = description;
  const sandbox = await openSandbox(options.folder, description);
  const copies = objectCopies({
    s3: await options.stage.s3(),
    copies: sandbox,
    at: options.at,
    isOwn: options.isOwn,
    isShared: ({ bucket, key }) => bucket !== buckets.state || !RECORDS.some((each) => key.startsWith(each)),
    onChanged: options.onChanged,
  });
  const changes = new Map<string, "wrote" | "removed">();
  const { onRefused } = options;
  const front = { inner: sandbox.url, copies, buckets: Object.values(buckets), changes, onRefused };
  const server = createServer((asked, answer) => void serve(front, asked, answer));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const named = (kind: string) => [...changes].flatMap(([url, each]) => (each === kind ? url : [])).sort();
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    wrote: () => named("wrote"),
    removed: () => named("removed"),
    async close() {
      server.close();
      server.closeAllConnections();
      await sandbox.close();
    },
  };
}

/** Muster's own, which are nothing that a script reads: leases among them, which must be free here. */
const RECORDS = Object.values(stateFolder);

interface Front {
  readonly inner: string;
  readonly copies: ObjectCopies;
  readonly buckets: readonly string[];
  readonly changes: Map<string, "wrote" | "removed">;
  readonly onRefused: CopiesOptions["onRefused"];
}

async function serve(front: Front, asked: IncomingMessage, answer: ServerResponse): Promise<void> {
  const copySource = asked.headers["x-amz-copy-source"];
  const s3 = readS3Request(
    {
      method: asked.method,
      url: asked.url,
      copySource: typeof copySource === "string" ? decodeURI(copySource) : undefined,
    },
    front.buckets,
  );
  try {
    const body = s3?.removesMany === undefined ? undefined : await buffer(asked);
    const many = keysToDelete(body?.toString("utf8") ?? "").map((key) => ({ bucket: s3?.removesMany ?? "", key }));
    if (s3 !== undefined && !(await prepare(front, s3, answer))) return;
    await forward(front, { asked, answer, body });
    if (answer.statusCode >= 300 || s3 === undefined) return;
    if (s3.writes !== undefined) front.changes.set(urlOf(s3.writes), "wrote");
    const removed = [...many, ...(s3.removes === undefined ? [] : [s3.removes])];
    for (const place of removed) {
      front.copies.forget(place);
      front.changes.set(urlOf(place), "removed");
    }
  } catch {
    // The client, or the script, has gone.
    answer.destroy();
  }
}

/** @returns false where it was answered that the stage did not give what it needs */
async function prepare({ copies, onRefused }: Front, s3: S3Request, answer: ServerResponse): Promise<boolean> {
  const [need] = s3.needs;
  try {
    await Promise.all(s3.needs.map((place) => copies.bring(place)));
    if (s3.lists !== undefined) await copies.bringAll(s3.lists);
    return true;
  } catch (error) {
    const url = need === undefined ? `s3://${s3.lists?.bucket}/${s3.lists?.prefix}` : urlOf(need);
    onRefused(url, error);
    const isDenied = error instanceof Error && /AccessDenied|Forbidden/.test(error.name);
    const code = isDenied ? "AccessDenied" : "ServiceUnavailable";
    answer.writeHead(isDenied ? 403 : 503, { "content-type": "application/xml" });
    answer.end(
      `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>the stage did not give it</Message></Error>`,
    );
    return false;
  }
}

interface Forwarded {
  readonly asked: IncomingMessage;
  readonly answer: ServerResponse;
  /** Where it has been read. */
  readonly body: Buffer | undefined;
}

async function forward({ inner }: Front, { asked, answer, body }: Forwarded): Promise<void> {
  // Node has answered `Expect` itself.
  const { expect: _, ...headers } = asked.headers;
  const onward = request(`${inner}${asked.url}`, { method: asked.method, headers });
  const answered = once(onward, "response") as Promise<[IncomingMessage]>;
  if (body === undefined) await Promise.all([pipeline(asked, onward), answered]);
  else onward.end(body);
  const [response] = await answered;
  answer.writeHead(response.statusCode ?? 502, response.headers);
  await pipeline(response, answer);
}
