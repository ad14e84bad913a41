import { once } from "node:events";
import { join } from "node:path";
import type { StageDescription } from "@muster/pipeline";
import { quoteForShell } from "@muster/worker-agent";
import type { ExitCode } from "./command.ts";
import type { Context } from "./context.ts";
import { serveBuilds } from "./pages/serve-builds.ts";
import { parseAllowedHost } from "./parse-allowed-host.ts";
import { parsePort } from "./parse-port.ts";
import { parseTimeScale } from "./parse-time-scale.ts";
import { stateDir } from "./stages/local/state-dir.ts";
import { writeClientProfile } from "./stages/local/write-client-profile.ts";
import { UsageError } from "./usage-error.ts";

interface LocalArguments {
  readonly port: string | undefined;
  readonly pagesPort: string | undefined;
  readonly allowHost: readonly string[];
  readonly timeScale: string | undefined;
}

/** What `muster local --json` prints once it answers. */
export interface LocalJson {
  /** The endpoint, on loopback. */
  readonly url: string;
  /** Where builds are shown to browsers, on loopback. */
  readonly pages: string;
  readonly region: string;
  readonly description: StageDescription;
  /** Variables with which other clients of AWS ask it. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Keeps the local stage's endpoint up until the command is interrupted. */
export async function keepLocalStage(
  { port = "4566", pagesPort = "0", allowHost, timeScale }: LocalArguments,
  { openStage, print, env, globals, signal }: Context,
): Promise<ExitCode> {
  const allowedHosts = allowHost.map(parseAllowedHost);
  const wantedPages = parsePort(pagesPort);
  const stage = await openStage({ to: "run", port: parsePort(port), allowedHosts, ...parseTimeScale(timeScale) });
  if (stage.movedBy !== "here" || stage.url === undefined)
    throw new UsageError("the local stage runs already", { hint: "muster status shows its builds" });
  const { url, description, pipeline } = stage;
  const { region } = description;
  const pages = await serveBuilds(stage, { globals, port: wantedPages });
  const environment = writeClientProfile({ dir: join(stateDir(env, globals), "clients"), url, region });
  if (globals.json) print.json({ url, pages: pages.url, region, description, environment } satisfies LocalJson);
  else {
    print.sentence(`Builds are shown at ${pages.url} to browsers of this machine.`);
    print.sentence(`AWS for the pipeline ${pipeline.name} answers at ${url} until Ctrl-C. Other clients need:`);
    for (const line of clientLines(environment)) print.report(`  ${line}`);
    print.sentence("The last line is for the aws command before 2.13 and 1.29, which without it asks AWS itself.");
  }
  if (!signal.aborted) await once(signal, "abort");
  await pages.close();
  return 0;
}

/** For a POSIX shell. What the user has set for AWS itself must not come before it. */
function clientLines(environment: Readonly<Record<string, string>>): string[] {
  const words = Object.entries(environment).map(([name, value]) => `${name}=${quoteIfNeeded(value)}`);
  return [
    "unset AWS_PROFILE AWS_DEFAULT_PROFILE AWS_SESSION_TOKEN",
    `export ${words.join(" ")}`,
    'aws() { command aws --endpoint-url "$AWS_ENDPOINT_URL" "$@"; }',
  ];
}

const quoteIfNeeded = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : quoteForShell(word));
