import { InvalidConfigurationError, nearestWord } from "@muster/pipeline";
import type { Program } from "./program.ts";
import type { RecipeOptions } from "./recipe-options.ts";

/** The fields of a type, each of which needs its row here or this does not compile. */
type FieldsOf<O extends object> = Readonly<Record<Exclude<keyof O, keyof RecipeOptions>, true>>;

const common: Readonly<Record<keyof RecipeOptions, true>> = {
  activity: true,
  timeout: true,
  estimatedDuration: true,
  logIdleTimeout: true,
  retries: true,
  worker: true,
};
const ofProgram: Readonly<Record<keyof Program, true>> = {
  name: true,
  packages: true,
  versions: true,
  withdrawn: true,
};

/** What dpkg takes for a source package. @see https://www.debian.org/doc/debian-policy/ch-controlfields.html#source */
const NAME = /^[a-z0-9][a-z0-9+.-]+$/;

/**
 * Refuses what a recipe does not know: Node runs definitions without looking at their types.
 * @throws InvalidConfigurationError naming the field and the nearest that there is
 */
export function checkOptions<O extends RecipeOptions>(recipe: string, options: O, fields: FieldsOf<O>): void {
  refuseUnknown(`${recipe} has no option`, options, { ...common, ...fields });
}

/** @throws InvalidConfigurationError */
export function checkProgram(program: Program): void {
  refuseUnknown("a program has no field", program, ofProgram);
  if (!NAME.test(program.name)) {
    throw new InvalidConfigurationError(`"${program.name}" is no name of a program`, {
      hint: "two or more of lower-case letters, digits, + - and .",
    });
  }
}

function refuseUnknown(problem: string, given: object, known: Readonly<Record<string, true>>): void {
  const names = Object.keys(known);
  for (const field of Object.keys(given)) {
    if (names.includes(field)) continue;
    const nearest = nearestWord(field, names);
    throw new InvalidConfigurationError(`${problem} "${field}"`, {
      hint: nearest === undefined ? `there are ${names.join(", ")}` : `did you mean ${nearest}?`,
    });
  }
}
