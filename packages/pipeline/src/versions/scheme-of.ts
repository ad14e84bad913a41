import { InvalidInputError } from "../muster-error.ts";
import type { PipelineDefinition } from "../pipeline.ts";
import type { Version } from "../version.ts";
import { releasesAndNightlies } from "./releases-and-nightlies.ts";
import type { VersionScheme } from "./version-scheme.ts";

const ofAllOthers = releasesAndNightlies();

/** How a pipeline's versions are written: as it says, or releases of three numbers and nightlies of a day. */
export const schemeOf = ({ versions }: Pick<PipelineDefinition, "versions">): VersionScheme => versions ?? ofAllOthers;

/** A version is part of tasks' names, of keys and of tags, which hold these wherever they lie, and of a tag of 256 characters with a step and a platform. */
const USABLE = /^[A-Za-z0-9][A-Za-z0-9.+:~_-]{0,79}$/;

/**
 * The version that a word means, as its pipeline writes it.
 * @throws InvalidInputError for what is none
 */
export function parseVersion(word: string, pipeline: Pick<PipelineDefinition, "versions">): Version {
  const { parse, form } = schemeOf(pipeline);
  const version = parse(word);
  if (version === undefined)
    throw new InvalidInputError(`"${word}" is not a version`, { hint: `a version is ${form}` });
  if (USABLE.test(version)) return version;
  throw new InvalidInputError(`the version "${version}" cannot be part of names`, {
    hint: "a version has at most 80 letters, digits and . + - : ~ _, and begins with a letter or digit",
  });
}
