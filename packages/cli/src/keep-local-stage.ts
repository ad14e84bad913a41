import { once } from "node:events";
import type { ExitCode } from "./command.ts";
import type { Context } from "./context.ts";
import { parseTimeScale } from "./parse-time-scale.ts";
import { UsageError } from "./usage-error.ts";

/** Keeps the local stage's endpoint up until the command is interrupted. */
export async function keepLocalStage(
  { port = "4566", timeScale }: { port: string | undefined; timeScale: string | undefined },
  { openStage, print, globals, signal }: Context,
): Promise<ExitCode> {
  const stage = await openStage({ to: "run", port: parsePort(port), ...parseTimeScale(timeScale) });
  if (stage.movedBy !== "here")
    throw new UsageError("the local stage runs already", { hint: "muster status shows its builds" });
  const { region } = stage.description;
  if (globals.json) print.json({ url: stage.url, region, description: stage.description });
  else {
    print.report(
      `AWS for the pipeline ${stage.pipeline.name} answers at ${stage.url} until Ctrl-C. Other clients need:`,
    );
    print.report(
      `  export AWS_ENDPOINT_URL=${stage.url} AWS_REGION=${region} AWS_DEFAULT_REGION=${region} AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local`,
    );
  }
  if (!signal.aborted) await once(signal, "abort");
  return 0;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new UsageError(`"${text}" is not a port`, { hint: "a port is a number from 0 to 65535; 0 takes a free one" });
}
