import type { DescribeExecutionCommandOutput } from "@aws-sdk/client-sfn";
import { type BuildInput, type Pipeline, parseBuildInput } from "@muster/pipeline";

/** What a build was asked for, as far as it can be understood. */
export function inputOf(
  { input, startDate }: Pick<DescribeExecutionCommandOutput, "input" | "startDate">,
  pipeline: Pipeline,
): BuildInput | undefined {
  try {
    return parseBuildInput(JSON.parse(input ?? "{}"), pipeline, { today: startDate ?? new Date(0), running: true });
  } catch {
    return undefined;
  }
}
