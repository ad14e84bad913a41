import { AwsError } from "../../aws-error.ts";
import type { Movement } from "../../movement.ts";
import type { OperationContext, Service } from "../../service.ts";
import type { ResultObjects } from "../states/map-run-effects.ts";

/** The same objects as by S3's API, for Step Functions itself, which reads and writes some for Map Runs. */
export function objectsOfResults({ operations }: Service, movement: Pick<Movement, "track">): ResultObjects {
  const call = async (operation: "GetObject" | "PutObject", input: object): Promise<{ readonly Body?: unknown }> =>
    (await operations[operation]?.({ Metadata: {}, headers: {}, ...input } as never, IN_HOUSE)) as object;
  return {
    read: (place) =>
      movement.track("Map Run reads its items", () =>
        explained(async () => textOf((await call("GetObject", { ...place, Body: [] })).Body)),
      ),
    write: (place, text) =>
      movement.track("Map Run writes its results", () =>
        explained(async () => void (await call("PutObject", { ...place, Body: bytesOf(text) }))),
      ),
  };
}

async function textOf(body: unknown): Promise<string> {
  if (body === undefined) return "";
  if (body instanceof Uint8Array) return Buffer.from(body).toString();
  const chunks: Uint8Array[] = [];
  for await (const chunk of body as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

/** With the code, as what fails for it says. */
async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AwsError) throw new Error(`${error.message} (Error Code: ${error.code})`, { cause: error });
    throw error;
  }
}

const IN_HOUSE: OperationContext = {
  requestId: "in-house",
  signal: new AbortController().signal,
  accessKeyId: "in-house",
  endpoint: "http://127.0.0.1",
};
