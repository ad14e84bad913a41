import { InvalidInputError, ParseInputEvent, parseBuildInput } from "@muster/pipeline";
import { overlappingBuild } from "./builds/overlapping-build.ts";
import { handler } from "./handler.ts";

/** Understands what a build is asked for, and refuses one that would build the same as a running one, however it was started. */
export const parseInput = handler(
  "ParseInput",
  { input: ParseInputEvent, uses: ["sfn"] },
  async ({ input, execution }, { pipeline, stage, clients }) => {
    const startDate = new Date(execution.startTime);
    const buildInput = parseBuildInput(input, pipeline, { today: startDate });
    const overlap = await overlappingBuild(buildInput, {
      sfn: clients.sfn,
      stateMachineArn: stage.stateMachineArn,
      pipeline,
      self: { arn: execution.id, startDate },
    });
    if (overlap) {
      const what = overlap.platform === undefined ? overlap.version : `${overlap.version} for ${overlap.platform}`;
      throw new InvalidInputError(`the build ${overlap.build} is building ${what}`, {
        hint: `wait for it, end it with: muster stop ${overlap.build}, or say --allow-overlap`,
      });
    }
    return { buildInput };
  },
);
