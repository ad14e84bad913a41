import { once } from "node:events";
import { command, option } from "../command.ts";
import { UsageError } from "../usage-error.ts";

export default command({
  name: "local",
  summary: "Keep the local stage's AWS endpoint up, for other clients and for builds with --no-follow",
  args: {
    port: option("number", "The endpoint's port (default: 4566)"),
    timeScale: option("number", "Divide the waits that only pace builds by this"),
  },
  examples: ["local", "local --port 4600"],
  async run({ port = "4566", timeScale }, { openStage, print, globals, signal }) {
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
  },
});

function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new UsageError(`"${text}" is not a port`, { hint: "a port is a number from 0 to 65535; 0 takes a free one" });
}

/** `--time-scale` as the stage takes it. */
export function parseTimeScale(text: string | undefined): { timeScale?: number } {
  if (text === undefined) return {};
  const timeScale = Number(text);
  if (timeScale >= 1 && Number.isFinite(timeScale)) return { timeScale };
  throw new UsageError(`"${text}" is not a time scale`, {
    hint: "a number of 1 or more: 60 makes a minute's wait a second's",
  });
}
