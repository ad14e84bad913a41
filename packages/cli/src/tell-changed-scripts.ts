import type { Context } from "./context.ts";
import { counted } from "./counted.ts";
import { explainError } from "./explain-error.ts";
import { changedScripts } from "./history/changed-scripts.ts";
import { nextCommand } from "./next-command.ts";
import type { Stage } from "./stages/stage.ts";

/** Steps that are named; of more, how many. */
const MOST_NAMED = 3;

/** A build keeps the scripts that it began with: who has mended one since, and says the same words again, must know. */
export async function tellChangedScripts(
  stage: Pick<Stage, "sfn" | "description">,
  { name, executionArn }: { name: string; executionArn: string },
  { print, globals }: Pick<Context, "print" | "globals">,
): Promise<void> {
  try {
    const changed = await changedScripts(stage, executionArn);
    if (changed.length === 0) return;
    const steps = changed.length > MOST_NAMED ? counted(changed.length, "step") : changed.join(", ");
    print.note(`it keeps the scripts it began with; those of ${steps} have changed since. To use the new ones:`);
    print.note(`${nextCommand(globals, ["stop", name])}, and then the same words again; what is done is skipped`);
  } catch (error) {
    print.note(`whether scripts have changed since it began could not be found out: ${explainError(error).message}`);
  }
}
