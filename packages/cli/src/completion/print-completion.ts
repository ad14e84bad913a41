import { type Arguments, optionName } from "../arguments.ts";
import type { Command, ExitCode } from "../command.ts";
import type { Context } from "../context.ts";
import { globalArguments } from "../global-arguments.ts";
import { globalsAmong } from "../parse-command-line.ts";
import { UsageError } from "../usage-error.ts";
import { type CompletionPlace, completionPlace } from "./completion-place.ts";
import { isShell, SHELLS, shellScript } from "./shell-script.ts";

type Candidate = readonly [word: string, description: string];

/** A shell waits, and somebody before it. */
const PATIENCE_MS = 3000;

/**
 * Prints a shell's completion script, or, as that script asks, what the last of the words that follow may be: a line each, `word<TAB>description`, or the
 * line `:files` for files. What cannot be found out in three seconds is left out.
 */
export async function printCompletion(
  { commands, shell, words }: { commands: readonly Command[]; shell: string; words: readonly string[] },
  context: Context,
): Promise<ExitCode> {
  const { print } = context;
  if (isShell(shell)) {
    print.stdout.write(shellScript(shell));
    return 0;
  }
  if (shell !== "words") {
    throw new UsageError(`there is no completion for "${shell}"`, { hint: `there is for ${SHELLS.join(", ")}` });
  }
  const place = completionPlace(words, commands);
  const there = context.withGlobals(globalsAmong(words));
  if (place.kind === "file") print.report(":files");
  for (const candidate of await candidatesAt(place, { last: words.at(-1) ?? "", commands, context: there }))
    print.report(candidate.join("\t"));
  return 0;
}

async function candidatesAt(
  { kind, command, takesOptions, before }: CompletionPlace,
  { last, commands, context }: { last: string; commands: readonly Command[]; context: Context },
): Promise<Candidate[]> {
  const said = new Set(before);
  const options = takesOptions && last.startsWith("-") ? optionsOf(command) : [];
  const words = await wordsOf(kind, commands, context);
  return [...words, ...options].filter(
    ([word]) => word.startsWith(last) && !said.has(word) && (last !== "" || !word.startsWith("-")),
  );
}

async function wordsOf(
  kind: CompletionPlace["kind"],
  commands: readonly Command[],
  context: Context,
): Promise<readonly Candidate[]> {
  if (kind === undefined || kind === "file") return [];
  if (kind === "command") return commands.map(({ name, summary }) => [name, summary]);
  if (kind === "shell") return SHELLS.map((shell) => [shell, "its completion script"]);
  const { knownWords } = await import("./known-words.ts");
  const late = new Promise<readonly Candidate[]>((resolve) => setTimeout(resolve, PATIENCE_MS, []).unref());
  return Promise.race([knownWords(kind, context).catch(() => []), late]);
}

function optionsOf(command: Command | undefined): Candidate[] {
  const args: Arguments = { ...command?.args, ...globalArguments };
  return Object.entries(args).flatMap(([key, argument]): Candidate[] =>
    argument.kind === "positional" || argument.kind === "words" ? [] : [[`--${optionName(key)}`, argument.summary]],
  );
}
