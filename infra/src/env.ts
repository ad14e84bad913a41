/** What cdktf's command tells the program that it runs. */
export interface InfraEnvironment {
  /** Where stacks go; cdktf's own default where absent. */
  readonly outdir: string | undefined;
  /** Only this stage; all where absent. */
  readonly stage: string | undefined;
}

export function infraEnvironment(env: NodeJS.ProcessEnv = process.env): InfraEnvironment {
  return { outdir: env.CDKTF_OUTDIR, stage: env.MUSTER_STAGE };
}
