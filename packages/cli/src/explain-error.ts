import { MusterError } from "@muster/pipeline";

export interface Explanation {
  readonly message: string;
  readonly hint: string | undefined;
}

/** Any error as one line that names the thing, and what to do about it. */
export function explainError(error: unknown): Explanation {
  if (error instanceof MusterError) return { message: error.message, hint: error.hint };
  if (!(error instanceof Error)) return { message: String(error), hint: undefined };
  // An attempt at several addresses fails without a message, and with the code of what failed.
  const message = error.message.replaceAll(/\s+/g, " ").trim() || codeOf(error) || error.name;
  return (
    hints.find(([pattern]) => pattern.test(`${error.name} ${message}`))?.[1](message) ?? unexpected(error, message)
  );
}

const codeOf = (error: Error): string | undefined =>
  "code" in error && typeof error.code === "string" ? error.code : undefined;

const hints: readonly (readonly [RegExp, (message: string) => Explanation])[] = [
  // Errors of the local stage name the thing and the remedy themselves.
  [
    /cannot write below .*\((ENOSPC|EDQUOT)\)/,
    (message) => ({ message, hint: "what was built is kept: the same command goes on" }),
  ],
  [/^AwsError |cannot write below /, (message) => ({ message, hint: undefined })],
  [
    /^Error Region is missing/,
    () => ({
      message: "no AWS region is set",
      hint: "set AWS_REGION to the region of the stage, or leave --stage out to build on this machine",
    }),
  ],
  [
    /\b(ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT)\b/,
    (message) => ({
      message: `AWS cannot be reached: ${message}`,
      hint: "is there a network, and is AWS_REGION the stage's? leave --stage out to build on this machine",
    }),
  ],
  [
    /ECONNREFUSED|ECONNRESET/,
    (message) => ({ message, hint: "the process that answered there has ended; run the command again" }),
  ],
  [
    /CredentialsProviderError|ExpiredToken|InvalidClientTokenId|UnrecognizedClient/,
    (message) => ({ message, hint: "sign in to AWS, or set AWS_PROFILE" }),
  ],
  [/AccessDenied|UnauthorizedOperation/, (message) => ({ message, hint: "the signed-in role lacks this permission" })],
  [
    /ENOSPC|EDQUOT/,
    (message) => ({ message: `the disk is full: ${message}`, hint: "free some space; what was built is kept" }),
  ],
  [/EACCES|EROFS|EPERM/, (message) => ({ message, hint: "choose a writable folder with --state-dir" })],
];

function unexpected({ name }: Error, message: string): Explanation {
  return {
    message: name === "Error" ? message : `${name}: ${message}`,
    hint: "MUSTER_DEBUG=1 shows where it comes from",
  };
}
