import { approvalsOf, type Inputs, MusterError, schemeOf, valuesOf } from "@muster/pipeline";
import type { Context } from "./context.ts";
import { hangingRows } from "./hanging-rows.ts";
import { terminalColumns } from "./print.ts";

/** What a build of the pipeline may name. Help must come even when the pipeline is what is broken. */
export async function pipelineHelp({ loadPipeline, print }: Context): Promise<string[]> {
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
      ...hangingRows(steps, { columns: terminalColumns(print) }),
      "versions:",
      `  ${form}${nightlyOf === undefined ? ", of which a build names one" : ""}`,
      "platforms:",
      ...(platforms.kind === "fixed"
        ? platforms.names.map((name) => `  ${name}`)
        : ["  those that each version lists"]),
      ...inputLines(pipeline.inputs, terminalColumns(print)),
    ];
  } catch (error) {
    if (error instanceof MusterError) return ["", `the steps cannot be listed: ${error.message}`];
    throw error;
  }
}

function inputLines(inputs: Inputs = {}, columns: number | undefined): string[] {
  const rows = Object.entries(inputs).map(([name, input]) => [
    `--input ${name}=<${valuesOf(input)}>`,
    `${input.summary} (${input.default === undefined ? "needed" : `default: ${JSON.stringify(input.default)}`})`,
  ]);
  return rows.length === 0 ? [] : ["inputs of a build:", ...hangingRows(rows, { columns })];
}
