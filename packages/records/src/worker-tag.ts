/** The tags that every worker bears from birth, beside Name, whose value `workerName` writes. All that a stage deploys bears `stage` and `pipeline`. */
export const WorkerTag = {
  activityArn: "ActivityArn",
  stage: "muster:stage",
  pipeline: "muster:pipeline",
  activity: "muster:activity",
  /** The debug mode of the build that launched it; empty for a real one. */
  launchedBy: "muster:launched-by-debug",
  /** booting, idle, active, stopping, failed. */
  state: "muster:state",
  task: "muster:task",
  /** The client token of the launch that it came from, so that an answer that was lost can be found again. */
  launch: "muster:launch",
} as const;
