import type { EC2Client } from "@aws-sdk/client-ec2";
import type { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import type { LambdaClient } from "@aws-sdk/client-lambda";
import type { S3Client } from "@aws-sdk/client-s3";
import type { SFNClient } from "@aws-sdk/client-sfn";
import type { Pipeline, StageDescription } from "@muster/pipeline";

/** A stage under a drill, and what the drill works with. */
export interface Drill {
  readonly description: StageDescription;
  readonly pipeline: Pipeline;
  readonly clients: {
    readonly sfn: SFNClient;
    readonly ec2: EC2Client;
    readonly events: EventBridgeClient;
    readonly lambda: LambdaClient;
    readonly s3: S3Client;
  };
  /** Buckets that the stage made, and would take along. */
  readonly ownBuckets: readonly string[];
  /** Whether a destroy of the stage empties them. */
  readonly disposable: boolean;
  /** What its builds are asked for, beside being fake. */
  readonly words: readonly string[];
  readonly clock: DrillClock;
  /** Has AWS take a spot instance back, by the API that it has for that; undefined where nobody may. */
  readonly interruptSpot?: ((instanceId: string) => Promise<void>) | undefined;
}

export interface DrillClock {
  /** Milliseconds. */
  now(): number;
  sleep(ms: number): Promise<void>;
}

/** How a step ended. What was not rehearsed tells nothing of the stage. */
export type Verdict = "held" | "not held" | "not rehearsed";

export interface Outcome {
  readonly verdict: Verdict;
  /** What was seen, and why it is judged so. */
  readonly saw: readonly string[];
  /** What AWS answered otherwise than the local stage does, each with both answers. */
  readonly otherwise: readonly string[];
}

/** An outcome of a step, as the report has it. */
export interface StepReport extends Outcome {
  readonly step: string;
  readonly seconds: number;
}

export const held = (saw: readonly string[], otherwise: readonly string[] = []): Outcome => ({
  verdict: "held",
  saw,
  otherwise,
});
export const notHeld = (saw: readonly string[], otherwise: readonly string[] = []): Outcome => ({
  verdict: "not held",
  saw,
  otherwise,
});
export const notRehearsed = (why: string): Outcome => ({ verdict: "not rehearsed", saw: [why], otherwise: [] });

/** What AWS answered where the local stage answers something else. */
export const compared = (what: string, here: string | undefined, onLocal: string): string[] =>
  here === onLocal ? [] : [`${what}: ${here ?? "nothing"}, where \`local\` has ${onLocal}`];
