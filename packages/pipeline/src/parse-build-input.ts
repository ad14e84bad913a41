import type * as z from "zod";
import { type BuildInput, type DebugMode, RetryOf, WithdrawalOf } from "./build-input.ts";
import { buildWords, inputWords, RERUN } from "./build-words.ts";
import { channelOf } from "./channel.ts";
import { describeIssues } from "./describe-issues.ts";
import { readInputs, readKnownInputs } from "./inputs-of-build.ts";
import { madeAgain } from "./made-again.ts";
import { InvalidInputError } from "./muster-error.ts";
import { nearestWord } from "./nearest-word.ts";
import type { Pipeline } from "./pipeline.ts";
import type { Version } from "./version.ts";
import { parseVersion, schemeOf } from "./versions/scheme-of.ts";

const debugWords: Readonly<Record<string, DebugMode>> = {
  skip_ec2: "skip_ec2",
  fake_ec2: "fake_ec2",
  test_build: "test_build",
  test: "test_build",
};
const flagWords = {
  keep_failed: "keepFailed",
  allow_overlap: "allowOverlap",
  force: "force",
  republish: "republish",
} as const;

/** The options that a build's words may hold, as help shows them. */
export const buildOptions = [
  "--skip-ec2",
  "--fake-ec2",
  "--test-build",
  "--keep-failed",
  "--allow-overlap",
  "--force",
  "--republish",
] as const;

/** The words that `parseBuildInput` turns into this input again, all but what it retries or withdraws. */
export function wordsOf(input: BuildInput): string[] {
  return [
    ...input.versions,
    ...input.platforms,
    ...input.activities,
    ...(input.debug === "" ? [] : [`--${input.debug.replaceAll("_", "-")}`]),
    ...Object.entries(flagWords).flatMap(([word, flag]) => (input[flag] ? [`--${word.replaceAll("_", "-")}`] : [])),
    ...Object.entries(input.rerun ?? {}).flatMap(([step, after]) => (after.length === 0 ? [RERUN, step] : [])),
    ...Object.entries(input.inputs ?? {}).flatMap(([name, value]) => inputWords(name, value)),
  ];
}

/**
 * Understands any nesting of strings, lists and maps; strings are split at white space, order does not matter. Inputs
 * are `--input name=value`, or in a map `input: { name: value }`; `--rerun step` names one that is made again.
 * @param today the date of the execution's start: with no version named, its UTC date's nightly is built
 * @param running of a build that is under way, perhaps from before an input was declared: its inputs are taken as far as they are known
 * @throws InvalidInputError naming the first word that is no version, platform, step or option, or a version and one of these too,
 *   or a version of no channel, or a step that cannot be made again, or what is wrong with an input; and where no version is named and the pipeline has no nightlies
 */
export function parseBuildInput(
  input: unknown,
  pipeline: Pipeline,
  { today, running = false }: { today: Date; running?: boolean },
): BuildInput {
  const versions = new Set<string>();
  const platforms = new Set<string>();
  const activities = new Set<string>();
  const debugModes = new Set<DebugMode>();
  const flags = new Set<(typeof flagWords)[keyof typeof flagWords]>();

  const { retry, withdraw, rest } = takeOrigin(input);
  const said = buildWords(rest);
  for (const word of said.words) {
    refuseTwoMeanings(word, pipeline);
    const option = optionOf(word);
    if (Object.hasOwn(debugWords, option)) debugModes.add(debugWords[option] as DebugMode);
    else if (Object.hasOwn(flagWords, option)) flags.add(flagWords[option as keyof typeof flagWords]);
    else if (isVersion(word, pipeline)) versions.add(parseVersion(word, pipeline));
    else if (pipeline.activities.some(({ name }) => name === word)) activities.add(word);
    else if (isPlatform(word, pipeline)) platforms.add(word);
    else throw unknownWord(word, pipeline);
  }

  if (debugModes.size > 1) {
    throw new InvalidInputError(`${[...debugModes].join(" and ")} exclude each other`, { hint: "name one of them" });
  }
  if (versions.size === 0) versions.add(nightlyOf(today, pipeline));
  if (pipeline.channels !== undefined) for (const version of versions) channelOf(pipeline.channels, version);
  const [debug = ""] = debugModes;
  const what = {
    versions: [...versions],
    platforms: [...platforms],
    activities: debug === "test_build" ? testBuildActivities([...activities], pipeline) : [...activities],
  };
  return {
    ...what,
    debug,
    ...Object.fromEntries([...flags].map((flag) => [flag, true] as const)),
    ...(said.rerun.length > 0 && { rerun: madeAgain(said.rerun, pipeline, what) }),
    ...(withdraw !== undefined && { withdraw }),
    ...(retry !== undefined && { retry }),
    ...(running ? readKnownInputs : readInputs)(said.inputs, pipeline.inputs),
  };
}

/**
 * A map may say beside its words what it retries: `{ "inputs": ["1.2.3"], "retry": { "build": "…", "again": […], "waited": […] } }`,
 * or that it takes its versions back, and for whom: `"withdraw": { "by": "…", "reason": "…" }`.
 * @throws InvalidInputError when that is something else
 */
