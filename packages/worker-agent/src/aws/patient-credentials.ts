import { setTimeout as sleep } from "node:timers/promises";
import { defaultProvider } from "@aws-sdk/credential-provider-node";

/** How long each try waits for an answer, and what passes before the next: a minute in all where nobody answers. */
const TRIES = [
  { timeoutMs: 1000, pauseMs: 200 },
  { timeoutMs: 2000, pauseMs: 500 },
  { timeoutMs: 5000, pauseMs: 1000 },
  { timeoutMs: 5000, pauseMs: 2000 },
  { timeoutMs: 5000, pauseMs: 4000 },
  { timeoutMs: 5000, pauseMs: 8000 },
  { timeoutMs: 5000, pauseMs: undefined },
] as const;

/** None of the chain's sources had any, or one answered with what is no JSON. */
const PASSING = new Set(["CredentialsProviderError", "SyntaxError"]);

/**
 * Credentials from the SDK's default chain, asked for as often and as long as a busy machine needs: by AWS's rule the metadata service has one second
 * and one try, and once the SDK got no token in time, it goes on without one for ever, which a machine that insists on tokens never answers. So each
 * try is a new chain's, with a longer time, after a longer pause.
 * The SDK asks minutes before the last ones expire: where no new ones can be had, those serve until then.
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-ec2-instance-metadata.html
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html#instancedata-throttling
 */
export function patientCredentials<Identity extends { readonly expiration?: Date }>(
  newChain: (timeoutMs: number) => () => Promise<Identity>,
  pause: (ms: number) => Promise<unknown> = sleep,
): () => Promise<Identity> {
  let last: Identity | undefined;
  return async () => {
    for (const { timeoutMs, pauseMs } of TRIES) {
      try {
        last = await newChain(timeoutMs)();
        break;
      } catch (error) {
        if (!(error instanceof Error && PASSING.has(error.name))) throw error;
        if (last?.expiration !== undefined && last.expiration.getTime() > Date.now()) break;
        if (pauseMs === undefined) throw error;
        await pause(pauseMs);
      }
    }
    return last as Identity;
  };
}

/** The SDK's default chain, which gives the metadata service so long for each answer. */
export const defaultChain = (region: string) => (timeout: number) =>
  defaultProvider({ timeout, clientConfig: { region } });
