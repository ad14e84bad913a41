import { createHash } from "node:crypto";

/** By this metadata of an object it is known what made it. */
const MADE_BY = "muster-made";
/** And by this what made it first, where whoever stored it has only passed it on: a package in a repository. */
const MADE_FIRST = "muster-made-first";

/** S3 takes 2 KB of an object's metadata: of more than these it is not told. */
const MOST_VARIABLES = 60;
const MOST_SOURCES = 50;
const MOST_PASSED_ON = 20;

/** What the build was asked for, not what is made: it differs from build to build. */
const OF_THE_BUILD = ["PLATFORMS", "BUILD_PLATFORMS", "VERSIONS", "FAILED_VERSIONS", "RESTORE_FROM", "MADE_AGAIN"];

const SCRIPT_LENGTH = 16;
const NAME_LENGTH = 4;
const VARIABLE_LENGTH = 8;
const URI_LENGTH = 8;
const SOURCE_LENGTH = 16;

const digest = (text: string, length: number): string =>
  createHash("sha256").update(text).digest("hex").slice(0, length);

/** Of the name, and of both: too little to find a value by. */
const ofVariable = (name: string, value: string): string =>
  digest(name, NAME_LENGTH) + digest(`${name}=${value}`, VARIABLE_LENGTH - NAME_LENGTH);

export interface MakingTask {
  readonly task: string;
  /** SHA-256 in hex. */
  readonly script: string;
  /** The variables that it was published with. */
  readonly env: Readonly<Record<string, string>>;
}

/** A task as its objects' metadata name it: its name, the beginnings of digests of its script and its variables; a line without spaces but between them. */
export function makerLine({ task, script, env }: MakingTask): string {
  const variables = Object.entries(env)
    .filter(([name]) => !OF_THE_BUILD.includes(name))
    .slice(0, MOST_VARIABLES)
    .map(([name, value]) => ofVariable(name, value));
  return [task, script.slice(0, SCRIPT_LENGTH), variables.join("") || "-"].join(" ");
}

/** @param sources SHA-256 in hex of what the task had read by then, by URL */
export function madeByMetadata(maker: string, sources: ReadonlyMap<string, string>): Record<string, string> {
  const read = [...sources].slice(-MOST_SOURCES).map(([uri, sha256]) => digest(uri, URI_LENGTH) + shortened(sha256));
  return { [MADE_BY]: `${maker} ${read.join("") || "-"}` };
}

/** Of whom an object comes first, as it is passed on; without what it was made of, which whoever passes it on has not read. */
export function firstMakerOf(metadata: Readonly<Record<string, string>> | undefined): string | undefined {
  const [task, script, variables = ""] = (metadata?.[MADE_FIRST] ?? metadata?.[MADE_BY])?.split(" ") ?? [];
  if (task === undefined || script === undefined) return undefined;
  return [task, script, variables.slice(0, MOST_PASSED_ON * VARIABLE_LENGTH) || "-"].join(" ");
}

/** Besides `madeByMetadata`, of what the task has fetched and stores unchanged. Nothing of what it made itself, on another day. */
export const passedOnMetadata = (maker: string, first: string): Record<string, string> =>
  first.split(" ")[0] === maker.split(" ")[0] ? {} : { [MADE_FIRST]: first };

const shortened = (sha256: string): string => sha256.slice(0, SOURCE_LENGTH - URI_LENGTH);

/** What made an object, as its metadata tell it. */
export interface MadeBy {
  readonly task: string;
  isOfScript(sha256: string): boolean;
  /** Whether a variable had another value; not where it had none, or it is not told. */
  hadAnother(name: string, value: string): boolean;
  /** Whether something of this URL was read. */
  hasRead(uri: string): boolean;
  /** Whether what was read there is what is there now. */
  isOf(uri: string, sha256: string): boolean;
}

/** undefined for an object that was stored without, or before it was told */
export const madeByOf = (metadata: Readonly<Record<string, string>> | undefined): MadeBy | undefined =>
  readMaker(metadata?.[MADE_BY]);

/** undefined for an object that was not passed on */
export const madeFirstOf = (metadata: Readonly<Record<string, string>> | undefined): MadeBy | undefined =>
  readMaker(metadata?.[MADE_FIRST]);

function readMaker(line: string | undefined): MadeBy | undefined {
  const [task, script, variables = "", sources = ""] = line?.split(" ") ?? [];
  if (task === undefined || script === undefined) return undefined;
  const had = pieces(variables, VARIABLE_LENGTH);
  const read = pieces(sources, SOURCE_LENGTH);
  return {
    task,
    isOfScript: (sha256) => sha256.startsWith(script),
    hadAnother(name, value) {
      const known = had.filter((each) => each.startsWith(digest(name, NAME_LENGTH)));
      return known.length > 0 && !known.includes(ofVariable(name, value));
    },
    hasRead: (uri) => read.some((each) => each.startsWith(digest(uri, URI_LENGTH))),
    isOf: (uri, sha256) => read.includes(digest(uri, URI_LENGTH) + shortened(sha256)),
  };
}

const pieces = (text: string, length: number): string[] =>
  Array.from({ length: Math.floor(text.length / length) }, (_, index) =>
    text.slice(index * length, (index + 1) * length),
  );