function takeOrigin(input: unknown): { retry?: RetryOf; withdraw?: WithdrawalOf; rest: unknown } {
  if (typeof input !== "object" || input === null) return { rest: input };
  // As any other map of words.
  const says = (name: string, field: string) => {
    const value = (input as Record<string, unknown>)[name];
    return typeof value === "object" && value !== null && field in value;
  };
  const rest = Object.fromEntries(
    Object.entries(input).filter(
      ([name]) => !(name === "retry" && says(name, "build")) && !(name === "withdraw" && says(name, "by")),
    ),
  );
  const { retry, withdraw } = input as { retry?: unknown; withdraw?: unknown };
  if (says("retry", "build")) {
    return { retry: understood(RetryOf, retry, { does: "retries", hint: "muster retry <build>" }), rest };
  }
  if (says("withdraw", "by")) {
    return {
      withdraw: understood(WithdrawalOf, withdraw, { does: "withdraws", hint: "muster withdraw <version>" }),
      rest,
    };
  }
  return { rest: input };
}

function understood<T>(schema: z.ZodType<T>, said: unknown, { does, hint }: { does: string; hint: string }): T {
  const parsed = schema.safeParse(said);
  if (parsed.success) return parsed.data;
  throw new InvalidInputError(`what the build ${does} cannot be understood: ${describeIssues(parsed.error)}`, {
    hint: `${hint} writes it`,
  });
}

const optionOf = (word: string): string => word.replace(/^--/, "").replaceAll("-", "_");

/**
 * No step is a version: such a pipeline is refused when it is loaded.
 * @throws InvalidInputError for what is a version and something else
 */
function refuseTwoMeanings(word: string, pipeline: Pipeline): void {
  if (!isVersion(word, pipeline)) return;
  const other = Object.entries({
    "an option": [debugWords, flagWords].some((words) => Object.hasOwn(words, optionOf(word))),
    "a platform": isPlatform(word, pipeline),
  }).find(([, isOne]) => isOne)?.[0];
  if (other === undefined) return;
  throw new InvalidInputError(`"${word}" is ambiguous: it is a version and ${other}`, {
    hint: `a version is ${schemeOf(pipeline).form}: let the pipeline's versions or platforms be written otherwise`,
  });
}

const isVersion = (word: string, pipeline: Pipeline): boolean => schemeOf(pipeline).parse(word) !== undefined;

function nightlyOf(today: Date, pipeline: Pipeline): Version {
  const { nightlyOf: nameOf, form, examples } = schemeOf(pipeline);
  if (nameOf !== undefined) return nameOf(today);
  throw new InvalidInputError(`no version is named, and the pipeline ${pipeline.name} has no nightlies`, {
    hint: `name one, like ${examples[0]}: a version is ${form}`,
  });
}

function isPlatform(word: string, { platforms }: Pipeline): boolean {
  return platforms.kind === "fixed" ? platforms.names.includes(word) : platforms.pattern.test(word);
}

function testBuildActivities(named: string[], { activities }: Pipeline): string[] {
  const allowed = activities.filter(({ testBuild }) => testBuild).map(({ name }) => name);
  const refused = named.find((name) => !allowed.includes(name));
  if (refused !== undefined) {
    throw new InvalidInputError(`${refused} is not a valid test build step`, {
      hint: allowed.length > 0 ? `a test build may run ${allowed.join(", ")}` : "this pipeline has no test build",
    });
  }
  if (allowed.length === 0) throw new InvalidInputError(`no step of this pipeline may run in a test build`);
  return named.length > 0 ? named : allowed;
}

const LIKE_A_VERSION = /^v?\d/;
const LIKE_A_PLATFORM = /^[a-z]+-[\d.]+(-[a-z]+)?$/;

function unknownWord(word: string, pipeline: Pipeline): InvalidInputError {
  if (LIKE_A_VERSION.test(word)) {
    return new InvalidInputError(`"${word}" is not a version`, { hint: `a version is ${schemeOf(pipeline).form}` });
  }
  if (/^[a-z]\w*=/.test(word)) {
    return new InvalidInputError(`"${word}" is not a version, platform, step or option`, {
      hint: `an input's value is said by --input ${word}`,
    });
  }
  const known = [
    ...pipeline.activities.map(({ name }) => name),
    ...(pipeline.platforms.kind === "fixed" ? pipeline.platforms.names : []),
    ...buildOptions,
    RERUN,
  ];
  const nearest = nearestWord(word, known);
  if (nearest === undefined && LIKE_A_PLATFORM.test(word) && pipeline.platforms.kind === "fixed") {
    return new InvalidInputError(`"${word}" is not a platform of the pipeline ${pipeline.name}`, {
      hint: `its platforms are ${pipeline.platforms.names.join(", ")}`,
    });
  }
  return new InvalidInputError(`"${word}" is not a version, platform, step or option`, {
    hint: nearest === undefined ? `known are ${known.join(", ")}` : `did you mean ${nearest}?`,
  });
}
