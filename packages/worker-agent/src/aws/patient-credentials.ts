import { setTimeout as sleep } from "node:timers/promises";

const PAUSES_MS = [200, 500, 1000, 2000, undefined];

/** None of the chain's sources had any, or one answered with what is no JSON. */
const PASSING = new Set(["CredentialsProviderError", "SyntaxError"]);

/**
 * Credentials from the SDK's default chain, asked for as often as a busy machine needs: the SDK gives the metadata service one second and one try,
 * and once it got no token in time, it goes on without one for ever, which a machine that insists on tokens never answers. So each try is a new chain's.
 * The SDK asks minutes before the last ones expire: where no new ones can be had, those serve until then.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
 */
export function patientCredentials<Identity extends { readonly expiration?: Date }>(
  newChain: () => () => Promise<Identity>,
): () => Promise<Identity> {
  let last: Identity | undefined;
  return async () => {
    for (const pauseMs of PAUSES_MS) {
      try {
        last = await newChain()();
        break;
      } catch (error) {
        if (!(error instanceof Error && PASSING.has(error.name))) throw error;
        if (last?.expiration !== undefined && last.expiration.getTime() > Date.now()) break;
        if (pauseMs === undefined) throw error;
        await sleep(pauseMs);
      }
    }
    return last as Identity;
  };
}
