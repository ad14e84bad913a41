import { appendFile } from "node:fs/promises";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import { InvalidInputError, MusterError } from "@muster/pipeline/muster-error";
import { deleteObject, failureText, type ObjectPlace, objectEtag, type WriteCondition } from "@muster/records";
import { defaultChain, patientCredentials } from "../aws/patient-credentials.ts";
import { createRequestHandler } from "../aws/request-handler.ts";
import { createS3Client } from "../aws/s3-client.ts";
import { downloadObject } from "./download-object.ts";
import { readS3Environment, type S3Environment } from "./env.ts";
import { makerOfTask, noteSource } from "./made-by-task.ts";
import { uploadFile } from "./upload-file.ts";

const USAGE = `usage: muster-s3 cp FILE s3://BUCKET/KEY [--if-match ETAG | --if-none-match] [--content-type TYPE]
       muster-s3 cp s3://BUCKET/KEY FILE|-
       muster-s3 cp FROM TO FROM TO ...
       muster-s3 ls s3://BUCKET/PREFIX
       muster-s3 exists s3://BUCKET/KEY
       muster-s3 rm s3://BUCKET/KEY`;

/** The object is not what the command was told it is. Exit code 3, so that a script can tell it from any other failure. */
class ConditionFailedError extends MusterError {
  override readonly name = "Muster.ConditionFailed";
}

/** A call to S3 failed, for the reason that the message gives after the object's URL. */
class S3FailedError extends MusterError {
  override readonly name = "Muster.S3Failed";
}

/**
 * The `muster-s3` command of scripts. Exit codes: 0 done, or there; 1 failed, or not there; 2 wrongly called, or `exists` could not find out;
 * 3 the condition did not hold.
 */
export async function runS3Command(words: string[]): Promise<number> {
  const environment = readS3Environment();
  try {
    return await run(words, environment);
  } catch (error) {
    process.stderr.write(`muster-s3: ${explain(error)}\n`);
    if (error instanceof InvalidInputError) return 2;
    if (error instanceof ConditionFailedError) return 3;
    return words[0] === "exists" ? 2 : 1;
  }
}

async function run(words: string[], environment: S3Environment): Promise<number> {
  const { values, positionals } = parseWords(words);
  const [command, ...operands] = positionals;
  const [first = ""] = operands;
  const { region, hasOneEndpoint } = environment;
  const credentials = patientCredentials(defaultChain(region));
  const requestHandler = createRequestHandler();
  const s3 = createS3Client({ region, credentials, requestHandler, forcePathStyle: hasOneEndpoint, maxAttempts: 5 });
  if (command === "cp" ? operands.length === 0 || operands.length % 2 === 1 : operands.length !== 1) {
    throw new InvalidInputError(USAGE);
  }
  switch (command) {
    case "cp":
      for (const { from, to } of copiesOf(operands, values)) {
        if (isUrl(from)) await download(s3, { url: from, file: to, environment });
        else await upload(s3, { file: from, url: to, environment, ...values });
      }
      return 0;
    case "ls":
      await naming(placeOf(first), (place) => list(s3, place));
      return 0;
    case "exists":
      return (await naming(placeOf(first), (place) => objectEtag(s3, place))) === undefined ? 1 : 0;
    case "rm":
      await naming(placeOf(first), (place) => deleteObject(s3, place));
      return 0;
    default:
      throw new InvalidInputError(USAGE);
  }
}

/** What is copied where, in the order of the words: all is looked at before the first is copied. */
function copiesOf(
  operands: readonly string[],
  { "if-match": ifMatch }: Pick<UploadOptions, "if-match">,
): { from: string; to: string }[] {
  const pairs = operands.flatMap((from, index) => (index % 2 === 0 ? [{ from, to: operands[index + 1] ?? "" }] : []));
  const unclear = pairs.find(({ from, to }) => isUrl(from) === isUrl(to));
  if (pairs.length > 1 && ifMatch !== undefined) {
    throw new InvalidInputError(`--if-match is of one object, and ${pairs.length} are copied\n${USAGE}`);
  }
  if (unclear === undefined) return pairs;
  throw new InvalidInputError(
    `one side of a copy must be an s3:// URL, and of ${unclear.from} to ${unclear.to} ${isUrl(unclear.from) ? "both are" : "none is"}\n${USAGE}`,
  );
}

