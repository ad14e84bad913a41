import type { SFNClient } from "@aws-sdk/client-sfn";
import type { HandlerContext } from "../handler.ts";
import { type LaunchContext, launchContext } from "../launching/launch-context.ts";

/** What repair works with: launching, and the histories of builds. */
export interface RepairContext extends LaunchContext {
  readonly sfn: SFNClient;
}

export function repairContext(context: HandlerContext<"ec2" | "s3" | "sfn">): RepairContext {
  return { ...launchContext(context), sfn: context.clients.sfn };
}
