import { DescribeExecutionCommand, type ExecutionListItem, type SFNClient } from "@aws-sdk/client-sfn";
import { type BuildInput, describeInputs, InvalidInputError, type Pipeline, parseBuildInput } from "@muster/pipeline";
import { runningBuilds } from "./running-builds.ts";

export interface Overlap {
  /** The name of the build that was there first. */
  readonly build: string;
  readonly version: string;
  /** Whether it takes the version back. */
  readonly withdraws: boolean;
  /** A platform that both name; undefined where one of them builds all. */
  readonly platform: string | undefined;
  /** Those of the other build that are not as this one's. */
  readonly inputs: NonNullable<BuildInput["inputs"]>;
  /** What it makes again, where this one makes others again. */
  readonly again?: string | undefined;
}

/** What a build that would make the same as a running one is refused with. */
export function overlapError({ build, version, withdraws, platform, inputs, again }: Overlap): InvalidInputError {
  if (withdraws) {
    return new InvalidInputError(`${build} is taking ${version} back`, {
      hint: `wait for it, or end it with: muster stop ${build}`,
    });
  }
  const what = platform === undefined ? version : `${version} for ${platform}`;
  const told = describeInputs({ inputs });
  const makes = again === undefined ? "" : `, and makes ${again} again`;
  return new InvalidInputError(`the build ${build} is building ${what}${told && ` with ${told}`}${makes}`, {
    hint: `wait for it, end it with: muster stop ${build}, or say --allow-overlap`,
  });
}

/** Builds that make nothing can meet nobody. */
const makesNothing = ({ debug }: BuildInput): boolean => debug === "fake_ec2" || debug === "skip_ec2";

/**
 * The running build that makes something of what `input` asks for. Of two that start together the earlier goes on; `self` is absent for a build
 * that has not been started yet.
 */
export async function overlappingBuild(
  input: BuildInput,
  {
    sfn,
    stateMachineArn,
    pipeline,
    self,
  }: { sfn: SFNClient; stateMachineArn: string; pipeline: Pipeline; self?: { arn: string; startDate: Date } },
): Promise<Overlap | undefined> {
  if (makesNothing(input)) return undefined;
  for (const other of await runningBuilds(sfn, stateMachineArn)) {
    if (self !== undefined && !isEarlier(other, self)) continue;
    const otherInput = await inputOf(other, { sfn, pipeline });
    // Beside a withdrawal nothing of the version may be published, whatever is said.
    if (otherInput === undefined || (input.allowOverlap && otherInput.withdraw === undefined)) continue;
    const met = meet(input, otherInput);
    if (met) return { build: other.name ?? "", withdraws: otherInput.withdraw !== undefined, ...met };
  }
  return undefined;
}

function isEarlier({ executionArn, startDate }: ExecutionListItem, self: { arn: string; startDate: Date }): boolean {
  if (executionArn === undefined || executionArn === self.arn) return false;
  const difference = (startDate?.getTime() ?? 0) - self.startDate.getTime();
  return difference < 0 || (difference === 0 && executionArn < self.arn);
}

/** undefined for a build whose own input cannot be understood: it is about to fail. */
async function inputOf(
  { executionArn, startDate }: ExecutionListItem,
  { sfn, pipeline }: { sfn: SFNClient; pipeline: Pipeline },
): Promise<BuildInput | undefined> {
  const { input } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
  try {
    return parseBuildInput(JSON.parse(input ?? "{}"), pipeline, { today: startDate ?? new Date(0), running: true });
  } catch {
    return undefined;
  }
}

function meet(a: BuildInput, b: BuildInput): Omit<Overlap, "build" | "withdraws"> | undefined {
  const version = a.versions.find((candidate) => b.versions.includes(candidate));
  if (version === undefined || makesNothing(b)) return undefined;
  const found = { version, inputs: otherInputs(a, b), again: otherAgain(a, b) };
  if (a.platforms.length === 0 || b.platforms.length === 0) return { ...found, platform: undefined };
  const platform = a.platforms.find((candidate) => b.platforms.includes(candidate));
  return platform === undefined ? undefined : { ...found, platform };
}

function otherAgain(a: BuildInput, b: BuildInput): string | undefined {
  const [own, other] = [a, b].map(({ rerun = {}, force }) =>
    force
      ? "everything"
      : Object.keys(rerun)
          .filter((step) => rerun[step]?.length === 0)
          .join(", ") || "nothing",
  );
  return own === other ? undefined : other;
}

const otherInputs = ({ inputs: own = {} }: BuildInput, { inputs = {} }: BuildInput): Overlap["inputs"] =>
  Object.fromEntries(Object.entries(inputs).filter(([name, value]) => own[name] !== value));
