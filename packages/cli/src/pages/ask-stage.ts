import { lostOwner } from "../stages/outlive-owner.ts";
import type { Stage } from "../stages/stage.ts";
import { StageError } from "../usage-error.ts";

/** Does something with a stage as it is now. */
export type AskStage = <T>(work: (stage: Stage) => Promise<T>) => Promise<T>;

/**
 * Asks a stage for as long as a command runs: where the process that moves its builds has gone, the next who asks gets the stage as it is then, and where
 * nobody moves them, whoever has come since is found.
 */
export function stageAsker(open: () => Promise<Stage>): AskStage {
  let opened: Stage | undefined;
  const drop = async () => {
    const stage = opened;
    opened = undefined;
    await stage?.close();
  };
  return async (work) => {
    if (opened?.movedBy === "nobody") await drop();
    opened ??= await open();
    const stage = opened;
    try {
      return await work(stage);
    } catch (error) {
      const pid = lostOwner(stage, error);
      if (pid === undefined) throw error;
      if (opened === stage) await drop();
      throw new StageError(`process ${pid}, which moved the builds here, does not answer any more`);
    }
  };
}
