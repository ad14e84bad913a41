import { isDeepStrictEqual } from "node:util";
import { DescribeExecutionCommand, ExecutionAlreadyExists, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { overlapError, overlappingBuild } from "@muster/lambdas";
import { type BuildInput, buildWords, parseBuildInput } from "@muster/pipeline";
import { executionName } from "./execution-name.ts";
import { listBuilds } from "./history/find-build.ts";
import type { Stage } from "./stages/stage.ts";
import { EnvironmentError } from "./usage-error.ts";

export interface StartedBuild {
  readonly name: string;
  readonly executionArn: string;
  /** Whether it was running before: the same words go on with the same build. */
  readonly joined: boolean;
  /** Other builds that run. */
  readonly others: readonly string[];
}

type Builds = Pick<Stage, "sfn" | "description" | "pipeline">;

/** More builds of one user in one minute than this are a mistake. */
const MOST_A_MINUTE = 50;

interface StartOptions {
  readonly user: string;
  readonly at: Date;
  /** Is waited for before a new build starts; not where one is gone on with. */
  readonly announce?: () => Promise<void>;
  /** What it is started for, where that is more than its words. */
  readonly origin?: BuildOrigin | undefined;
}

/** Why a build is started: it does again what another one left undone, or takes its versions back. */
export type BuildOrigin = Pick<BuildInput, "retry" | "withdraw">;

/** Starts a build, or finds the running one that the same words started. */
export async function startBuild(
  stage: Builds,
  words: readonly string[],
  { user, at, announce = async () => {}, origin = {} }: StartOptions,
): Promise<StartedBuild> {
  const said = { inputs: words, ...origin };
  const { input, running } = await runningBuilds(stage, said);
  const joined = running.find((build) => isDeepStrictEqual(build.input, input(build.startedAt)));
  const others = running.filter((build) => build !== joined).map(({ name }) => name);
  if (joined !== undefined) return { name: joined.name, executionArn: joined.executionArn, joined: true, others };

  await refuseOverlap(stage, input(at));
  await announce();
  const named = buildWords(words).words;
  const { versions, rerun, force } = input(at);
  const asked = [
    ...Object.keys(origin),
    ...(rerun === undefined && !force ? [] : ["again"]),
    ...(named.length > 0 ? named : versions),
  ];
  for (let attempt = 1; attempt <= MOST_A_MINUTE; attempt++) {
    const name = executionName(asked, { user, at, attempt });
    try {
      const { executionArn } = await stage.sfn.send(
        new StartExecutionCommand({
          stateMachineArn: stage.description.stateMachineArn,
          name,
          input: JSON.stringify(said),
        }),
      );
      return { name, executionArn: executionArn as string, joined: false, others };
    } catch (error) {
      if (!(error instanceof ExecutionAlreadyExists)) throw error;
    }
  }
  throw new EnvironmentError(`${MOST_A_MINUTE} builds were started with these words in this minute`, {
    hint: "wait a minute",
  });
}

/** ParseInput refuses it too, whoever starts it; here nothing has been started yet. */
async function refuseOverlap(
  { sfn, description: { stateMachineArn }, pipeline }: Builds,
  input: BuildInput,
): Promise<void> {
  const overlap = await overlappingBuild(input, { sfn, stateMachineArn, pipeline });
  if (overlap !== undefined) throw overlapError(overlap);
}

async function runningBuilds(stage: Builds, said: unknown) {
  const running = await Promise.all(
    (await listBuilds(stage, { running: true })).map(async (build) => {
      const { input } = await stage.sfn.send(new DescribeExecutionCommand({ executionArn: build.executionArn }));
      return { ...build, input: understood(stage, input ?? "{}", build.startedAt) };
    }),
  );
  return { running, input: (today: Date) => parseBuildInput(said, stage.pipeline, { today }) };
}

/** Another definition of the pipeline may have started it, with words that this one does not know. */
export function understood({ pipeline }: Pick<Stage, "pipeline">, input: string, today: Date): BuildInput | undefined {
  try {
    return parseBuildInput(JSON.parse(input), pipeline, { today, running: true });
  } catch {
    return undefined;
  }
}
