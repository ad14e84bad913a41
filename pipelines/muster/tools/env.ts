import { join } from "node:path";

/** What the release tools take from the environment; see the pipeline's definition, taskEnvironment and scripts/init.sh for who sets it. */

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "")
    throw new Error(`${name} is not set: this tool runs in a task of the pipeline`);
  return value;
}

const optional = (name: string): string | undefined => process.env[name] || undefined;

export const env = {
  version: () => required("VERSION"),
  platform: () => required("DISTRO"),
  /** All platforms of the version. */
  platforms: () => (optional("PLATFORMS") ?? "").split(" ").filter((platform) => platform !== ""),
  buckets: () => ({ scratch: required("SCRATCH_BUCKET"), downloads: required("DOWNLOADS_BUCKET") }),
  /** `s3://` URL of the OpenPGP key that signs releases. */
  signingKey: () => required("SIGNING_KEY"),
  /** The program that builds container images; the script has found one that works. */
  imageBuilder: () => required("IMAGE_BUILDER"),
  /** Where container images are pushed. */
  imageRepository: () => optional("IMAGE_REPOSITORY"),
  /** The file whose JSON joins the task's result. */
  resultFile: () => optional("MUSTER_RESULT"),
  /** Where the worker's agent learns what a task uploaded, for the attempt's record; `muster-s3` notes it there too. */
  uploadsFile: () => {
    const result = optional("MUSTER_RESULT");
    return result === undefined ? undefined : join(result, "..", "uploads.jsonl");
  },
  /** Whether another endpoint than AWS's own answers: on one machine, the stage's. */
  hasOwnEndpoint: () => optional("AWS_ENDPOINT_URL") !== undefined,
  /** What programs that a tool starts inherit. */
  inherited: () => process.env,
};
