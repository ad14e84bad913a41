import type { Execution } from "./interpreter/execution.ts";
import { childArnOf, childNameOf, type MapRun, type S3Place, whyItemIsNotRedrivable } from "./interpreter/map-run.ts";
import { jsonText } from "./language/json-text.ts";

export interface ResultFiles {
  readonly manifest: S3Place;
  /** In the order in which they are written: the manifest names what is there. */
  readonly files: readonly { readonly place: S3Place; readonly text: string }[];
  /** Executions that are in them. */
  readonly written: number;
}

type FileStatus = "SUCCEEDED" | "FAILED" | "PENDING";

/**
 * What a Map Run's ResultWriter exports: executions by how they ended, and a manifest.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html
 */
export function resultFiles(
  { arn, total, started }: MapRun,
  { prefix, findExecution }: { prefix: S3Place; findExecution: (arn: string) => Execution | undefined },
): ResultFiles {
  const { Bucket } = prefix;
  const uuid = arn.slice(arn.lastIndexOf(":") + 1);
  const folder = prefix.Key === "" ? uuid : `${prefix.Key.replace(/\/$/, "")}/${uuid}`;
  const texts: Record<FileStatus, string[]> = { FAILED: [], PENDING: [], SUCCEEDED: [] };
  for (let index = 0; index < Math.min(total, started); index++) {
    const child = findExecution(childArnOf(arn, childNameOf(arn, index)));
    if (child !== undefined) texts[child.status === "SUCCEEDED" ? "SUCCEEDED" : "FAILED"].push(describe(child));
  }
  const files = Object.entries(texts).flatMap(([status, results]) =>
    results.length === 0
      ? []
      : [{ status, place: { Bucket, Key: `${folder}/${status}_0.json` }, text: `[${results.join(",")}]` }],
  );
  const listed = (status: FileStatus) =>
    files
      .filter((file) => file.status === status)
      .map(({ place, text }) => ({ Key: place.Key, Size: Buffer.byteLength(text) }));
  const manifest = { Bucket, Key: `${folder}/manifest.json` };
  const content = {
    DestinationBucket: Bucket,
    MapRunArn: arn,
    ResultFiles: { FAILED: listed("FAILED"), PENDING: listed("PENDING"), SUCCEEDED: listed("SUCCEEDED") },
  };
  return {
    manifest,
    files: [...files, { place: manifest, text: JSON.stringify(content) }],
    written: texts.FAILED.length + texts.SUCCEEDED.length,
  };
}

function describe(execution: Execution): string {
  const { arn, name, stateMachineArn, status, startedAtMs, stoppedAtMs, failure, output, inputText } = execution;
  return JSON.stringify({
    ...(failure?.cause === undefined ? {} : { Cause: failure.cause }),
    ...(failure?.error === undefined ? {} : { Error: failure.error }),
    ExecutionArn: arn,
    Input: inputText,
    InputDetails: { Included: true },
    Name: name,
    ...(status === "SUCCEEDED" ? { Output: jsonText(output ?? null), OutputDetails: { Included: true } } : {}),
    RedriveCount: execution.redriveCount,
    RedriveStatus: "NOT_REDRIVABLE",
    RedriveStatusReason: whyItemIsNotRedrivable(status),
    StartDate: new Date(startedAtMs).toISOString(),
    StateMachineArn: stateMachineArn,
    Status: status,
    ...(stoppedAtMs === undefined ? {} : { StopDate: new Date(stoppedAtMs).toISOString() }),
  });
}
