import { approvalsOf, type Inputs, MusterError, schemeOf, valuesOf } from "@muster/pipeline";
import { buildOptionSummaries } from "./build-option-summaries.ts";
import type { Command, ExitCode } from "./command.ts";
import type { Context } from "./context.ts";
import { type CommandDescription, describeCommands, type OptionDescription } from "./describe-commands.ts";
import { formatTable } from "./format-table.ts";
import { unknownCommand } from "./unknown-command.ts";

/** All commands and what a build of the pipeline may name, or one command's arguments. */
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
    described === undefined
      ? [...overview(commands, options, context), ...(await pipelineHelp(context))]
      : commandHelp(described, options, context);
  for (const line of lines) print.report(line);
  return 0;
}

function overview(
  commands: readonly CommandDescription[],
  options: readonly OptionDescription[],
  { print }: Context,
): string[] {
  const rows = commands.map(({ name, summary }) => [print.style("bold", name), summary]);
  return [
    "Builds, packages and publishes releases; what is done already is skipped.",
    "",
    `${print.style("bold", "usage:")} muster <command> [words and options, in any order]`,
    "",
    ...formatTable(rows, { indent: "  " }),
    "",
    ...optionLines(options),
    "",
    "muster help <command> shows a command's options.",
  ];
}

function commandHelp(
  { name, summary, places, options, examples }: CommandDescription,
  globals: readonly OptionDescription[],
  { print }: Context,
): string[] {
  const usage = ["muster", name, ...places.map((place) => place.usage), "[options]"].join(" ");
  const words = places.flatMap((place) => place.words);
  return [
    summary,
    "",
    `${print.style("bold", "usage:")} ${usage}`,
    "",
    ...formatTable(
      places.map((place) => [place.usage, place.summary]),
      { indent: "  " },
    ),
    ...optionLines([...options, ...globals]),
    ...(words.length > 0 ? ["", "words may also be:", ...buildOptionLines()] : []),
    ...(examples.length > 0 ? ["", "examples:", ...examples.map((example) => `  muster ${example}`)] : []),
  ];
}

function optionLines(options: readonly OptionDescription[]): string[] {
  const rows = options.map(({ name, short, value, summary }) => [
    [value === undefined ? name : `${name} <${value}>`, short].filter((part) => part !== undefined).join(", "),
    summary,
  ]);
  return formatTable(rows, { indent: "  " });
}

const buildOptionLines = (): string[] => formatTable(Object.entries(buildOptionSummaries), { indent: "  " });

function inputLines(inputs: Inputs = {}): string[] {
  const rows = Object.entries(inputs).map(([name, input]) => [
    `--input ${name}=<${valuesOf(input)}>`,
    `${input.summary} (${input.default === undefined ? "needed" : `default: ${JSON.stringify(input.default)}`})`,
  ]);
  return rows.length === 0 ? [] : ["inputs of a build:", ...formatTable(rows, { indent: "  " })];
}

/** Help must come even when the pipeline is what is broken. */
async function pipelineHelp({ loadPipeline, print }: Context): Promise<string[]> {
  try {
    const { pipeline } = await loadPipeline();
    const { platforms } = pipeline;
    const { form, nightlyOf } = schemeOf(pipeline);
    const steps = [
      ...pipeline.activities.map(({ name, per }) => [name, `per ${per}`]),
      ...approvalsOf(pipeline.flow).map(({ name, summary }) => [name, `waits for approval: ${summary}`]),
    ];
    return [
      "",
      `${print.style("bold", `pipeline ${pipeline.name}:`)} ${pipeline.summary}`,
      "",
      "steps:",
      ...formatTable(steps, { indent: "  " }),
      "versions:",
      `  ${form}${nightlyOf === undefined ? ", of which a build names one" : ""}`,
      "platforms:",
      ...(platforms.kind === "fixed"
        ? platforms.names.map((name) => `  ${name}`)
        : ["  those that each version lists"]),
      ...inputLines(pipeline.inputs),
      "options of a build:",
      ...buildOptionLines(),
    ];
  } catch (error) {
    if (error instanceof MusterError) return ["", `the steps cannot be listed: ${error.message}`];
    throw error;
  }
}
