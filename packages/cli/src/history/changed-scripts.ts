import { isDeepStrictEqual } from "node:util";
import { DescribeStateMachineCommand, DescribeStateMachineForExecutionCommand } from "@aws-sdk/client-sfn";
import { TaskScripts } from "@muster/pipeline";
import * as z from "zod";
import type { Stage } from "../stages/stage.ts";

/** What PrepareActivity is told of an activity, wherever in a definition. */
const Prepared = z.object({ activity: z.string(), scripts: TaskScripts });

/**
 * The activities of which a build that runs keeps other scripts than one that began now would have: its definition, which names them by digest, is
 * the one that it began with.
 */
export async function changedScripts(
  { sfn, description: { stateMachineArn } }: Pick<Stage, "sfn" | "description">,
  executionArn: string,
): Promise<string[]> {
  const [began, now] = await Promise.all([
    sfn.send(new DescribeStateMachineForExecutionCommand({ executionArn })),
    sfn.send(new DescribeStateMachineCommand({ stateMachineArn })),
  ]);
  const kept = scriptsByActivity(began.definition);
  return [...scriptsByActivity(now.definition)]
    .filter(([activity, scripts]) => kept.has(activity) && !isDeepStrictEqual(kept.get(activity), scripts))
    .map(([activity]) => activity)
    .sort();
}

/** Those that a state machine's tasks run, by activity, as its definition names them: each with its digest. */
export function scriptsByActivity(definition = "{}"): Map<string, TaskScripts> {
  const found = new Map<string, TaskScripts>();
  JSON.parse(definition, (_key, value: unknown) => {
    const { data } = Prepared.safeParse(value);
    if (data !== undefined) found.set(data.activity, data.scripts);
    return value;
  });
  return found;
}
