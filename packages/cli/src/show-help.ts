import { buildOptionSummaries } from "./build-option-summaries.ts";
import type { Command, ExitCode } from "./command.ts";
import type { Context } from "./context.ts";
import { type CommandDescription, describeCommands, type OptionDescription, takesWords } from "./describe-commands.ts";
import { hangingRows } from "./hanging-rows.ts";
import { terminalColumns } from "./print.ts";
import { unknownCommand } from "./unknown-command.ts";

/** All commands, or one command's arguments; of a build also what the pipeline lets it name. */
export async function showHelp(
  { commands: all, name }: { commands: readonly Command[]; name: string | undefined },
  context: Context,
): Promise<ExitCode> {
  const { print, globals } = context;
  const { commands, options } = describeCommands(all);
  const described = commands.find((command) => command.name === name);
  if (name !== undefined && described === undefined) {
    throw unknownCommand(
      name,
      commands.map((command) => command.name),
    );
  }
  if (globals.json) {
    print.json(described ?? { commands, options });
    return 0;
  }
  const lines =
    described === undefined ? overview(commands, options, context) : commandHelp(described, options, context);
  for (const line of lines) print.sentence(line);
  if (described?.places.some(takesWords)) {
    const { pipelineHelp } = await import("./pipeline-help.ts");
    for (const line of await pipelineHelp(context)) print.sentence(line);
  }
  return 0;
}

function overview(
  commands: readonly CommandDescription[],
  options: readonly OptionDescription[],
  { print }: Context,
): string[] {
  const columns = terminalColumns(print);
  const rows = commands.map(({ name, summary }) => [print.style("bold", name), summary]);
  return [
    "Builds, packages and publishes releases; what is done already is skipped.",
    "",
    `${print.style("bold", "usage:")} muster <command> [words and options, in any order]`,
    "",
    ...hangingRows(rows, { columns }),
    "",
    ...hangingRows(optionRows(options), { columns }),
    "",
    "muster help <command> shows a command's options; muster help build, the steps and platforms of the pipeline too.",
  ];
}

function commandHelp(
  { name, summary, places, options, examples }: CommandDescription,
  globals: readonly OptionDescription[],
  { print }: Context,
): string[] {
  const columns = terminalColumns(print);
  const usage = ["muster", name, ...places.map((place) => place.usage), "[options]"].join(" ");
  return [
    summary,
    "",
    `${print.style("bold", "usage:")} ${usage}`,
    "",
    ...hangingRows([...places.map((place) => [place.usage, place.summary]), ...optionRows([...options, ...globals])], {
      columns,
    }),
    ...(places.some(takesWords)
      ? ["", "words may also be:", ...hangingRows(Object.entries(buildOptionSummaries), { columns })]
      : []),
    ...(examples.length > 0 ? ["", "examples:", ...examples.map((example) => `  muster ${example}`)] : []),
  ];
}

function optionRows(options: readonly OptionDescription[]): string[][] {
  return options.map(({ name, short, value, summary }) => [
    [value === undefined ? name : `${name} <${value}>`, short].filter((part) => part !== undefined).join(", "),
    summary,
  ]);
}
