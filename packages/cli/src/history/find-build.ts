import { type ExecutionListItem, ListExecutionsCommand, StateMachineDoesNotExist } from "@aws-sdk/client-sfn";
import { nearestWord } from "@muster/pipeline";
import type { Stage } from "../stages/stage.ts";
import { UnreadableBuildError } from "../unreadable-build-error.ts";
import { UsageError } from "../usage-error.ts";

/** An execution of the stage's state machine. */
export interface BuildSummary {
  readonly name: string;
  readonly executionArn: string;
  readonly running: boolean;
  /** `RUNNING`, `SUCCEEDED`, `FAILED`, `TIMED_OUT`, `ABORTED` */
  readonly status: string;
  readonly startedAt: Date;
  /** Absent while it runs. */
  readonly endedAt?: Date | undefined;
}

type Builds = Pick<Stage, "sfn" | "s3" | "description" | "damagedBuilds">;

/** Builds, the latest first; `running` alone lists all that run. */
export async function listBuilds(
  { sfn, description }: Pick<Stage, "sfn" | "description">,
  { max = 10, running = false }: { max?: number; running?: boolean } = {},
): Promise<BuildSummary[]> {
  const builds: BuildSummary[] = [];
  let nextToken: string | undefined;
  do {
    const page = await sfn
      .send(
        new ListExecutionsCommand({
          stateMachineArn: description.stateMachineArn,
          maxResults: Math.min(max, 1000),
          nextToken,
          ...(running && { statusFilter: "RUNNING" }),
        }),
      )
      .catch((error: unknown) => {
        // Nothing has been built with this pipeline yet.
        if (error instanceof StateMachineDoesNotExist) return { executions: [], nextToken: undefined };
        throw error;
      });
    builds.push(...(page.executions ?? []).map(summaryOf));
    nextToken = page.nextToken;
  } while (nextToken !== undefined && (running || builds.length < max));
  return running ? builds : builds.slice(0, max);
}

/** How far back a name is looked for. */
const KNOWN = 1000;

/**
 * The build of that name, or of the one name that begins so; without a name the latest.
 * @throws UsageError when there is none
 * @throws UnreadableBuildError when it is one whose journal was found damaged
 */
export async function findBuild(stage: Builds, name: string | undefined): Promise<BuildSummary> {
  const builds = await listBuilds(stage, { max: name === undefined ? 1 : KNOWN });
  const damaged = [...(stage.damagedBuilds ?? [])].find((build) => build.startsWith(name ?? ""));
  if (builds.length === 0 && damaged !== undefined) throw told(damaged);
  if (builds.length === 0 && name === undefined) throw nothingBuilt(stage);
  const exact = name === undefined ? builds[0] : builds.find((build) => build.name === name);
  if (exact !== undefined) return exact;
  const matching = builds.filter((build) => build.name.startsWith(name as string));
  if (matching.length > 1) {
    throw new UsageError(`"${name}" is the beginning of ${matching.length} builds' names`, {
      hint: `the latest is ${matching[0]?.name}`,
    });
  }
  const [only] = matching;
  if (only !== undefined) return only;
  if (damaged !== undefined) throw told(damaged);
  throw await unknownBuild(stage, name as string, builds);
}

async function unknownBuild(stage: Builds, name: string, known: readonly BuildSummary[]): Promise<UsageError> {
  const { recordedBuilds } = await import("./recorded-builds.ts");
  const [forgotten, another] = await recordedBuilds(stage, name);
  if (forgotten !== undefined && another === undefined)
    return new UsageError(`the history of the build ${forgotten} is gone: Step Functions keeps one for 90 days`, {
      hint: "what its attempts left is kept: muster artifacts <version>, muster repro <task> --build <build>",
    });
  if (known.length === 0) return nothingBuilt(stage);
  const nearest = nearestWord(
    name,
    known.map((build) => build.name),
  );
  return new UsageError(`there is no build "${name}"`, {
    hint: nearest === undefined ? "muster status --list shows the latest" : `did you mean ${nearest}?`,
  });
}

const told = (build: string): UnreadableBuildError => new UnreadableBuildError(build, { isTold: true });

export function nothingBuilt({ description }: Pick<Stage, "description">): UsageError {
  return new UsageError(`nothing has been built with the pipeline ${description.pipeline} here yet`, {
    hint: "muster build starts a build; --pipeline and --state-dir look elsewhere",
  });
}

function summaryOf({ name, executionArn, status, startDate, stopDate }: ExecutionListItem): BuildSummary {
  return {
    name: name as string,
    executionArn: executionArn as string,
    running: status === "RUNNING",
    status: status as string,
    startedAt: startDate as Date,
    endedAt: stopDate,
  };
}
