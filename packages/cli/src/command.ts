import type { Arguments, Values } from "./arguments.ts";
import type { Context } from "./context.ts";

/**
 * 0 done, 1 the build failed, or what was verified is not good, 2 the command could not be carried out, 3 the stage could not be reached,
 * 130 interrupted by Ctrl-C. A task's own is its script's.
 */
export type ExitCode = 0 | 1 | 2 | 3 | 130;

export interface CommandDefinition<A extends Arguments> {
  readonly name: string;
  readonly summary: string;
  readonly args: A;
  /** Whole command lines, without `muster`. */
  readonly examples?: readonly string[];

  /** Goes on when nobody reads what it prints: it moves what others wait for, and its exit code tells. */
  readonly outlivesReader?: boolean;

  /** Imports what it needs itself, so that what help tells of a command comes without its code. */
  run(values: Values<A>, context: Context): Promise<number>;
}

/** A command whose arguments' types are its own business. */
export type Command = CommandDefinition<Arguments>;

/** Declares a command; the names of arguments are camelCase here and `--kebab-case` on the command line. */
export function command<const A extends Arguments>(definition: CommandDefinition<A>): Command {
  return { ...definition, run: (values, context) => definition.run(values as Values<A>, context) };
}
