import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { type ClientConfig, secretValues } from "@muster/local";
import { MusterError } from "@muster/pipeline";

/** Secrets Manager for functions of this process; its code is loaded where somebody is to be told something. */
export async function secretsManagerHere(
  config: Omit<ClientConfig, "requestHandler">,
  { home }: { readonly home: string },
): Promise<SecretsManagerClient> {
  const { SecretsManagerClient } = await import("@aws-sdk/client-secrets-manager");
  return new SecretsManagerClient({ ...config, requestHandler: secretValues((name) => readSecret(home, name)) });
}

/** What others than its owner may do with a file. */
const OTHERS = 0o077;

/**
 * Of whoever builds on this machine: a file each, by its name in the pipeline.
 * @throws MusterError where it is not there, or others may read it
 */
export async function readSecret(home: string, name: string): Promise<string> {
  const file = join(home, ".config/muster/secrets", name);
  try {
    const { mode } = await stat(file);
    if ((mode & OTHERS) !== 0) throw new MusterError(`others may read ${file}: chmod 600 it`);
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new MusterError(`there is no ${file}, where this machine keeps it`);
  }
}
