import { gunzipSync } from "node:zlib";
import { describeIssues, InvalidConfigurationError, StageDescription } from "@muster/pipeline";
import type { FunctionEnvironment } from "./env.ts";

/**
 * The stage that a function on AWS belongs to. It is part of the function's version, so that deploying during a build changes nothing for that build.
 * @throws InvalidConfigurationError
 */
export function stageOfFunction({ stage }: FunctionEnvironment): StageDescription {
  if (stage === undefined) throw refuse("is not set");
  const parsed = StageDescription.safeParse(decode(stage));
  if (!parsed.success) throw refuse(`is not a stage's description: ${describeIssues(parsed.error)}`);
  return parsed.data;
}

function decode(text: string): unknown {
  try {
    return JSON.parse(text.startsWith("{") ? text : gunzipSync(Buffer.from(text, "base64")).toString("utf8"));
  } catch (error) {
    throw refuse(`cannot be read: ${(error as Error).message}`);
  }
}

const refuse = (problem: string) =>
  new InvalidConfigurationError(`the function's variable MUSTER_STAGE ${problem}`, { hint: "deploy the stage again" });
