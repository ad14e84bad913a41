import type { S3Client } from "@aws-sdk/client-s3";
import { type Failure, listSteps, normalizeResults, type Results, type WrittenResults } from "@muster/pipeline";
import { readBytes } from "@muster/records";
import * as z from "zod";

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html */
const Manifest = z.object({
  DestinationBucket: z.string(),
  ResultFiles: z.record(z.string(), z.array(z.object({ Key: z.string() }))),
});
/** `Output` is JSON as a text; an execution that failed has none. */
const Exported = z.array(z.object({ Output: z.string().optional() }));
const PlatformOutput = z.object({ platform: z.string(), results: z.unknown() });

type ByPlatform = Record<string, Results>;

/**
 * What the steps of a version's platforms came to, each in an execution of its own: every failure, and of each step one
 * success, which is what the rest of a build goes by. The whole stays where it was written.
 * @param bytes what it may take of the state's data; where all causes together are more, failures are named without
 */
export async function collectMapRun(
  s3: S3Client,
  { ResultWriterDetails: { Bucket, Key } }: WrittenResults,
  { bytes }: { readonly bytes: number },
): Promise<ByPlatform> {
  const read = async (bucket: string, key: string): Promise<unknown> =>
    JSON.parse(Buffer.from(await readBytes(s3, { bucket, key })).toString());
  const { DestinationBucket, ResultFiles } = Manifest.parse(await read(Bucket, Key));
  const collecting = collector(bytes);
  for (const { Key: file } of Object.values(ResultFiles).flat()) {
    for (const { Output } of Exported.parse(await read(DestinationBucket, file))) {
      if (Output !== undefined) collecting.take(PlatformOutput.parse(JSON.parse(Output)));
    }
  }
  return collecting.collected();
}

interface Kept {
  readonly platform: string;
  readonly step: string;
  readonly result: { readonly success?: unknown; readonly failure?: Failure };
}

function collector(bytes: number) {
  const succeeded = new Set<string>();
  const kept: Kept[] = [];
  return {
    take({ platform, results }: z.infer<typeof PlatformOutput>): void {
      for (const { step, result } of listSteps(normalizeResults(results))) {
        if (result.failure !== undefined) kept.push({ platform, step, result: { failure: result.failure } });
        else if ("success" in result && !succeeded.has(step)) {
          succeeded.add(step);
          kept.push({ platform, step, result: { success: result.success } });
        }
      }
    },
    collected(): ByPlatform {
      const whole = byPlatform(kept);
      if (sizeOf(whole) <= bytes) return whole;
      const named = kept.map((each) => ({ ...each, result: withoutCause(each.result) }));
      return byPlatform(named.slice(0, fitting(named, bytes)));
    },
  };
}

const withoutCause = ({ failure, ...result }: Kept["result"]): Kept["result"] => ({
  ...result,
  ...(failure && { failure: failure.Error === undefined ? {} : { Error: failure.Error } }),
});

/** How many of them, from the first, take so many bytes at most. */
function fitting(kept: readonly Kept[], bytes: number): number {
  let left = bytes;
  const index = kept.findIndex((each) => {
    left -= sizeOf(byPlatform([each]));
    return left < 0;
  });
  return index === -1 ? kept.length : index;
}

function byPlatform(kept: readonly Kept[]): ByPlatform {
  const platforms: Record<string, Record<string, Kept["result"]>> = {};
  for (const { platform, step, result } of kept) {
    platforms[platform] ??= {};
    platforms[platform][step] = result;
  }
  return platforms as ByPlatform;
}

const sizeOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
