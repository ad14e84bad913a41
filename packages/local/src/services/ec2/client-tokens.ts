import { createHash } from "node:crypto";
import { AwsError } from "../../aws-error.ts";
import type { Clock } from "../../clock.ts";
import type { Storage } from "../../storage/storage.ts";
import { openStoredMap } from "../../storage/stored-map.ts";

/** @see https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html */
export interface ClientTokens<Result> {
  /** Does `work` once for each token: later calls get the first one's result, calls with other parameters an error. */
  once(token: string | undefined, parameters: object, work: () => Result): Result;
}

interface Remembered<Result> {
  readonly digest: string;
  readonly result: Result;
  readonly usedMs: number;
}

const LONGEST_TOKEN = 64;
const REMEMBERED_MS = 24 * 3_600_000;

export function clientTokens<Result>(options: { storage: Storage; clock: Clock; name: string }): ClientTokens<Result> {
  const { clock } = options;
  const tokens = openStoredMap<Remembered<Result>>(options.storage, options.name);
  const forgetOld = () => {
    for (const token of [...tokens.keys()]) {
      if ((tokens.get(token)?.usedMs ?? 0) + REMEMBERED_MS < clock.now()) tokens.delete(token);
    }
  };
  return {
    once(token, parameters, work) {
      if (token === undefined || token === "") return work();
      if (token.length > LONGEST_TOKEN) {
        throw new AwsError("InvalidParameterValue", `ClientToken must have at most ${LONGEST_TOKEN} characters`);
      }
      forgetOld();
      const digest = createHash("sha256").update(canonical(parameters)).digest("hex");
      const known = tokens.get(token);
      if (known !== undefined && known.digest !== digest) {
        const message = "The request uses the same client token as a previous, but non-identical request.";
        throw new AwsError("IdempotentParameterMismatch", message);
      }
      if (known !== undefined) return known.result;
      const result = work();
      tokens.set(token, { digest, result, usedMs: clock.now() });
      return result;
    },
  };
}

/** The same parameters in any order give the same text. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, member: unknown) =>
    typeof member === "object" && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
