import { chmodSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface ClientProfileOptions {
  /** Folder for its files, its owner's alone. */
  readonly dir: string;
  readonly url: string;
  readonly region: string;
}

/** AWS knows nobody of this name: whoever asks there by mistake is refused. */
const KEYS = { aws_access_key_id: "local", aws_secret_access_key: "local" } as const;

/** What `packages/local` serves, by the names that clients' configuration has for it. @see https://docs.aws.amazon.com/sdkref/latest/guide/ss-endpoints-table.html */
const SERVICES = [
  "cloudfront",
  "cloudwatch",
  "cloudwatch_logs",
  "ec2",
  "eventbridge",
  "lambda",
  "s3",
  "service_quotas",
  "sfn",
  "ssm",
  "sts",
] as const;

/**
 * Writes a profile by which clients of other programs ask the local stage's endpoint, and none of the user's own are found.
 * @returns the variables that make clients use it
 */
export function writeClientProfile({ dir, url, region }: ClientProfileOptions): Readonly<Record<string, string>> {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  chmodSync(dir, 0o700);
  const config = join(dir, "config");
  const credentials = join(dir, "credentials");
  writePrivately(config, [
    "[default]",
    ...lines({ region, endpoint_url: url, services: "muster-local", ...KEYS }),
    "",
    "[services muster-local]",
    ...SERVICES.flatMap((name) => [`${name} =`, `  endpoint_url = ${url}`]),
  ]);
  writePrivately(credentials, ["[default]", ...lines(KEYS)]);
  return {
    AWS_CONFIG_FILE: config,
    AWS_SHARED_CREDENTIALS_FILE: credentials,
    AWS_ENDPOINT_URL: url,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: KEYS.aws_access_key_id,
    AWS_SECRET_ACCESS_KEY: KEYS.aws_secret_access_key,
  };
}

const lines = (settings: Readonly<Record<string, string>>): string[] =>
  Object.entries(settings).map(([name, value]) => `${name} = ${value}`);

/** Under its own name at once and whole: a client may be reading it. */
function writePrivately(file: string, text: readonly string[]): void {
  writeFileSync(`${file}.new`, `${text.join("\n")}\n`, { mode: 0o600 });
  chmodSync(`${file}.new`, 0o600);
  renameSync(`${file}.new`, file);
}
