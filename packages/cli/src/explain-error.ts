import { MusterError } from "@muster/pipeline/muster-error";
import { StageError } from "./usage-error.ts";

export interface Explanation {
  readonly message: string;
  readonly hint: string | undefined;
  /** 3 where the stage cannot be asked, 2 otherwise. */
  readonly exitCode: 2 | 3;
}

/** Any error as one line that names the thing, and what to do about it. */
export function explainError(error: unknown): Explanation {
  if (error instanceof MusterError) {
    return { message: error.message, hint: error.hint, exitCode: error instanceof StageError ? 3 : 2 };
  }
  if (!(error instanceof Error)) return { message: String(error), hint: undefined, exitCode: 2 };
  // An attempt at several addresses fails without a message, and with the code of what failed.
  const message = error.message.replaceAll(/\s+/g, " ").trim() || codeOf(error) || error.name;
  return (
    hints.find(([pattern]) => pattern.test(`${error.name} ${message}`))?.[1](message) ?? unexpected(error, message)
  );
}

const codeOf = (error: Error): string | undefined =>
  "code" in error && typeof error.code === "string" ? error.code : undefined;

type Rule = readonly [pattern: RegExp, explain: (message: string) => Explanation];

const hints: readonly Rule[] = [
  // Errors of the local stage name the thing and the remedy themselves.
  [
    /cannot write below .*\((ENOSPC|EDQUOT)\)/,
    (message) => ({ message, hint: "what was built is kept: the same command goes on", exitCode: 2 }),
  ],
  [/^AwsError |cannot write below /, (message) => ({ message, hint: undefined, exitCode: 2 })],
  [
    /^Error Region (is missing|not accepted)/,
    () => ({
      message: "no AWS region is set",
      hint: "set AWS_REGION to the region of the stage, or leave --stage out to build on this machine",
      exitCode: 3,
    }),
  ],
  [
    /\b(ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT)\b/,
    (message) => ({
      message: `AWS cannot be reached: ${message}`,
      hint: "is there a network, and is AWS_REGION the stage's? leave --stage out to build on this machine",
      exitCode: 3,
    }),
  ],
  [
    /ECONNREFUSED|ECONNRESET/,
    (message) => ({ message, hint: "the process that answered there has ended; run the command again", exitCode: 3 }),
  ],
  [
    /ExpiredToken|RequestExpired|token (included in the request|has|is) .*expired/i,
    (message) => ({ message, hint: "the credentials have expired: sign in to AWS again", exitCode: 3 }),
  ],
  [
    /CredentialsProviderError|InvalidClientTokenId|UnrecognizedClient|InvalidAccessKeyId|SignatureDoesNotMatch/,
    (message) => ({ message, hint: "sign in to AWS, or set AWS_PROFILE", exitCode: 3 }),
  ],
  [
    /AccessDenied|UnauthorizedOperation/,
    (message) => ({ message, hint: "the signed-in role lacks this permission", exitCode: 3 }),
  ],
  [
    /ENOSPC|EDQUOT/,
    (message) => ({
      message: `the disk is full: ${message}`,
      hint: "free some space; what was built is kept",
      exitCode: 2,
    }),
  ],
  [/EACCES|EROFS|EPERM/, (message) => ({ message, hint: "choose a writable folder with --state-dir", exitCode: 2 })],
];

function unexpected({ name }: Error, message: string): Explanation {
  return {
    message: name === "Error" ? message : `${name}: ${message}`,
    hint: "MUSTER_DEBUG=1 shows where it comes from",
    exitCode: 2,
  };
}
