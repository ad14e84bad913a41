import { InvalidConfigurationError, InvalidInputError, parseBuildInput } from "@muster/pipeline";
import type { StageScope } from "../stage-scope.ts";

/**
 * Sees to it that scheduled builds can be understood: one that cannot would fail every night, with nobody there.
 * @throws InvalidConfigurationError naming the stage and the schedule
 */
export function checkSchedules({ stage, pipeline }: Pick<StageScope, "stage" | "pipeline">): void {
  for (const { name, input } of stage.schedules) {
    try {
      parseBuildInput(input, pipeline, { today: new Date() });
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error;
      throw new InvalidConfigurationError(
        `${stage.name}.schedules: the build of ${name} would be refused: ${error.message}`,
        { hint: error.hint, cause: error },
      );
    }
  }
}
