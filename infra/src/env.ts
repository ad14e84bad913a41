/** What cdktf's command tells the program that it runs. */
export interface InfraEnvironment {
  /** Where stacks go; cdktf's own default where absent. */
  readonly outdir: string | undefined;
  /** Only this stage; all where absent. */
  readonly stage: string | undefined;
  /** What stands for AWS; AWS itself where absent. */
  readonly endpoint: string | undefined;
}

export function infraEnvironment(env: NodeJS.ProcessEnv = process.env): InfraEnvironment {
  return { outdir: env.CDKTF_OUTDIR, stage: env.MUSTER_STAGE, endpoint: env.AWS_ENDPOINT_URL };
}

/** What GitHub's workflows tell: see https://docs.github.com/en/actions/reference/workflows-and-actions/variables */
export interface ReviewEnvironment {
  readonly api: string;
  readonly repository: string;
  readonly token: string;
  readonly pullRequest: number;
  readonly commit: string;
}

export function reviewEnvironment(env: NodeJS.ProcessEnv = process.env): ReviewEnvironment {
  return {
    api: env.GITHUB_API_URL ?? "https://api.github.com",
    repository: env.GITHUB_REPOSITORY ?? "",
    token: env.GITHUB_TOKEN ?? "",
    pullRequest: Number(env.PULL_REQUEST ?? 0),
    commit: env.PLANNED_COMMIT ?? env.GITHUB_SHA ?? "",
  };
}
