import { nearestWord } from "@muster/pipeline/nearest-word";
import { UsageError } from "./usage-error.ts";

/** The error of a name that is no command, with the nearest one that is. */
export function unknownCommand(name: string, known: readonly string[]): UsageError {
  const nearest = nearestWord(name, known);
  return new UsageError(`"${name}" is not a command`, {
    hint: nearest === undefined ? "muster help lists them" : `did you mean ${nearest}?`,
  });
}
