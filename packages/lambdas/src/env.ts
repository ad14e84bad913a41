/** What the infrastructure tells a function on AWS. */
export interface FunctionEnvironment {
  /** The description of the stage it belongs to: JSON, plain or as Terraform's `base64gzip`, because Lambda allows 4 KB for all variables. */
  readonly stage: string | undefined;
}

export function functionEnvironment(env: NodeJS.ProcessEnv = process.env): FunctionEnvironment {
  return { stage: env.MUSTER_STAGE };
}