function parseWords(words: string[]) {
  try {
    return parseArgs({
      args: words,
      allowPositionals: true,
      options: {
        "if-match": { type: "string" },
        "if-none-match": { type: "boolean" },
        "content-type": { type: "string" },
      },
    });
  } catch (error) {
    throw new InvalidInputError(`${error instanceof Error ? error.message : error}\n${USAGE}`);
  }
}

/** S3 and the connection say what went wrong, and seldom with which object. */
async function naming<T>(place: ObjectPlace, work: (place: ObjectPlace) => Promise<T>): Promise<T> {
  try {
    return await work(place);
  } catch (error) {
    const text = failureText(error);
    const namesItsSubject = error instanceof MusterError || isFileError(error) || text.includes(urlOf(place));
    throw namesItsSubject ? error : new S3FailedError(`${urlOf(place)}: ${text}`);
  }
}

/** Of this machine's own files: the message names the one. */
const isFileError = (error: unknown): boolean => error instanceof Error && "syscall" in error && "path" in error;

const urlOf = ({ bucket, key }: ObjectPlace): string => `s3://${bucket}/${key}`;

const isUrl = (operand: string): boolean => operand.startsWith("s3://");

function placeOf(url: string): ObjectPlace {
  const match = /^s3:\/\/([^/]+)\/?(.*)$/s.exec(url);
  if (match === null) throw new InvalidInputError(`"${url}" is no s3://BUCKET/KEY`);
  return { bucket: match[1] ?? "", key: match[2] ?? "" };
}

interface UploadOptions {
  readonly file: string;
  readonly url: string;
  readonly environment: S3Environment;
  readonly "if-match"?: string | undefined;
  readonly "if-none-match"?: boolean | undefined;
  readonly "content-type"?: string | undefined;
}

/** Its digest is noted: it is a source of what the task uploads later. */
async function download(
  s3: S3Client,
  { url, file, environment }: { url: string; file: string; environment: S3Environment },
): Promise<void> {
  const place = placeOf(url);
  const downloaded = await naming(place, () => downloadObject(s3, place, file));
  await noteSource(environment, { uri: urlOf(place), ...downloaded });
}

/** Its digest is noted where the agent finds it when it writes the attempt's record. */
async function upload(s3: S3Client, { file, url, environment, ...options }: UploadOptions): Promise<void> {
  const { bucket, key } = placeOf(url);
  const place = { bucket, key: key === "" || key.endsWith("/") ? key + basename(file) : key };
  const ifMatch = options["if-match"];
  const condition: WriteCondition = {
    ...(ifMatch !== undefined && { ifMatch }),
    ...(options["if-none-match"] && { ifNoneMatch: "*", overOwn: true }),
  };
  const contentType = options["content-type"];
  const madeBy = await makerOfTask(environment);
  const uploaded = await naming(place, () =>
    uploadFile(s3, place, { file, madeBy, ...(contentType !== undefined && { contentType }), ...condition }),
  );
  const name = urlOf(place);
  if (uploaded === undefined) throw new ConditionFailedError(`${name} is not as the condition says`);
  process.stdout.write(`${uploaded.etag}\n`);
  if (environment.uploadsFile === undefined) return;
  await appendFile(environment.uploadsFile, `${JSON.stringify({ uri: name, sha256: uploaded.sha256 })}\n`);
}

/** Keys, one a line, in their order. */
async function list(s3: S3Client, { bucket, key }: ObjectPlace): Promise<void> {
  let token: string | undefined;
  do {
    const page = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: key, ContinuationToken: token }));
    for (const { Key } of page.Contents ?? []) process.stdout.write(`s3://${bucket}/${Key}\n`);
    token = page.NextContinuationToken;
  } while (token !== undefined);
}

function explain(error: unknown): string {
  return error instanceof MusterError ? error.message : failureText(error);
}
