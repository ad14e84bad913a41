import { DescribeExecutionCommand } from "@aws-sdk/client-sfn";
import type { launchWorld } from "./launch-world.ts";

export type World = Awaited<ReturnType<typeof launchWorld>>;

/** Tasks of one activity, a platform each, for `world.publish`. */
export const tasks = (count: number, debug: "" | "fake_ec2" | "skip_ec2" = "") =>
  Array.from({ length: count }, (_, index) => ({
    activity: "MakeBinaryPackage",
    platform: `debian-${index + 1}-x`,
    debug,
  }));

/** How the tasks of a build ended; nothing while one of them has not. */
export async function outcomeOf(world: World, build: string): Promise<{ Error?: string; Cause?: string }[]> {
  const { output } = await world.clients.sfn.send(
    new DescribeExecutionCommand({ executionArn: world.context(build).id }),
  );
  return JSON.parse(output ?? "[]") as { Error?: string; Cause?: string }[];
}
