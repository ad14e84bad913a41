import { setTimeout as sleep } from "node:timers/promises";
import { S3Client } from "@aws-sdk/client-s3";

const PAUSES_MS = [200, 500, 1000, 2000, 4000, 8000, 8000];

/** None of the chain's sources had any, or one answered with what is no JSON. */
const PASSING = new Set(["CredentialsProviderError", "SyntaxError"]);

type Credentials = ReturnType<S3Client["config"]["credentials"]>;

/** The worker's, by the SDK's default chain, which gives a busy machine's metadata service one second and one try; each new chain asks it anew. */
export async function workerCredentials(): Credentials {
  const ask = (): Credentials => new S3Client({}).config.credentials();
  for (const pauseMs of PAUSES_MS) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Error && PASSING.has(error.name))) throw error;
      await sleep(pauseMs);
    }
  }
  return ask();
}
