import type { SFNClient } from "@aws-sdk/client-sfn";
import type { Activity } from "@muster/pipeline";
import type { HandlerContext } from "../handler.ts";
import { type LaunchContext, launchContext } from "../launching/launch-context.ts";

/** What it takes to bring workers in line with tasks: launching, the histories of builds, and all of the pipeline's activities. */
export interface RepairContext {
  readonly launching: LaunchContext;
  readonly sfn: SFNClient;
  readonly activities: readonly Activity[];
}

export function repairContext(context: HandlerContext<"ec2" | "s3" | "sfn">): RepairContext {
  return {
    launching: launchContext(context),
    sfn: context.clients.sfn,
    activities: context.pipeline.activities,
  };
}
